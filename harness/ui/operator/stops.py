"""Stop screens: what happened, what to do, and who may unlock; an engineer unlocks here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from harness.model.entry import Role
from harness.model.station import Command, Obeyed, SignIn, Unlock
from harness.ui.board.board import Board
from harness.ui.board.sentences import place, slots_of
from harness.ui.board.stop import Stop
from harness.ui.board.words import Said, Words
from harness.ui.operator.lines import wrapped
from harness.ui.operator.notice import naming
from harness.ui.operator.signing import SECRET, WHY, Asking, Field, KeyScreen, same, slot_of
from harness.ui.told import Came

STATION = "0"
"""What is keyed for the whole station, where a slot is asked for."""
_SCROLL_BAR = 2
"""Cells of it, whether it is there or not."""
_INDENT = " " * 3
Then = Callable[[Came], None]


class Asker(Protocol):
    """Has the station do something; `then` hears its answer, in place of the panel."""

    def __call__(self, command: Command, then: Then | None = None) -> None: ...


class StopsScreen(KeyScreen):
    """All that keeps slots from testing."""

    def __init__(self, board: Board, words: Words, ask: Asker) -> None:
        super().__init__()
        self._board, self._words, self._ask = board, words, ask

    def compose(self) -> ComposeResult:
        yield Static(self._words.say(Said("title.stops")), classes="title", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", id="stops", markup=False)
        yield from self.around(self._words.say(naming("key.stops")))

    def show(self) -> None:
        width = self.size.width - _SCROLL_BAR
        stops = [stop_text(stop, self._words, width) for stop in self._board.stops()]
        text = "\n\n".join(stops) or self._words.say(Said("stop.none"))
        self.put("#stops", text)

    def typed(self, key: str) -> None:
        if key in ("escape", "f4"):
            self.leave()
        elif key in ("down", "up"):
            for scroll in self.query(VerticalScroll):  # there is none yet right after F4
                scroll.scroll_relative(y=1 if key == "down" else -1, animate=False)
        elif key in ("u", "U"):
            engineer = self._board.footer().role == Role.ENGINEER
            self.app.push_screen(unlock(self._board, self._words, self._ask, engineer=engineer))


def stop_text(stop: Stop, words: Words, width: int) -> str:
    """A stop in lines of so many cells, all but the first indented."""
    title = words.say(Said(f"title.{stop.kind}"))
    texts = (
        f"{slots_of(stop, words)}: {title} {stop.code}",
        words.say(stop.happened),
        *stop.told,
        "→ " + words.say(stop.action),
        words.say(stop.who),
    )
    rows = (row for text in texts for row in wrapped(text, width - len(_INDENT), len(text)))
    return "■ " + f"\n{_INDENT}".join(rows)


def unlock(board: Board, words: Words, ask: Asker, *, engineer: bool) -> Asking:
    """Asks for an engineer's badge and password, if none is signed in, and a reason; then unlocks.

    What was locked when this was asked, by the engineer who was there then: nothing that nobody has
    seen. The whole station alone by its number 0.
    """
    is_slot = slot_of(board)

    def done(said: list[str]) -> None:
        *who, slot, why = said
        command = Unlock(why, None if slot == STATION else int(slot))

        def signed(answer: Came) -> None:
            if isinstance(answer, Obeyed):
                ask(command)

        if who:
            ask(SignIn(*who), signed)
        else:
            ask(command)

    badge = (Field(Said("ask.engineer"), badge=True), SECRET)
    locks = board.locks
    numbers = {STATION if lock.slot is None else str(lock.slot) for lock in locks}
    slot = Field(
        Said("ask.unlock"),
        slot=True,
        given=numbers.pop() if len(numbers) == 1 else "",
        fits=lambda said: said == STATION or is_slot(said),
    )
    fields = (*(() if engineer else badge), slot, WHY)
    of = ", ".join(f"{place(lock.slot, words)} {lock.code}" for lock in locks)
    seen = same(lambda: (board.locks, board.footer().operator if engineer else ""))
    return Asking(Said("title.unlock"), fields, words, done, of=of, holds=seen)
