"""A run in the terminal: a line a step as it ends, then the verdict with what to do."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from harness.errors import Blame
from harness.model.conclude import spoken
from harness.model.events import (
    Faulted,
    Measured,
    Recorded,
    RunEnded,
    RunInterrupted,
    RunStarted,
    SafeStateFailed,
    Stamped,
    StepEnded,
    StepSkipped,
    StepStarted,
)
from harness.model.fault import Fault
from harness.model.fold import unfold
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.ui.text import printable, while_there

STYLES = {
    Outcome.PASS: "bold green",
    Outcome.FAIL: "bold red",
    Outcome.ERROR: "bold yellow",
    Outcome.ABORTED: "bold magenta",
    Outcome.SKIPPED: "dim",
}
OPEN = "open"
"""What stands in place of the outcome of a run or step that has not ended."""
UNIT_FAILED = "unit FAILED"
"""What stands beside another verdict than FAIL when the unit was found bad all the same."""


def print_record(console: Console, record: Record) -> None:
    """One record in full, from its events: the same lines as while it ran, and what is open."""
    printer = RunPrinter(console)
    for stamped in unfold(record):
        printer.listen(stamped)
    printer.draw()
    printer.finish()


@dataclass(slots=True)
class _Attempt:
    """A step's attempt that has not ended."""

    at_ms: int
    made: list[Measured] = field(default_factory=list)


class RunPrinter:
    """Takes events in the slot's thread, draws them in another. PASS comes with Recorded."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._events: queue.SimpleQueue[Stamped] = queue.SimpleQueue()
        self._open: dict[str, _Attempt] = {}
        self._bad: dict[str, str] = {}
        """Steps that found the unit bad, each with its first fault code; "" for the run."""
        self._end: tuple[Outcome, Fault | None] | None = None

    def listen(self, stamped: Stamped) -> None:
        """Take an event; draws nothing."""
        self._events.put(stamped)

    def draw(self) -> None:
        """Print what has come in since the last time."""
        with while_there(self._console):
            while not self._events.empty():
                self._draw(self._events.get())

    def finish(self) -> None:
        """Print the steps that never ended, then the verdict or that there is none."""
        for step, attempt in self._open.items():
            self._line(OPEN, "", step, f"since {attempt.at_ms / 1000:.1f} s")
            self._measurements(attempt)
        self._open.clear()
        outcome, fault = self._end or (None, None)
        if outcome is None:
            self._say(f"{OPEN}: the run goes on, or its process was killed", "bold")
            self._say("  -> The next run on this store closes a run whose process was killed.")
        else:
            self._say(outcome.name, STYLES[outcome])
        if self._bad and outcome is not Outcome.FAIL:
            self._say(f"  the {UNIT_FAILED}: {', '.join(self._bad.values())}", STYLES[Outcome.FAIL])
        if fault:
            self._say(f"  {fault.code} ({fault.blame}): {fault.message}")
            self._say(f"  -> {fault.remedy}")

    def _draw(self, stamped: Stamped) -> None:
        self._remember(stamped)
        match stamped.event:
            case RunStarted() as started:
                self._header(started)
            case StepEnded(step=step, outcome=outcome):
                self._line(outcome.name, STYLES[outcome], step, f"at {stamped.at_ms / 1000:.1f} s")
                self._measurements(self._open.pop(step))
            case StepSkipped(step=step, reason=reason):
                self._line(Outcome.SKIPPED.name, STYLES[Outcome.SKIPPED], step, reason)
            case SafeStateFailed(fault=fault):
                self._say(f"NOT SAFE {fault.code}: {fault.message}", "bold red")
            case Recorded():
                self.finish()

    def _remember(self, stamped: Stamped) -> None:
        match stamped.event:
            case StepStarted(step=step):
                self._open[step] = _Attempt(stamped.at_ms)
            case Measured(step=step) as made:
                self._open[step].made.append(made)
                if made.outcome is Outcome.FAIL:
                    self._bad.setdefault(step, f"{step}.{made.name}:{made.reason}")
            case Faulted(fault=fault, step=at) if fault.blame is Blame.DUT:
                self._bad.setdefault(at or "", fault.code)
            case StepEnded(step=step, outcome=Outcome.PASS):
                self._bad.pop(step, None)
            case RunEnded(outcome=outcome, fault=ended_by):
                self._end = outcome, ended_by
            case RunInterrupted(fault=fault):
                self._end = Outcome.ABORTED, fault

    def _header(self, run: RunStarted) -> None:
        who = run.unit.serial or "an unannounced unit"
        plan = f"{run.plan.id} revision {run.plan.revision}"
        self._say(f"{plan} on {who}, slot {run.slot}, attempt {run.attempt}")
        self._say(f"run {run.run}", "dim")

    def _line(self, outcome: str, style: str, step: str, words: str) -> None:
        line = Text("  ").append(f"{outcome:8}", style).append(f"{step:14} {printable(words)}")
        self._console.print(line, soft_wrap=True)

    def _measurements(self, attempt: _Attempt) -> None:
        for made in attempt.made:
            style = "dim" if made.outcome is Outcome.PASS else STYLES[made.outcome]
            self._say(f"            {made.name:20} {_seen(made):24} {made.reason}".rstrip(), style)

    def _say(self, words: str, style: str = "") -> None:
        self._console.print(Text(printable(words), style), soft_wrap=True)


def _seen(made: Measured) -> str:
    value = spoken(made.value)
    return (made.raw or f"{value} {made.unit.removeprefix('1')}").strip()
