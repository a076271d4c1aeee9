"""Units to be scheduled, drawn or told, and how soon they could be done at best."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from harness.engine.dispatch import Task
from harness.engine.simulate import Stage

Unit = tuple[Task, ...]


@dataclass(frozen=True)
class Mix:
    """Units whose tasks may be done in any order, and the slots for them."""

    units: tuple[Unit, ...]
    slots: int

    @property
    def any_order(self) -> list[list[Stage]]:
        return [[Stage(unit)] for unit in self.units]

    @property
    def fixed_order(self) -> list[list[Stage]]:
        return [[Stage((task,)) for task in unit] for unit in self.units]

    @property
    def sequential_s(self) -> float:
        """What they take one after another, on one slot [s]."""
        return sum(map(_seconds, self.units))

    @property
    def bound_s(self) -> float:
        """What no schedule can be shorter than [s].

        The longest of: a unit; all work over the slots; tasks of which any two need the same
        instrument, so that no two are ever done at once: all of one instrument, or all that need
        two out of three; and the units that must share a slot: of k * slots + 1 units some slot
        has k + 1, at best the shortest of them.
        """
        tasks = [task for unit in self.units for task in unit]
        lengths = sorted(map(_seconds, self.units), reverse=True)
        shares = (
            sum(lengths[k * self.slots - j] for j in range(k + 1))
            for k in range(1, -(-len(lengths) // self.slots))
        )
        return max(
            lengths[0], sum(lengths) / self.slots, *map(_seconds, _exclusive(tasks)), *shares
        )


def _exclusive(tasks: Sequence[Task]) -> Iterable[list[Task]]:
    """Sets of tasks of which no two can be done at once."""
    names = sorted({name for task in tasks for name in task.names})
    for name in names:
        yield [task for task in tasks if name in task.names]
    for three in map(set, combinations(names, 3)):
        yield [task for task in tasks if len(three & task.names) >= 2]
    yield []


def _seconds(tasks: Iterable[Task]) -> float:
    return sum(task.seconds for task in tasks)


def bench(slots: int, units: int = 8) -> Mix:
    """Units with 3 s at the call box, 3 s at the light box, and 6 s of their own."""
    unit = (
        Task("attach", frozenset({"callbox"}), 3.0),
        Task("camera", frozenset({"lightbox"}), 3.0),
        Task("battery", frozenset(), 6.0),
    )
    return Mix((unit,) * units, slots)


def drawn(seed: int, *, rounds: int = 0, sharing: float = 0.5, slots: int = 0) -> Mix:
    """2 to 16 slots, or so many; 1 to 4 instruments, units of 2 to 8 tasks of 1 to 10 s.

    Each unit its own, one a slot; or all alike, so many `rounds`. Of the tasks about the share
    `sharing` needs one or two instruments.
    """
    dice = random.Random(seed)
    slots = slots or dice.randint(2, 16)
    names = ["callbox", "lightbox", "shaker", "speaker"][: dice.randint(1, 4)]

    def task(step: int) -> Task:
        weights = [1 - sharing, sharing * 0.8, sharing * 0.2]
        count = min(len(names), dice.choices([0, 1, 2], weights)[0])
        needs = frozenset(dice.sample(names, count))
        return Task(f"step{step}", needs, round(dice.uniform(1, 10), 1))

    def unit() -> Unit:
        return tuple(task(step) for step in range(dice.randint(2, 8)))

    units = (unit(),) * slots * rounds if rounds else tuple(unit() for _ in range(slots))
    return Mix(units, slots)
