"""How long a run tested, waited for instruments, and did neither: waiting is no part of testing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from harness.model.events import Reserved, Waiting
from harness.model.outcome import Outcome
from harness.model.record import Record, StepRecord

Span = tuple[int, int]
"""From when to when [ms since the start of the run]."""


@dataclass(frozen=True, slots=True)
class Durations:
    """What steps take of a run, over `runs` runs [s].

    `steps` has the median of each step that passed: what it takes of a good unit. `share` has all
    that a step took, failed, cut or tried again too, over the number of runs: what it takes of the
    line, with its bad units. `waited_s` and `between_s` are medians of runs that passed: of waiting
    for instruments, and of what engine, bench and store take; None when no run did.
    """

    steps: Mapping[str, float]
    share: Mapping[str, float]
    waited_s: float | None
    between_s: float | None
    runs: int
    whole_s: float | None = None
    """The median of runs that passed, from start to end."""


def durations(records: Iterable[Record]) -> Durations:
    """What runs of the same plan took."""
    runs = list(records)
    steps: dict[str, list[float]] = {}
    whole: dict[str, float] = {}
    for step in (step for record in runs for step in record.steps):
        took_s = step.duration_s or 0.0
        whole[step.id] = whole.get(step.id, 0.0) + took_s
        if step.outcome is Outcome.PASS:
            steps.setdefault(step.id, []).append(took_s)
    passed = [record for record in runs if record.outcome is Outcome.PASS]
    return Durations(
        steps={step: median(took) for step, took in steps.items()},
        share={step: took_s / len(runs) for step, took_s in whole.items()},
        waited_s=median(map(waited_s, passed)) if passed else None,
        between_s=median(map(_between_s, passed)) if passed else None,
        runs=len(runs),
        whole_s=median(record.duration_s or 0.0 for record in passed) if passed else None,
    )


def waited_s(record: Record) -> float:
    """How long no step of a run was at work because it waited for instruments [s]."""
    return idle_s(record.steps, _waits(record))


def idle_s(steps: Iterable[StepRecord], spans: Iterable[Span]) -> float:
    """How much of these spans no step was at work [s]."""
    some = list(spans)
    busy = list(_at_work(steps, open_until_ms=max((end for _, end in some), default=0)))
    return (_covered_ms([*busy, *some]) - _covered_ms(busy)) / 1000


def _between_s(record: Record) -> float:
    covered = _covered_ms([*_at_work(record.steps), *_waits(record)])
    return (record.duration_s or 0.0) - covered / 1000


def _at_work(steps: Iterable[StepRecord], open_until_ms: int = 0) -> Iterator[Span]:
    """When each step was at work; one that has not ended, until then at least."""
    for step in steps:
        took = step.duration_s
        end = open_until_ms if took is None else step.at_ms + round(took * 1000)
        yield step.at_ms, max(step.at_ms, end)


def _waits(record: Record) -> Iterator[Span]:
    """From when a step missed an instrument until it had all.

    One of several that could be next waits on while another of them is at work.
    """
    since: dict[str, int] = {}
    for note in record.notes:
        match note.event:
            case Waiting(step=step):
                since.setdefault(step, note.at_ms)
            case Reserved(step=step) if step in since:
                yield since.pop(step), note.at_ms


def _covered_ms(spans: Iterable[Span]) -> int:
    """How much time the spans cover together [ms]."""
    covered, reached = 0, 0
    for start, end in sorted(spans):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered
