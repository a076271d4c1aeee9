"""Steps of the handover, a unit's last: what it still is, the wipe, and what USB shows after it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.devices.android import battery, getprop, package
from harness.devices.android.batch import Answer
from harness.devices.android.fields import Fields, text
from harness.errors import DutFault, LinkFault, OperatorStop, PlanError
from harness.model.outcome import Outcome
from harness.model.ports import Attach, Handset, Measure, RunSoFar, Stopwatch, Usb, Wait
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.units import Duration, seconds
from harness.model.usb import UsbDevice, UsbMode
from harness.steps.answers import ask, ask_together, known, obey, printed
from harness.steps.api import CLAIMS, Flag, Numeric, Text, step
from harness.steps.left import left_changed

LOOK_S = 0.05
FACTORY_RESET = (
    "am broadcast -a android.intent.action.FACTORY_RESET -p android --receiver-foreground"
)
"""What wipes a handset whose build lets the shell ask for it (AOSP, MasterClearReceiver)."""
NONE = "none"
"""How a Text says that nothing is left."""
OFF = "off"
"""The mode of a handset that shows nothing to the bus."""
_UNSET = frozenset({"", "0", "false"})
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,255}")
_PACKAGE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+")


@step(
    measures=[
        Text("build_type"),
        Text("verified_boot"),
        Text("flags_left"),
        Text("test_apps"),
        Numeric("level", "%"),
    ]
)
def ready(handset: Handset, measure: Measure, *, flags: str = "", apps: str = "") -> None:
    """What a handset is before it is wiped: whether all that outlives the wipe is as it ships.

    `build_type` (`ro.build.type`: `user` on what ships) and `verified_boot`
    (`ro.boot.verifiedbootstate`: `green` with the maker's own image under a locked bootloader;
    AOSP, Verified Boot) are of the image. `flags` names the properties by which the line has
    marked the unit, with commas between; `flags_left` says which of them still stand at anything
    but nothing, `0` or `false`, or `none`. `apps` names the line's own apps; they are uninstalled
    here, and `test_apps` says which are there still, as those of the system's image are, which
    come back after a wipe; or `none`. `level` [%] is the charge with which it ships.

    Raises: PlanError: HANDSET-UNREADABLE, STEP-SETTING when a name is none.
    """
    marks, own = _names(flags, _PROPERTY), _names(apps, _PACKAGE)
    said, dump = ask_together(handset, "getprop", battery.COMMAND)
    out = printed(said)
    found = known("getprop", getprop.read_properties(out) if isinstance(out, str) else out)
    measure("build_type", text(found, "ro.build.type"))
    measure("verified_boot", text(found, "ro.boot.verifiedbootstate"))
    measure("flags_left", _still_set(found, marks))
    measure("test_apps", _listed(name for name in own if _outlives(handset, name)))
    measure("level", _level(dump))


@step(measures=[Numeric("gone", "s")], claims=sorted(CLAIMS))
def wipe(
    handset: Handset,
    usb: Usb,
    so_far: RunSoFar,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    command: str = FACTORY_RESET,
    gone_within: Duration = seconds(30.0),
) -> None:
    """Wipe the user's data: the time [s] from the command until adb has left the bus.

    Which `command` a model takes is the plan's to say; by itself it is Android's own factory
    reset, which a build may keep from the shell. Nothing of a unit that has failed a step is
    wiped, nor one that still stands as `handset.prepare` left it: what is wrong with it could
    not be looked at any more. What the wipe has done is for `handover.sealed` to see.

    Raises: DutFault: HANDOVER-FAILED when a step of the run has failed, HANDOVER-NO-WIPE when
    the handset stays, `gone_within` [s] after the command; PlanError: HANDOVER-NOT-READY,
    HANDSET-REFUSED.
    """
    _require_passed(so_far)
    began_s = stopwatch()
    try:
        obey(handset, command)
    except LinkFault as fault:
        if fault.code != "ADB-LOST":  # it may go before its shell has ended
            raise
    until_s = began_s + gone_within
    while _shown(usb) is UsbMode.ADB:
        if stopwatch() >= until_s:
            words = f"still there with adb {gone_within:g} s after {command!r:.120}"
            raise DutFault("HANDOVER-NO-WIPE", words, evidence={"sent": command})
        wait(LOOK_S)
    measure("gone", stopwatch() - began_s)


@step(
    measures=[Numeric("back", "s"), Flag("adb_seen"), Text("mode")],
    claims=sorted(CLAIMS),
)
def sealed(
    usb: Usb,
    so_far: RunSoFar,
    measure: Measure,
    attach: Attach,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    within: Duration = seconds(180.0),
    watch: Duration = seconds(10.0),
) -> None:
    """What a wiped handset shows over USB: whether any adb interface appears.

    `back` [s] is the time from the beginning of the step until it shows anything, `within` [s] at
    the most. It is watched from the beginning of the step until `watch` [s] after that; `adb_seen`
    says whether an adb interface (ff/42/01) was there at any time, for who is let in by a unit
    that was handed over has not been wiped. `mode` is the last that it showed: `mtp`, `other`, ...,
    or `off` when it showed nothing. What was seen, and when, is kept as `usb-after-wipe.txt`.

    Raises: LinkFault(USB-ABSENT) when it does not come back; OperatorStop(UNIT-WRONG) when a
    handset with another serial does; LinkFault, StationFault(USB-...).
    """
    seen = _Watch(usb, so_far.record().unit.serial, wait, stopwatch)
    try:
        back_s = seen.until_back(within)
        seen.until(stopwatch() + watch)
    finally:
        attach("usb-after-wipe.txt", seen.told().encode())
    measure("back", back_s)
    measure("adb_seen", seen.adb)
    measure("mode", seen.mode)


class _Watch:
    """What a socket shows, look by look."""

    def __init__(self, usb: Usb, serial: str, wait: Wait, stopwatch: Stopwatch) -> None:
        self._usb, self._serial = usb, serial
        self._wait, self._stopwatch = wait, stopwatch
        self._turns: list[tuple[float, str]] = []
        self.adb = False

    @property
    def mode(self) -> str:
        """The mode of the last look."""
        return self._turns[-1][1] if self._turns else OFF

    def told(self) -> str:
        """When it showed what, a line each: only what changed."""
        return "".join(f"{at_s:8.2f} s  {mode}\n" for at_s, mode in self._turns)

    def until_back(self, within_s: float) -> float:
        """When anything shows [s of the step].

        Raises: LinkFault(USB-ABSENT).
        """
        until_s = self._stopwatch() + within_s
        while True:
            try:
                self._look(self._usb.look())
                return self._stopwatch()
            except LinkFault as fault:
                if fault.code != "USB-ABSENT" or self._stopwatch() >= until_s:
                    raise
                self._note(OFF)
            self._wait(LOOK_S)

    def until(self, until_s: float) -> None:
        while self._stopwatch() < until_s:
            self._wait(LOOK_S)
            device = _there(self._usb)
            if device:
                self._look(device)
            else:
                self._note(OFF)

    def _look(self, device: UsbDevice) -> None:
        self._require_unit(device)
        self.adb = self.adb or device.mode is UsbMode.ADB
        self._note(device.mode.name.lower())

    def _note(self, mode: str) -> None:
        if not self._turns or mode != self._turns[-1][1]:
            self._turns.append((self._stopwatch(), mode))

    def _require_unit(self, device: UsbDevice) -> None:
        """A serial that cannot be read is no other unit's."""
        if isinstance(device.serial, str) and device.serial != self._serial:
            words = f"{self._serial} was wiped; in the slot is {device.serial} now"
            evidence = {"wiped": self._serial, "there": device.serial}
            raise OperatorStop("UNIT-WRONG", words, evidence=evidence)


