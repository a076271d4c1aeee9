"""What a station makes of a plan: how soon the next unit is done, and what holds it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from harness.engine.dispatch import Task
from harness.engine.expect import Shared, expected, measured
from harness.engine.group import is_parallel
from harness.engine.simulate import OnSlot, Schedule, Stage, as_written, simulate
from harness.model.durations import Durations
from harness.model.plan import PlannedStep

SLOTS = "slots"
"""What is used of a station beside its instruments."""

BETWEEN = "between steps"
"""What engine, bench and store take of a run, as a task of its own."""

_UNITS, _LEAST_ROUNDS = 200, 5
"""How many units are simulated, and at least how many on each slot: the line has to run in."""


@dataclass(frozen=True, slots=True)
class Station:
    """So many slots that are loaded by hand; putting a unit in takes `load_s` [s] each time."""

    slots: int
    load_s: float


@dataclass(frozen=True, slots=True)
class Takt:
    """A line that runs steadily; of a unit, on the average of good and bad ones.

    Every `seconds` [s] a unit is done, never sooner than the busiest part of the line allows. A
    unit is tested for `test_s` and waits `waited_s` for instruments. `use` is the part of its time
    that each instrument, and that all slots together, are at work: a slot that waits is not.
    """

    seconds: float
    test_s: float
    waited_s: float
    use: Mapping[str, float]

    @property
    def units_an_hour(self) -> float:
        return 3600 / self.seconds

    @property
    def bottleneck(self) -> str:
        """What is used most."""
        return max(self.use, key=lambda name: self.use[name])


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What one more of something would bring."""

    more: str
    takt: Takt


@dataclass(frozen=True, slots=True)
class Course:
    """A plan as a unit goes through it: what the dispatcher expects, and what steps take [s].

    One that is not in `takes` takes what is expected of it.
    """

    stages: Sequence[Stage]
    takes: Mapping[str, float] = field(default_factory=dict)

    def took(self, _: int, task: Task) -> float:
        return self.takes.get(task.step, task.seconds)


def course(steps: Sequence[PlannedStep], shared: Shared, past: Durations) -> Course:
    """A plan as units go through it: good ones as often, and bad ones, as in its runs so far."""
    made = list[Stage]()
    for group, members in groupby(steps, key=lambda step: step.group):
        tasks = tuple(
            Task(step.id, shared(step.needs), expected(step, past.steps).seconds)
            for step in members
        )
        made += [Stage(tasks, is_parallel(group))] if group else [Stage((task,)) for task in tasks]
    made.append(Stage((Task(BETWEEN, frozenset(), past.between_s or 0.0),)))
    return Course(made, {step.id: measured(step, past.share).seconds for step in steps})


def steady_takt(unit: Course, station: Station, on_slot: OnSlot = as_written) -> Takt:
    """The takt of a station that tests nothing but such units."""
    count = station.slots * max(_LEAST_ROUNDS, -(-_UNITS // station.slots))
    made = _simulated(unit, station, count, on_slot)
    test_s = _test_s(unit)
    of_a_unit = {name: used / count for name, used in _used(made).items()}
    of_a_unit[SLOTS] = (station.load_s + test_s) / station.slots
    steady = (made.ends[-1] - made.ends[station.slots - 1]) / (count - station.slots)
    seconds = max(steady, *of_a_unit.values())
    return Takt(
        seconds=seconds,
        test_s=test_s,
        waited_s=made.waited_s / count,
        use={name: used / seconds for name, used in of_a_unit.items()},
    )


def makespan_s(unit: Course, station: Station, units: int) -> float:
    """How long so many units take, from the first that is put in to the last that is done [s]."""
    return _simulated(unit, station, units).makespan_s


def what_ifs(unit: Course, station: Station) -> Iterator[WhatIf]:
    """What one more slot would bring, and a second one of each instrument."""
    yield WhatIf("slot", steady_takt(unit, Station(station.slots + 1, station.load_s)))
    if station.slots > 1:
        for name in sorted(
            {name for stage in unit.stages for task in stage.tasks for name in task.names}
        ):
            yield WhatIf(name, steady_takt(unit, station, _half_of_the_slots_on_a_second(name)))


def _half_of_the_slots_on_a_second(name: str) -> OnSlot:
    def on_slot(slot: int, task: Task) -> Task:
        if slot % 2 == 0 or name not in task.names:
            return task
        return Task(task.step, task.names - {name} | {f"{name} 2"}, task.seconds)

    return on_slot


def _simulated(
    unit: Course, station: Station, count: int, on_slot: OnSlot = as_written
) -> Schedule:
    return simulate(
        [unit.stages] * count,
        station.slots,
        load_s=station.load_s,
        took=unit.took,
        on_slot=on_slot,
    )


def _test_s(unit: Course) -> float:
    """How long a unit takes that waits for nothing [s]."""
    return sum(
        (max if stage.at_once else sum)(unit.took(0, task) for task in stage.tasks)
        for stage in unit.stages
    )


def _used(made: Schedule) -> Mapping[str, float]:
    used: dict[str, float] = {}
    for piece in made.pieces:
        for name in piece.task.names:
            used[name] = used.get(name, 0.0) + piece.end - piece.start
    return used
