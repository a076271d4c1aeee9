"""Which passes a recall revokes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.model.entry import Entry, Recalled, SignedOut
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.refs import StationRef
from harness.model.rules.recalls import recalls, recalls_of

T = datetime(2026, 11, 22, 10, tzinfo=UTC)
MS = timedelta(milliseconds=1)
PASSED = RunHead(
    run="r1",
    serial="A57A000002",
    station="ft-03",
    slot=2,
    jig="jig-7",
    plan="a57-final",
    revision=14,
    plan_sha256="ab" * 32,
    process="final-test",
    purpose="production",
    attempt=1,
    started=T,
    ended=T + timedelta(seconds=40),
    outcome=Outcome.PASS,
    dut_failed=False,
    fault=None,
    operator="4711",
    number=9,
    began_after=7,
)


def recall(**asked: Any) -> Recalled:
    return Recalled("quinn", "worn contacts", **asked)


@pytest.mark.parametrize(
    ("asked", "revoked"),
    [
        ({"jig": "jig-7"}, True),
        ({"jig": "jig-8"}, False),
        ({"slot": 2}, True),
        ({"slot": 3}, False),
        ({"plan_sha256": "ab" * 32}, True),
        ({"plan_sha256": "ab"}, False),
        ({"plan": "a57-final"}, True),
        ({"plan": "a57-final", "revision": 14}, True),
        ({"plan": "a57-final", "revision": 13}, False),
        ({"plan": "a57"}, False),
        ({"since": T}, True),
        ({"since": T + MS}, False),
        ({"until": T + MS}, True),
        ({"until": T}, False),
        ({"jig": "jig-7", "slot": 2, "since": T, "until": T + MS}, True),
        ({"jig": "jig-7", "slot": 3}, False),
        ({"jig": "jig-7", "since": T + MS}, False),
    ],
)
def test_a_pass_is_revoked_when_it_is_all_that_is_asked_for(
    asked: dict[str, Any], revoked: bool
) -> None:
    assert recalls(PASSED, recall(**asked)) is revoked


@pytest.mark.parametrize("outcome", [None, *(o for o in Outcome if o is not Outcome.PASS)])
def test_only_a_pass_is_revoked(outcome: Outcome | None) -> None:
    assert not recalls(replace(PASSED, outcome=outcome), recall(jig="jig-7"))


def test_a_run_without_a_jig_is_on_no_jig() -> None:
    assert not recalls(replace(PASSED, jig=None), recall(jig="jig-7"))
    assert recalls(replace(PASSED, jig=None), recall(slot=2))


def test_of_many_entries_the_recalls_that_fit_are_told() -> None:
    station = StationRef("ft-03", "uuid")
    entries = [
        Entry(id_, T + MS, station, what, 10)
        for id_, what in (
            ("1", recall(jig="jig-7")),
            ("2", SignedOut("anna", "lunch")),
            ("3", recall(jig="jig-8")),
            ("4", recall(slot=2)),
        )
    ]
    assert [entry.id for entry in recalls_of(PASSED, entries)] == ["1", "4"]


@pytest.mark.parametrize(
    ("until", "number", "revoked"),
    [
        (None, 7, False),  # the jig was mended, and passes again
        (None, 8, True),  # while the run was on
        (None, 10, True),
        (T + MS, 6, True),
        (T, 10, False),
    ],
)
@pytest.mark.parametrize("at", [T - MS, T + MS])
def test_a_recall_without_an_end_is_of_what_was_begun_before_it(
    until: datetime | None, number: int, at: datetime, revoked: bool
) -> None:
    """Whatever the clock said when it was entered."""
    entry = Entry("1", at, StationRef("ft-03", "uuid"), recall(jig="jig-7", until=until), number)
    assert bool(recalls_of(PASSED, [entry])) is revoked
