"""The takt of a station, where it can be reckoned by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from harness.engine.dispatch import NO_REST, Rest, Task
from harness.engine.expect import Expected, Outlook, Source, expected, measured
from harness.engine.simulate import Stage
from harness.engine.takt import (
    BETWEEN,
    SLOTS,
    Course,
    Station,
    course,
    makespan_s,
    steady_takt,
    what_ifs,
)
from harness.model.durations import Durations
from harness.model.plan import Group, GroupKind, Phase, PlannedStep

PAIR, ANY = Group("pair", GroupKind.PARALLEL), Group("any", GroupKind.ANY_ORDER)
TOOK = {"photo": 2.0, "attach": 3.0}
PAST = Durations(TOOK, TOOK, waited_s=None, between_s=0.5, runs=1)


def step(
    name: str, *needs: str, group: Group | None = None, expect_s: float | None = None
) -> PlannedStep:
    expects = None if expect_s is None else Decimal(str(expect_s))
    return PlannedStep(
        name, "use", Phase.STEPS, Decimal(40), group=group, needs=needs, expect_s=expects
    )


def shared(needs: object) -> frozenset[str]:
    assert isinstance(needs, tuple)
    return frozenset(needs) & {"callbox", "lightbox"}


PLAN = [
    step("close"),
    step("wifi", group=PAIR),
    step("photo", "lightbox", "usb", group=PAIR),
    step("attach", "callbox", group=ANY, expect_s=12),
    step("charge", group=ANY),
    step("traffic", "callbox"),
]


def test_the_plan_says_first_how_long_a_step_should_take_and_the_records_how_long_it_took() -> None:
    medians = {"attach": 3.0, "charge": 5.0}
    attach, charge, close = PLAN[3], PLAN[4], PLAN[0]
    assert expected(attach, medians) == Expected(12.0, Source.PLAN)
    assert measured(attach, medians) == Expected(3.0, Source.RECORDS)
    assert expected(charge, medians) == measured(charge, medians)
    assert measured(attach, {}) == expected(attach, {})
    assert expected(close, medians) == Expected(10.0, Source.TIMEOUT)


def test_what_comes_after_a_step_and_its_group_is_known() -> None:
    outlook = Outlook(PLAN, {"charge": 5.0})
    choices, rest = outlook.of(PLAN[4:5], shared)
    assert choices == (Task("charge", frozenset(), 5.0),)
    assert rest == Rest(10.0, {"callbox": 10.0})
    after_all = outlook.of([PLAN[0]], shared)[1]
    assert after_all == Rest(10 + 10 + 12 + 5 + 10, {"lightbox": 10.0, "callbox": 22.0})


def test_of_steps_at_the_same_time_the_first_alone_tells_what_comes_after() -> None:
    outlook = Outlook(PLAN)
    assert outlook.of([PLAN[1]], shared)[1] == Rest(12 + 10 + 10, {"callbox": 22.0})
    choices, rest = outlook.of([PLAN[2]], shared)
    assert rest == NO_REST
    assert choices[0].names == {"lightbox"}


def test_a_plan_becomes_the_course_of_its_units() -> None:
    unit = course(PLAN, shared, PAST)
    made = unit.stages
    steps = [[task.step for task in stage.tasks] for stage in made]
    assert steps == [["close"], ["wifi", "photo"], ["attach", "charge"], ["traffic"], [BETWEEN]]
    assert [stage.at_once for stage in made] == [False, True, False, False, False]
    assert made[1].tasks[1] == Task("photo", frozenset({"lightbox"}), 2.0)
    assert made[-1].tasks[0].seconds == 0.5
    attach = made[2].tasks[0]
    assert (attach.seconds, unit.took(0, attach)) == (12, 3)  # expected, and what it takes


def unit(own_s: float, call_s: float) -> Course:
    both = (Task("own", frozenset(), own_s), Task("call", frozenset({"callbox"}), call_s))
    return Course([Stage(both)])


def test_slots_are_the_bottleneck_where_instruments_are_idle() -> None:
    told = steady_takt(unit(16, 4), Station(2, 5))
    assert told.seconds == pytest.approx(12.5)  # (16 + 4 + 5) / 2
    assert told.units_an_hour == pytest.approx(288)
    assert told.bottleneck == SLOTS
    assert told.use[SLOTS] == pytest.approx(1)
    assert told.use["callbox"] == pytest.approx(4 / 12.5)
    assert told.test_s == 20
    assert told.waited_s == pytest.approx(0, abs=0.3)


def test_an_instrument_is_the_bottleneck_where_slots_wait_for_it() -> None:
    told = steady_takt(unit(2, 4), Station(8, 0))
    assert told.seconds == pytest.approx(4, rel=0.02)
    assert told.bottleneck == "callbox"
    assert told.use["callbox"] == pytest.approx(1, rel=0.02)
    assert told.waited_s > 15


def test_one_more_of_the_bottleneck_brings_most() -> None:
    slots = {each.more: each.takt.seconds for each in what_ifs(unit(16, 4), Station(2, 0))}
    assert slots["slot"] == pytest.approx(20 / 3, rel=0.05)
    assert slots["callbox"] == pytest.approx(10)
    box = {each.more: each.takt.seconds for each in what_ifs(unit(2, 4), Station(8, 0))}
    assert box["slot"] == pytest.approx(4, rel=0.02)
    assert box["callbox"] == pytest.approx(2, rel=0.05)
    assert [each.more for each in what_ifs(unit(2, 4), Station(1, 0))] == ["slot"]


def test_so_many_units_take_so_long() -> None:
    assert makespan_s(unit(16, 4), Station(2, 5), 3) == 50
    assert makespan_s(unit(16, 4), Station(2, 5), 0) == 0
