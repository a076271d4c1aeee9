"""Steps of the handover, a unit's last: what it still is, the wipe, and what USB shows after it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from harness.devices.android import accounts, battery, getprop, package
from harness.devices.android.build import DEVICE_STATE, FLASH_LOCKED, read_locked
from harness.devices.android.fields import Fields, text
from harness.errors import DutFault, LinkFault, OperatorStop, PlanError
from harness.model.outcome import Outcome
from harness.model.ports import Attach, Handset, Measure, RunSoFar, Stopwatch, Usb, Wait
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.units import Duration, seconds
from harness.model.usb import UsbDevice, UsbMode
from harness.steps.api import CLAIMS, Flag, Numeric, Text, step
from harness.steps.asking.answers import ask, ask_together, known, listed, names, obey, understood
from harness.steps.asking.turns import turns
from harness.steps.undoing.afterwards import afterwards
from harness.steps.undoing.left import left_changed

LOOK_S = 0.05
FACTORY_RESET = (
    "am broadcast -a android.intent.action.FACTORY_RESET -p android --receiver-foreground"
)
"""What wipes a handset whose build lets the shell ask for it (AOSP, MasterClearReceiver)."""
OFF = "off"
"""The mode of a handset that shows nothing to the bus."""
WIPE = "handover.wipe"
_ANDROID = (UsbMode.ADB, UsbMode.MTP, UsbMode.OTHER)
"""What a handset shows once Android has started."""
_UNSET = frozenset({"", "0", "false"})
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,255}")
_PACKAGE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+")


@step(
    measures=[
        Text("build_type"),
        Text("verified_boot"),
        Flag("locked"),
        Text("encryption"),
        Text("accounts"),
        Text("flags_left"),
        Text("test_apps"),
        Numeric("level", "%"),
    ],
    claims=["agent"],  # which may be one of the apps that go
)
def ready(handset: Handset, measure: Measure, *, flags: str = "", apps: str = "") -> None:
    """Removes the line's own apps, and tells whether all that outlives the wipe is as it ships.

    `build_type` (`ro.build.type`: `user` on what ships) and `verified_boot`
    (`ro.boot.verifiedbootstate`: `green` with the maker's own image under a locked bootloader;
    AOSP, Verified Boot) are of the image. `locked` is the bootloader's own word, as in
    `identity.build`. `encryption` (`ro.crypto.state`) is `encrypted`, `unencrypted` or
    `unsupported`. `accounts` names the types of those that somebody is logged into, or `none`: a
    wipe by anything but the settings keeps the lock of such an account. `flags` names the
    properties by which the line has marked the unit, with commas between; `flags_left` says which
    of them still stand at anything but nothing, `0` or `false`, or `none`. `apps` names the line's
    own apps, with commas between; they are uninstalled, and `test_apps` says which are there still,
    as those of the system's image are, which come back after a wipe; or `none`. `level` [%] is the
    charge with which it ships.

    Raises: PlanError: HANDSET-UNREADABLE, STEP-SETTING when a name is none.
    """
    marks = names(flags, _PROPERTY) if flags else ()
    own = names(apps, _PACKAGE) if apps else ()
    said, dump, logins = ask_together(handset, "getprop", battery.COMMAND, accounts.COMMAND)
    found = known("getprop", understood(getprop.read_properties, said))
    measure("build_type", text(found, "ro.build.type"))
    measure("verified_boot", text(found, "ro.boot.verifiedbootstate"))
    measure("locked", read_locked(text(found, FLASH_LOCKED), text(found, DEVICE_STATE)))
    measure("encryption", text(found, "ro.crypto.state"))
    types = understood(accounts.read_accounts, logins)
    measure("accounts", listed(types) if isinstance(types, tuple) else types)
    measure("flags_left", _still_set(found, marks))
    gauge = understood(battery.read_battery, dump)
    measure("level", gauge.percent if isinstance(gauge, battery.Battery) else gauge)
    for name in own:
        ask(handset, package.uninstall(name))  # refused where there is none, or one of the image
    measure("test_apps", listed(name for name in own if _is_there(handset, name)))


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
    """Wipe the user's data: the time [s] from the command until the handset has left the bus.

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
    for _ in turns(began_s + gone_within - stopwatch(), wait, stopwatch, LOOK_S):
        device = _there(usb)
        if device is None:
            measure("gone", stopwatch() - began_s)
            return
    mode = device.mode.name.lower() if device else OFF
    words = f"still on USB ({mode}) {gone_within:g} s after {command!r:.120}"
    raise DutFault("HANDOVER-NO-WIPE", words, evidence={"sent": command, "mode": mode})


