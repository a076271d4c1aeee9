"""What a run left changed on its handset, by its own record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.errors import StationFault
from harness.model.outcome import Outcome
from harness.model.reading import Unreadable
from harness.steps.undoing.found import Note, read_note

if TYPE_CHECKING:
    from harness.model.record import Attachment, Record, StepRecord

KEPT_NOTE = "handset-found.json"
"""The note of what was found as an attachment of the run, kept before the handset has it."""
PREPARE, RESTORE = "handset.prepare", "handset.restore"

Content = Callable[[str], bytes]
"""A file of the record by its SHA-256; raises StationFault when it is not there as it was kept."""
Kept = Note | Unreadable | None
"""The note of what a run left changed; None when the run left nothing changed."""


def kept_note(record: Record, content: Content) -> Kept:
    """What the run changed and has not put back, as it was found."""
    attachment = left_changed(record)
    if not attachment:
        return None
    try:
        said = content(attachment.sha256)
    except StationFault as fault:
        return Unreadable(f"the record's own copy cannot be read: {fault}")
    return read_note(said.decode("utf-8", "replace"))


def left_changed(record: Record) -> Attachment | None:
    """The note of what a run changed on its handset and no `handset.restore` put back."""
    if is_restored(record):
        return None
    noted = _noted(record)
    return noted[-1] if noted else None


def is_restored(record: Record) -> bool:
    """Whether a `handset.restore` of this run has put back all that the run changed."""
    return any(step.outcome is Outcome.PASS for step in restores(record))


def restores(record: Record) -> list[StepRecord]:
    """The attempts of `handset.restore` after the last note was made."""
    noted = _noted(record)
    if not noted:
        return []
    began = {(step.id, step.attempt): step.at_ms for step in record.steps}
    since_ms = began[noted[-1].step, noted[-1].attempt]
    return [
        step
        for step in record.steps
        if step.use == RESTORE and step.attempt and step.at_ms >= since_ms
    ]


def _noted(record: Record) -> list[Attachment]:
    prepared = {(step.id, step.attempt) for step in record.steps if step.use == PREPARE}
    return [
        kept
        for kept in record.attachments
        if kept.name == KEPT_NOTE and (kept.step, kept.attempt) in prepared
    ]
