"""When a fault of the link is the unit's own: the same on a second slot that is good. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors.link import HANDSET_SIDE
from harness.model.events import FaultConfirmed, UnitSwapped
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.rules.retest import since_rework
from harness.model.rules.values import UnitHistory


def in_question(code: str, run: Record) -> bool:
    """Whether a second slot can show that a fault of a run is its unit's own.

    It is one of the handset's side then, and it is known which unit was in the slot to the end.
    """
    swapped = any(isinstance(note.event, UnitSwapped) for note in run.notes)
    return code in HANDSET_SIDE and bool(run.unit.serial) and not swapped


def confirmed(
    code: str, run: RunHead, history: UnitHistory, on_slot: Sequence[RunHead]
) -> FaultConfirmed | None:
    """That a fault in question is the unit's: it had the same elsewhere, and this slot is good.

    This slot has passed another unit since, and shown that fault on none after that. `on_slot` are
    the runs on it, newest first. A rework in between wipes out what came before.
    """
    for before in since_rework(history, run.process):
        if before.slot == run.slot or before.fault != code or before.number is None:
            continue
        if good := _shown_good(code, run.serial, on_slot, before.number):
            return FaultConfirmed(code, before.run, before.slot, good.run)
    return None


def _shown_good(code: str, serial: str, on_slot: Sequence[RunHead], since: int) -> RunHead | None:
    """The pass of another unit that is newer than the fault elsewhere, and than any here."""
    others = [run for run in on_slot if run.ended_since(since) and run.serial != serial]
    telling = [run for run in others if run.outcome is Outcome.PASS or run.fault == code]
    return telling[0] if telling and telling[0].outcome is Outcome.PASS else None
