"""Puts a handset back as it was found when its run did not: cut short, or left by a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from harness.clock import Cancel, Clock, Deadline, Lease
from harness.engine.threads import in_thread
from harness.errors import (
    Blame,
    HarnessError,
    LinkFault,
    OperatorStop,
    StationFault,
    unexpected,
)
from harness.errors.link import NOT_THERE
from harness.model.backing import Device
from harness.model.ports import Handset
from harness.model.record import Record, StepRecord
from harness.steps.asking.answers import known
from harness.steps.identity import serial_of
from harness.steps.undoing.found import Note
from harness.steps.undoing.left import PREPARE, Content, Kept, kept_note, left_changed, restores
from harness.steps.undoing.undo import find, undo

UNDO_LIMIT_S = 15.0
"""The whole time for one handset [s]."""

_COMES_WITHIN_S = 5.0
"""How long after its start the adb server may not have a handset yet [s]."""
_LOOK_S = 0.2


def cut_short(record: Record) -> bool:
    """Whether the run changed its handset, and a person (or nothing at all) kept it from undoing.

    A restore that failed by itself is not tried again at once: the next one is `prepare`'s.
    """
    return left_changed(record) is not None and all(map(_was_cut, restores(record)))


def put_back(device: Device, clock: Clock, cancel: Cancel, record: Record, kept: Kept) -> None:
    """Undo on the handset what a run left, seen anew: that run's own view of it ended.

    Raises: OperatorStop(UNIT-WRONG) when another unit is in the slot now, which is left alone;
    HarnessError when it cannot be, and the handset is not as it was found.
    """
    lease = Lease(Deadline(UNDO_LIMIT_S, clock), cancel.child())
    try:
        handset = device.for_run().under(lease)
        assert isinstance(handset, Handset)
        _require_unit(handset, kept.serial if isinstance(kept, Note) else record.unit.serial)
        if left := find(handset, kept):
            undo(handset, left.note, lease.sleep, lambda: UNDO_LIMIT_S - lease.deadline.left_s())
    finally:
        lease.end()


def after_run(
    device: Device, clock: Clock, cancel: Cancel, content: Content, record: Record
) -> HarnessError | None:
    """Put back what a run that was cut short left; why that could not be done, or None."""
    if not cut_short(record):
        return None
    kept = kept_note(record, content)
    return _told(partial(put_back, device, clock, cancel, record, kept))


def after_kill(
    devices: Mapping[int, Device],
    left: Iterable[Record],
    content: Content,
    clock: Clock,
    cancel: Cancel,
) -> Mapping[int, HarnessError]:
    """Put back what the runs that a kill left open changed, on handsets still in their slots.

    All at once, and for each whose plan prepares, whatever came of that by its record: what came
    last may not have reached the disk, the note on the handset has. By slot, why a handset may
    not be as it was found.
    """
    tries = {
        record.slot: in_thread(
            f"undo-{record.slot}",
            partial(
                _told, partial(_once_there, devices[record.slot], clock, cancel, record, content)
            ),
        )
        for record in left
        if record.slot in devices and any(step.use == PREPARE for step in record.plan.steps)
    }
    said = {slot: tried.result() for slot, tried in tries.items()}
    return {slot: error for slot, error in said.items() if error}


def _once_there(
    device: Device, clock: Clock, cancel: Cancel, record: Record, content: Content
) -> None:
    """Put back as soon as the adb server, which was just started, has found the handset."""
    until = Deadline(_COMES_WITHIN_S, clock)
    kept = kept_note(record, content)
    while True:
        try:
            return put_back(device, clock, cancel, record, kept)
        except LinkFault as fault:
            if fault.code not in NOT_THERE or until.expired():
                raise
            cancel.wait(_LOOK_S)


def _require_unit(handset: Handset, left: str) -> None:
    """That the handset is the one which the run left, as far as that is known."""
    there = known("ro.serialno", serial_of(handset))
    if left and there != left:
        raise OperatorStop(
            "UNIT-WRONG",
            f"{left} left the slot and may still be as the run left it; in the slot is {there}",
            evidence={"left": left, "handset": there},
            remedy=f"Put {left} into a slot and run a plan with `handset.restore` on it.",
        )


def _told(work: Callable[[], None]) -> HarnessError | None:
    try:
        work()
    except HarnessError as error:
        return error
    except Exception as error:  # noqa: BLE001 the slot's thread must come back with its result
        return StationFault("ENGINE-BUG", str(error), evidence=unexpected(error))
    return None


def _was_cut(restore: StepRecord) -> bool:
    return restore.fault is None or restore.fault.blame is Blame.OPERATOR
