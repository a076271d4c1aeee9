"""What somebody at a slot is to do next, as an imperative. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.errors import Blame, all_codes
from harness.model.conclude import fault_of_note
from harness.model.entry import Locked
from harness.model.events import Event, Purpose, RunEnded, RunInterrupted
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.model.station import ScanOrder
from harness.ui.board.around import Around
from harness.ui.board.words import Said
from harness.ui.line_view import SlotFold

CODES = frozenset(name for name, _, _ in all_codes())
_CODE = re.compile(r"[A-Z]+(?:-[A-Z]+)+")

OF_UNIT: Mapping[str, str] = {
    "ADB-TWINS": "do.twins",
    "UNIT-WRONG": "do.wrong",
    "UNIT-UNKNOWN": "do.label",
    "LABEL-ABSENT": "do.label",
    "UNIT-SWAPPED": "do.swapped",
    "UNIT-GOLDEN": "do.golden_back",
    "RETEST-LIMIT": "do.rework",
    "RETEST-SLOT": "do.other_slot",
    "RETEST-OPEN": "do.open",
    "ROUTE-MISSING": "do.before",
    "ROUTE-RECALLED": "do.before",
    "ROUTE-FAILED": "do.before_failed",
    "ROUTE-OFFLINE": "do.hold",
    "READY-SIGN-IN": "do.sign_in",
    "READY-GOLDEN": "do.golden_first",
    "READY-ENGINEERING": "do.engineering",
    "JIG-INTERLOCK": "do.cover",
    "JIG-EMERGENCY": "do.emergency",
    "JIG-UNSAFE": "do.unsafe",
    "USB-CROWDED": "do.crowded",
}
"""What is to be done with a unit that has no verdict for this reason; other codes go by blame.

Where such a code stops more than its unit, its stop says the same (stop.py).
"""
WRONG = frozenset({"UNIT-WRONG", "UNIT-SWAPPED", "UNIT-UNKNOWN", "ADB-TWINS"})
"""The label says otherwise than what stands there: somebody has to say that he has seen it."""
DANGERS = frozenset({"JIG-INTERLOCK", "JIG-EMERGENCY", "JIG-UNSAFE"})
"""Somebody may be hurt: what to do about it goes before what the unit's verdict asks for."""
_AGAIN = frozenset({"RUN-ABORTED", "RUN-INTERRUPTED", "RUN-PARTIAL"})
"""Faults of the run after which the unit is simply tested again."""


def code_in(why: str) -> str:
    """The fault code that a reason is told with; "" when it has none."""
    found = [code for code in _CODE.findall(why) if code in CODES]
    at_start = found[:1] if found and why.startswith(found[0]) else found[-1:]
    return next(iter(at_start), "")


def told_in(why: str) -> tuple[str, str]:
    """The fault code of a reason, and what is told with it."""
    code = code_in(why)
    return code, why.removeprefix(f"{code}: ")


def wrong_of(event: Event) -> Fault | None:
    """The fault by which an event says that the unit is not the one of its label."""
    fault = event.fault if isinstance(event, RunEnded | RunInterrupted) else fault_of_note(event)
    return fault if fault and fault.code in WRONG else None


def wrong_in(record: Record) -> Fault | None:
    """The fault by which a run says so, even one that something else has ended."""
    of_steps = (step.fault for step in record.steps)
    of_run = (fault_of_note(note.event) for note in record.notes)
    faults = (record.fault, *of_steps, *of_run)
    return next((fault for fault in faults if fault and fault.code in WRONG), None)


def of_shut(code: str) -> str | None:
    """What is to be done about a slot that is shut for this, beside putting no unit in."""
    return OF_UNIT[code] if code == "JIG-UNSAFE" else None


def action_of(fold: SlotFold, around: Around, *, late: bool) -> Said:
    """What is to be done at a slot; `late` says that its run takes longer than usual."""
    if around.gone:
        return Said("do.gone")
    match fold.state:
        case SlotState.QUARANTINED:
            return Said(of_shut(code_in(fold.why)) or "do.quarantined")
        case SlotState.LOADED:
            return Said("do.wait")
        case SlotState.RUNNING:
            return _running(fold, late=late)
        case SlotState.REFUSED:
            return _refused(code_in(fold.why))
        case SlotState.DONE if fold.record:
            return _done(fold.record)
    return _empty(fold, around)


def _running(fold: SlotFold, *, late: bool) -> Said:
    if fold.concluded:
        return Said("do.recording")
    if fold.aborting:
        return Said("do.aborting")
    if fold.asked:
        prompted, _ = next(iter(fold.asked.values()))
        return Said("do.answer", {"text": prompted.text})
    return Said("do.longer" if late else "do.leave")


def _empty(fold: SlotFold, around: Around) -> Said:
    if fold.not_taken:
        return Said("do.too_soon")
    if fold.awaited:
        return Said("do.put_in")
    if around.lock:
        return _locked(around.lock, fold.number)
    if around.first:
        return around.first
    if around.loading is ScanOrder.INSERT_THEN_SCAN:
        return Said("do.insert")
    return Said("do.put_in" if around.announced else "do.scan")


def _locked(lock: Locked, slot: int) -> Said:
    if lock.slot is None:
        return Said("do.station_locked")
    return Said("do.slot_locked", {"slot": str(slot)})


def _refused(code: str) -> Said:
    if code.startswith("STOP-"):
        return Said("do.out_locked")
    return Said(OF_UNIT.get(code, "do.out_engineer"))


def _done(record: Record) -> Said:
    if record.fault and record.fault.code in DANGERS:
        return Said(OF_UNIT[record.fault.code])
    if record.purpose is Purpose.GOLDEN:
        return Said("do.golden_back")
    if record.purpose is Purpose.SELFTEST:
        return Said("do.nothing" if record.outcome is Outcome.PASS else "do.jig_bad")
    match record.outcome:
        case Outcome.PASS:
            return Said("do.good" if record.purpose.ruled else "do.uncounted")
        case Outcome.FAIL if record.symptom and record.symptom.bin:
            return Said("do.bin", {"bin": record.symptom.bin})
        case Outcome.FAIL:
            return Said("do.failed")
    return _unknown(record)


def _unknown(record: Record) -> Said:
    """What is done with a unit of which nobody knows whether it is good."""
    fault = wrong_in(record) or record.fault
    if fault is None:
        return Said("do.out_engineer")
    if key := OF_UNIT.get(fault.code):
        return Said(key)
    if fault.blame is Blame.LINK or fault.code in _AGAIN:
        return Said(_again(record))
    return _refused(fault.code)


def _again(record: Record) -> str:
    """Where the next run of a unit is made, as the rules of retest have it by default.

    What the plan allows else, the station says when the unit comes (RETEST-...).
    """
    if not record.purpose.ruled:
        return "do.again"
    return {1: "do.reseat", 2: "do.other_slot"}.get(record.attempt, "do.rework")