def _there(usb: Usb) -> UsbDevice | None:
    try:
        return usb.look()
    except LinkFault as fault:
        if fault.code == "USB-ABSENT":
            return None
        raise


def _shown(usb: Usb) -> UsbMode | None:
    device = _there(usb)
    return device.mode if device else None


def _require_passed(so_far: RunSoFar) -> None:
    record = so_far.record()
    last = {step.id: step.outcome for step in record.steps if step.outcome is not None}
    if failed := [name for name, outcome in last.items() if outcome is Outcome.FAIL]:
        evidence = {"failed": failed}
        raise DutFault(
            "HANDOVER-FAILED", f"not wiped: {', '.join(failed)} failed", evidence=evidence
        )
    if left_changed(record):
        words = "not wiped: what `handset.prepare` changed has not been put back"
        raise PlanError("HANDOVER-NOT-READY", words)


def _names(words: str, form: re.Pattern[str]) -> list[str]:
    names = [name.strip() for name in words.split(",") if name.strip()]
    if wrong := [name for name in names if not form.fullmatch(name)]:
        raise PlanError("STEP-SETTING", f"{wrong[0]!r:.80} is no name for {words!r:.200}")
    return names


def _still_set(found: Fields, names: Iterable[str]) -> Reading[str]:
    values = {name: text(found, name) for name in names}
    for value in values.values():
        if isinstance(value, Unreadable):
            return value
    return _listed(
        name
        for name, value in values.items()
        if not isinstance(value, Unknown) and value not in _UNSET
    )


def _outlives(handset: Handset, name: str) -> bool:
    """Whether an app is there once it was uninstalled."""
    ask(handset, package.uninstall(name))
    return not package.is_nowhere(ask(handset, package.dump(name)).out, name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or NONE


def _level(dump: Answer) -> Reading[float]:
    said = printed(dump)
    gauge = battery.read_battery(said) if isinstance(said, str) else said
    return gauge.percent if isinstance(gauge, battery.Battery) else gauge
