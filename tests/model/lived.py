"""Runs of a plan as the engine writes them down, from what each step is said to have measured."""

from __future__ import annotations

from typing import Any

from harness.model import events as e
from harness.model.conclude import attempt_outcome
from harness.model.fault import Fault
from harness.model.fold import RecordBuilder
from harness.model.identity import Unit
from harness.model.judgement import judge
from harness.model.plan import Plan, PlannedStep
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.record import Record
from harness.model.refs import PlanRef, StationRef
from harness.model.step import Catalogue
from harness.model.value import Value
from tests.model.strategies import NOON, RUN


class Life:
    """A run that is being lived. `units` has those that are not as the step declares them."""

    def __init__(
        self,
        plan: Plan,
        catalogue: Catalogue,
        *,
        run: str = RUN,
        unit: Unit | None = None,
        only: tuple[str, ...] = (),
    ) -> None:
        self.plan, self.catalogue, self.run = plan, catalogue, run
        self.units: dict[str, str] = {}
        self.events: list[e.Stamped] = []
        self.builder = RecordBuilder()
        self.add(
            e.RunStarted(
                run=run,
                purpose=e.Purpose.ENGINEERING,
                process=plan.process,
                unit=unit or Unit("A57A000001"),
                station=StationRef("ft-03", "uuid"),
                slot=1,
                operator="4711",
                attempt=1,
                plan=PlanRef.of(plan, catalogue, only),
                limits=plan.limits,
                jig=None,
                harness="0.1.0",
            )
        )

    def add(self, happened: e.Event) -> None:
        count = len(self.events)
        self.events.append(e.Stamped(self.run, count, NOON, count, happened))
        self.builder.apply(self.events[-1])

    def step(self, name: str, attempt: int = 1, fault: Fault | None = None, **values: Any) -> Life:
        """One attempt of a step; `values` are what it measured."""
        planned = next(step for step in self.plan.steps if step.id == name)
        self.add(e.StepStarted(name, planned.use, planned.phase, attempt))
        for measured, value in values.items():
            self._measure(planned, attempt, measured, value)
        if fault:
            self.add(e.Faulted(fault, name, attempt))
        made = self.builder.attempt(name, attempt)
        self.add(e.StepEnded(name, attempt, attempt_outcome(made.measurements, made.fault)))
        return self

    def _measure(
        self, planned: PlannedStep, attempt: int, name: str, value: Reading[Value]
    ) -> None:
        limit = planned.limits[name]
        judged = judge(limit, value)
        unread = isinstance(value, Unknown | Unreadable)
        self.add(
            e.Measured(
                step=planned.id,
                attempt=attempt,
                name=name,
                value=None if unread else value,  # type: ignore[arg-type]
                unit=self.units.get(name, self.catalogue[planned.use].measures[name].unit),
                outcome=judged.outcome,
                reason=judged.reason,
                limit=limit.describe(),
                raw="none" if unread else "",
            )
        )

    def skip(self, name: str) -> Life:
        planned = next(step for step in self.plan.steps if step.id == name)
        self.add(e.StepSkipped(name, planned.use, planned.phase, "stopped by FAIL"))
        return self

    def end(self) -> Record:
        self.add(e.RunEnded(*self.builder.conclude()))
        return self.builder.build()
