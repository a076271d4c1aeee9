"""What a tile of the operator's screen says of its slot. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.conclude import as_told
from harness.model.events import is_of_jig
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.ui.board.action import action_of, told_in
from harness.ui.board.around import Around
from harness.ui.board.words import Said
from harness.ui.line_view import SlotFold
from harness.ui.text import printable
from harness.ui.verdict import counts

DIGITS = 6
"""So many of the last characters of its serial name a unit to a person."""


class Face(StrEnum):
    """What is seen of a slot from afar; each has a shape and a colour of its own."""

    EMPTY = "EMPTY"
    WAIT = "WAIT"
    RUN = "RUN"
    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    STOP = "STOP"
    """Not tested to an end, or not at all: nobody knows whether the unit is good."""
    SHUT = "SHUT"
    """The slot takes no unit."""


class Mark(StrEnum):
    """What is seen of no slot, with a shape and a colour of its own, too."""

    REFUSED = "REFUSED"
    """What somebody did is not used, or not done; nothing has stopped."""


Seen = Face | Mark


@dataclass(frozen=True, slots=True)
class Tile:
    """A slot on the screen. All texts are printable.

    `code`, `words` and `bin` say why there is no PASS; they are as the station or the plan told
    them. `left_s` and `share` are those of the run, or of the question that waits for an answer.
    """

    slot: int
    face: Face
    digits: str
    """The last of the unit that stands in it, or that the verdict is of."""
    code: str
    words: str
    bin: str
    action: Said
    """What is to be done next, as an imperative."""
    left_s: float | None
    """How long it will take still [s], never below 0; None while nobody knows."""
    share: float | None
    """How much of it is over, 0 to 1."""
    step: str
    counts: bool
    """False where a run is shown that is not for production; `notes` say what it is for."""
    notes: tuple[Said, ...] = ()
    """What else is to be known, such as that a verdict does not count."""


def tile_of(fold: SlotFold, around: Around, now_s: float) -> Tile:
    """The tile of a slot."""
    face = face_of(fold, around)
    code, words, bin_ = _against(fold, face, around)
    left_s, share = _time(fold, face, around, now_s)
    of_run = _shows_run(fold)
    purpose = fold.purpose if of_run else ""
    return Tile(
        slot=fold.number,
        face=face,
        digits=printable(_serial(fold)[-DIGITS:]),
        code=printable(code),
        words=printable(words),
        bin=printable(bin_),
        action=action_of(fold, around, late=share == 1.0),
        left_s=left_s,
        share=share,
        step=printable(_step(fold)),
        counts=not of_run or counts(purpose),
        notes=_notes(fold, around, purpose),
    )


def face_of(fold: SlotFold, around: Around) -> Face:
    """What is seen of a slot: PASS only where the record says so and is on disk."""
    match fold.state:
        case SlotState.QUARANTINED:
            return Face.SHUT
        case SlotState.REFUSED:
            return Face.STOP
        case SlotState.EMPTY if fold.not_taken:
            return Face.STOP
        case SlotState.LOADED:
            return Face.WAIT
        case SlotState.RUNNING:
            waits = fold.concluded or fold.asked or fold.aborting or around.gone
            return Face.WAIT if waits else Face.RUN
    if fold.record:
        verdicts = {Outcome.PASS: Face.PASS, Outcome.FAIL: Face.FAIL}
        return verdicts.get(fold.record.outcome or Outcome.ERROR, Face.STOP)
    if around.gone:
        return Face.WAIT
    return Face.SHUT if around.lock else Face.EMPTY


def _shows_run(fold: SlotFold) -> bool:
    """Whether what is seen of a slot is of a run: one that is on, or the last verdict."""
    return fold.state is SlotState.RUNNING or (
        fold.record is not None and fold.state is not SlotState.QUARANTINED
    )


def _serial(fold: SlotFold) -> str:
    """Whose tile it is: of an empty slot, whose verdict stands there."""
    if record := fold.record:
        return record.scanned.serial or record.unit.serial
    return "" if fold.state is SlotState.EMPTY else fold.serial


def _against(fold: SlotFold, face: Face, around: Around) -> tuple[str, str, str]:
    """Code, words and bin of what stands against a PASS, or keeps the slot from units."""
    if fold.record and (fold.awaited or not fold.why):
        return _of_record(fold.record)
    if fold.why:
        return (*told_in(fold.why), "")
    if face is Face.SHUT and around.lock:
        return around.lock.code, around.lock.words, ""
    if face is Face.EMPTY and around.doubt:
        return around.doubt.code, around.doubt.words, ""
    return "", "", ""


def _of_record(record: Record) -> tuple[str, str, str]:
    if symptom := record.symptom:
        return symptom.code, symptom.words, symptom.bin
    if record.fault is None:
        return "", "", ""
    fault = as_told(record.fault, record)
    return fault.code, fault.message, ""


def _step(fold: SlotFold) -> str:
    """The step at work for the longest, as long as the run is on."""
    return next(iter(fold.at_work), "") if fold.state is SlotState.RUNNING else ""


def _attempt(fold: SlotFold) -> int:
    return fold.record.attempt if fold.record else fold.attempt


def _time(
    fold: SlotFold, face: Face, around: Around, now_s: float
) -> tuple[float | None, float | None]:
    """What is left of a run by the medians of its plan [s], and how much of it is over."""
    if fold.state is not SlotState.RUNNING or around.gone:
        return None, None
    if face is Face.WAIT:
        return around.answer_in_s, None
    if not around.takes_s:
        done = len(fold.begun - fold.at_work.keys()) + len(fold.skipped - fold.begun)
        return None, min(0.99, done / fold.steps) if fold.steps else None
    elapsed_s = max(0.0, fold.elapsed_s(now_s))
    return max(0.0, around.takes_s - elapsed_s), min(1.0, elapsed_s / around.takes_s)


def _notes(fold: SlotFold, around: Around, purpose: str) -> tuple[Said, ...]:
    notes = []
    if purpose and not counts(purpose):
        notes.append(Said(f"note.{purpose}"))
    if purpose and _attempt(fold) > 1:
        notes.append(Said("note.attempt", {"number": str(_attempt(fold))}))
    record = fold.record
    if record and record.dut_failed and record.outcome is not Outcome.FAIL:
        whose = "note.jig_bad" if is_of_jig(record.purpose, record.process) else "note.bad"
        notes.append(Said(whose))
    waits = next((what for what in fold.at_work.values() if what), "")
    if waits and fold.state is SlotState.RUNNING:
        notes.append(Said("note.waits", {"instrument": waits}))
    if around.lock and fold.state is not SlotState.QUARANTINED:
        notes.append(Said("note.locked", {"code": around.lock.code}))
    return tuple(notes)
