"""Steps that make a handset ready for a test, and leave it as it was found."""

from __future__ import annotations

from harness.devices.android import package
from harness.model.ports import Attach, Handset, Measure, RunSoFar, Stopwatch, Wait
from harness.model.reading import Unknown
from harness.model.units import Duration, seconds
from harness.steps.api import CLAIMS, Numeric, step
from harness.steps.asking.answers import ask, known, obey
from harness.steps.identity import serial_of
from harness.steps.undoing.found import (
    ASKED_FOR,
    RADIOS,
    SCREEN,
    SET_UP,
    STAY_ON,
    Note,
    changes,
    checked,
)
from harness.steps.undoing.left import KEPT_NOTE, is_restored, kept_note
from harness.steps.undoing.shelf import setting_aside
from harness.steps.undoing.switches import look, set_
from harness.steps.undoing.undo import KEYCODE_HOME, find, look_at_shelf, undo, write_note

ODD_NOTE = "handset-note.txt"
"""What stood on the handset in the place of the note that this run made there."""

_STILL_IMAGE = "-a android.media.action.STILL_IMAGE_CAMERA"
_SETUP_WIZARD = "-a android.intent.action.MAIN -c android.intent.category.SETUP_WIZARD"

_ALL_IT_NOTES = ("bluetooth", "camera", "modem", "screen", "wifi")
"""What another step changes meanwhile would be noted as found, or put back under it."""


@step(claims=[*_ALL_IT_NOTES, "vbus"])  # resets what `dumpsys battery` says
def prepare(
    handset: Handset, attach: Attach, so_far: RunSoFar, wait: Wait, stopwatch: Stopwatch
) -> None:
    """Make the handset ready: awake, unlocked, set up, its camera app free to open, DCIM empty.

    What an earlier run left behind is put back first. Then it is noted how the handset was found,
    with the run's record and on the handset, before anything changes: whether the screen is on
    and stays on while plugged in; airplane mode, Wi-Fi, mobile data and Bluetooth, which are left
    alone; whether a setup wizard stands in front; the permissions that the camera app would ask
    for. A wizard is disabled. What is in DCIM is set aside, out of the way of `camera.still`.
    Battery values that were set by hand are undone for good.

    Raises: LinkFault(HANDSET-NOTE) when a run left it changed and no note says how it was;
    PlanError: HANDSET-REFUSED, HANDSET-UNREADABLE.
    """
    _undone(handset, attach, so_far, wait, stopwatch)
    serial = known("ro.serialno", serial_of(handset))
    found = dict(look(handset, [SCREEN, STAY_ON, *SET_UP, *RADIOS, *_ungranted(handset)]))
    if any(found[key] != done for key, done in SET_UP.items()):
        found |= look(handset, _wizard(handset))
    note = known("how the handset was found", checked(Note(serial, found)))
    attach(KEPT_NOTE, note.to_bytes())
    write_note(handset, note.to_bytes())
    for key, value in changes(found).items():
        set_(handset, key, value)
    obey(handset, "wm dismiss-keyguard")
    obey(handset, "dumpsys battery reset")
    for command in setting_aside(look_at_shelf(handset)):
        obey(handset, command)


@step(claims=_ALL_IT_NOTES)
def restore(
    handset: Handset, attach: Attach, so_far: RunSoFar, wait: Wait, stopwatch: Stopwatch
) -> None:
    """Leave the camera app, and put back what `handset.prepare` changed, in this run or before.

    Nothing is asked of a handset that this run has put back already: it may be wiped since.
    What this run prepared goes by the note in its own record, whatever has become of the one on
    the handset; what stood there instead is kept as `handset-note.txt`.

    The note on the handset goes last, once everything reads as it was found: a restore that
    failed or was cut anywhere can be tried again. Pictures that the run made go, those that were
    there come back. A lock that prepare took off an awake screen comes back by its own timeout.

    Raises: LinkFault(HANDSET-NOTE) when no note can be obeyed; PlanError: HANDSET-REFUSED when
    something does not come back within 5 s, HANDSET-UNREADABLE.
    """
    if is_restored(so_far.record()):
        return
    if not _undone(handset, attach, so_far, wait, stopwatch):
        obey(handset, f"input keyevent {KEYCODE_HOME}")


def _undone(
    handset: Handset, attach: Attach, so_far: RunSoFar, wait: Wait, stopwatch: Stopwatch
) -> bool:
    """Put back what this run or an earlier one left; whether there was anything."""
    left = find(handset, kept_note(so_far.record(), so_far.content))
    if left is None:
        return False
    if left.instead_of:
        attach(ODD_NOTE, left.instead_of.encode())
    undo(handset, left.note, wait, stopwatch)
    return True


def _ungranted(handset: Handset) -> list[str]:
    """The key of each permission that the camera app would ask a person for."""
    app = package.read_resolved(ask(handset, package.resolve(_STILL_IMAGE)).out)
    if isinstance(app, Unknown):
        return []  # that there is no camera app is for the camera's own step to say
    name = known("camera app", app)
    described = ask(handset, package.dump(name)).out
    denied = known(name, package.read_ungranted(described, ASKED_FOR))
    return [f"permission {name} {each}" for each in denied]


def _wizard(handset: Handset) -> list[str]:
    """The key of the setup wizard; none where it is disabled, or there is none."""
    app = package.read_resolved(ask(handset, package.resolve(_SETUP_WIZARD)).out)
    return [] if isinstance(app, Unknown) else [f"package {known('setup wizard', app)}"]


@step(measures=[Numeric("boot_time", "s")], claims=sorted(CLAIMS))
def reboot(handset: Handset, measure: Measure, *, within: Duration = seconds(120)) -> None:
    """Time [s] from the order to restart to the end of Android's boot, `within` [s] at the most.

    What was set for this boot alone is gone with it. A setup wizard, a lock on the screen and
    dialogs are as after any boot: `handset.prepare` comes after this step.

    Raises: LinkFault: ADB-NO-REBOOT, ADB-NO-BOOT; OperatorStop(UNIT-WRONG) when another handset
    comes back.
    """
    measure("boot_time", handset.reboot(within_s=within))
