"""How long steps should take, and what a plan still asks of the instruments that slots share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from harness.engine.dispatch import Rest, Task, Tasks
from harness.engine.group import is_parallel
from harness.model.plan import PlannedStep

TIMEOUT_SHARE = 0.25
"""The part of its time limit that a step is believed to take of which nothing else is known."""

Shared = Callable[[Iterable[str]], frozenset[str]]
"""Those of a step's needs that slots share."""


class Source(StrEnum):
    """Where an expected duration comes from."""

    PLAN = "expect"
    RECORDS = "records"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Expected:
    """How long a step should take [s], and who says so."""

    seconds: float
    source: Source


def expected(step: PlannedStep, medians: Mapping[str, float]) -> Expected:
    """What the plan says, else the median of what the step took [s], else a share of its limit."""
    if step.expect_s is not None:
        return Expected(float(step.expect_s), Source.PLAN)
    if step.id in medians:
        return Expected(medians[step.id], Source.RECORDS)
    return Expected(float(step.timeout_s) * TIMEOUT_SHARE, Source.TIMEOUT)


def measured(step: PlannedStep, took: Mapping[str, float]) -> Expected:
    """What the step took [s], where that is known, else what is expected of it."""
    if step.id in took:
        return Expected(took[step.id], Source.RECORDS)
    return expected(step, {})


@dataclass(frozen=True, slots=True)
class Outlook:
    """The steps of a plan, in order, and the medians of what they took by now [s]."""

    steps: Sequence[PlannedStep]
    medians: Mapping[str, float] = field(default_factory=dict)

    def of(self, choices: Sequence[PlannedStep], shared: Shared) -> tuple[Tasks, Rest]:
        """The tasks of some steps of which one is next, and all that comes after them.

        Of steps that run at the same time the first alone tells what comes after.
        """
        after = self._tasks(self._after(choices[0]), shared)
        return self._tasks(choices, shared), Rest.of(after)

    def _after(self, step: PlannedStep) -> Sequence[PlannedStep]:
        places = [n for n, other in enumerate(self.steps) if _together(step, other)]
        if is_parallel(step.group) and self.steps[places[0]].id != step.id:
            return ()
        return self.steps[places[-1] + 1 :]

    def _tasks(self, steps: Iterable[PlannedStep], shared: Shared) -> Tasks:
        return tuple(
            Task(step.id, shared(step.needs), expected(step, self.medians).seconds)
            for step in steps
        )


def _together(one: PlannedStep, other: PlannedStep) -> bool:
    return one.id == other.id or (one.group is not None and one.group == other.group)
