"""How often a unit may be tested, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.entry import Reworked
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.plan import Retest
from harness.model.rules.retest import retest
from harness.model.rules.values import UnitHistory
from tests.model.rules.heads import UNIT, entered, ran

DEFAULT = Retest()
ENDS = (*(o for o in Outcome if o is not Outcome.SKIPPED), None)


def asked(
    *runs: RunHead,
    policy: Retest = DEFAULT,
    slot: int = 1,
    jig: str | None = "J1",
    reworks: tuple[tuple[float, str], ...] = (),
) -> str:
    made = [entered(at, Reworked(UNIT, "4712", "new battery", process)) for at, process in reworks]
    refusal = retest(policy, UnitHistory(UNIT, runs, made), "final-test", slot, jig)
    return refusal.code if refusal else ""


def test_the_default_is_one_re_seat_then_another_slot_then_rework() -> None:
    first, second = ran(1, Outcome.FAIL), ran(2, Outcome.ERROR)
    assert asked() == ""
    assert asked(first) == ""
    assert asked(first, second) == "RETEST-SLOT"
    assert asked(first, second, slot=2) == ""
    assert asked(first, second, jig="J2") == ""
    third = ran(3, Outcome.FAIL, slot=2)
    for slot in (1, 2, 3):
        assert asked(first, second, third, slot=slot) == "RETEST-LIMIT"


@pytest.mark.parametrize("end", ENDS)
def test_every_run_counts_however_it_ended_and_while_it_is_open(end: Outcome | None) -> None:
    runs = [ran(n, end, slot=n, dut_failed=False) for n in (1, 2, 3)]
    assert asked(*runs[:2], slot=3) == ""
    assert asked(*runs, slot=4) == "RETEST-LIMIT"


def test_runs_of_another_process_do_not_count() -> None:
    others = [ran(n, Outcome.FAIL, process="rf") for n in range(5)]
    assert asked(*others) == ""


def test_a_rework_of_the_process_or_of_all_begins_the_count_anew() -> None:
    runs = [ran(n, Outcome.FAIL, slot=n) for n in (1, 2, 3)]
    assert asked(*runs, reworks=((3.7, "final-test"),)) == ""
    assert asked(*runs, reworks=((3.7, ""),)) == ""
    assert asked(*runs, reworks=((3.7, "rf"),)) == "RETEST-LIMIT"
    assert asked(*runs, reworks=((0.5, ""),)) == "RETEST-LIMIT"
    again = [ran(n, Outcome.FAIL, slot=n) for n in (4, 5, 6)]
    assert asked(*runs, *again, reworks=((3.7, ""),)) == "RETEST-LIMIT"
    assert asked(*runs, *again, reworks=((3.7, ""), (6.7, ""))) == ""


def test_the_words_say_who_how_often_and_where() -> None:
    refusal = retest(DEFAULT, UnitHistory(UNIT, [ran(1), ran(2)]), "final-test", 1, "J1")
    assert refusal
    assert refusal.words == (
        "A57A000001 had 2 runs of final-test on slot 1 with jig J1: after 1 re-seat(s) there the "
        "plan asks for another slot or jig"
    )


@given(
    st.lists(st.tuples(st.sampled_from(ENDS), st.integers(1, 4)), max_size=12),
    st.integers(1, 10),
    st.integers(1, 9),
    st.integers(1, 4),
)
def test_nobody_retests_until_it_passes(
    made: list[tuple[Outcome | None, int]], most: int, after: int, slot: int
) -> None:
    """Without a rework there are no more than `most` runs, wherever and however they end."""
    runs = [ran(n, end, slot=where) for n, (end, where) in enumerate(made)]
    refused = asked(*runs, policy=Retest(most, after), slot=slot)
    here = sum(run.slot == slot for run in runs)
    assert (refused == "RETEST-LIMIT") is (len(runs) >= most)
    assert (refused == "") is (len(runs) < most and here <= after)
