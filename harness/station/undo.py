"""Puts a handset back as it was found when its run did not: cut short, or left by a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from harness.clock import Cancel, Clock, Deadline, Lease
from harness.engine.threads import in_thread
from harness.errors import Blame, HarnessError, LinkFault, StationFault, unexpected
from harness.model.outcome import Outcome
from harness.model.ports import Device, Handset
from harness.model.record import Attachment, Record, StepRecord
from harness.steps.undo import KEPT_NOTE, undo

UNDO_LIMIT_S = 15.0
"""The whole time for one handset [s]."""

_COMING = ("ADB-ABSENT", "ADB-CONNECTING", "ADB-OFFLINE")
"""What a handset may be for a moment after the adb server was started."""
_COMES_WITHIN_S = 5.0
_LOOK_S = 0.2

Kept = Callable[[str], bytes]
"""The content of an attachment by its SHA-256; raises StationFault when it is not there."""


def cut_short(record: Record) -> bool:
    """Whether the run changed its handset, and a person (or nothing at all) kept it from undoing.

    A restore that failed by itself is not tried again at once: the next one is `prepare`'s.
    """
    return _left_changed(record) is not None and all(map(_was_cut, _restores(record)))


def put_back(device: Device, clock: Clock, cancel: Cancel, kept: bytes | None = None) -> None:
    """Undo on the handset what an earlier run left, seen anew: that run's own view of it ended.

    Raises: HarnessError when it cannot be, and the handset is not as it was found.
    """
    lease = Lease(Deadline(UNDO_LIMIT_S, clock), cancel.child())
    try:
        handset = device.for_run().under(lease)
        assert isinstance(handset, Handset)
        undo(handset, lease.sleep, lambda: UNDO_LIMIT_S - lease.deadline.left_s(), kept=kept)
    finally:
        lease.end()


def after_run(device: Device, clock: Clock, cancel: Cancel, record: Record) -> HarnessError | None:
    """Put back what a run that was cut short left; why that could not be done, or None."""
    return _told(partial(put_back, device, clock, cancel)) if cut_short(record) else None


def after_kill(
    devices: Mapping[int, Device], left: Iterable[Record], kept: Kept, clock: Clock, cancel: Cancel
) -> Mapping[int, HarnessError]:
    """Put back what the runs that a kill left open changed, on handsets still in their slots.

    All at once, and whatever their records say: what came last may not have reached the disk,
    the note on the handset has. By slot, why a handset may not be as it was found.
    """
    tries = {
        record.slot: in_thread(
            f"undo-{record.slot}",
            partial(_told, partial(_once_there, devices[record.slot], clock, cancel, record, kept)),
        )
        for record in left
        if record.slot in devices
    }
    said = {slot: tried.result() for slot, tried in tries.items()}
    return {slot: error for slot, error in said.items() if error}


def _once_there(device: Device, clock: Clock, cancel: Cancel, record: Record, kept: Kept) -> None:
    """Put back as soon as the adb server, which was just started, has found the handset."""
    until = Deadline(_COMES_WITHIN_S, clock)
    content = _content(record, kept)
    while True:
        try:
            return put_back(device, clock, cancel, content)
        except LinkFault as fault:
            if fault.code not in _COMING or until.expired():
                raise
            cancel.wait(_LOOK_S)


def _content(record: Record, kept: Kept) -> bytes | None:
    """The note as the run kept it; without it, that on the handset has to do."""
    attachment = _left_changed(record)
    try:
        return kept(attachment.sha256) if attachment else None
    except StationFault:
        return None


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


def _left_changed(record: Record) -> Attachment | None:
    """The note of what a run changed on its handset and no `handset.restore` put back."""
    if any(step.outcome is Outcome.PASS for step in _restores(record)):
        return None
    noted = _noted(record)
    return noted[-1] if noted else None


def _restores(record: Record) -> list[StepRecord]:
    """The attempts of `handset.restore` after the last note was made."""
    noted = _noted(record)
    if not noted:
        return []
    began = {(step.id, step.attempt): step.at_ms for step in record.steps}
    since_ms = began[noted[-1].step, noted[-1].attempt]
    return [
        step
        for step in record.steps
        if step.use == "handset.restore" and step.attempt and step.at_ms >= since_ms
    ]


def _noted(record: Record) -> list[Attachment]:
    prepared = {(step.id, step.attempt) for step in record.steps if step.use == "handset.prepare"}
    return [
        kept
        for kept in record.attachments
        if kept.name == KEPT_NOTE and (kept.step, kept.attempt) in prepared
    ]
