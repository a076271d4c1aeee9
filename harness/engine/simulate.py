"""A station in simulated time, exact: the dispatcher decides as it does on slots.

No threads, no sleeping: time goes from one end of a task to the next.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harness.engine.dispatch import NO_REST, Asking, Decision, Doing, Rest, Task, Tasks, decide

Policy = Callable[[Sequence[Asking], Sequence[Doing], float], Decision]
Took = Callable[[int, Task], float]
"""How long a task of a unit really takes [s]."""

OnSlot = Callable[[int, Task], Task]
"""A task as it is on a slot, where slots differ."""

_SAME_S = 1e-9


@dataclass(frozen=True, slots=True)
class Stage:
    """Tasks that a unit does before what comes after: one by one in any order, or `at_once`."""

    tasks: Tasks
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A task that was done: of which unit, on which slot, from when to when [s]."""

    unit: int
    slot: int
    task: Task
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """What was done when; `ends` is when each unit was done, in the order in which they were."""

    pieces: tuple[Piece, ...]
    ends: tuple[float, ...]
    waited_s: float
    """How long all units waited for instruments, together."""

    @property
    def makespan_s(self) -> float:
        """When the last unit was done [s]."""
        return max(self.ends, default=0.0)


def as_written(_: int, task: Task) -> Task:
    """Every slot uses the same instruments."""
    return task


def as_expected(_: int, task: Task) -> float:
    """Every task takes as long as it should."""
    return task.seconds


def simulate(
    units: Sequence[Sequence[Stage]],
    slots: int,
    *,
    load_s: float = 0.0,
    took: Took = as_expected,
    on_slot: OnSlot = as_written,
    policy: Policy = decide,
) -> Schedule:
    """The units through so many slots, each on the next slot that is free.

    Putting a unit in takes `load_s` [s], each time.
    """
    floor = _Floor(units, load_s, took, on_slot, policy)
    for slot in range(slots):
        floor.put_in(slot)
    while floor.coming or floor.asking:
        floor.go_on()
    return Schedule(tuple(floor.pieces), tuple(floor.ends), floor.waited_s)


@dataclass(slots=True)
class _Run:
    """A unit on a slot. `left` are its stages from the present one on."""

    unit: int
    slot: int
    left: list[Stage]
    open: list[Task] = field(default_factory=list)
    """The tasks of its stage that have not begun."""
    working: int = 0
    """How many tasks of its stage are being done."""
    idle_since: float = 0.0

    @property
    def rest(self) -> Rest:
        return Rest.of(task for stage in self.left[1:] for task in stage.tasks)


@dataclass(slots=True)
class _Wish:
    """A run that wants one of some tasks next."""

    run: _Run
    choices: Tasks
    rest: Rest
    overtaken: int = 0


@dataclass(slots=True)
class _Floor:
    """The station at one moment."""

    units: Sequence[Sequence[Stage]]
    load_s: float
    took: Took
    on_slot: OnSlot
    policy: Policy
    now: float = 0.0
    again: float = math.inf
    changed: bool = False
    """Whether somebody asked, or gave something back: as in a station, only then is decided."""
    next_unit: int = 0
    waited_s: float = 0.0
    coming: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    asking: list[_Wish] = field(default_factory=list)
    doing: dict[int, Doing] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    _number: int = 0

    def put_in(self, slot: int) -> None:
        """Put the next unit into a slot, if there is one."""
        if self.next_unit < len(self.units):
            stages = [
                Stage(tuple(self.on_slot(slot, task) for task in stage.tasks), stage.at_once)
                for stage in self.units[self.next_unit]
                if stage.tasks
            ]
            run = _Run(self.next_unit, slot, stages)
            self.next_unit += 1
            self._later(self.load_s, lambda: self._begin_stage(run))

    def go_on(self) -> None:
        """Go to the next moment at which something happens; decide once all of it has."""
        self.now = min(self.again, self.coming[0][0] if self.coming else math.inf)
        assert self.now < math.inf, "units wait for what nobody will give back"
        self.changed = self.now == self.again
        while self.coming and self.coming[0][0] <= self.now + _SAME_S:
            heapq.heappop(self.coming)[2]()
        if self.changed:
            self._decide()

    def _decide(self) -> None:
        asking = [Asking(wish.choices, wish.rest, wish.overtaken) for wish in self.asking]
        decided = self.policy(asking, list(self.doing.values()), self.now)
        self.again = decided.again
        for place in decided.overtaken:
            self.asking[place].overtaken += 1
        for place, task in decided.served.items():
            self._start(self.asking[place], task)
        self.asking = [w for n, w in enumerate(self.asking) if n not in decided.served]

    def _begin_stage(self, run: _Run) -> None:
        run.idle_since = self.now
        if not run.left:
            self.ends.append(self.now)
            self.put_in(run.slot)
            return
        stage = run.left[0]
        run.open = list(stage.tasks)
        if stage.at_once:
            for place, task in enumerate(stage.tasks):
                self._want(_Wish(run, (task,), NO_REST if place else run.rest))
        else:
            self._want(_Wish(run, stage.tasks, run.rest))

    def _want(self, wish: _Wish) -> None:
        """As in a station: who needs nothing that is shared asks nobody."""
        if any(task.names for task in wish.choices):
            self.asking.append(wish)
            self.changed = True
        else:
            self._start(wish, wish.choices[0])

    def _start(self, wish: _Wish, task: Task) -> None:
        run = wish.run
        if not run.working:
            self.waited_s += self.now - run.idle_since
        run.working += 1
        run.open.remove(task)
        choices = tuple(other for other in wish.choices if other is not task)
        self._number += 1
        key, seconds = self._number, self.took(run.unit, task)
        if any(each.names for each in wish.choices):
            self.doing[key] = Doing(task, self.now + task.seconds, choices, wish.rest)
        self.pieces.append(Piece(run.unit, run.slot, task, self.now, self.now + seconds))
        self._later(seconds, lambda: self._end(run, key, choices))

    def _end(self, run: _Run, key: int, choices: Tasks) -> None:
        if self.doing.pop(key, None):
            self.changed = True
        run.working -= 1
        if not run.working:
            run.idle_since = self.now
        if choices:
            self._want(_Wish(run, choices, run.rest))
        elif not run.open and not run.working:
            del run.left[0]
            self._begin_stage(run)

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self.coming, (self.now + seconds, self._number, call))
