"""What `harness station` says of its units as they end, and what it ends with."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from pathlib import Path

import click

from harness.cli import EXIT_ABORTED, EXIT_ERROR, show_error
from harness.cli.ending import exit_code, warn_changed
from harness.cli.json_lines import JsonLines
from harness.cli.station_golden import GoldenTold
from harness.model.entry import EngineeringBegun
from harness.model.outcome import Outcome
from harness.station.floor import Floor
from harness.station.slot import RunResult
from harness.station.station import Slot
from harness.ui.findings import brief
from harness.ui.tally import Tally
from harness.ui.text import printable


@dataclass(slots=True)
class Told:
    """Tells of each unit as soon as it has ended, in the order of the ends, in one thread."""

    store: Path
    golden: GoldenTold
    lines: JsonLines | None
    tally: Tally = field(default_factory=Tally)
    outcomes: set[Outcome] = field(default_factory=set)
    heard: int = 0
    floor: Floor | None = None
    """What is stopped; units are put through it."""
    stopped: bool = False
    cut: bool = False
    """Whether the stop has aborted a run."""
    mode: EngineeringBegun | None = None
    """The engineering mode that was told last."""
    _queue: queue.SimpleQueue[tuple[Slot, RunResult]] = field(default_factory=queue.SimpleQueue)

    def hear(self, slot: Slot, result: RunResult) -> None:
        """Called by the threads of slots."""
        self._queue.put((slot, result))

    def stop(self, by: str, why: str) -> None:
        """Called at a poll of the floor."""
        assert self.floor, "only a floor that works polls"
        self.stopped = True
        self.floor.stop(by, why)

    def tell(self) -> None:
        while not self._queue.empty():
            slot, result = self._queue.get()
            self.cut = self.cut or (self.stopped and result.outcome is Outcome.ABORTED)
            self._tell(slot, result)
            if result.golden:
                self.outcomes.add(self.golden.tell(slot, result))
            else:
                self.golden.tell_expired(slot.unit)
                self.heard += 1
                self.outcomes.add(result.outcome)

    def tell_mode(self, mode: EngineeringBegun | None) -> None:
        """Say that engineering mode is on, for how long, or that it is over; once."""
        if mode == self.mode:
            return
        self.mode = mode
        words = "engineering mode is over: what is run counts again"
        if mode:
            until = f"until {mode.until:%Y-%m-%d %H:%M:%S} UTC, by {mode.by}: {mode.why}"
            words = f"ENGINEERING MODE {until}. Nothing that is run counts."
        click.echo(printable(words), err=True)

    def exit_code(self, units: int | None) -> int:
        """As `harness demo` where so many units were asked for.

        Else whether it was stopped as somebody asked, or could not go on, whatever the units had.
        A good end is none when somebody asked for lines of JSON and did not get them all.
        """
        if units is None:
            ended = (EXIT_ABORTED if self.cut else 0) if self.stopped else EXIT_ERROR
        else:
            left = Outcome.ABORTED if self.stopped else Outcome.SKIPPED
            ended = exit_code({*self.outcomes, *([left] if self.heard < units else [])})
        return ended or (EXIT_ERROR if self.lines and self.lines.lost else 0)

    def _tell(self, slot: Slot, result: RunResult) -> None:
        who = f"slot {slot.number}  {slot.unit.serial or 'an unannounced unit'}"
        if result.left_changed:
            warn_changed(slot.number, result.left_changed)
        if result.failure:
            if not result.golden:
                self.tally.refused[result.failure.code] += 1
            click.echo(printable(f"{who}  not tested"), err=True)
            show_error(result.failure)
        if result.record is None:
            return
        self.tally.add(result.record)
        click.echo(printable(f"{who}  {brief(result.record)}"), err=True)
        if self.lines:
            self.lines.add(result.record.run)
