"""Which values stand beside each other, and which never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from harness.model.limits import Equals, Matches, Range
from harness.model.selftest import DAYS_SINCE, SelfTestRow
from harness.quality.history import Series, series_of
from harness.steps import catalogue
from tests.quality.nights import CENT, FIRST, Night, nights, silent


def only(runs: list[SelfTestRow]) -> Series:
    (series,) = series_of(runs)
    return series


def test_the_values_of_one_measurement_in_the_order_of_time() -> None:
    series = only(nights([0.1, 0.2, 1.5]))
    assert (series.newest.step, series.newest.name, series.newest.unit) == ("rail", "error", "%")
    assert (series.newest.use, series.low, series.high) == ("jig_health.rail", -1.0, 1.0)
    assert series.values == [0.1, 0.2, 1.5]
    assert [number.failed for number in series.numbers] == [False, False, True]
    assert [number.at.date() for number in series.numbers] == [
        date(2026, 10, 1),
        date(2026, 10, 2),
        date(2026, 10, 3),
    ]
    assert series.beginning.at == FIRST
    assert series.beginning.why == "the first on record"


def test_what_the_newest_run_has_not_measured_has_no_series() -> None:
    both = {"rail.error": 0.1, "contact.resistance": 0.03}
    runs = [Night(n, both).row() for n in range(3)]
    runs.append(Night(3, {"rail.error": 0.1}, fault=silent()).row())
    assert [series.newest.step for series in series_of(runs)] == ["rail"]


def test_a_night_without_the_value_is_left_out() -> None:
    runs = nights([0.1, 0.2, 0.3])
    runs[1] = Night(1, {}, fault=silent()).row()
    assert only(runs).values == [0.1, 0.3]


def test_words_flags_and_curves_have_no_series() -> None:
    runs = [Night(0, {"identity.serial": "J7", "interlock.refuses": True}).row()]
    assert series_of(runs) == ()


def test_acceptance_limits_are_what_counts() -> None:
    guarded = Range(Decimal(-1), None, guard=Decimal("0.25"))
    assert (only(nights([0.0], limit=guarded)).low, only(nights([0.0])).high) == (-0.75, 1.0)
    exact = only(nights([100.0], "relay.followed", Equals(Decimal(100))))
    assert (exact.low, exact.high) == (100.0, 100.0)
    other = only(nights([1.0], limit=Matches("x")))
    assert (other.low, other.high) == (None, None)


def test_a_limit_of_another_harness_is_none() -> None:
    (run,) = nights([0.1])
    (number,) = run.numbers
    series = only([replace(run, numbers=(replace(number, limit={"new kind": 1}),))])
    assert (series.low, series.high, series.values) == (None, None, [0.1])


def changed(**how: object) -> Series:
    """The series when the last two of five nights are another in one thing."""
    runs = [Night(n, {"rail.error": 0.1 * n}, {"rail.error": CENT}).row() for n in range(3)]
    others: Any = how
    runs += [
        Night(n, {"rail.error": 0.1 * n}, {"rail.error": CENT}, **others).row() for n in (3, 4)
    ]
    return only(runs)


def test_another_plan_jig_file_or_firmware_begins_a_new_history() -> None:
    for how, why in (
        ({"plan": "q" * 64}, "plan selftest-core revision 3, or its limits"),
        ({"inputs": {"jig": "k" * 64}}, "another revision of its jig file"),
        ({"firmware": "1.5"}, "firmware 1.5"),
        ({"inputs": {"jig": "j" * 64, "scenario": "s" * 64}}, "simulated from then on"),
    ):
        series = changed(**how)
        assert len(series.numbers) == 2
        assert series.beginning.why == why
        assert series.beginning.at == FIRST + timedelta(days=3)


def test_another_station_file_begins_nothing() -> None:
    assert len(changed(inputs={"jig": "j" * 64, "station": "x" * 64}).numbers) == 5


def test_another_unit_is_another_value() -> None:
    runs = [Night(n, {"rail.error": 0.1}).row() for n in range(3)]
    runs.append(Night(3, {"rail.error": 0.1}, units={"rail.error": "V"}).row())
    assert only(runs).values == [0.1]


def told(number: int, since: float) -> SelfTestRow:
    return Night(number, {"calibration.since": since, "rail.error": 0.1}).row()


def test_a_calibration_begins_a_new_history_and_is_said() -> None:
    runs = [*(told(n, 100.0 + n) for n in range(5)), *(told(5 + n, 2.0 + n) for n in range(3))]
    rail = next(series for series in series_of(runs) if series.newest.step == "rail")
    assert len(rail.numbers) == 3
    assert rail.beginning.why == f"calibrated on {runs[-1].calibrated}"
    assert runs[-1].calibrated == date(2026, 10, 4)


def test_a_day_told_before_or_after_midnight_is_the_same_calibration() -> None:
    runs = [told(0, 100.0), told(1, 100.0), told(2, 102.0), told(3, 104.0), told(4, 104.0)]
    assert {len(series.numbers) for series in series_of(runs)} == {5}


def test_a_jig_that_did_not_say_its_firmware_is_the_same() -> None:
    runs = nights([0.1, 0.2, 0.3, 0.4])
    runs[1] = Night(1, {"rail.error": 0.2}, firmware=None).row()
    assert only(runs).values == [0.1, 0.2, 0.3, 0.4]
    assert len(changed(firmware=None).numbers) == 5


def test_a_calibration_is_seen_over_a_night_without_the_date() -> None:
    runs = [told(0, 100.0), Night(1, {"rail.error": 0.1}).row(), told(2, 0.0)]
    rail = next(series for series in series_of(runs) if series.newest.step == "rail")
    assert len(rail.numbers) == 1
    assert rail.beginning.why == "calibrated on 2026-10-03"


def test_a_night_without_the_date_is_no_calibration() -> None:
    runs = [told(0, 100.0), Night(1, {"rail.error": 0.1}).row(), told(2, 102.0)]
    rail = next(series for series in series_of(runs) if series.newest.step == "rail")
    assert len(rail.numbers) == 3


def test_the_date_comes_from_a_measurement_that_there_is() -> None:
    assert catalogue()["jig_health.calibration"].measures[DAYS_SINCE].unit == "d"
