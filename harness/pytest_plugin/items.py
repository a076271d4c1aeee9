"""A plan as pytest sees it: a file, with each of its steps as an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from harness.errors import HarnessError
from harness.files.nodes import Node
from harness.files.parse import load
from harness.model.outcome import Outcome
from harness.model.plan import Phase, Plan, PlannedStep
from harness.model.record import StepRecord
from harness.plans.values import text
from harness.pytest_plugin.bench import Bench
from harness.pytest_plugin.running import PlanRun
from harness.pytest_plugin.words import (
    Told,
    Words,
    attempt_lines,
    properties,
    run_lines,
    step_findings,
    unshown,
)
from harness.station.slot import RunResult
from harness.station.stopping import operator
from harness.ui.findings import findings
from harness.ui.text import fault_lines


class PlanFile(pytest.File):
    """A plan: set up, it is a run on its way; torn down, that run has ended and is on record."""

    def __init__(self, *, bench: Bench, told: list[str], **given: Any) -> None:
        super().__init__(**given)
        self._bench, self._told = bench, told
        self._only: tuple[str, ...] = ()
        self.plan: Plan | None = None
        self.run: PlanRun | None = None
        self.waiting: list[str] = []
        """The steps of its items whose end has not been seen."""
        self._shown: list[str] = []

    def collect(self) -> Iterable[StepItem]:
        """Raises: CollectError with each problem of the plan at its place."""
        try:
            self.plan = self._bench.plan(self._path())
        except HarnessError as error:
            raise self.CollectError("\n".join(fault_lines(error))) from None
        except ValueError as error:
            raise self.CollectError(str(error)) from None
        lines = dict(_lines(load(self.path).root))
        return [
            StepItem.from_parent(
                self, name=step.id, step=step, place=place, line=lines.get(step.id)
            )
            for place, step in enumerate(self.plan.steps)
        ]

    def choose(self, items: Iterable[StepItem]) -> None:
        """Run no other steps than those of these items, but setup and teardown.

        Raises: UsageError when that is no part of the plan, or the slot has not what it needs.
        """
        assert self.plan
        self._shown = [item.name for item in items]
        self.waiting = [*self._shown]
        steps = [step.id for step in self.plan.of(Phase.STEPS)]
        chosen = tuple(step for step in steps if step in self._shown)
        if not chosen:
            words = f"only {', '.join(self._shown)} of {self.name} was chosen, which runs with any"
            raise pytest.UsageError(f"{words} step: choose one of {', '.join(steps)}")
        self._only = () if len(chosen) == len(steps) else chosen
        try:
            self._bench.require(self.plan, self._only)
        except HarnessError as error:
            raise pytest.UsageError("\n".join(fault_lines(error))) from None

    def setup(self) -> None:
        """Start the run. Raises: HarnessError when it cannot be."""
        assert self.plan
        self.run = self._bench.start(self.plan, self._only)

    def teardown(self) -> None:
        """Wait for the end of the run, which is stopped if items are left that nobody waits for.

        Raises: Told for what stands against the run and no item has shown.
        """
        run, self.run = self.run, None
        if run is None:
            return
        cut, stopped = bool(self.waiting), self.session.shouldfail or self.session.shouldstop
        if cut and (run.goes_on or not stopped):
            run.stop(operator(), str(stopped or "pytest was interrupted"))
        result = run.end()
        self._bench.ended(result)
        hidden = self._tell(result, cut=cut)
        if cut and not stopped:
            self._told += Told(hidden).lines  # pytest is on its way out already
            return
        run.heed()
        if hidden:
            raise Told(hidden)

    def _tell(self, result: RunResult, *, cut: bool) -> list[str]:
        """Have the run told at the end; what stands against it and no item has shown."""
        if result.record is None:
            assert result.failure
            return list(fault_lines(result.failure))
        self._told += run_lines(self.name, result.record)
        told = [step for step in self._shown if step not in self.waiting]
        return unshown(result.record, told, cut=cut)

    def _path(self) -> Path:
        """As a person would write it, for messages."""
        folder = self.config.invocation_params.dir
        return self.path.relative_to(folder) if self.path.is_relative_to(folder) else self.path


class StepItem(pytest.Item):
    """A step of a plan, which passes, fails or is skipped as it does in the run.

    ERROR and ABORTED are errors of the set-up: the step did not get to find the unit good or bad.
    """

    parent: PlanFile

    def __init__(self, *, step: PlannedStep, place: int, line: int | None, **given: Any) -> None:
        super().__init__(**given)
        self.place = place
        """Where it stands in the plan."""
        self._line = line
        self._attempts: tuple[StepRecord, ...] = ()
        self._findings: list[str] = []
        if step.group:
            self.extra_keyword_matches.add(step.group.id)
        if self.config.pluginmanager.hasplugin("timeout"):
            self.add_marker(pytest.mark.timeout(0))  # the plan says how long a step may take

    def setup(self) -> None:
        """Wait for the end of the step."""
        assert self.parent.run
        record = self.parent.run.after(self.name)
        self.parent.waiting.remove(self.name)
        self._attempts = tuple(made for made in record.steps if made.id == self.name)
        if not self._attempts:
            raise Told([f"{self.name} was not run", *findings(record)])
        last = self._attempts[-1]
        self.user_properties += [("run", record.run), *properties(last.measurements)]
        if last.outcome is Outcome.SKIPPED:
            pytest.skip(last.skipped)
        if last.outcome is not Outcome.PASS:
            self._findings = step_findings(record, self._attempts)
        if last.outcome not in (Outcome.PASS, Outcome.FAIL):
            raise Told(self._findings)

    def runtest(self) -> None:
        """Raises: Told when the step found the unit bad."""
        if self._findings:
            raise Told(self._findings)

    def tell(self, report: pytest.TestReport, error: BaseException | None) -> None:
        """Put into the report what the step measured, and what became of it in our words."""
        if report.when == "call" or (report.when == "setup" and self._findings):
            lines = "\n".join(attempt_lines(self._attempts))
            report.sections.append((f"{self.name}: measured", lines))
        match error, report.longrepr:
            case Told(lines=words), _:
                report.longrepr = cast("Any", Words(words))
            case HarnessError(), _:
                report.longrepr = cast("Any", Words(list(fault_lines(error))))
            case pytest.skip.Exception(), (_, _, reason):
                report.longrepr = (str(self.path), (self._line or 0) + 1, reason)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, self._line, self.name


def _lines(node: Node | None) -> Iterator[tuple[str, int]]:
    """The line of each step and group of a plan, counted from 0."""
    if node is None:
        return
    if name := text(node.get("id")):
        yield name, node.place.line - 1
    for child in (*node, *(value for _, value in node.items())):
        yield from _lines(child)
