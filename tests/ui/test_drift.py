"""What a person reads of how a jig's values drift."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from harness.model.judgement import Limit
from harness.model.limits import Range, RecordOnly
from harness.quality.drift import Drift, drifts
from harness.steps import catalogue
from harness.ui import drift as words_of
from harness.ui.drift import (
    drift_lines,
    drift_numbers,
    drift_remedy,
    drift_summary,
    drift_words,
    warning_words,
)
from tests.quality.nights import CENT, Night, nights

WAVE = [0.10, 0.13, 0.09, 0.12, 0.08, 0.11, 0.12, 0.10, 0.13, 0.09, 0.11, 0.08]


def over(values: Sequence[float], name: str = "rail.error", limit: Limit = CENT) -> Drift:
    runs = nights(values, name, limit)
    (drift,) = drifts(runs[-1].run, runs)
    return drift


STABLE, JUMPED, FEW = over(WAVE), over([*WAVE, 0.6]), over([0.1, 0.2])
WORN = over(
    [0.06 + 0.001 * night + 0.002 * (night % 2) for night in range(25)],
    "contact.resistance",
    Range(None, Decimal("0.1")),
)


def test_a_stable_value_says_no_more_than_that() -> None:
    assert drift_words(STABLE) == "stable"
    # mean 1.18 / 11, mean range 0.29 / 10: 0.1073 less and plus 3 x 0.029 / 1.128
    assert list(drift_numbers(STABLE)) == ["control limits 0.03015 to 0.1844 %"]


def test_one_that_is_out_of_control_says_by_what() -> None:
    said = drift_words(JUMPED)
    assert said.startswith(
        "out of control: beyond its control limits (+0.495 %); before that control"
    )
    assert said.endswith("since 2026-10-01 (the first on record)")


def test_counts_are_told_whole_and_what_nearly_fails_with_the_digits_that_show_it() -> None:
    counted = over([34202.0] * 12, limit=RecordOnly())
    assert list(drift_numbers(counted)) == ["always 34202 %"]
    near = over([*WAVE, 0.99999999], limit=Range(None, Decimal(1)))
    assert warning_words(near).startswith("rail.error = 0.99999999 %: out of control")


def test_one_that_was_always_the_same_says_so() -> None:
    changed = over([*[0.25] * 12, 0.5])
    assert "(+0.25 %); before that always 0.25 % since 2026-10-01" in drift_words(changed)
    assert list(drift_numbers(over([0.25] * 12))) == ["always 0.25 %"]


def test_one_that_failed_its_limit_has_no_warning_of_its_own() -> None:
    failed = over([*WAVE, 6.0])
    assert failed.series.newest.failed
    assert drift_summary([failed]) == "1 out of control"
    assert list(drift_lines("J", [failed])) == []


def test_one_that_is_only_recorded_is_charted_and_not_warned_of() -> None:
    recorded = over([*WAVE, 6.0], limit=RecordOnly())
    assert drift_words(recorded).startswith("out of control")
    assert drift_summary([recorded]) == "stable"
    assert list(drift_lines("J", [recorded])) == []


def test_one_that_drifts_says_when_it_meets_its_limit() -> None:
    assert WORN.reaches
    assert f"a day it meets its limit on {WORN.reaches}" in drift_words(WORN)
    assert f"meets its limit on {WORN.reaches}" in list(drift_numbers(WORN))


def test_too_few_say_how_many_there_are() -> None:
    assert drift_words(FEW) == "too few: 2 of 9 values since 2026-10-01 (the first on record)"
    assert list(drift_numbers(FEW)) == []


def test_a_jig_in_a_few_words() -> None:
    assert drift_summary([]) == "-"
    assert drift_summary([FEW]) == "too few"
    assert drift_summary([STABLE, FEW]) == "stable"
    assert drift_summary([STABLE, WORN, JUMPED, JUMPED]) in (
        "2 out of control, 1 drifting",
        "3 out of control",
    )


def test_warnings_come_with_what_to_do_the_worst_first() -> None:
    lines = [line.plain for line in drift_lines("J\x1b7", [STABLE, WORN, JUMPED, FEW])]
    assert len(lines) == 4
    assert lines[0].startswith("warning: jig J\\x1b7: ")
    said = "\n".join(lines)
    assert "rail.error = 0.6 %: out of control" in said
    assert "  -> Hold supply and meter of the jig against a calibrated meter." in lines
    assert "  -> Clean the probes of this channel, or replace them and its relay." in lines


def test_a_value_of_a_step_without_words_of_its_own() -> None:
    odd = over([*WAVE, 0.6], "pressure.error")
    assert drift_remedy(odd).startswith("Look at the jig before the next shift")


@pytest.mark.parametrize("use", words_of._REMEDIES)
def test_remedies_are_of_steps_that_there_are(use: str) -> None:
    assert use in catalogue()
    assert len(words_of._REMEDIES[use]) < 120


def test_a_limit_that_is_met_already_is_said() -> None:
    limit = Range(None, Decimal(100))
    used = [Night(n, {"cycles.used": 96.0 + n}, {"cycles.used": limit}).row() for n in range(9)]
    (drift,) = drifts(used[-1].run, used)
    assert "at +1 % a day it meets its limit on 2026-10-09" in drift_words(drift)
