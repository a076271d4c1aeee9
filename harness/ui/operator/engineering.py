"""The engineer's screen: a slot's plan with live readings, steps again, the log, the mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from harness.model.station import BeginEngineering, EndEngineering, RunSteps
from harness.station.repeats import MOST_TIMES
from harness.ui.board.board import Board
from harness.ui.board.steps import StepLine
from harness.ui.board.words import Said, Words
from harness.ui.operator.lines import cut
from harness.ui.operator.log import Log
from harness.ui.operator.notice import naming
from harness.ui.operator.plan_lines import looks_at, plan_text
from harness.ui.operator.signing import WHY, Asking, Field, KeyScreen, matching, same, whole
from harness.ui.operator.stops import Asker
from harness.ui.scanning.codes import Code, OfSlot

_EDGES = 6
"""Cells at the sides of the screen, with the scroll bar."""


class EngineeringScreen(KeyScreen):
    """The plan of one slot; the arrows choose the step, and the slot. `abort` asks for why.

    It opens with this `slot`, else with the first. Until somebody moves, the chosen step is where
    `looks_at` says.
    """

    def __init__(
        self,
        board: Board,
        words: Words,
        ask: Asker,
        log: Log,
        abort: Callable[[int], None],
        slot: int | None = None,
    ) -> None:
        super().__init__()
        self._board, self._words, self._ask, self._log = board, words, ask, log
        self._abort = abort
        self._slot = slot or next(iter(board.slots), 0)
        self._moved_to: int | None = None
        self._logging = False
        self._shown: str | None = None

    def compose(self) -> ComposeResult:
        yield Static("", classes="title", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", id="plan", markup=False)
        yield from self.around(self._words.say(naming("key.engineering")))

    def show(self) -> None:
        self._settle()
        if self._slot not in self._board.slots or not self.is_mounted:
            return
        self.put(".title", self._title())
        width = self.size.width - _EDGES
        plan = [] if self._logging else self._plan()
        if plan:
            self._show(*plan_text(plan, self._at(plan), width))
        elif self._logging and (log := self._log.lines(self._slot)):
            self._show(Text("\n".join(cut(line, width) for line in log)))
        else:
            self._show(Text(self._words.say(Said("label.no_run"))))

    def typed(self, key: str) -> None:
        self._settle()
        match key.lower():
            case "l" | "escape" if self._logging or key.lower() == "l":
                self._logging, self._shown = not self._logging, None
            case "escape" | "f8":
                self.leave()
            case "up" | "down":
                self._move(1 if key == "down" else -1)
            case "left" | "right":
                self._turn(1 if key == "right" else -1)
            case "r" if plan := self._plan():
                self.app.push_screen(self._repeat(plan[self._at(plan)].id))
            case "a" if self._slot in self._board.slots:
                self._abort(self._slot)
            case "m":
                self._mode()
        self.show()

    def scanned(self, code: Code) -> bool:
        if isinstance(code, OfSlot):
            self._choose(code.slot)
            self.show()
            return True
        return super().scanned(code)

    def _show(self, text: Text, at: int | None = None) -> None:
        """Show a text with this line in the middle; without one its end, unless it was left."""
        if text.markup == self._shown:
            return
        scroll = self.query_one(VerticalScroll)
        ends = self._shown is None or scroll.is_vertical_scroll_end
        self._shown = text.markup
        self.put("#plan", text)
        if at is not None:
            scroll.scroll_to(y=max(0, at - scroll.size.height // 2), animate=False)
        elif ends:
            scroll.scroll_end(animate=False)

    def _named(self) -> str:
        return self._words.say(Said("label.slot", {"slot": str(self._slot)}))

    def _title(self) -> str:
        """The slot, what is shown of it, and what its tile says: unit and verdict."""
        tile = self._board.tile(self._slot, 0.0)  # a verdict is the same at all times
        mode = Said("title.log" if self._logging else "title.plan")
        said = map(self._words.say, (mode, Said(f"face.{tile.face}"), *tile.notes))
        mode_, *verdict = said
        return "  ".join(filter(None, (self._named(), mode_, tile.digits, *verdict)))

    def _plan(self) -> list[StepLine]:
        return self._board.plan(self._slot) if self._slot in self._board.slots else []

    def _at(self, plan: Sequence[StepLine]) -> int:
        """The chosen step: it is one of the plan, whatever plan it was chosen in."""
        at = looks_at(plan) if self._moved_to is None else self._moved_to
        return max(0, min(at, len(plan) - 1))

    def _move(self, by: int) -> None:
        if self._logging:
            for scroll in self.query(VerticalScroll):  # there is none yet right after F8
                scroll.scroll_relative(y=by, animate=False)
        else:
            plan = self._plan()
            self._moved_to = max(0, min(self._at(plan) + by, len(plan) - 1))

    def _turn(self, by: int) -> None:
        slots = self._board.slots
        if self._slot in slots:
            self._choose(slots[(slots.index(self._slot) + by) % len(slots)])

    def _settle(self) -> None:
        """Show the first slot where the one that was chosen is none of the station, or none was."""
        slots = self._board.slots
        if slots and self._slot not in slots:
            self._choose(slots[0])

    def _choose(self, slot: int) -> None:
        self._slot, self._moved_to, self._shown = slot, None, None

    def _repeat(self, step: str) -> Asking:
        """Asks how often the step is to be run on the unit that stands in the slot now."""
        slot = self._slot

        def done(said: list[str]) -> None:
            self._ask(RunSteps(slot, (step,), int(said[0])))

        asks = Said("ask.times", {"step": step, "most": str(MOST_TIMES)})
        field = Field(asks, fits=whole(1, MOST_TIMES))
        of, holds = f"{self._named()}  {step}", same(lambda: self._board.run(slot))
        return Asking(Said("title.repeat"), (field,), self._words, done, of=of, holds=holds)

    def _mode(self) -> None:
        """End engineering mode where it is on; else ask for how long, and why."""
        if self._board.footer().engineering_until:
            self._ask(EndEngineering())
            return

        def done(said: list[str]) -> None:
            hours, why = said
            self._ask(BeginEngineering(why, float(hours) * 3600))

        fields = (Field(Said("ask.hours"), fits=matching(r"[0-9]{1,2}(\.[0-9]{1,3})?")), WHY)
        holds = same(lambda: self._board.footer().operator)
        mode = Asking(Said("title.mode"), fields, self._words, done, holds=holds)
        self.app.push_screen(mode)
