"""What a simulated handset answers. Pure: its unit, a command and the time in, an answer out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from harness.sim.handset import camera, packages, parcel, radios, settings, storage
from harness.sim.handset.answer import Answer, Program
from harness.sim.handset.answer import failure as _failure
from harness.sim.handset.answer import text as _text
from harness.sim.handset.telephony import Telephony
from harness.sim.handset.wifi import Wifi
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import SimUnit

UEVENT = "/sys/class/power_supply/battery/uevent"
_SHELL = "com.android.shell"
_JOINTS = (";", "&&")


class HandsetBehaviour:
    """A handset's shell and file system. `files` maps absolute paths to contents.

    `speed` divides its dwell times, such as that of an attach. `programs` holds what it runs, by
    the first word or two: a test may put in one that answers as another firmware would.
    """

    def __init__(self, unit: SimUnit, *, speed: float = 1.0) -> None:
        self.unit = unit
        self.files: dict[str, bytes] = {}
        self.radios = radios.Radios()
        sdk = SDK[unit.android]
        self._telephony = Telephony(unit, self.radios, sdk, speed)
        self.cameras = camera.Cameras(unit, self.files, speed)
        self.screen = camera.Screen()
        self._battery_stopped = False
        self.programs: dict[str, Program] = {
            "echo": lambda words, _: _text(" ".join(words) + "\n"),
            "true": lambda *_: Answer(),
            "false": lambda *_: Answer(code=1),
            "cat": self._cat,
            "getprop": self._getprop,
            "dumpsys": lambda words, _: _failure(f"Can't find service: {' '.join(words)}", 0),
            "dumpsys battery": self._dumpsys_battery,
            "service": self._service,
            "cmd": lambda words, _: _failure(f"cmd: Can't find service: {' '.join(words[:1])}", 20),
            **radios.programs(unit, self.radios, sdk),
            **Wifi(unit, self.radios, sdk, speed).programs(),
            **self._telephony.programs(),
            **camera.programs(self.cameras, self.screen, unit.android),
            **packages.programs(self.cameras),
            **settings.programs(settings.Settings(self.radios)),
            **storage.programs(self.files, self.cameras.advance),
        }

    def run(self, command: str, now_s: float) -> Answer:
        """Run commands joined by `;` or `&&`; words are quoted as in a POSIX shell.

        `now_s` is the time [s of a clock that never goes back].
        """
        try:
            parts = list(_split(command))
        except ValueError as error:
            return _failure(f"/system/bin/sh: syntax error: {error}", 1)
        out, err, code = bytearray(), bytearray(), 0
        for joint, words in parts:
            if joint == "&&" and code != 0:
                continue
            answer = self._run_one(words, now_s)
            out += answer.out
            err += answer.err
            code = answer.code
        return Answer(bytes(out), bytes(err), code)

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None."""
        if path == UEVENT:
            return self._uevent().encode()
        return self.files.get(path)

    def _run_one(self, words: list[str], now_s: float) -> Answer:
        for length in (2, 1):
            if program := self.programs.get(" ".join(words[:length])):
                return program(words[length:], now_s)
        return _failure(f"/system/bin/sh: {words[0]}: inaccessible or not found", 127)

    def _cat(self, words: list[str], _now_s: float) -> Answer:
        answers = [self._cat_one(path) for path in words]
        out = b"".join(answer.out for answer in answers)
        err = b"".join(answer.err for answer in answers)
        return Answer(out, err, max((answer.code for answer in answers), default=0))

    def _cat_one(self, path: str) -> Answer:
        content = self.read(path)
        if content is None:
            return _failure(f"cat: {path}: No such file or directory", 1)
        return Answer(content)

    def _getprop(self, words: list[str], _now_s: float) -> Answer:
        props = self._props()
        if words:
            return _text(props.get(words[0], "") + "\n")
        return _text("".join(f"[{name}]: [{props[name]}]\n" for name in sorted(props)))

    def _props(self) -> dict[str, str]:
        unit = self.unit
        profile = PROFILES[unit.profile]
        return {
            "ro.serialno": unit.serial,
            "ro.product.manufacturer": profile.maker,
            "ro.product.model": profile.model,
            "ro.build.version.release": str(unit.android),
            "ro.build.version.sdk": str(SDK[unit.android]),
            "ro.build.type": "user",
            "persist.sys.boot.reason.history": "reboot,,1637000514\ncold,powerkey,1636927828",
            "sys.boot_completed": "1",
            "gsm.sim.state": self._telephony.sim_state(),
        }

    def _dumpsys_battery(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case []:
                return _text(self._battery())
            case ["unplug" | "reset" as action]:
                self._battery_stopped = action == "unplug"
                return Answer()
            case _:
                return _text("Battery service (battery) commands:\n")

    def _battery(self) -> str:
        unit = self.unit
        stopped = "  (UPDATES STOPPED -- use 'reset' to restart)\n"
        return (
            "Current Battery Service state:\n"
            f"{stopped if self._battery_stopped else ''}"
            "  AC powered: false\n"
            f"  USB powered: {str(unit.charging).lower()}\n"
            "  Wireless powered: false\n"
            f"  Max charging current: {900000 if unit.charging else 0}\n"
            f"  Max charging voltage: {5000000 if unit.charging else 0}\n"
            f"  Charge counter: {unit.level_percent * 48000}\n"
            f"  status: {2 if unit.charging else 3}\n"
            "  health: 2\n"
            "  present: true\n"
            f"  level: {unit.level_percent}\n"
            "  scale: 100\n"
            f"  voltage: {round(unit.cell_v * 1e3)}\n"
            f"  temperature: {round(unit.temperature_c * 10)}\n"
            "  technology: Li-ion\n"
        )

    def _uevent(self) -> str:
        unit = self.unit
        values = {
            "NAME": "battery",
            "STATUS": "Charging" if unit.charging else "Discharging",
            "HEALTH": "Good",
            "PRESENT": "1",
            "TECHNOLOGY": "Li-ion",
            "CYCLE_COUNT": "1",
            "CAPACITY": str(unit.level_percent),
            "CURRENT_NOW": str(round(unit.charge_current_a * 1e6)),
            "VOLTAGE_NOW": str(round(unit.cell_v * 1e6)),
            "TEMP": str(round(unit.temperature_c * 10)),
        }
        return "".join(f"POWER_SUPPLY_{key}={value}\n" for key, value in values.items())

    def _service(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case ["call", "iphonesubinfo", "1", "s16", package]:
                return self._imei(0, package)
            case ["call", "iphonesubinfo", code, "i32", slot, "s16", package] if (
                code == self._imei_code() and slot.isdigit()
            ):
                return self._imei(int(slot), package)
            case ["call", "iphonesubinfo", *_]:
                return _text(parcel.error_reply(-74, "Not a data message"))
            case ["call", name, *_]:
                return _failure(f"service: Service {name} does not exist", 10)
            case _:
                return _failure("service: unknown command", 10)

    def _imei_code(self) -> str:
        """The transaction of getDeviceIdForPhone: third method up to Android 10, then fourth."""
        return "3" if self.unit.android <= 10 else "4"

    def _imei(self, slot: int, package: str) -> Answer:
        if package != _SHELL:
            return _text(parcel.security_reply(f"Package {package} does not belong to 2000"))
        written = () if "imei.not_written" in self.unit.defects else self.unit.imei
        return _text(parcel.string_reply(written[slot] if slot < len(written) else None))


def _split(command: str) -> Iterator[tuple[str, list[str]]]:
    """Each simple command with the joint in front of it.

    Raises: ValueError when a quote is open or a joint has nothing to join.
    """
    lexer = shlex.shlex(command, posix=True, punctuation_chars=";&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    joint, words = ";", list[str]()
    for token in lexer:
        if token not in _JOINTS:
            words.append(token)
            continue
        if not words:
            raise ValueError(f"unexpected {token!r}")
        yield joint, words
        joint, words = token, []
    if words:
        yield joint, words
    elif joint == "&&":
        raise ValueError("unexpected end")
