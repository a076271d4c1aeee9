"""Steps for what the shell of a user build cannot do: the test app on the handset does it.

Each runs one test of the app and reads its values, whose names are those of the measurements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from harness.devices.android import sensors as sensor_dump
from harness.devices.android.instrumentation import number
from harness.model.ports import Agent, Measure
from harness.model.reading import Reading, Unreadable
from harness.model.units import Duration, seconds
from harness.steps.api import Flag, Numeric, Text, step
from harness.steps.asking.answers import NONE, listed, names


@step(measures=[Numeric("rssi", "dBm")], claims=["agent", "bluetooth"])
def bluetooth(
    agent: Agent, measure: Measure, *, address: str, within: Duration = seconds(15.0)
) -> None:
    """Mean level [dBm] of the advertisements of the reference beacon with this address.

    The app scans for `within` [s] at the most, and fails when it does not hear the beacon.

    Raises: PlanError(AGENT-MISSING, AGENT-REFUSED, AGENT-CRASHED, HANDSET-UNREADABLE);
    DutFault(AGENT-FAILED).
    """
    values = _run(agent, "bluetooth", {"address": address}, within)
    measure("rssi", number(values, "rssi"))


@step(
    measures=[
        Numeric("cn0", "dB-Hz"),
        Numeric("satellites", "1"),
        Numeric("time_to_fix", "s"),
    ],
    claims=["agent", "location"],
)
def gnss(
    agent: Agent,
    measure: Measure,
    *,
    start: Literal["hot", "assisted"] = "assisted",
    within: Duration = seconds(40.0),
) -> None:
    """Mean C/N0 [dB-Hz] of the best four satellites, how many are in the fix, time to it [s].

    A start is `hot`, with all that GNSS knows, or `assisted`, from cold with aiding over the
    network: a cold start alone takes 30 s, in which a satellite sends its orbit once.

    Raises: as agent.bluetooth.
    """
    values = _run(agent, "gnss", {"start": start}, within)
    measure("cn0", number(values, "cn0"))
    measure("satellites", number(values, "satellites"))
    measure("time_to_fix", number(values, "time_to_fix"))


@step(measures=[Numeric("thd", "%"), Numeric("spl", "dB(SPL)")], claims=["agent", "audio"])
def loopback(
    agent: Agent, measure: Measure, *, tone_hz: int = 1000, within: Duration = seconds(10.0)
) -> None:
    """Total harmonic distortion [%] and level [dB(SPL)] of a tone from loudspeaker to microphone.

    Raises: as agent.bluetooth.
    """
    values = _run(agent, "loopback", {"tone_hz": str(tone_hz)}, within)
    measure("thd", number(values, "thd"))
    measure("spl", number(values, "spl"))


@step(measures=[Numeric("g_rms", "g")], claims=["agent", "audio"])
def vibration(agent: Agent, measure: Measure, *, within: Duration = seconds(10.0)) -> None:
    """Acceleration [g rms] of the handset while its motor runs, less that while it stands still.

    It hears itself through the accelerometer, so no tone may play meanwhile.

    Raises: as agent.bluetooth.
    """
    measure("g_rms", number(_run(agent, "vibration", {}, within), "g_rms"))


@step(measures=[Flag("alive"), Text("silent")], claims=["agent"])
def sensors(
    agent: Agent, measure: Measure, *, require: str, within: Duration = seconds(10.0)
) -> None:
    """Whether each sensor that `require` names gives values that change.

    `require` is such as `accelerometer, gyroscope`; `silent` names those that do not, or is `none`.

    Raises: PlanError(STEP-SETTING) for the name of no sensor; as agent.bluetooth.
    """
    wanted = names(require, sensor_dump.NAME)
    alive = _alive(_run(agent, "sensors", {"require": listed(wanted)}, within), wanted)
    if isinstance(alive, Unreadable):
        measure("alive", alive)
        measure("silent", alive)
        return
    silent = [name for name in wanted if name not in alive]
    measure("alive", not silent)
    measure("silent", listed(silent))


@step(measures=[Numeric("touched", "%")], claims=["agent", "screen"])
def touch(agent: Agent, measure: Measure, *, within: Duration = seconds(30.0)) -> None:
    """Share of the panel's cells [%] that felt a touch, by a person or a stylus of the jig.

    Raises: as agent.bluetooth.
    """
    measure("touched", _share(number(_run(agent, "touch", {}, within), "touched")))


def _run(
    agent: Agent, test: str, settings: Mapping[str, str], within_s: float
) -> Mapping[str, str]:
    """The values of a test, for which the app has `within_s`, and its start and end 5 s more."""
    given = {**settings, "within_ms": str(round(within_s * 1000))}
    return agent.run(test, given, within_s=within_s + 5)


def _alive(values: Mapping[str, str], wanted: Sequence[str]) -> Sequence[str] | Unreadable:
    """Those of the sensors that were asked for which the app names; it has no others to name."""
    if "alive" not in values:
        return Unreadable("no alive in the answer", listed(sorted(values)))
    said = values["alive"]
    found = [] if said == NONE else said.split(", ")
    odd = [name for name in found if name not in wanted]
    return Unreadable("alive: not only what was asked for", said) if odd else found


def _share(value: Reading[float]) -> Reading[float]:
    if isinstance(value, float) and not 0 <= value <= 100:
        return Unreadable("no share of 0 to 100 %", str(value))
    return value
