"""What a simulated handset answers. Pure: its unit, a command and the time in, an answer out."""

from __future__ import annotations

import math

from harness.sim.handset import shell
from harness.sim.handset.prints import (
    accounts,
    agent,
    bluetooth,
    camera,
    display,
    input_devices,
    location,
    memory,
    network,
    nfc,
    packages,
    power,
    reset,
    sensors,
    thermal,
)
from harness.sim.handset.prints.battery import Battery
from harness.sim.handset.prints.phone import Phone
from harness.sim.handset.prints.properties import Properties
from harness.sim.handset.prints.telephony import Telephony
from harness.sim.handset.prints.wifi import Wifi
from harness.sim.handset.state import radios, settings, storage
from harness.sim.handset.state.answer import Answer, Program, Programs, together
from harness.sim.handset.state.answer import failure as _failure
from harness.sim.handset.state.answer import text as _text
from harness.sim.handset.state.cellular import Cellular
from harness.sim.handset.state.detached import Detached, setsid
from harness.sim.handset.state.gauge import FOLDER, BatteryGauge
from harness.sim.handset.state.screen import Screen
from harness.sim.handset.state.system import System
from harness.sim.profiles import SDK
from harness.sim.unit import SimUnit

UEVENT = f"{FOLDER}/uevent"
UEVENT_COMMAND = f"cat {UEVENT}"


class HandsetBehaviour:
    """A handset's shell and file system. `files` maps absolute paths to contents.

    `speed` divides its dwell times, such as that of an attach. `programs` holds what it runs, by
    the first word or two: a test may put in one that answers as another firmware would.
    """

    def __init__(self, unit: SimUnit, *, speed: float = 1.0) -> None:
        self.unit = unit
        self.files: dict[str, bytes] = {}
        self.detached: list[Detached] = []
        """What was started in the background, for whoever has a clock to run it."""
        self.radios = radios.Radios()
        self.system = System()
        self.screen = Screen()
        self.cameras = camera.Cameras(unit, self.files, speed)
        self.packages = packages.Packages(unit, self.cameras)
        self.storage = storage.Storage(self.files, self.cameras.advance)
        self.settings = settings.Settings(self.radios)
        self.settings.values["secure", "bluetooth_address"] = bluetooth.address(unit)
        self._sdk = SDK[unit.android]
        cellular = Cellular(unit, self.radios, speed)
        self.served = cellular.served
        self.registered_on_cell = cellular.registered_on_cell
        gauge = BatteryGauge(unit)
        self._kernel_files = {**gauge.files(), **self.system.files(), **memory.files(unit)}
        self._stuck = unit.defects.get("adb.stuck", {"on": ""}).get("on", UEVENT_COMMAND)
        self.programs = together(
            self._basics(),
            self._of_system(),
            self._of_networks(cellular, speed),
            self._of_apps(location.Gnss(unit, self.settings, self._sdk, speed)),
            self._of_parts(gauge),
        )

    def run(self, command: str, now_s: float) -> Answer:
        """Run commands joined by `;` or `&&`; words are quoted as in a POSIX shell.

        `now_s` is the time [s of a clock that never goes back].
        """
        return shell.run(command, self._run_one, now_s)

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None."""
        if (content := self._kernel_files.get(path)) is not None:
            return content().encode()
        return self.files.get(path)

    def _run_one(self, words: list[str], now_s: float) -> Answer:
        for length in (2, 1):
            if program := self.programs.get(" ".join(words[:length])):
                answer = program(words[length:], now_s)
                return self._without_end(answer) if " ".join(words) == self._stuck else answer
        return _failure(f"/system/bin/sh: {words[0]}: inaccessible or not found", 127)

    def _without_end(self, answer: Answer) -> Answer:
        self.unit.met.add("adb.stuck")
        return answer._replace(takes_s=math.inf)

    def _basics(self) -> dict[str, Program]:
        """The programs of every firmware; of services, those that find none."""
        return {
            "timeout": shell.timeout(self._run_one),
            "[": shell.equals,
            "echo": lambda words, _: _text(" ".join(words) + "\n"),
            "true": lambda *_: Answer(),
            "false": lambda *_: Answer(code=1),
            "cat": self._cat,
            "dumpsys": lambda words, _: _failure(f"Can't find service: {' '.join(words)}", 0),
            "cmd": lambda words, _: _failure(f"cmd: Can't find service: {' '.join(words[:1])}", 20),
        }

    def _of_system(self) -> Programs:
        """The programs on users, files, settings and the restart."""
        unit = self.unit
        return together(
            {} if unit.build == "user" else {"su": self.system.su(self._run_one)},
            {"setsid": setsid(self.files, self.run, self.detached.append)},
            self.system.programs(),
            settings.programs(self.settings),
            self.storage.programs(),
            power.programs(self.screen),
            reset.programs(unit, self.system),
            accounts.programs(unit),
        )

    def _of_networks(self, cellular: Cellular, speed: float) -> Programs:
        """The programs on the modem and the radios; the properties tell of the modem too."""
        unit, sdk = self.unit, self._sdk
        telephony = Telephony(unit, self.radios, cellular)
        wifi = Wifi(unit, self.radios, sdk, speed)
        return together(
            radios.programs(unit, self.radios, sdk),
            telephony.programs(),
            Phone(unit, self.system).programs(),
            Properties(unit, self.system, telephony).programs(),
            network.Network(unit, cellular, speed, wifi.joined).programs(),
            wifi.programs(),
            bluetooth.programs(unit, self.radios, sdk),
            nfc.programs(unit),
        )

    def _of_apps(self, gnss: location.Gnss) -> Programs:
        """The programs that start, end and describe apps, and on the location that one asks for."""
        started = camera.programs(self.cameras, self.screen)
        return together(
            {**started, **gnss.apps(started)},
            gnss.programs(),
            self.packages.programs(),
            agent.programs(self.unit),
        )

    def _of_parts(self, gauge: BatteryGauge) -> Programs:
        """The programs on what it is built with."""
        unit, sdk = self.unit, self._sdk
        return together(
            Battery(unit, gauge).programs(),
            display.Display(unit, self.screen, self.settings, sdk).programs(),
            input_devices.programs(unit, sdk),
            memory.programs(unit),
            sensors.programs(unit, sdk),
            thermal.programs(unit, sdk),
        )

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