@step(
    measures=[Numeric("back", "s"), Flag("adb_seen"), Text("mode"), Flag("serial_matches")],
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
    """What a handset that was just wiped shows over USB: whether any adb interface appears.

    `back` [s] is the time from the beginning of the step until Android shows; a boot ROM, a
    preloader or a bootloader on the way is not Android. It is watched until it has shown one face
    for `watch` [s] without a break, all of it `within` [s] at the most. `adb_seen` says whether an
    adb interface (ff/42/01) was there at any look: who is let in by a unit that was handed over
    has not been wiped. `mode` is what it showed last, such as `mtp`; `serial_matches` whether its
    USB serial number is that of the unit. What was seen, and when, is kept as `usb-after-wipe.txt`.

    `watch` must be longer than what the model takes from its first USB face to the end of its
    boot: many show a plain face first, and their adb some seconds later.

    Raises: PlanError(HANDOVER-NOT-READY) when no `handover.wipe` has passed in this run;
    LinkFault: USB-ABSENT when it does not come back, USB-WRONG-MODE when it is not Android that
    does, or does not settle; OperatorStop(UNIT-WRONG) when a handset with another serial comes;
    LinkFault, StationFault(USB-...).
    """
    record = so_far.record()
    if not any(step.use == WIPE and step.outcome is Outcome.PASS for step in record.steps):
        raise PlanError("HANDOVER-NOT-READY", "no `handover.wipe` has passed in this run")
    seen = _Watch(usb, record.unit.serial, wait, stopwatch)
    with afterwards(lambda: attach("usb-after-wipe.txt", seen.told().encode())):
        seen.until_settled(within, watch)
    measure("back", seen.back_s)
    measure("adb_seen", seen.adb)
    measure("mode", seen.mode)
    measure("serial_matches", seen.serial_matches)


class _Watch:
    """What a socket shows, look by look."""

    def __init__(self, usb: Usb, serial: str, wait: Wait, stopwatch: Stopwatch) -> None:
        self._usb, self._serial = usb, serial
        self._wait, self._stopwatch = wait, stopwatch
        self._faces: list[tuple[float, str]] = []
        self.adb = False
        self.back_s = math.nan
        self.serial_matches: Reading[bool] = Unknown("nothing has shown")

    @property
    def mode(self) -> str:
        """The mode of the last look."""
        return self._faces[-1][1]

    def told(self) -> str:
        """When it showed what, a line each: only what changed."""
        return "".join(f"{at_s:8.2f} s  {mode}\n" for at_s, mode in self._faces)

    def until_settled(self, within_s: float, steady_s: float) -> None:
        """Look until Android has shown one face for so long, or adb at all.

        Raises: LinkFault(USB-ABSENT, USB-WRONG-MODE) when that is not so in time.
        """
        for _ in turns(within_s, self._wait, self._stopwatch, LOOK_S):
            if self._settled(self._look(), steady_s):
                return
        device = self._usb.look()  # says why nothing is there
        words = f"after the wipe {self._usb.port} shows {device.mode.value}, not settled"
        raise LinkFault("USB-WRONG-MODE", words, evidence={"seen": self.told()})

    def _look(self) -> UsbMode | None:
        device = _there(self._usb)
        mode = device.mode.name.lower() if device else OFF
        if not self._faces or mode != self.mode:
            self._faces.append((self._stopwatch(), mode))
        if device and device.mode in _ANDROID:
            self._require_unit(device)
            self.adb = self.adb or device.mode is UsbMode.ADB
            if math.isnan(self.back_s):
                self.back_s = self._stopwatch()
        return device.mode if device else None

    def _settled(self, mode: UsbMode | None, steady_s: float) -> bool:
        since_s = self._stopwatch() - self._faces[-1][0]
        return self.adb or (mode in _ANDROID and since_s >= steady_s)

    def _require_unit(self, device: UsbDevice) -> None:
        """A serial that cannot be read is no other unit's, and not this one's either."""
        if not isinstance(device.serial, str):
            self.serial_matches = device.serial
            return
        self.serial_matches = device.serial == self._serial
        if not self.serial_matches:
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


def _still_set(found: Fields, marks: Iterable[str]) -> Reading[str]:
    values = {name: text(found, name) for name in marks}
    still = [
        name for name, value in values.items() if isinstance(value, str) and value not in _UNSET
    ]
    unreadable = [value for value in values.values() if isinstance(value, Unreadable)]
    return listed(still) if still or not unreadable else unreadable[0]


def _is_there(handset: Handset, name: str) -> bool:
    """Whether an app is installed, or would be after a wipe."""
    return not package.is_nowhere(ask(handset, package.dump(name)).out, name)
