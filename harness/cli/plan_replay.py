"""`harness plan replay`: stored runs judged again by a plan; nothing is changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from harness.cli.options import records_option
from harness.model.codec import encode
from harness.model.outcome import Outcome
from harness.model.plan import Plan, Variants
from harness.model.record import Record
from harness.model.refs import PlanRef
from harness.model.rejudge import Rejudged, rejudge
from harness.model.step import Catalogue
from harness.plans.diff.compare import differences, read_form
from harness.plans.read_canonical import read_canonical
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.steps import catalogue
from harness.ui.replay import count_lines, replay_lines

_FILE = click.Path(dir_okay=False, path_type=Path)
_MADE_OTHERWISE = ("step", "parameter", "order", "group", "measurement")
_ALL = 2**62


@click.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--limits", type=_FILE, help="A limit set in place of the one that the plan names.")
@click.option("--variant", help="Judge all by this variant; else each by its own.")
@records_option("The record store; it is only read.")
@click.option("--run", "runs", multiple=True, help="This run, by the beginning of its id; again.")
@click.option("--last", type=click.IntRange(1), help="Only so many runs, the newest.")
@click.option("--process", help="The runs of this process; by default of the plan's.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: each changed run, the counts.")
def replay(
    plan_file: Path,
    limits: Path | None,
    variant: str | None,
    store: Path,
    runs: tuple[str, ...],
    last: int | None,
    process: str | None,
    as_json: bool,
) -> None:
    """Judge stored runs again by a plan's limits, and say what would have been otherwise.

    What the run lacks or how it faulted stays: only measured values are judged again.

    Example: harness plan replay testplans/a57-final.yaml --limits new-limits.yaml --last 500
    """
    if runs and (last or process):
        raise click.UsageError("--run names the runs: leave out --last and --process")
    plans = load_plans(plan_file, catalogue(), limits=limits)
    if variant is not None:
        _named(plans, variant)
    found = _Replay(plans, variant)
    with Reader(store) as reader:
        names = runs or _chosen(reader, process or plans.any.process, last)
        for name in _with_progress(names):
            found.judge(reader.record(name), reader)
        notes = list(_made_otherwise(reader, found))
    lines = _json_lines(found) if as_json else _lines(found)
    for line in lines:
        click.echo(line)
    for note in notes:
        click.echo(note, err=True)


def _named(plans: Variants, variant: str) -> Plan:
    try:
        return plans.named(variant)
    except ValueError as error:
        raise click.UsageError(f"--variant: {error}") from None


def _chosen(reader: Reader, process: str, last: int | None) -> list[str]:
    """The runs of a process, the newest first."""
    every = [head.run for head in reader.runs(_ALL) if head.process == process]
    return every[:last]


def _with_progress(names: Sequence[str]) -> Iterable[str]:
    from rich.progress import track

    from harness.ui.text import Terminal

    console = Terminal(stderr=True)
    return track(names, "runs", console=console, transient=True, disable=not console.is_terminal)


@dataclass(slots=True)
class _Replay:
    """What was judged so far. `made_by` has the plans of the runs, each with its judge."""

    plans: Variants
    variant: str | None
    changed: list[tuple[Record, Rejudged]] = field(default_factory=list)
    before: Counter[Outcome] = field(default_factory=Counter)
    after: Counter[Outcome] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)
    made_by: dict[str, tuple[PlanRef, Plan]] = field(default_factory=dict)
    stored: dict[str, Plan] = field(default_factory=dict)
    _steps: Catalogue = field(default_factory=catalogue)

    def judge(self, record: Record, reader: Reader) -> None:
        """Judge a run; one that no plan here can judge is left out, with the reason."""
        try:
            plan = self._plan_for(record)
            again = rejudge(record, plan, self._steps, self._plan_of(record, reader))
        except ValueError as error:
            self.left_out[record.run] = str(error)
            return
        assert record.outcome is not None, "an open run is not judged"
        self.before[record.outcome] += 1
        self.after[again.outcome] += 1
        self.made_by.setdefault(record.plan.sha256, (record.plan, plan))
        if again.changes or again.outcome is not record.outcome:
            self.changed.append((record, again))

    def _plan_of(self, record: Record, reader: Reader) -> Plan:
        """The plan that a run was made by.

        Raises: ValueError when an earlier harness stored it, so that it cannot be read.
        """
        name = record.plan.sha256
        if name not in self.stored:
            self.stored[name] = read_canonical(reader.document(name).decode())
        return self.stored[name]

    def _plan_for(self, record: Record) -> Plan:
        """Raises: ValueError when it is not known which variant the unit is."""
        if self.variant is not None:
            return self.plans.named(self.variant)
        if record.unit.variant in self.plans.plans:
            return self.plans.plans[record.unit.variant]
        return self.plans.of(record.unit)


def _made_otherwise(reader: Reader, found: _Replay) -> Iterator[str]:
    """Where runs were made by steps that the plan has otherwise: only limits are judged again."""
    for sha256, (ref, plan) in found.made_by.items():
        if sha256 == plan.sha256:
            continue
        ran = f"runs of {ref.id} revision {ref.revision} ({sha256[:8]})"
        try:
            before = read_form(reader.document(sha256))
        except ValueError as error:
            yield f"note: {ran}: {error}, so it is not known how they were made"
            continue
        others = differences(before, json.loads(plan.canonical))
        words = [each.words for each in others if each.what in _MADE_OTHERWISE]
        if words:
            yield f"note: {ran} were made otherwise, and only their limits are replaced:"
            yield from (f"  {line}" for line in words)


def _lines(found: _Replay) -> Iterator[str]:
    for record, again in found.changed:
        yield from replay_lines(record, again)
    for run, why in found.left_out.items():
        yield f"{run} not judged: {why}"
    plan, judged = found.plans.any, found.before.total()
    limits = f", limits {plan.limits.id} revision {plan.limits.revision}" if plan.limits else ""
    runs = "1 run" if judged == 1 else f"{judged} runs"
    by = f"{plan.id} revision {plan.revision}{limits}"
    yield f"{runs} judged by {by}, {len(found.changed)} changed"
    if judged:
        yield from count_lines(found.before, found.after)


def _json_lines(found: _Replay) -> Iterator[str]:
    for record, again in found.changed:
        yield json.dumps(
            {
                "run": record.run,
                "serial": record.unit.serial,
                "before": _outcome(record),
                "after": _outcome(again),
                "changes": [encode(change) for change in again.changes],
            }
        )
    counts = (("before", found.before), ("after", found.after))
    named = {key: {outcome.name: n for outcome, n in sorted(c.items())} for key, c in counts}
    yield json.dumps({"judged": found.before.total(), **named, "left_out": found.left_out})


def _outcome(run: Record | Rejudged) -> dict[str, Any]:
    return {
        "outcome": run.outcome.name if run.outcome is not None else None,
        "fault": run.fault and encode(run.fault),
        "dut_failed": run.dut_failed,
    }
