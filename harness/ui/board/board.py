"""All that the operator's screen shows: a fold of what a station says. No drawing, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from harness.model.entry import Entry, Locked
from harness.model.in_force import enforce, locks
from harness.model.slot_state import SlotState
from harness.model.station import (
    Announced,
    Counted,
    Message,
    PlanShown,
    ScanOrder,
    SlotDoubt,
    Snapshot,
    Unready,
)
from harness.ui.board.around import Around
from harness.ui.board.footer import Footer, footer_of
from harness.ui.board.prompt import Prompt, prompts_of
from harness.ui.board.steps import StepLine, step_lines
from harness.ui.board.stop import Stop, before_a_unit, gone, stops_of
from harness.ui.board.tile import Tile, tile_of
from harness.ui.line_view import LineView, SlotFold
from harness.ui.told import Gone, Joined, Played, Reply, Told


class On(NamedTuple):
    """A run, by its id ("" while it has not begun), and the serial of its unit."""

    run: str
    serial: str


class Board:
    """A station as it is now, by all that it has said. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._line = LineView()
        self._in_force: dict[str, Entry] = {}
        self._plans: dict[str, PlanShown] = {}
        self._counted: Counted | None = None
        self._loading: ScanOrder | None = None
        self._station = ""
        self._announced, self._unready = Announced(), Unready()
        self._played: Played | None = None
        self._gone = True
        self._expected = False

    @property
    def gone(self) -> bool:
        """Whether the station does not answer: what is shown is how it was."""
        return self._gone

    @property
    def starting(self) -> bool:
        """Whether the station is being started, and has not answered so far: that is no stop."""
        return self._gone and self._expected and not self._station

    @property
    def slots(self) -> list[int]:
        """The numbers of the slots."""
        return sorted(self._line.slots)

    def expect(self, *, starts: bool) -> None:
        """Say whether somebody has just started the station."""
        self._expected = starts

    def apply(self, messages: Iterable[Told], now_s: float) -> None:
        """Take what has come in, heard at this time [s]."""
        for message in messages:
            match message:
                case Gone():
                    self._gone = True
                case Played():
                    self._played = message
                case Joined() | Reply():
                    pass  # the Snapshot that follows says all; the rest is for whoever asked
                case _:
                    self._hear(message, now_s)
        self._line.ended.clear()  # a screen runs for weeks

    def tile(self, slot: int, now_s: float) -> Tile:
        """What is shown of a slot.

        Raises: KeyError when the station has none of this number.
        """
        fold = self._line.slots[slot]
        return tile_of(fold, self._around(fold, now_s), now_s)

    def tiles(self, now_s: float) -> list[Tile]:
        """What is shown of each slot, in the order of their numbers."""
        return [self.tile(slot, now_s) for slot in self.slots]

    def prompts(self, now_s: float) -> list[Prompt]:
        """What steps ask the operator, the longest first."""
        return [] if self._gone else prompts_of(self._line.slots.values(), now_s)

    def stops(self) -> list[Stop]:
        """What keeps slots from testing, what to do, and who may end it."""
        if self._gone:
            return [] if self.starting else [gone()]
        folds = [self._line.slots[slot] for slot in self.slots]
        return stops_of(self.locks, folds, self._unready.doubts)

    @property
    def locks(self) -> list[Locked]:
        """What keeps slots, or the station, from taking units until an engineer unlocks it."""
        return locks(self._in_force)

    def footer(self) -> Footer:
        """Who is here, by which plan units are tested, and how it goes."""
        plan = next((plan for plan in reversed(self._plans.values()) if plan.of_units), None)
        footer = footer_of(self._station, self._in_force, plan, self._counted, self._line.lost)
        return replace(footer, played=self._played)

    def run(self, slot: int) -> str:
        """The id of the last run on a slot; "" while the unit that was put in last has had none."""
        fold = self._line.slots.get(slot)
        return fold.run if fold else ""

    def on(self, slot: int) -> On | None:
        """The run that is on in a slot, or is to begin with the unit that was just put in."""
        fold = self._line.slots.get(slot)
        if fold and fold.state is SlotState.RUNNING:
            return On(fold.run, fold.serial)
        waits = fold and fold.state is SlotState.LOADED and fold.serial
        return On("", fold.serial) if fold and waits else None

    def plan(self, slot: int) -> list[StepLine]:
        """The plan of a slot, with what its last run has measured.

        Raises: KeyError when the station has no slot of this number.
        """
        fold = self._line.slots[slot]
        return step_lines(fold, self._plan_of(fold))

    def _hear(self, message: Message, now_s: float) -> None:
        match message:
            case Snapshot():
                self._renew(message)
            case Entry():
                enforce(self._in_force, message)
            case PlanShown(sha256=sha256):
                self._plans.pop(sha256, None)  # what was said last stands last
                self._plans[sha256] = message
            case Counted():
                self._counted = message
            case Announced():
                self._announced = message
            case Unready():
                self._unready = message
        self._line.apply([message], now_s)

    def _renew(self, snapshot: Snapshot) -> None:
        self._gone = False
        self._station, self._loading = snapshot.station.name, snapshot.loading
        self._plans = {plan.sha256: plan for plan in snapshot.plans}
        self._counted = snapshot.counted
        self._in_force = {}
        for entry in snapshot.in_force:
            enforce(self._in_force, entry)
        self._line.slots.clear()
        self._announced, self._unready = snapshot.announced, snapshot.unready

    def _around(self, fold: SlotFold, now_s: float) -> Around:
        plan = self._plan_of(fold)
        prompts, doubt = prompts_of([fold], now_s), self._doubt(fold.number)
        return Around(
            loading=self._loading,
            lock=self._lock(fold.number),
            doubt=doubt,
            first=before_a_unit(doubt) if doubt else None,
            announced=self._announced.any or fold.number in self._announced.slots,
            gone=self._gone,
            takes_s=plan.takes_s if plan and not _is_part(fold) else None,
            answer_in_s=prompts[0].left_s if prompts else None,
        )

    def _lock(self, slot: int) -> Locked | None:
        held = [lock for lock in self.locks if lock.slot in (None, slot)]
        return next((lock for lock in held if lock.slot is None), held[0] if held else None)

    def _doubt(self, slot: int) -> SlotDoubt | None:
        """What a slot is not ready by; not while one is to be put in that was scanned for it."""
        if slot in self._announced.slots:
            return None
        return next((doubt for doubt in self._unready.doubts if doubt.slot == slot), None)

    def _plan_of(self, fold: SlotFold) -> PlanShown | None:
        """The plan of its last run; without one, the plan of the station if there is only one."""
        if fold.plan:
            return self._plans.get(fold.plan.sha256)
        return next(iter(self._plans.values())) if len(self._plans) == 1 else None


def _is_part(fold: SlotFold) -> bool:
    """Whether its run is of some steps of its plan only: that of them all says nothing of it."""
    return fold.plan is not None and bool(fold.plan.only)
