"""Stop screens: what keeps slots from testing, what to do, and who may end it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from harness.model.entry import Locked
from harness.model.slot_state import SlotState
from harness.model.station import SlotDoubt
from harness.ui.board.action import DANGERS, OF_UNIT, of_shut, told_in
from harness.ui.board.words import Said, happened
from harness.ui.line_view import SlotFold
from harness.ui.text import printable


class StopKind(StrEnum):
    """What has stopped."""

    RULE = "rule"
    READINESS = "readiness"
    INTERLOCK = "interlock"
    STORE = "store"
    CLOCK = "clock"
    SLOT = "slot"
    STATION = "station"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop: `slots` are those that it is of, () for the whole station."""

    kind: StopKind
    code: str
    slots: tuple[int, ...]
    happened: Said
    told: tuple[str, ...]
    """What the station said of it, printable, each once."""
    action: Said
    who: Said
    """Who may end it."""


_KINDS: Mapping[str, StopKind] = {
    "STOP": StopKind.RULE,
    "READY": StopKind.READINESS,
    "RELEASE": StopKind.READINESS,
    "PLAN": StopKind.READINESS,
    "GOLDEN": StopKind.READINESS,
    "STORE": StopKind.STORE,
    "CLOCK": StopKind.CLOCK,
}
"""By the first word of a code."""
_KIND_OF: Mapping[str, StopKind] = {
    "READY-CLOCK": StopKind.CLOCK,
    "READY-DISK": StopKind.STORE,
    "JIG-UNTESTED": StopKind.READINESS,
    "JIG-STALE": StopKind.READINESS,
    "JIG-QUARANTINED": StopKind.READINESS,
    "JIG-UNCALIBRATED": StopKind.READINESS,
    "JIG-TWIN": StopKind.READINESS,
    **dict.fromkeys(DANGERS, StopKind.INTERLOCK),
}
_BY_OPERATOR = frozenset(
    {"READY-SIGN-IN", "READY-ENGINEERING", "READY-GOLDEN", "JIG-INTERLOCK", "JIG-EMERGENCY"}
)
"""What whoever works there may end."""
OF_COMMAND: Mapping[str, str] = {
    "COMMAND-LATE": "do.late",
    "COMMAND-UNFIT": "do.unfit",
    "COMMAND-NOT-HERE": "do.not_here",
    "ANSWER-UNFIT": "do.answer_now",
    "ENGINEERING-OFF": "do.begin_mode",
    "REPEAT-ABSENT": "do.test_first",
    "REPEAT-BUSY": "do.wait_steps",
    "LABEL-UNREAD": "do.label_again",
    "SCAN-INSIDE": "do.take_first",
    "SCAN-SLOT": "do.scan_slot",
    "SLOT-SHUT": "do.use_another",
    "READY-SIGN-IN": "do.sign_in_first",
    "READY-GOLDEN": "do.golden_due",
    "SIGN-IN-REFUSED": "do.badge",
    "ROLE-NEEDED": "do.role",
    "SCANNER-ABSENT": "do.scanner",
    "SCANNER-LOST": "do.scanner",
}
"""What is to be done where something was asked for and not done, whatever stands in the slots."""


def kind_of(code: str) -> StopKind | None:
    """What a fault code stops beside the unit that it came with; None for nothing."""
    return _KIND_OF.get(code) or _KINDS.get(code.partition("-")[0])


def answer_to(code: str) -> Said | None:
    """What is to be done where the station refuses something for this; None where nobody knows."""
    kind = kind_of(code)
    key = OF_COMMAND.get(code) or OF_UNIT.get(code) or (kind and f"stop.do.{kind}")
    return Said(key) if key else None


def before_a_unit(doubt: SlotDoubt) -> Said:
    """What is to be done about a slot that is not ready, where no unit stands in it."""
    key = OF_COMMAND.get(doubt.code)
    return Said(key or f"stop.do.{kind_of(doubt.code) or StopKind.READINESS}")


def stops_of(
    locks: Sequence[Locked], slots: Sequence[SlotFold], doubts: Iterable[SlotDoubt] = ()
) -> list[Stop]:
    """What keeps slots from testing now, the whole station's first.

    One of each code and what is to be done: of slots with one code some may be shut besides. What
    a slot is refused by first stands first.
    """
    found: dict[tuple[str, str], Stop] = {}
    foreseen = _of_doubts(doubts, locks, slots)
    for stop in (*map(_of_lock, locks), *_of_slots(slots), *foreseen):
        known = stop.code, stop.action.key
        before = found.get(known)
        found[known] = _joined(before, stop) if before else stop
    return sorted(found.values(), key=lambda stop: (bool(stop.slots), stop.slots[:1]))


def gone() -> Stop:
    """The station does not answer."""
    action, who = Said("stop.do.gone"), Said("who.engineer")
    return Stop(StopKind.STATION, "", (), Said("what.gone"), (), action, who)


def _of_lock(lock: Locked) -> Stop:
    return _stop(StopKind.RULE, lock.code, lock.slot, lock.words, None)


def _of_slots(slots: Iterable[SlotFold]) -> Iterator[Stop]:
    for slot in slots:
        code, told = _reason(slot)
        kind = kind_of(code)
        if slot.state is SlotState.QUARANTINED:
            of_slot = kind in (None, StopKind.RULE, StopKind.INTERLOCK)
            key = of_shut(code) or (f"stop.do.{StopKind.SLOT}" if of_slot else None)
            yield _stop(kind or StopKind.SLOT, code, slot.number, told, key)
        elif kind:
            yield _stop(kind, code, slot.number, told, OF_UNIT.get(code))


def _of_doubts(
    doubts: Iterable[SlotDoubt], locks: Iterable[Locked], slots: Iterable[SlotFold]
) -> Iterator[Stop]:
    """What is foreseen of slots: not where one is shut, nor what its unit was refused with."""
    shut, told = {lock.slot for lock in locks}, set[tuple[int, str]]()
    for slot in slots:
        told.add((slot.number, _reason(slot)[0]))
        if slot.state is SlotState.QUARANTINED:
            shut.add(slot.number)
    for doubt in doubts:
        if not {None, doubt.slot} & shut and (doubt.slot, doubt.code) not in told:
            kind, key = kind_of(doubt.code) or StopKind.READINESS, before_a_unit(doubt).key
            yield _stop(kind, doubt.code, doubt.slot, doubt.words, key)


def _reason(slot: SlotFold) -> tuple[str, str]:
    """The code that a slot stands with, and what was told with it."""
    if slot.state in (SlotState.REFUSED, SlotState.QUARANTINED):
        return told_in(slot.why)
    if slot.state is SlotState.DONE and slot.record and slot.record.fault:
        return slot.record.fault.code, slot.record.fault.message
    return "", ""


def _stop(kind: StopKind, code: str, slot: int | None, told: str, key: str | None) -> Stop:
    """`key` is what is to be done, None for what its kind says."""
    slots = () if slot is None else (slot,)
    is_open = key and key in (OF_UNIT.get(code), OF_COMMAND.get(code))  # not where a slot is shut
    who = "who.operator" if is_open and code in _BY_OPERATOR else "who.engineer"
    said = (printable(told),) if told else ()
    action = Said(key or f"stop.do.{kind}")
    return Stop(kind, code, slots, happened(code), said, action, Said(who))


def _joined(one: Stop, other: Stop) -> Stop:
    """Two of the same code and action: of the whole station if one is."""
    slots = tuple(sorted({*one.slots, *other.slots})) if one.slots and other.slots else ()
    return replace(one, slots=slots, told=tuple(dict.fromkeys((*one.told, *other.told))))
