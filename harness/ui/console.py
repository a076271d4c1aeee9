"""A run in the terminal: a line a step as it ends, then the verdict with what to do."""

from __future__ import annotations

import queue

from rich.console import Console
from rich.markup import escape

from harness.model.events import (
    Measured,
    Recorded,
    RunStarted,
    SafeStateFailed,
    Stamped,
    StepEnded,
    StepSkipped,
)
from harness.model.fold import RecordBuilder, unfold
from harness.model.outcome import Outcome
from harness.model.record import Record

STYLES = {
    Outcome.PASS: "bold green",
    Outcome.FAIL: "bold red",
    Outcome.ERROR: "bold yellow",
    Outcome.ABORTED: "bold magenta",
    Outcome.SKIPPED: "dim",
}


def outcome_words(outcome: Outcome | None) -> str:
    """An outcome in its colour; a run or step that never ended is open."""
    return f"[{STYLES[outcome]}]{outcome.name}[/]" if outcome is not None else "open"


def print_record(console: Console, record: Record) -> None:
    """One record in full, from its events: the same lines as while it ran."""
    printer = RunPrinter(console)
    for stamped in unfold(record):
        printer.listen(stamped)
    printer.draw()
    if record.outcome is not None:
        printer.verdict(record)


class RunPrinter:
    """Takes events in the slot's thread, draws them in another. PASS comes with Recorded."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._events: queue.SimpleQueue[Stamped] = queue.SimpleQueue()
        self._builder = RecordBuilder()
        self._made: dict[str, list[Measured]] = {}

    def listen(self, stamped: Stamped) -> None:
        """Take an event; draws nothing."""
        self._events.put(stamped)

    def draw(self) -> None:
        """Print what has come in since the last time."""
        while not self._events.empty():
            stamped = self._events.get()
            self._builder.apply(stamped)
            self._draw(stamped)

    def _draw(self, stamped: Stamped) -> None:
        match stamped.event:
            case RunStarted(plan=plan, unit=unit, run=run, slot=slot, attempt=attempt):
                who = escape(unit.serial or "an unannounced unit")
                self._console.print(
                    f"{plan.id} revision {plan.revision} on {who}, slot {slot}, attempt {attempt}"
                    f"\n[dim]run {run}[/]"
                )
            case StepEnded(step=step, outcome=outcome):
                self._line(outcome, step, f"at {stamped.at_ms / 1000:.1f} s")
                for made in self._made.pop(step, ()):
                    self._measurement(made)
            case StepSkipped(step=step, reason=reason):
                self._line(Outcome.SKIPPED, step, reason)
            case Measured(step=step) as made:
                self._made.setdefault(step, []).append(made)
            case SafeStateFailed(fault=fault):
                self._console.print(f"[bold red]NOT SAFE[/] {fault.code}: {escape(fault.message)}")
            case Recorded():
                self.verdict(self._builder.build())

    def _line(self, outcome: Outcome, step: str, words: str) -> None:
        style = STYLES[outcome]
        self._console.print(f"  [{style}]{outcome.name:8}[/]{step:14} {escape(words)}")

    def _measurement(self, made: Measured) -> None:
        value = f"{made.value:g}" if isinstance(made.value, float) else str(made.value)
        seen = made.raw or f"{value} {made.unit.removeprefix('1')}"
        style = "dim" if made.outcome is Outcome.PASS else STYLES[made.outcome]
        words = f"{seen.strip():24} {made.reason}".rstrip()
        self._console.print(f"            [{style}]{made.name:20} {escape(words)}[/]")

    def verdict(self, record: Record) -> None:
        """Print the outcome, and on a fault what to do."""
        assert record.outcome is not None
        self._console.print(f"[{STYLES[record.outcome]}]{record.outcome.name}[/]")
        if record.fault:
            self._console.print(
                f"  {escape(record.fault.code)} ({record.fault.blame}): "
                f"{escape(record.fault.message)}\n  -> {escape(record.fault.remedy)}"
            )
