"""Aborting a run: on which slot, why, and in whose name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.model.station import Abort
from harness.station.stopping import operator
from harness.ui.board.board import Board, On
from harness.ui.board.sentences import place
from harness.ui.board.tile import DIGITS
from harness.ui.board.words import Said, Words
from harness.ui.operator.notice import Notice, refusal
from harness.ui.operator.signing import WHY, Asking, Field
from harness.ui.operator.stops import Asker
from harness.ui.text import printable


def person(board: Board) -> str:
    """Who is signed in at this moment; while nobody is, the user of this PC."""
    return board.footer().operator or operator()


def abort(
    board: Board, words: Words, ask: Asker, refuse: Callable[[Notice], None], slot: int | None
) -> Asking | None:
    """Asks on which slot, where none was named, and why; then has the run aborted.

    The one that was on when this was asked, or that of the unit that was just put in then: never
    another that has begun meanwhile, but in engineering mode one of the same unit, whose steps are
    run again. None, and it says so, where none was.
    """
    meant = {each: on for each in board.slots if (on := board.on(each))}
    if not (slot in meant if slot else meant):
        refuse(_none("abort.none", slot, words))
        return None

    def is_on(number: int) -> bool:
        was, now = meant[number], board.on(number)
        if now is None:
            return False
        repeats = board.footer().engineering_until is not None
        return was.serial == now.serial if repeats or not was.run else was.run == now.run

    def done(said: list[str]) -> None:
        *named, why = said
        number = slot or int(named[0])
        if (on := board.on(number)) and is_on(number):
            ask(Abort(number, person(board), why, on.run))
        else:
            refuse(_none("abort.over", number, words))

    running = "  ".join(f"{each} {_unit(on, '({})')}".rstrip() for each, on in meant.items())
    asks = Said("ask.slot", {"running": running})
    field = Field(asks, slot=True, fits=lambda said: said in map(str, meant))
    fields = (WHY,) if slot else (field, WHY)

    def of(named: Sequence[str]) -> str:
        number = slot or next(map(int, named), None)
        return f"{place(number, words)}  {_unit(meant[number])}" if number else ""

    def holds() -> bool:
        return not slot or is_on(slot)

    return Asking(Said("title.abort"), fields, words, done, of=of, holds=holds)


def _unit(on: On, form: str = "{}") -> str:
    """Which unit it is, as its tile says; "" while nobody knows."""
    return form.format(printable(on.serial[-DIGITS:])) if on.serial else ""


def _none(key: str, slot: int | None, words: Words) -> Notice:
    shout = words.say(Said("shout.refused"))
    return refusal(shout, words.say(Said(key, {"place": place(slot, words)})))
