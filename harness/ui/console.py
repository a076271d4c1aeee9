"""A run in the terminal: its steps as they end, then the verdict with what to do."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from harness.model.durations import idle_s
from harness.model.events import (
    Answered,
    Prompted,
    Purpose,
    Recorded,
    Reserved,
    RunStarted,
    SafeStateFailed,
    Stamped,
    StepEnded,
    Waiting,
)
from harness.model.fold import RecordBuilder, unfold
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.ui.event_words import event_words, run_words
from harness.ui.findings import bad_codes, findings, marginal
from harness.ui.limits import measurement_lines
from harness.ui.text import Terminal, printable, say, short_hash
from harness.ui.verdict import OPEN, STYLES, UNIT_FAILED, release_words, verdict

_STEP = 8 + 2
"""Where the id of a step stands; before it is its outcome."""


def print_record(console: Console, record: Record) -> None:
    """One record in full, from its events: the same lines as while it ran, and what is open."""
    printer = RunPrinter(console)
    for stamped in unfold(record):
        printer.listen(stamped)
    printer.draw()
    printer.finish()


class RunPrinter:
    """Takes events in the slot's thread, draws them in another. PASS comes with Recorded."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Terminal(stderr=True)
        self._events: queue.SimpleQueue[Stamped] = queue.SimpleQueue()
        self._builder = RecordBuilder()
        self._waits: dict[str, int] = {}
        """When each step that waits for instruments began to [ms]."""
        self._waited: dict[str, str] = {}
        """For how long each step waited, until its next attempt has ended."""

    def listen(self, stamped: Stamped) -> None:
        """Take an event; draws nothing."""
        self._events.put(stamped)

    def draw(self) -> None:
        """Print what has come in since the last time."""
        while not self._events.empty():
            self._take(self._events.get())

    def finish(self) -> None:
        """Print what did not end or run, then the verdict or that there is none."""
        record = self._builder.build()
        for step in record.steps:
            if step.outcome is None:
                self._step(step, f"since {step.at_ms / 1000:.1f} s")
        for reason, steps in _left_out(record).items():
            head = f"  {Outcome.SKIPPED.name:8}"
            self._say(f"{head}{', '.join(steps)}: {reason}", STYLES[Outcome.SKIPPED], hang=_STEP)
        self._verdict(record)

    def _take(self, stamped: Stamped) -> None:
        event = stamped.event
        if isinstance(event, StepEnded):
            made = self._builder.attempt(event.step, event.attempt)
            took = f"{(stamped.at_ms - made.at_ms) / 1000:.1f} s"
            waited = self._waited.pop(event.step, "")
            self._step(replace(made, outcome=event.outcome), took + waited)
        self._builder.apply(stamped)
        match event:
            case RunStarted():
                for line in run_header(self._builder.build()):
                    say(self._console, line, hang=2)
            case Waiting(step=step):
                self._waits.setdefault(step, stamped.at_ms)
                self._say(f"  {event_words(event)}", "dim", hang=_STEP)
            case Reserved(step=step) if step in self._waits:
                span = self._waits.pop(step), stamped.at_ms
                waited_s = idle_s(self._builder.steps(), [span])  # others may have run meanwhile
                self._waited[step] = f" after a wait of {waited_s:.1f} s"
            case Prompted():
                self._say(f"  {event_words(event)}", "bold", hang=_STEP)
            case Answered():
                self._say(f"  {event_words(event)}", "dim", hang=_STEP)
            case SafeStateFailed():
                self._say(event_words(event), "bold red", hang=2)
            case Recorded():
                self.finish()

    def _step(self, step: StepRecord, words: str) -> None:
        """An attempt with what it measured, in one block: others may run at the same time."""
        name, style = (step.outcome.name, STYLES[step.outcome]) if step.outcome else (OPEN, "")
        again = f", attempt {step.attempt}" if step.attempt > 1 else ""
        group = f", in {step.parent}" if step.parent else ""
        line = Text("  ").append(f"{name:8}", style)
        line.append(printable(f"{step.id:16} {words}{again}{group}"))
        say(self._console, line, hang=_STEP)
        for made in step.measurements:
            self._measurement(made)

    def _measurement(self, made: MeasurementRecord) -> None:
        style = STYLES[made.outcome] if made.outcome is not Outcome.PASS else "dim"
        style = "yellow" if made.outcome is Outcome.PASS and made.reason else style
        for line, hang in measurement_lines(made):
            self._say(line, style, hang)

    def _verdict(self, record: Record) -> None:
        for line in marginal(record):
            self._say(f"  {line}", "yellow", hang=4)
        end = verdict(record.outcome, record.purpose)
        if record.outcome is None:
            end.append(": the run goes on, or its process was killed", "bold")
        say(self._console, end, hang=2)
        if record.outcome is None:
            self._say("  -> The next run on this store closes a run whose process was killed.")
        if record.dut_failed and record.outcome is not Outcome.FAIL:
            codes = ", ".join(bad_codes(record))
            self._say(f"  the {UNIT_FAILED}: {codes}", STYLES[Outcome.FAIL], hang=4)
        if record.outcome not in (None, Outcome.PASS):
            for line in findings(record):
                self._say(f"  {line}", hang=5 if line.startswith("->") else 4)

    def _say(self, words: str, style: str = "", hang: int = 5) -> None:
        say(self._console, Text(printable(words), style), hang)


def run_header(record: Record) -> Iterator[Text]:
    """Which plan on which unit, and whether the run counts."""
    serial, variant = record.scanned.serial, record.unit.variant
    yield _line(run_words(record.plan, serial, record.slot, record.attempt, variant))
    yield _line(f"run {record.run}, plan {short_hash(record.plan.sha256)}", "dim")
    jig = record.jig.id if record.jig else "none"
    place = f"station {record.station.name}, jig {jig}, operator {record.operator or 'none'}"
    yield _line(f"{record.started:%Y-%m-%d %H:%M:%S} UTC, {place}", "dim")
    yield _made_by(record)
    if only := record.plan.only:
        yield _line(f"only {', '.join(only)} of the plan: a part of it is no verdict", "yellow")


def _made_by(record: Record) -> Text:
    if record.purpose is not Purpose.PRODUCTION:
        return _line(f"{record.purpose.upper()} run: it does not count", "bold yellow")
    release = release_words(record.release) if record.release else "without a release"
    return _line(f"production, {release}")


def _line(words: str, style: str = "") -> Text:
    return Text(printable(words), style)


def _left_out(record: Record) -> dict[str, list[str]]:
    """The steps that were not run, by the reason."""
    steps: dict[str, list[str]] = {}
    for step in record.steps:
        if step.outcome is Outcome.SKIPPED:
            steps.setdefault(step.skipped, []).append(step.id)
    return steps
