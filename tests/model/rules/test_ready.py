"""The readiness list: each item by itself, and nothing when all is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.errors import Blame, OperatorStop, StationFault, all_codes
from harness.model.entry import EngineeringBegun, Entry, Locked, Recalled, Role, SignedIn
from harness.model.reading import Unreadable
from harness.model.refs import StationRef
from harness.model.rules.ready import (
    Doubt,
    Found,
    KernelClock,
    Shown,
    doubts,
    in_production,
)
from harness.model.rules.recalls import recalled_words
from harness.model.rules.values import Item, Rules
from tests.model.rules.heads import ran

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
REF = StationRef("s", "u")
PERSON = Entry("1", NOON - HOUR, REF, SignedIn("mei", Role.OPERATOR))
MODE = Entry("2", NOON - HOUR, REF, EngineeringBegun("eve", "new fixture", NOON + HOUR))
ALL = in_production(Rules())


def shown(serial: str, at: datetime, problem: str = "") -> Shown:
    """A run of a golden unit that was begun when the chain had 50 numbers."""
    return Shown(serial, replace(ran(0), started=at, began_after=50), problem)


def locked(number: int) -> Entry:
    return Entry("3", NOON, REF, Locked("STOP-STREAK", "three", 1), number)


WELL = Found(
    now=NOON,
    latest=NOON - SECOND,
    person=PERSON,
    engineering=None,
    free_b=10**10,
    clock=KernelClock(True, timedelta(milliseconds=20)),
    golden=[shown("G1", NOON - HOUR)],
    closings=17,
)


def codes(rules: Rules, found: Found) -> list[str]:
    return [doubt.code for doubt in doubts(rules, found)]


def test_a_slot_with_which_all_is_well_is_ready() -> None:
    assert doubts(ALL, WELL) == []


BAD: list[tuple[str, dict[str, Any]]] = [
    ("CLOCK-BACK", {"now": NOON - HOUR, "golden": [shown("G1", NOON - 2 * HOUR)]}),
    ("CLOCK-BACK", {"latest": NOON + timedelta(milliseconds=1001)}),
    ("READY-SIGN-IN", {"person": None}),
    ("READY-ENGINEERING", {"engineering": MODE}),
    ("READY-CLOCK", {"clock": KernelClock(False, timedelta())}),
    ("READY-CLOCK", {"clock": KernelClock(True, timedelta(seconds=2, microseconds=1))}),
    ("READY-CLOCK", {"clock": Unreadable("Operation not permitted")}),
    ("READY-DISK", {"free_b": 10**9 - 1}),
    ("READY-GOLDEN", {"golden": []}),
    ("READY-GOLDEN", {"golden": [None]}),
    ("READY-GOLDEN", {"golden": [shown("G1", NOON - 12 * HOUR - SECOND)]}),
    ("READY-GOLDEN", {"golden": [shown("G1", NOON + SECOND)]}),
    ("READY-GOLDEN", {"golden": [shown("G1", NOON, "it must end PASS"), shown("G2", NOON)]}),
    ("READY-GOLDEN", {"locked": locked(51)}),
    ("READY-CONTACTS", {"closings": 50_000}),
]


@pytest.mark.parametrize(("code", "change"), BAD)
def test_each_item_alone_keeps_a_slot_from_production(code: str, change: dict[str, Any]) -> None:
    assert codes(ALL, replace(WELL, **change)) == [code]


@pytest.mark.parametrize(
    "change",
    [
        {"now": NOON - 1.9 * SECOND},
        {"latest": None},
        {"clock": KernelClock(True, timedelta(seconds=2))},
        {"free_b": 10**9},
        {"golden": [None, shown("G2", NOON - 12 * HOUR)]},
        {"locked": locked(50)},  # whatever its time says: the run was begun after it
        {"closings": 49_999},
        {"closings": None, "golden": None},
    ],
)
def test_what_is_just_right_is_right(change: dict[str, Any]) -> None:
    assert codes(ALL, replace(WELL, **change)) == []


@pytest.mark.parametrize("waived", [frozenset[Item](), frozenset({Item.GOLDEN})])
def test_after_a_lock_a_golden_unit_passes_though_nobody_asks_for_it_else(
    waived: frozenset[Item],
) -> None:
    rules = replace(ALL, golden_every=None, waived=waived)
    assert codes(rules, replace(WELL, golden=[])) == []
    assert codes(rules, replace(WELL, golden=[None], locked=locked(9))) == ["READY-GOLDEN"]
    assert codes(rules, replace(WELL, locked=locked(51))) == ["READY-GOLDEN"]
    assert codes(rules, replace(WELL, locked=locked(50))) == []
    assert codes(rules, replace(WELL, golden=None, locked=locked(51))) == [], "it has no jig"


def taken(serial: str, at: datetime) -> Shown:
    """A pass that was recalled at noon."""
    recall = Entry("9", NOON, REF, Recalled("quinn", "worn contacts", jig="J1"))
    return replace(shown(serial, at), void=recalled_words(recall))


def test_a_golden_pass_that_was_recalled_is_told_with_when_and_why() -> None:
    words = "of 2026-11-22 11:00 UTC was recalled at 2026-11-22 12:00 UTC by quinn: worn contacts"
    newer, older = taken("G1", NOON - HOUR), shown("G1", NOON - 12 * HOUR - SECOND)
    found = replace(WELL, golden=[taken("G2", NOON - 2 * HOUR), newer])
    assert [d.words for d in doubts(ALL, found)] == [f"the PASS of golden unit G1 {words}"]
    found = replace(WELL, golden=[newer, older])
    assert [d.words for d in doubts(ALL, found)] == [
        f"it last passed at 2026-11-21 23:59 UTC, over 12 h ago; the PASS of golden unit G1 {words}"
    ]
    found = replace(WELL, golden=[taken("G1", NOON - 13 * HOUR), shown("G2", NOON - 12 * HOUR)])
    assert doubts(ALL, found) == [], "another one has passed since"
    found = replace(WELL, golden=[newer, shown("G1", NOON - 2 * HOUR, "it must end PASS")])
    assert [d.words for d in doubts(ALL, found)] == ["it must end PASS"]


def test_what_the_line_does_not_ask_for_is_not_asked_but_some_is_always() -> None:
    for code, change in BAD:
        asked = code in ("CLOCK-BACK", "READY-ENGINEERING") or "locked" in change
        assert codes(Rules(), replace(WELL, **change)) == ([code] if asked else [])


def test_production_asks_for_all_that_is_not_waived_and_keeps_what_the_file_says() -> None:
    assert in_production(Rules(contacts=7)).contacts == 7
    assert in_production(Rules(contacts=7)).disk_free == 10**9
    assert in_production(Rules(waived=frozenset(Item))) == Rules(waived=frozenset(Item))
    for item in Item:
        waived = in_production(Rules(waived=frozenset([item])))
        assert not getattr(waived, item.value)
        assert replace(waived, **{item.value: getattr(ALL, item.value)}, waived=frozenset()) == ALL


def test_all_that_is_wrong_is_told_at_once_and_each_is_a_fault_with_a_remedy() -> None:
    bad = replace(WELL, person=None, engineering=MODE, free_b=0, closings=99_999, golden=[])
    found = doubts(ALL, bad)
    assert [doubt.code for doubt in found] == [
        *("READY-SIGN-IN", "READY-ENGINEERING", "READY-DISK", "READY-GOLDEN", "READY-CONTACTS"),
    ]
    blames = {code: blame for code, blame, _ in all_codes()}
    for doubt in found:
        fault = doubt.fault()
        assert (fault.code, fault.message, fault.remedy) == (doubt.code, doubt.words, doubt.remedy)
        assert fault.blame is blames[doubt.code]
        assert Doubt.of(fault) == doubt
    assert isinstance(found[0].fault(), OperatorStop)
    assert isinstance(found[2].fault(), StationFault)
    assert blames["READY-SIGN-IN"] is Blame.OPERATOR
