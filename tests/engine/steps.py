"""Steps that measure, fail or raise, and what a record or a rig says became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.engine.log import Listener
from harness.errors import LinkFault
from harness.model.events import StepEnded, StepSkipped, StepStarted
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind, PlannedStep, Retry
from harness.model.ports import Measure
from harness.model.record import Record
from harness.model.step import Numeric, StepSpec
from harness.station.slot import RunResult, SlotRun
from tests.engine.rig import Rig, planned, spec_of

Item = tuple[StepSpec, PlannedStep]
TOGETHER = Group("wireless", GroupKind.PARALLEL)
EITHER = Group("bench", GroupKind.ANY_ORDER)
AGAIN = Retry(times=1, on=frozenset({Outcome.ERROR}))
ERROR, FAIL, PASS, SKIPPED = Outcome.ERROR, Outcome.FAIL, Outcome.PASS, Outcome.SKIPPED


def item(step_id: str, body: Callable[..., None], **given: Any) -> Item:
    """A step that may measure a `value` [V], planned with `given`."""
    measures = [Numeric("value", "V")] if "measure" in body.__annotations__ else []
    body.__name__ = step_id
    spec = spec_of(body, measures=measures, claims=given.pop("claims", ()))
    return spec, planned(spec, step_id, **given)


def measuring(value: float) -> Callable[[Measure], None]:
    def body(measure: Measure) -> None:
        measure("value", value)

    return body


def raising(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def good(step_id: str, **given: Any) -> Item:
    return item(step_id, measuring(1.0), **given)


def bad(step_id: str, **given: Any) -> Item:
    return item(step_id, measuring(99.0), **given)


def lost(step_id: str, **given: Any) -> Item:
    return item(step_id, raising(LinkFault("ADB-HANG", "silent")), **given)


def outcomes(record: Record) -> dict[str, Outcome | None]:
    return {step.id: step.outcome for step in record.steps}


def events(rig: Rig) -> list[tuple[str, str]]:
    """Starts, ends and skips with their steps, in the order of the record."""
    kinds = (StepStarted, StepEnded, StepSkipped)
    stamped = (s.event for s in rig.published if isinstance(s.event, kinds))
    return [(type(event).__name__, event.step) for event in stamped]


def reason_of(rig: Rig, step: str) -> str:
    skips = [s.event for s in rig.published if isinstance(s.event, StepSkipped)]
    return next(skip.reason for skip in skips if skip.step == step)


def ended(rig: Rig, step: str) -> bool:
    return ("StepEnded", step) in events(rig)


def started(rig: Rig, *listeners: Listener) -> SlotRun:
    """Its run in a thread of its own."""
    running = SlotRun(rig.job, rig.journal, (rig.published.append, *listeners))
    running.start()
    return running


def supervised(rig: Rig, *listeners: Listener) -> RunResult:
    running = started(rig, *listeners)
    result = running.supervise()
    running.join(20)
    return result
