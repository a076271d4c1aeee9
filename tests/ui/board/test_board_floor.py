"""What the board shows of a real floor, with real rules over a real store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.model.entry import Unlocked
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.station.floor import Floor
from harness.station.line import Insert, Row
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult
from harness.station.station import Order, Slot
from harness.ui.board.board import Board
from harness.ui.board.stop import StopKind
from harness.ui.board.tile import Face, Tile
from tests.station.ruled import FINAL, GOOD_V, LOW_V, RuledLine, ruled_line


def put_in(line: RuledLine, serial: str, voltage_v: float) -> Insert:
    def insert(slot: int) -> Slot:
        line.inside, line.voltage_v = serial, voltage_v
        return replace(line.station.slots[slot], unit=Unit(serial))

    return insert


def test_three_fails_in_a_row_lock_the_slot_and_a_screen_says_it_as_it_happens(
    tmp_path: Path,
) -> None:
    shown: list[Tile] = []
    board = Board()
    with ruled_line(tmp_path / "r.db") as line:
        station = replace(line.station, slots={1: line.station.slots[1]})
        units = [("A57A000001", GOOD_V), *((f"A57A00000{n}", LOW_V) for n in (2, 3, 4, 5))]
        bus = Bus(station.ref, station.slots)
        with bus.subscribe() as told:

            def look(_: int, __: RunResult) -> None:
                board.apply(told.take(0), 0.0)
                shown.append(board.tile(1, 0.0))

            def order_of(_: Unit) -> Order:
                return Order(replace(line.plan, process=FINAL), Purpose.REHEARSAL, "4711")

            row = Row([put_in(line, *unit) for unit in units], told=look)
            Floor(station, order_of, bus, row).run()
            board.apply(told.take(0), 0.0)
            stops, after = board.stops(), board.tile(1, 0.0)
            enter = bus.telling(line.recorder.enter)
            enter(Unlocked("anna", "probe mended", 1))
            board.apply(told.take(0), 0.0)
    faces = [Face.PASS, Face.FAIL, Face.FAIL, Face.FAIL, Face.STOP]
    assert [tile.face for tile in shown] == faces
    assert [tile.digits for tile in shown] == [serial[-6:] for serial, _ in units]
    assert {tile.code for tile in shown[1:4]} == {"probe.voltage:LOW"}
    assert (shown[4].code, shown[4].action.key) == ("STOP-STREAK", "do.out_locked")
    assert (after.face, after.action.key) == (Face.SHUT, "do.slot_locked")
    (stop,) = stops
    assert (stop.kind, stop.code, stop.slots) == (StopKind.RULE, "STOP-STREAK", (1,))
    assert board.tile(1, 0.0).face is Face.EMPTY
    assert board.stops() == []
