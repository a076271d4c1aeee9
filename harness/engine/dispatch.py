"""Who is served next with what slots share: pure, so that a simulation decides as a station does.

Two aims: an instrument that many still need never stands idle while somebody could use it, and
nobody is passed over for ever. The rule, at each moment at which something may start:

1. A run that was overtaken MOST_OVERTAKEN times comes first, in the order of arrival.
2. What is free goes to the task that keeps busy whoever has the most still to do, a run or an
   instrument: "longest remaining first", as is usual for open shops without preemption.
3. A run for which nothing shared is free may do a task of its own, or wait a moment. Each choice
   makes somebody late: waiting the run, a task that is too long the instruments that run dry
   meanwhile. What makes the end of all that is to be done least late is taken, and of such the
   longest task.

**Bound.** A run that waits keeps its place, once it is due, for the first of its tasks that needs
something: nobody takes that from then on who came later. So it is overtaken on it at most
MOST_OVERTAKEN times. Proof: those that come before it then are held by somebody, or are due and
came earlier. There are finitely many of either, and none is added: who asks again comes later.
Each holds for one attempt, which its time limit ends. A due run waits for nothing on purpose.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST_OVERTAKEN = 16
"""How often those who came later may be served with what a run waits for."""

LATE = 0.1
"""How much longer than expected a task is believed to take once it is late, of its length."""

_SAME_S = 1e-6
"""Times that differ by less are the same time [s]."""


@dataclass(frozen=True, slots=True)
class Task:
    """A step as the dispatcher sees it: the instruments it needs, and how long it should take."""

    step: str
    names: frozenset[str]
    seconds: float


Tasks = tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """What a run still has to do later on: for how long, and how long of it with what [s]."""

    seconds: float = 0.0
    uses: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Rest:
        seconds, uses = 0.0, dict[str, float]()
        for task in tasks:
            seconds += task.seconds
            for name in task.names:
                uses[name] = uses.get(name, 0.0) + task.seconds
        return cls(seconds, uses)


NO_REST = Rest()


@dataclass(frozen=True, slots=True)
class Asking:
    """A run that wants one of some tasks next; the `rest` comes after all of them."""

    choices: Tasks
    rest: Rest = NO_REST
    overtaken: int = 0

    @property
    def due(self) -> bool:
        """Whether nobody may overtake it any more."""
        return self.overtaken >= MOST_OVERTAKEN

    @property
    def place_kept(self) -> frozenset[str]:
        """What is kept for it once it is due."""
        return next((task.names for task in self.choices if task.names), frozenset())


@dataclass(frozen=True, slots=True)
class Doing:
    """A run within a task that should end at `until` [s]; `choices` and `rest` come after it."""

    task: Task
    until: float
    choices: Tasks = ()
    rest: Rest = NO_REST

    def ends(self, now: float) -> float:
        """When it may be expected to end: never before `now`, and at `now` if nobody knows."""
        late = self.until + LATE * self.task.seconds
        return next((end for end in (self.until, late) if end > now + _SAME_S), now)


@dataclass(frozen=True, slots=True)
class Decision:
    """The task that each served run has, by its place among those that asked.

    Unless something happens before, it is to be decided again at `again` [s]: somebody waits on
    purpose. `overtaken` are the places of those that somebody who came later was preferred to.
    """

    served: Mapping[int, Task]
    again: float
    overtaken: frozenset[int]


def decide(asking: Sequence[Asking], doing: Sequence[Doing], now: float) -> Decision:
    """Who of those `asking`, in the order in which they came, starts what at `now` [s]."""
    board = _Board.of(asking, doing, now)
    board.serve_due()
    board.serve_shared()
    board.serve_own()
    return Decision(board.served, board.again, frozenset(_overtaken(asking, board.served)))


@dataclass(slots=True)
class _Board:
    """One decision while it is made."""

    asking: Sequence[Asking]
    now: float
    free_at: dict[str, float]
    """When each instrument that is held may be expected back."""
    comers: list[tuple[float, Tasks]]
    """Who will ask for which tasks, and when."""
    load: Mapping[str, float]
    """What is still to be done with each instrument [s]."""
    work: Sequence[float]
    """What each of those asking still has to do [s]."""
    horizon: float
    """The longest that a run or an instrument still has to work [s]."""
    kept: set[str] = field(default_factory=set)
    served: dict[int, Task] = field(default_factory=dict)
    again: float = math.inf

    @classmethod
    def of(cls, asking: Sequence[Asking], doing: Sequence[Doing], now: float) -> _Board:
        ends = [(each.ends(now), each) for each in doing]
        free_at = {name: end for end, each in ends for name in each.task.names}
        load = defaultdict(float, {name: end - now for name, end in free_at.items()})
        for name, seconds in (*_uses(asking), *_uses(doing)):
            load[name] += seconds
        work = [_seconds(each) for each in asking]
        busy = [end - now + _seconds(each) for end, each in ends]
        return cls(
            asking=asking,
            now=now,
            free_at=free_at,
            comers=[(end, each.choices) for end, each in ends],
            load=load,
            work=work,
            horizon=max([*load.values(), *work, *busy], default=0.0),
        )

    def serve_due(self) -> None:
        """Serve whom nobody may overtake any more, or keep his place."""
        for place, each in enumerate(self.asking):
            if each.due:
                if free := [task for task in each.choices if self._is_free(task)]:
                    self._serve(place, max(free, key=lambda task: self._urgency(place, task)))
                else:
                    self.kept |= each.place_kept

    def serve_shared(self) -> None:
        """Serve the most urgent tasks that need something which is free."""
        tasks = [
            (place, task)
            for place in self._open()
            for task in self.asking[place].choices
            if task.names and self._is_free(task)
        ]
        for place, task in sorted(tasks, key=lambda each: self._urgency(*each), reverse=True):
            if place not in self.served and self._is_free(task):
                self._serve(place, task)

    def serve_own(self) -> None:
        """Serve the others with tasks of their own, unless waiting a moment makes less late."""
        left = sorted(self._open(), key=lambda place: -self.work[place])
        own = {p: [task for task in self.asking[p].choices if not task.names] for p in left}
        self.comers += [(self.now, self.asking[p].choices) for p in left if not own[p]]
        for place in left:
            if own[place]:
                self._serve_own(place, own[place])

    def _serve_own(self, place: int, own: Sequence[Task]) -> None:
        shared = tuple(task for task in self.asking[place].choices if task.names)
        dry = [(self._load(task), self._busy_until(task.names)) for task in shared]
        options = [(self._late(dry, self.now + task.seconds), -task.seconds, task) for task in own]
        late, _, task = min(options, key=lambda option: option[:2])
        turn = min((at for _, at in dry if at > self.now + _SAME_S), default=math.inf)
        waited = turn - self.now - (self.horizon - self.work[place])
        if max(waited, self._late(dry, turn)) < late:
            self.again = min(self.again, turn)
            self.comers.append((turn, shared))
        else:
            self._serve(place, task)

    def _late(self, dry: Iterable[tuple[float, float]], back: float) -> float:
        """How much later than the horizon all ends when a run is back only then [s]."""
        over = (back - at - (self.horizon - load) for load, at in dry if back > at)
        return max(0.0, max(over, default=0.0))

    def _busy_until(self, names: Iterable[str]) -> float:
        """Until when all these, or one of them, have work without whoever asks now [s]."""
        return max(self._has_work_until(name) for name in names)

    def _has_work_until(self, name: str) -> float:
        until = self.free_at.get(name, self.now)
        for at, tasks in sorted(self.comers, key=lambda comer: comer[0]):
            takes = min((t.seconds for t in tasks if name in t.names), default=0.0)
            if not takes:
                continue
            if at > until + LATE * takes:
                break
            until = max(until, at) + takes
        return until

    def _urgency(self, place: int, task: Task) -> tuple[float, int, float, float, int]:
        """The greater the sooner; of equals who came first."""
        load, work = self._load(task), self.work[place]
        return max(load, work), len(task.names), load + work, task.seconds, -place

    def _load(self, task: Task) -> float:
        return max((self.load[name] for name in task.names), default=0.0)

    def _is_free(self, task: Task) -> bool:
        return not any(name in self.free_at or name in self.kept for name in task.names)

    def _serve(self, place: int, task: Task) -> None:
        self.served[place] = task
        end = self.now + task.seconds
        self.free_at.update(dict.fromkeys(task.names, end))
        self.comers.append((end, tuple(t for t in self.asking[place].choices if t is not task)))

    def _open(self) -> list[int]:
        return [place for place in range(len(self.asking)) if place not in self.served]


def _uses(runs: Iterable[Asking | Doing]) -> Iterator[tuple[str, float]]:
    for each in runs:
        yield from each.rest.uses.items()
        yield from ((name, task.seconds) for task in each.choices for name in task.names)


def _seconds(each: Asking | Doing) -> float:
    return each.rest.seconds + sum(task.seconds for task in each.choices)


def _overtaken(asking: Sequence[Asking], served: Mapping[int, Task]) -> Iterator[int]:
    taken = [(place, task.names) for place, task in served.items() if task.names]
    for place, each in enumerate(asking):
        later = [names for other, names in taken if other > place]
        wanted = (task.names for task in each.choices)
        if place not in served and any(not w.isdisjoint(n) for w in wanted for n in later):
            yield place
