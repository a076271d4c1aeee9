"""A station in simulated time: exact, and near to what no schedule can beat."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.engine.dispatch import Task
from harness.engine.simulate import Schedule, Stage, simulate
from tests.engine.mixes import Mix, bench, drawn

SAME_S = 1e-6


def task(step: str, *names: str, seconds: float = 1.0) -> Task:
    return Task(step, frozenset(names), seconds)


def check_possible(mix: Mix, schedule: Schedule) -> None:
    """Every task once; nothing at the same time that cannot be."""
    done = sorted((piece.unit, piece.task.step) for piece in schedule.pieces)
    assert done == sorted((n, t.step) for n, unit in enumerate(mix.units) for t in unit)
    turns = defaultdict[str, list[tuple[float, float]]](list)
    for piece in schedule.pieces:
        for place in (f"slot {piece.slot}", *piece.task.names):
            turns[place].append((piece.start, piece.end))
    for taken in map(sorted, turns.values()):
        assert all(end <= start + SAME_S for (_, end), (start, _) in pairwise(taken))
    assert schedule.makespan_s == pytest.approx(max(piece.end for piece in schedule.pieces))
    assert schedule.makespan_s >= mix.bound_s - SAME_S


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from([0, 2]), st.sampled_from([0.3, 0.8, 1.0]))
def test_what_is_simulated_could_be_done(seed: int, rounds: int, sharing: float) -> None:
    mix = drawn(seed, rounds=rounds, sharing=sharing)
    check_possible(mix, simulate(mix.any_order, mix.slots))
    check_possible(mix, simulate(mix.fixed_order, mix.slots))


@pytest.mark.parametrize("slots", [2, 4, 8])
def test_eight_units_at_a_call_box_and_a_light_box(slots: int) -> None:
    mix = bench(slots)
    assert mix.bound_s == max(24.0, 96 / slots)
    assert simulate(mix.any_order, slots).makespan_s <= 1.02 * mix.bound_s
    assert simulate(mix.fixed_order, slots).makespan_s > 1.05 * mix.bound_s


@pytest.mark.parametrize(("rounds", "sharing"), [(0, 0.5), (0, 0.9), (3, 0.5)])
def test_drawn_mixes_end_soon_after_the_bound(rounds: int, sharing: float) -> None:
    mixes = [drawn(seed, rounds=rounds, sharing=sharing) for seed in range(40)]
    ratios = [simulate(mix.any_order, mix.slots).makespan_s / mix.bound_s for mix in mixes]
    assert median(ratios) <= 1.10
    assert max(ratios) <= 1.3


def test_the_bound_knows_what_excludes_one_another() -> None:
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    units = tuple((task("x", *pair, seconds=2),) for pair in pairs)
    assert Mix(units, 3).bound_s == 6
    assert Mix(((task("x"),),) * 5, 2).bound_s == 3


def test_a_stage_waits_for_the_one_before_and_tasks_at_once_overlap() -> None:
    unit = [
        Stage((task("wifi", seconds=4), task("photo", "lightbox", seconds=2)), at_once=True),
        Stage((task("call", "callbox", seconds=3),)),
    ]
    schedule = simulate([unit, unit], 2)
    when = {(p.unit, p.task.step): (p.start, p.end) for p in schedule.pieces}
    assert list(when[0, "photo"]) == [0, 2]
    assert list(when[1, "photo"]) == [2, 4]
    assert sorted([when[0, "call"], when[1, "call"]]) == [(4, 7), (7, 10)]
    assert schedule.makespan_s == 10
    assert schedule.waited_s == pytest.approx(3)


def test_putting_a_unit_in_takes_its_time_and_an_empty_plan_none() -> None:
    unit = [Stage((task("own", seconds=4),))]
    assert simulate([unit] * 3, 2, load_s=5).ends == (9, 9, 18)
    assert simulate([[]] * 3, 1, load_s=5).makespan_s == 15
    assert simulate([], 2).makespan_s == 0


@pytest.mark.parametrize("slots", [2, 4, 8])
@pytest.mark.parametrize("seed", range(5))
def test_what_ends_a_little_sooner_or_later_upsets_nothing(slots: int, seed: int) -> None:
    """As on a station, where nothing happens at exactly the same time."""
    mix, dice = bench(slots), random.Random(seed)
    schedule = simulate(
        mix.any_order, slots, took=lambda _, each: each.seconds * dice.uniform(1, 1.01)
    )
    assert schedule.makespan_s <= 1.05 * mix.bound_s


@pytest.mark.parametrize("late", [0.7, 1.3, 4.0])
def test_tasks_that_take_another_time_than_expected_still_end(late: float) -> None:
    mix = drawn(7, rounds=2, sharing=0.8)

    def took(unit: int, each: Task) -> float:
        return each.seconds * (late if unit % 3 else 1)

    schedule = simulate(mix.any_order, mix.slots, took=took)
    assert len(schedule.ends) == len(mix.units)
