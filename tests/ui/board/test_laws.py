"""Laws of the board: whatever happens, and wherever a screen joins."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.entry import Locked, Role, SignedIn, Unlocked
from harness.model.events import Purpose, Recorded, RunEnded, Stamped
from harness.model.fault import Fault, Symptom
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent, SlotState
from harness.model.station import SlotDoubt, Snapshot, Unready
from harness.ui.board.tile import Face, Tile
from harness.ui.board.words import Words
from harness.ui.text import printable
from tests.ui.board.boards import BAD, NASTY, WORN
from tests.ui.operator.line import SERIAL, Line, run


@st.composite
def _stories(draw: st.DrawFn) -> list[tuple[int, int]]:
    """What happens next, by number; the teller takes the one of those that may."""
    return draw(
        st.lists(st.tuples(st.integers(1, 2), st.integers(0, 13)), min_size=20, max_size=40)
    )


class _Teller:
    """Has things happen on a line, as the states of its slots allow them."""

    def __init__(self) -> None:
        self.line, self.runs = Line(), 0
        self.left: dict[int, list[Stamped]] = {1: [], 2: []}
        self.ends: dict[int, Outcome] = {}
        self.serial: dict[int, str] = {}
        self.passed_on_disk: dict[int, bool] = {1: False, 2: False}
        self.foreseen: dict[int, str] = {}

    def tell(self, slot: int, what: int) -> None:
        state = self.line.state(slot)
        match state:
            case SlotState.EMPTY if what == 5:
                self.passed_on_disk[slot] = False
                self.line.bus.explain(slot, NASTY)
            case SlotState.EMPTY if what == 6:
                self.line.bus.explain(slot, "")
            case SlotState.EMPTY if what < 8:
                self.runs += 1
                self.serial[slot] = serial = "" if what == 7 else f"A57B{self.runs:06}"
                self.passed_on_disk[slot] = False
                self.line.put_in(serial, slot)
            case SlotState.LOADED if what < 3:
                self.line.change(SlotEvent.REFUSE, f"ROUTE-MISSING: {NASTY}", slot)
            case SlotState.LOADED if what < 10:
                self._begin(slot, what)
            case SlotState.RUNNING if what < 11:
                self._go_on(slot, what + 1)
            case SlotState.DONE | SlotState.REFUSED if what < 10:
                self.line.take_out(slot)
            case _ if what > 11:
                code = ("READY-SIGN-IN", "READY-DISK")[what - 12]
                self.foreseen = {} if slot in self.foreseen else {slot: code}
                doubts = (SlotDoubt(n, code, NASTY) for n, code in self.foreseen.items())
                self.line.bus.foresee(Unready(tuple(doubts)))
            case _:
                self._enter(slot, what)

    def _begin(self, slot: int, what: int) -> None:
        outcomes = [Outcome.PASS, Outcome.PASS, Outcome.FAIL, Outcome.ABORTED, Outcome.ERROR]
        outcome = outcomes[what % 5]
        fault = None if outcome is Outcome.PASS else Fault("X-Y", BAD.blame, NASTY, NASTY)
        purpose = list(Purpose)[what % 5]
        self.left[slot] = run(
            outcome,
            name=f"R{self.runs}-{slot}",
            slot=slot,
            serial=self.serial[slot],
            fault=fault,
            symptom=Symptom(NASTY, NASTY, NASTY) if outcome is Outcome.FAIL else None,
            purpose=purpose,
            attempt=1 + what % 3,
        )
        self._go_on(slot, 1)

    def _go_on(self, slot: int, count: int) -> None:
        told, self.left[slot] = self.left[slot][:count], self.left[slot][count:]
        for stamped in told:
            self.line.bus.publish(stamped)
            if isinstance(stamped.event, RunEnded):
                self.ends[slot] = stamped.event.outcome
            if isinstance(stamped.event, Recorded):
                self.passed_on_disk[slot] = self.ends[slot] is Outcome.PASS

    def _enter(self, slot: int, what: int) -> None:
        match what:
            case 8:
                self.line.enter(SignedIn("mei", Role.OPERATOR))
            case 9:
                self.line.enter(Locked("STOP-STREAK", NASTY, slot))
            case 10:
                self.line.enter(Unlocked("anna", NASTY))
            case 11 if self.line.state(slot) is SlotState.EMPTY:
                self.passed_on_disk[slot] = False
                self.line.bus.close_slot(slot, f"STORE-FULL: {NASTY}")


GOES_ON = {"do.scan", "do.put_in", "do.insert"}
"""What a slot says that takes the next unit."""


@settings(max_examples=25, deadline=None)
@given(_stories())
def test_whatever_happens_the_laws_of_the_board_hold(story: list[tuple[int, int]]) -> None:
    teller = _Teller()
    for slot, what in story:
        teller.tell(slot, what)
        line = teller.line
        line.hear()
        fresh = line.fresh()
        for tile in line.board.tiles(0.0):
            assert (tile.face is Face.PASS) is teller.passed_on_disk[tile.slot]
            assert fresh.tile(tile.slot, 0.0) == tile
            _printable(tile)
            assert tile.slot not in teller.foreseen or tile.action.key not in GOES_ON
            assert fresh.plan(tile.slot) == line.board.plan(tile.slot)
        assert fresh.stops() == line.board.stops()
        assert fresh.footer() == line.board.footer()


def _printable(tile: Tile) -> None:
    texts = [tile.digits, tile.code, tile.words, tile.bin, tile.step]
    texts += [Words("zh").say(said) for said in (tile.action, *tile.notes)]
    assert texts == [printable(text) for text in texts]


def test_a_snapshot_in_the_middle_makes_up_for_what_was_lost() -> None:
    line = Line()
    line.tested(run(Outcome.FAIL, fault=BAD, symptom=WORN))
    whole = line.board.tiles(0.0)
    with line.bus.subscribe() as told:
        (snapshot,) = told.take(0)
    assert isinstance(snapshot, Snapshot)
    line.board.apply([replace(snapshot, lost=7)], 0.0)
    assert line.board.tiles(0.0) == whole
    assert line.board.footer().lost == 7


def test_the_board_keeps_no_runs_of_the_past() -> None:
    line = Line()
    for number in range(20):
        line.tested(run(name=f"R{number}"))
        line.take_out()
    assert line.board._line.ended == {}
    assert line.tile().digits == SERIAL[-6:]
