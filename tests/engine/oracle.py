"""Steps that act out a script and keep books, and an oracle that reads nothing but those books.

It shares no code with what it is held against: it knows the plan, what each step did, and the
hand-written verdicts of tests/engine/cases.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from harness.clock import Cancel
from harness.errors import (
    DutFault,
    HarnessError,
    JigFault,
    LinkFault,
    OperatorStop,
    PlanError,
    StationFault,
)
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind, OnFail, Phase, PlannedStep, Retry
from harness.model.ports import Measure, Stopwatch, Wait
from harness.model.step import StepSpec
from tests.engine.cases import Case, Verdict
from tests.engine.rig import NO_RETRY, planned, spec_of

SHORT_S, LONG_S = 0.05, 40.0


class Manner(Enum):
    """How an attempt behaves beside handing in its value."""

    WELL = "well"
    SILENT = "measures nothing"
    TWICE = "measures it twice"
    TWICE_HUSHED = "measures it twice and hides the error"
    UNDECLARED = "measures what it does not declare"
    UNDECLARED_HUSHED = "measures what it does not declare and hides the error"
    DUT = "the handset says it cannot"
    LINK = "the handset is lost"
    STATION = "the store is full"
    JIG = "the jig is silent"
    PLAN = "the plan is wrong"
    OPERATOR = "the wrong unit is in"
    BUG = "raises an error of its own"
    LEAVES = "wants to leave the process"
    OVERSLEEPS = "sleeps past its time"
    OVERSLEEPS_HUSHED = "sleeps past its time and hides the error"
    LATE = "comes back late and says nothing"
    ABORTED = "somebody aborts the run meanwhile"


MISDEEDS = tuple(manner for manner in Manner if manner is not Manner.WELL)
_SLOW = {Manner.OVERSLEEPS, Manner.OVERSLEEPS_HUSHED, Manner.LATE}
_RAISED: Mapping[Manner, BaseException] = {
    Manner.DUT: DutFault("IMEI-NOT-WRITTEN", "all zero"),
    Manner.LINK: LinkFault("ADB-HANG", "silent"),
    Manner.STATION: StationFault("STORE-FULL", "no space"),
    Manner.JIG: JigFault("JIG-TIMEOUT", "silent"),
    Manner.PLAN: PlanError("HANDSET-REFUSED", "no"),
    Manner.OPERATOR: OperatorStop("UNIT-WRONG", "another one"),
    Manner.BUG: ZeroDivisionError("by zero"),
    Manner.LEAVES: SystemExit(1),
}


@dataclass(frozen=True)
class Attempt:
    """What one attempt is to do: the value it hands in, and how it behaves beside that."""

    case: Case
    manner: Manner = Manner.WELL

    @property
    def outcome(self) -> Outcome:
        """What it must be taken for, when nobody else disturbs it."""
        match self.manner:
            case Manner.OPERATOR:
                own = Outcome.ABORTED
            case Manner.DUT:
                own = Outcome.FAIL
            case Manner.WELL:
                own = Outcome.PASS
            case Manner.ABORTED:
                own = Outcome.ABORTED
            case _:
                own = Outcome.ERROR
        said = {Verdict.GOOD: Outcome.PASS, Verdict.BAD: Outcome.FAIL, Verdict.NONE: Outcome.ERROR}
        return own if self.manner is Manner.SILENT else max(own, said[self.case.verdict])

    @property
    def slow(self) -> bool:
        return self.manner in _SLOW

    @property
    def shows_bad(self) -> bool:
        """Whether it finds the unit bad, however it ends."""
        told = self.manner is not Manner.SILENT and self.case.verdict is Verdict.BAD
        return told or self.manner is Manner.DUT


@dataclass(eq=False)
class Actor:
    """A step of a plan, and its attempts one after another; the last stands for those after it."""

    id: str
    script: Sequence[Attempt]
    phase: Phase = Phase.STEPS
    group: Group | None = None
    retry: Retry = NO_RETRY
    on_fail: OnFail = OnFail.STOP
    needs: tuple[str, ...] = ()
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    """When its attempts began and ended, by the count of a clock that all actors share."""
    told: set[int] = field(default_factory=set)
    """The attempts that were not cut before they could say what they were to say."""

    def attempt(self, number: int) -> Attempt:
        return self.script[min(number, len(self.script)) - 1]

    @property
    def made(self) -> list[Attempt]:
        return [self.attempt(number) for number in range(1, len(self.begun) + 1)]

    @property
    def stops(self) -> bool:
        """Whether its last attempt keeps what comes after it from being started."""
        last = self.made[-1].outcome
        if last is Outcome.FAIL:
            return self.on_fail is OnFail.STOP
        return last is not Outcome.PASS


class Stage:
    """The actors of one run, with the clock of their books."""

    def __init__(self, actors: Sequence[Actor], abort: Callable[[], Cancel]) -> None:
        self.actors = actors
        self._abort = abort
        self._lock = threading.Lock()
        self._ticks = 0
        self.aborted = False

    def step(self, actor: Actor) -> tuple[StepSpec, PlannedStep]:
        case = actor.script[0].case

        def body(measure: Measure, wait: Wait, stopwatch: Stopwatch) -> None:
            with self._lock:
                actor.begun.append(self._tick())
                number = len(actor.begun)
            attempt = actor.attempt(number)
            try:
                if attempt.manner is not Manner.SILENT:
                    measure(case.declared.name, attempt.case.value)  # type: ignore[arg-type]
                actor.told.add(number)
                self._act(attempt.manner, measure, wait, stopwatch)
            finally:
                with self._lock:
                    actor.ended.append(self._tick())

        body.__name__ = actor.id
        spec = spec_of(body, measures=[case.declared])
        slow = any(attempt.slow for attempt in actor.script)
        return spec, planned(
            spec,
            actor.id,
            phase=actor.phase,
            timeout_s=SHORT_S if slow else LONG_S,
            retry=actor.retry,
            on_fail=actor.on_fail,
            limit=case.limit,
            group=actor.group,
            needs=actor.needs,
        )

    def _tick(self) -> int:
        self._ticks += 1
        return self._ticks

    def _act(self, manner: Manner, measure: Measure, wait: Wait, stopwatch: Stopwatch) -> None:
        match manner:
            case Manner.TWICE:
                measure("value", 1.0)
            case Manner.UNDECLARED:
                measure("extra", 1.0)
            case Manner.TWICE_HUSHED:
                with suppress(HarnessError):
                    measure("value", 1.0)
            case Manner.UNDECLARED_HUSHED:
                with suppress(HarnessError):
                    measure("extra", 1.0)
            case Manner.OVERSLEEPS:
                wait(LONG_S)
            case Manner.OVERSLEEPS_HUSHED:
                with suppress(HarnessError):
                    wait(LONG_S)
            case Manner.LATE:
                while stopwatch() < 1.1 * SHORT_S:
                    threading.Event().wait(0.01)
            case Manner.ABORTED:
                self.aborted = True
                self._abort().set(OperatorStop("RUN-ABORTED", "Ctrl-C", evidence={"by": "4711"}))
            case _ if manner in _RAISED:
                raise _RAISED[manner]


@dataclass(frozen=True)
class Oracle:
    """What a run must have come to, by the books of its actors in the order of the plan."""

    actors: Sequence[Actor]
    only: tuple[str, ...]
    aborted: bool

    @property
    def passes(self) -> bool:
        """Every planned step ran and was good in its last attempt; nothing else happened."""
        return not self.aborted and all(
            actor.begun and actor.made[-1].outcome is Outcome.PASS for actor in self.actors
        )

    def bad(self, *, cleared: bool = True) -> bool:
        """Some step showed the unit bad, and (`cleared`) no later attempt of it was good."""
        return any(self._bad(actor, cleared) for actor in self.actors)

    def _bad(self, actor: Actor, cleared: bool) -> bool:
        bad = False
        for number, attempt in enumerate(actor.made, start=1):
            if number in actor.told and attempt.shows_bad:
                bad = True
            elif cleared and attempt.outcome is Outcome.PASS:
                bad = False
        return bad

    def objections(self) -> list[str]:
        """What was done that no plan allows, or left undone without a reason."""
        said = [words for actor in self.actors for words in self._of_attempts(actor)]
        said += [words for actor in self.actors for words in self._of_absence(actor)]
        for later, actor in enumerate(self.actors):
            for other in self.actors[:later]:
                if actor.begun and other.begun and not _beside(actor, other):
                    said += _of_order(other, actor)
        return said

    def _left_out(self, actor: Actor) -> bool:
        return bool(self.only) and actor.phase is Phase.STEPS and actor.id not in self.only

    def _of_attempts(self, actor: Actor) -> Iterator[str]:
        if self._left_out(actor) and actor.begun:
            yield f"{actor.id} was left out, and ran"
        for number, attempt in enumerate(actor.made, start=1):
            again = number < len(actor.made)
            washed = attempt.shows_bad and Outcome.FAIL not in actor.retry.on
            may = number <= actor.retry.times and attempt.outcome in actor.retry.on and not washed
            if again and not may:
                yield f"{actor.id} was tried again after attempt {number}"
            if may and not again and not self.aborted:
                yield f"{actor.id} was not tried again after attempt {number}"

    def _of_absence(self, actor: Actor) -> Iterator[str]:
        before = self.actors[: self.actors.index(actor)]
        cause = [o for o in self.actors if o in before or _either(actor, o)]
        stopped = self.aborted or any(o.begun and o.stops for o in cause)
        if actor.phase is Phase.TEARDOWN:
            stopped = False
        if not actor.begun and not stopped and not self._left_out(actor):
            yield f"{actor.id} was not run, and nothing had stopped it"


def _of_order(first: Actor, second: Actor) -> Iterator[str]:
    """What is wrong with when these two ran; `first` stands before `second` in the plan."""
    if _either(first, second) and second.begun[0] < first.begun[0]:
        first, second = second, first
    if first.ended[-1] > second.begun[0]:
        yield f"{second.id} began before {first.id} had ended"
    if second.phase is not Phase.TEARDOWN and first.stops:
        yield f"{second.id} ran although {first.id} had stopped the run"


def _beside(actor: Actor, other: Actor) -> bool:
    return _together(actor, other, GroupKind.PARALLEL)


def _either(actor: Actor, other: Actor) -> bool:
    return _together(actor, other, GroupKind.ANY_ORDER)


def _together(actor: Actor, other: Actor, kind: GroupKind) -> bool:
    group = actor.group
    return group is not None and group == other.group and group.kind is kind
