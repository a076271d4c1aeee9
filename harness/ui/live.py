"""A line in the terminal: a live row a slot while it works, then the table of verdicts.

Where no cursor can be moved (a file, a pipe, TERM=dumb) there is no live area and all is ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from harness.clock import Clock
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.model.station import Message
from harness.ui.findings import findings, marginal
from harness.ui.line_view import LineView, SlotFold
from harness.ui.text import printable
from harness.ui.verdict import STYLES, UNIT_FAILED, counts, verdict

DRAW_S = 0.1
"""How often the live area is drawn at the most [s]."""
_DIGITS = 6
_BAR = 16
_WIDTHS = (10, 7, 20, _BAR, 5)
"""Columns of the live area: slot and unit, steps begun, steps or outcome, bar, time."""
_SHUT = {SlotState.QUARANTINED: "closed"}
_WORDS = 36
"""Room for the steps at work."""
_BELOW = 2


class LiveLine:
    """Draws what a bus says; a context manager. `draw` belongs to one thread."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self.view = LineView()
        self._console = console
        self._clock = clock
        self._plain = not console.is_terminal or console.is_dumb_terminal
        self._drawn = float("-inf")
        self._live = Live(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        if not self._plain:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._plain:
            self._live.stop()

    def draw(self, messages: Iterable[Message]) -> None:
        """Take messages and show what has changed."""
        now = self._clock.monotonic()
        ended = self.view.apply(messages, now)
        if self._plain:
            for record in ended:
                self._say(f"slot {record.slot}  {who(record)}  {_verdict(record).plain}")
        elif ended or now - self._drawn >= DRAW_S:
            self._drawn = now
            self._live.update(self._area(now), refresh=True)

    def verdicts(self, records: Sequence[Record], store: str) -> None:
        """The table of verdicts, and where the records are."""
        rows = [
            ([who(record)], _verdict_cell(record), [*findings(record), *marginal(record)])
            for record in records
        ]
        self.table(("unit", "verdict"), rows)
        if uncounted := sum(not counts(record.purpose) for record in records):
            self._say(f"{uncounted} of {len(records)} runs do not count: no production runs.")
        if lost := self.view.lost:
            self._say(f"This screen lost {lost} messages; `harness records list` has all.")
        self._say(f"Records: {store}")

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[Text | Sequence[str]]]) -> None:
        """A table: what is told of each in columns, the last of them whole, and what was found."""
        table = Table(box=box.ASCII if self._plain else box.SIMPLE_HEAD, pad_edge=False)
        for title in titles:
            table.add_column(title, overflow="fold", no_wrap=title is titles[-1])
        table.add_column("what was found, and what to do", overflow="fold", ratio=1)
        for row in rows:
            table.add_row(*map(self._cell, row))
        self._console.print(table)

    def _cell(self, content: Text | Sequence[str]) -> Text:
        if isinstance(content, Text):
            return content
        return Text("\n").join(Text(self._shown(line)) for line in content)

    def _area(self, now: float) -> RenderableType:
        """One row a slot, as many as fit."""
        slots = [self.view.slots[number] for number in sorted(self.view.slots)]
        room = max(1, self._console.height - _BELOW)
        table = Table.grid(padding=(0, 1))
        for width in _WIDTHS:
            table.add_column(no_wrap=True, min_width=width)
        for slot in slots[:room]:
            table.add_row(*self._row(slot, now))
        tally = Text(self._tally(hidden=max(0, len(slots) - room)), style="dim")
        return Group(table, tally)

    def _row(self, slot: SlotFold, now: float) -> tuple[RenderableType, ...]:
        unit = Text(f"{slot.number:>2}  {self._shown(slot.serial[-_DIGITS:]):{_DIGITS}}")
        if slot.why:
            return (
                unit,
                Text(_SHUT.get(slot.state, slot.state), style="bold yellow"),
                Text(self._shown(f"{slot.why:.44}")),
                "",
                "",
            )
        if slot.state is SlotState.EMPTY and not slot.run:
            return unit, Text("idle", style="dim"), "", "", ""
        done = len(slot.begun)
        bar = ProgressBar(total=max(1, slot.steps), completed=done, width=_BAR)
        if slot.outcome is not None:
            words = verdict(slot.outcome, slot.purpose)
            words.append(f"  {len(slot.skipped)} skipped" if slot.skipped else "", "dim")
            return unit, f"{done}/{slot.steps}", words, bar, _elapsed(slot.at_ms / 1000)
        elapsed = _elapsed(slot.elapsed_s(now))
        words = Text(self._shown(at_work(slot)))
        if slot.purpose == Purpose.GOLDEN:
            words = Text.assemble((f"{slot.purpose}: ", "yellow"), words)
        return unit, f"{done}/{slot.steps}", words, bar, elapsed

    def _tally(self, hidden: int) -> str:
        outcomes = [_outcome(record) for record in self.view.ended.values()]
        tally = [f"{outcomes.count(o)} {o.name}" for o in Outcome if o in outcomes]
        if hidden:
            tally.append(f"{hidden} more slots")
        return ", ".join(tally) or "no unit has ended yet"

    def _say(self, words: str) -> None:
        self._console.print(Text(self._shown(words)), soft_wrap=True)

    def _shown(self, words: str) -> str:
        """Words as this terminal can show them; a handset may have sent anything."""
        shown = printable(words)
        return shown.encode("ascii", "backslashreplace").decode() if self._plain else shown


def at_work(slot: SlotFold) -> str:
    """The steps at work on a slot, and what they wait for, in the room there is."""
    steps = [f"{step} waits for {what}" if what else step for step, what in slot.at_work.items()]
    words = ", ".join(steps)
    if len(words) > _WORDS and len(steps) > 1:
        words = f"{len(steps)} at once, longest {next(iter(slot.at_work))}"
    return words if len(words) <= _WORDS else f"{words[: _WORDS - 3]}..."


def who(record: Record) -> str:
    """The unit of a record, as it was announced, else as it said itself."""
    return record.scanned.serial or record.unit.serial or "an unannounced unit"


def _outcome(record: Record) -> Outcome:
    assert record.outcome is not None, "only runs that have ended are shown with an outcome"
    return record.outcome


def _verdict(record: Record) -> Text:
    return verdict(_outcome(record), record.purpose)


def _verdict_cell(record: Record) -> Text:
    """The verdict in a narrow column: a line each for the outcome and what it does not say."""
    outcome = _outcome(record)
    cell = Text(outcome.name, STYLES[outcome])
    if record.dut_failed and outcome is not Outcome.FAIL:
        cell.append(f"\n{UNIT_FAILED}", STYLES[Outcome.FAIL])
    return cell if counts(record.purpose) else cell.append(f"\n{record.purpose}", "yellow")


def _elapsed(seconds: float) -> str:
    return f"{int(seconds // 60):02}:{int(seconds % 60):02}"
