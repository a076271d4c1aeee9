"""Whose turn it is: never twice the same instrument, always somebody, nobody passed over for ever.

All rules are held with drawn needs on 16 slots, where an adversary says who ends when.
"""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.engine.dispatch import (
    LATE,
    MOST_OVERTAKEN,
    Asking,
    Decision,
    Doing,
    Rest,
    Task,
    decide,
)

SLOTS, TURNS = 16, 200
NAMES = ("callbox", "lightbox", "supply")


def task(step: str, *names: str, seconds: float = 1.0) -> Task:
    return Task(step, frozenset(names), seconds)


CALL, LIGHT = task("call", "callbox"), task("light", "lightbox")


class Crowd:
    """Runs that ask again and again, each for one of some drawn tasks."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.now = 0.0
        self.asking: list[Asking] = []
        self.doing: list[Doing] = []
        self.passed: list[int] = []
        """How often each of those asking was overtaken on what is kept for it once it is due."""
        for _ in range(SLOTS):
            self.ask()

    def ask(self) -> None:
        shares = [self.dice.choice([1, 1, 1, 2, 0]) for _ in range(self.dice.randint(1, 3))]
        tasks = (
            task(str(n), *self.dice.sample(NAMES, count), seconds=self.dice.uniform(0.1, 9))
            for n, count in enumerate(shares)
        )
        self.asking.append(Asking(tuple(tasks)))
        self.passed.append(0)

    def turn(self) -> Decision:
        decided = decide(self.asking, self.doing, self.now)
        taken = [name for each in self.doing for name in each.task.names]
        taken += [name for each in decided.served.values() for name in each.names]
        assert len(taken) == len(set(taken)), "an instrument has two holders"
        assert decided.served or self.doing or not self.asking, "nobody does anything"
        assert decided.again > self.now
        self._count(decided)
        for place, chosen in decided.served.items():
            assert chosen in self.asking[place].choices
            self.doing.append(Doing(chosen, self.now + chosen.seconds))
        left = [n for n in range(len(self.asking)) if n not in decided.served]
        self.passed = [self.passed[n] for n in left]
        self.asking = [
            Asking(
                self.asking[n].choices,
                overtaken=self.asking[n].overtaken + (n in decided.overtaken),
            )
            for n in left
        ]
        return decided

    def _count(self, decided: Decision) -> None:
        for place, each in enumerate(self.asking):
            later = [t for other, t in decided.served.items() if other > place]
            if place not in decided.served:
                self.passed[place] += any(t.names & each.place_kept for t in later)

    def end_one(self) -> None:
        ended = self.dice.randrange(len(self.doing))
        self.now += self.dice.choice([0.0, 0.1, 3.0])
        self.doing.pop(ended)
        self.ask()


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_there_is_always_progress_and_nobody_is_overtaken_for_ever(seed: int) -> None:
    crowd = Crowd(random.Random(seed))
    for _ in range(TURNS):
        crowd.turn()
        assert max(crowd.passed, default=0) <= MOST_OVERTAKEN
        crowd.end_one()
    while crowd.asking or crowd.doing:  # nobody comes any more: all are served
        crowd.doing = crowd.doing[1:]
        crowd.now += 10
        crowd.turn()


def test_the_drawn_crowd_does_need_the_bound() -> None:
    """Else the test above could not fail."""
    due = 0
    crowd = Crowd(random.Random(1))
    for _ in range(TURNS * 2):
        crowd.turn()
        due += any(each.due for each in crowd.asking)
        crowd.end_one()
    assert due


def test_who_is_due_comes_first_and_keeps_his_place() -> None:
    due = Asking((task("both", "callbox", "lightbox"),), overtaken=MOST_OVERTAKEN)
    urgent = Asking((CALL,), rest=Rest(1000))
    assert decide([due, urgent], [], 0.0).served == {0: due.choices[0]}
    held = Doing(LIGHT, 5.0)
    decided = decide([due, urgent], [held], 0.0)
    assert not decided.served
    assert not decided.overtaken
    patient = Asking(due.choices)
    decided = decide([patient, urgent], [held], 0.0)
    assert decided.served == {1: CALL}
    assert decided.overtaken == {0}


def test_who_is_due_waits_for_nothing_on_purpose() -> None:
    busy = Doing(CALL, 1.0, rest=Rest(100, {"callbox": 100}))
    choices = (task("call", "callbox", seconds=20), task("own", seconds=30))
    assert decide([Asking(choices)], [busy], 0.0) == Decision({}, 1.0, frozenset())
    due = Asking(choices, overtaken=MOST_OVERTAKEN)
    assert decide([due], [busy], 0.0).served == {0: choices[1]}


@pytest.mark.parametrize(
    ("now", "again"), [(0.0, 1.0), (1.0, 1 + LATE), (1 + LATE / 2, 1 + LATE), (1 + LATE, math.inf)]
)
def test_nobody_waits_long_on_purpose_for_what_is_late(now: float, again: float) -> None:
    busy = Doing(CALL, 1.0, rest=Rest(100, {"callbox": 100}))
    choices = (task("call", "callbox", seconds=20), task("own", seconds=30))
    decided = decide([Asking(choices)], [busy], now)
    assert decided.again == again
    assert decided.served == ({} if again < math.inf else {0: choices[1]})


def test_the_most_urgent_is_served_first_and_of_equals_who_came_first() -> None:
    calm, urgent = Asking((CALL,)), Asking((CALL,), rest=Rest(1))
    assert decide([calm, urgent], [], 0.0).served == {1: CALL}
    assert decide([calm, calm], [], 0.0).served == {0: CALL}


def test_the_instrument_with_the_most_work_comes_first() -> None:
    both = Asking((LIGHT, CALL))
    other = Asking((CALL, task("call2", "callbox")), rest=Rest(1, {"callbox": 1}))
    served = decide([both, other], [], 0.0).served
    assert sorted(each.step for each in served.values()) == ["call", "light"]
    alone = Asking((LIGHT, CALL, task("call2", "callbox")))
    assert decide([alone], [], 0.0).served == {0: CALL}


def test_a_task_of_ones_own_is_chosen_so_that_the_instrument_does_not_run_dry() -> None:
    """The call box is the bottleneck, busy for 3 s: a run that is away for 8 s leaves it idle."""
    busy = Doing(task("call", "callbox", seconds=3), 3.0, rest=Rest(90, {"callbox": 90}))
    short, long = task("short", seconds=2.5), task("long", seconds=8)
    run = Asking((task("call", "callbox", seconds=3), long, short))
    assert decide([run], [busy], 0.0).served == {0: short}
    relaxed = Doing(task("call", "callbox", seconds=3), 3.0)
    assert decide([run], [relaxed], 0.0).served == {0: long}
