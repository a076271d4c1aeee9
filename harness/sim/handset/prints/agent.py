"""The test app of a simulated handset, as `am instrument -w` runs it.

Prints after Instrument.java (TextStatusReporter) and ActivityManagerService of AOSP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.sim.handset.state.answer import Answer, Programs, failure
from harness.sim.unit import SimUnit

COMPONENT = "org.harness.agent/.Tests"
BEACON = "00:00:5E:00:53:B0"
"""The line's Bluetooth beacon, which the app hears."""
_DONE, _NOT_DONE = -1, 0
_CANNOT = "android.util.AndroidException: INSTRUMENTATION_FAILED: "

Settings = Mapping[str, str]


def programs(unit: SimUnit) -> Programs:
    """The command that runs a test of the app, if the app is there."""

    def instrument(words: list[str], _now_s: float) -> Answer:
        match words:
            case ["-w", *given, component] if len(given) % 3 == 0:
                pass
            case _:
                return failure("Error: No instrumentation component supplied", 1)
        if component != COMPONENT or not unit.agent:
            return _absent(component)
        settings = {given[at + 1]: given[at + 2] for at in range(0, len(given), 3)}
        return _run(_tests(unit), settings)

    return {"am instrument": instrument}


def _run(tests: Mapping[str, Callable[[Settings], Settings]], settings: Settings) -> Answer:
    name = settings.get("test", "")
    test = tests.get(name)
    values = test(settings) if test else {"refused": f"no test {name!r}"}
    code = _NOT_DONE if values.keys() & {"refused", "failed"} else _DONE
    said = {**values, "test": name, "run": settings.get("run", "")}
    lines = "".join(f"INSTRUMENTATION_RESULT: {key}={said[key]}\n" for key in sorted(said))
    return Answer(f"{lines}INSTRUMENTATION_CODE: {code}\n".encode())


def _absent(component: str) -> Answer:
    package, _, name = component.partition("/")
    full = f"{package}/{package if name.startswith('.') else ''}{name}"
    out = (
        "INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: "
        f"ComponentInfo{{{full}}}\n"
        "INSTRUMENTATION_STATUS: id=ActivityManagerService\nINSTRUMENTATION_STATUS_CODE: -1\n"
    )
    err = (
        f"{_CANNOT}{component}\n\tat com.android.commands.am.Instrument.run(Instrument.java:519)\n"
    )
    return Answer(out.encode(), err.encode(), 1)


def _tests(unit: SimUnit) -> Mapping[str, Callable[[Settings], Settings]]:
    senses = unit.senses

    def bluetooth(settings: Settings) -> Settings:
        if settings.get("address") != BEACON:
            return {"failed": f"{settings.get('address')} was not heard"}
        return {"rssi": str(senses.beacon_dbm)}

    def gnss(settings: Settings) -> Settings:
        if unit.gnss_cn0_dbhz is None:
            return {"failed": "no fix"}
        fix_s = senses.hot_fix_s if settings.get("start") == "hot" else senses.assisted_fix_s
        heard = {"cn0": str(unit.gnss_cn0_dbhz), "satellites": str(senses.satellites)}
        return {**heard, "time_to_fix": str(fix_s)}

    def sensors(settings: Settings) -> Settings:
        asked = settings.get("require", "").split(", ")
        alive = ", ".join(name for name in asked if name not in senses.silent_sensors)
        return {"alive": alive or "none"}

    return {
        "bluetooth": bluetooth,
        "gnss": gnss,
        "loopback": lambda _: {"thd": str(senses.thd_pct), "spl": str(senses.spl_db)},
        "vibration": lambda _: {"g_rms": str(senses.vibration_g)},
        "sensors": sensors,
        "touch": lambda _: {"touched": str(senses.touched_pct)},
    }
