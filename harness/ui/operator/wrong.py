"""Units that are not the ones of their labels: somebody has to see each of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.events import Recorded, RunStarted, Stamped
from harness.model.fault import Fault
from harness.model.slot_state import SlotState
from harness.model.station import SlotChanged, SlotView, Snapshot
from harness.ui.board.action import OF_UNIT, WRONG, told_in, wrong_in, wrong_of
from harness.ui.board.words import Said
from harness.ui.line_view import is_not_taken
from harness.ui.text import printable
from harness.ui.told import Told


@dataclass(frozen=True, slots=True)
class Wrong:
    """A unit that is not the one of its label."""

    slot: int
    code: str
    words: str
    """What the station says of it, printable."""
    number: int
    """The how manyth it is: one that comes back is another one."""

    @property
    def action(self) -> Said:
        """What is to be done with it."""
        return Said(OF_UNIT[self.code])


class WrongUnits:
    """Those that nobody has said that he has seen, the first first, each time that one came.

    They are known by what the station says happened, not by what a slot looks like: what is put in
    and refused twice between two looks is told twice, and no state of a slot covers it.
    """

    def __init__(self) -> None:
        self.unseen: list[Wrong] = []
        self._found = 0
        self._refused: dict[int, str] = {}
        self._slot_of: dict[str, int] = {}
        self._last: dict[int, str] = {}

    def hear(self, messages: Iterable[Told]) -> bool:
        """Take what the station has said; whether there is one that was not told so far."""
        before = self._found
        for message in messages:
            match message:
                case Snapshot(slots=slots):
                    self._slot_of.clear()
                    for view in slots:
                        self._renew(view)
                case SlotChanged(slot=slot, state=state):
                    self._refuse(slot, state, message.why, message.awaited)
                case Stamped(run=run, event=RunStarted(slot=slot)):
                    self._slot_of[run] = slot
                case Stamped(run=run, event=event) if run in self._slot_of:
                    self._tell(self._slot_of[run], run, wrong_of(event))
                    if isinstance(event, Recorded):
                        del self._slot_of[run]
        return self._found > before

    def seen(self, wrong: Wrong) -> None:
        """Somebody says that he has seen this one."""
        self.unseen.remove(wrong)

    def _renew(self, view: SlotView) -> None:
        """Take a slot as it is now: what was told of it before is not told again."""
        self._refuse(view.slot, view.state, view.why, view.awaited)
        if view.run:
            self._slot_of[view.run.run] = view.slot
            self._tell(view.slot, view.run.run, wrong_in(view.run))

    def _refuse(self, slot: int, state: SlotState, why: str, awaited: str) -> None:
        is_out = state is SlotState.REFUSED or is_not_taken(state, why, awaited)
        why = why if is_out else ""
        if why != self._refused.get(slot, ""):
            self._find(slot, *told_in(why))
        self._refused[slot] = why

    def _tell(self, slot: int, run: str, wrong: Fault | None) -> None:
        """Tell it once of a run, as soon as it is known: the run may end in something else."""
        if wrong and self._last.get(slot) != run:
            self._find(slot, wrong.code, wrong.message)
            self._last[slot] = run

    def _find(self, slot: int, code: str, words: str) -> None:
        if code not in WRONG:
            return
        self._found += 1
        self.unseen.append(Wrong(slot, code, printable(words), self._found))
