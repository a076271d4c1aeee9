"""A unit goes on only from passes that still hold."""

from __future__ import annotations

import pytest

from harness.model.entry import Recalled
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.rules.route import route
from harness.model.rules.values import Rules, UnitHistory
from tests.model.rules.heads import UNIT, at, entered, ran

RULES = Rules(route=("smt", "rf"))
SMT, RF = ran(1, process="smt"), ran(2, process="rf", slot=2, jig="J2")


def asked(*runs: RunHead, recalls: tuple[Recalled, ...] = (), recalled: float = 9) -> str:
    entries = [entered(recalled, recall) for recall in recalls]
    refusal = route(RULES, UnitHistory(UNIT, runs, (), entries))
    return f"{refusal.code} {refusal.words}" if refusal else ""


def test_who_passed_all_before_goes_on() -> None:
    assert asked(SMT, RF) == ""
    assert route(Rules(), UnitHistory(UNIT)) is None


def test_the_first_that_lacks_is_told() -> None:
    assert asked() == "ROUTE-MISSING A57A000001 has no run of smt"
    assert asked(SMT) == "ROUTE-MISSING A57A000001 has no run of rf"


@pytest.mark.parametrize("end", [Outcome.FAIL, Outcome.ERROR, Outcome.ABORTED, None])
def test_the_last_run_must_be_a_pass(end: Outcome | None) -> None:
    last = ran(3, end, process="rf")
    assert asked(SMT, RF, last).startswith("ROUTE-FAILED the last run of rf")
    assert asked(SMT, last, ran(4, process="rf")) == ""


@pytest.mark.parametrize(
    ("recall", "reaches"),
    [
        (Recalled("4713", "bad jig", jig="J2"), True),
        (Recalled("4713", "bad jig", jig="J2", slot=2, plan_sha256="ab"), True),
        (Recalled("4713", "bad hour", since=at(2), until=at(2.1)), True),
        (Recalled("4713", "bad jig", jig="J3"), False),
        (Recalled("4713", "bad slot", slot=3), False),
        (Recalled("4713", "bad plan", jig="J2", plan_sha256="cd"), False),
        (Recalled("4713", "bad hour", since=at(2.1)), False),
        (Recalled("4713", "bad hour", jig="J2", until=at(2)), False),
    ],
)
def test_a_pass_that_is_recalled_is_none(recall: Recalled, reaches: bool) -> None:
    said = (
        "ROUTE-RECALLED the PASS of rf of A57A000001 (run run-2) is revoked by the recall entry-9"
    )
    assert asked(SMT, RF, recalls=(recall,)) == (said if reaches else "")


def test_what_is_begun_after_a_recall_passes_again() -> None:
    recall = Recalled("4713", "bad jig", jig="J2")
    assert asked(SMT, RF, recalls=(recall,), recalled=1.9) == ""
    assert asked(SMT, RF, recalls=(recall,), recalled=2.1).startswith("ROUTE-RECALLED")
