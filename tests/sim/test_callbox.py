"""The simulated call box, read without any driver; and its wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from harness.sim.callbox import DWELL_S, CallBoxBehaviour
from harness.sim.cell import SimCell
from harness.sim.defects import DEFECTS, is_of_call_box
from harness.sim.line import PATH_LOSS_DB, SimLine
from harness.sim.scenario import Scenario
from harness.sim.tcp import TcpInstrument
from harness.sim.unit import SimUnit

BOXES = [name for name in DEFECTS if is_of_call_box(name)]


@pytest.fixture
def box() -> CallBoxBehaviour:
    return CallBoxBehaviour(SimCell(on=False))


def said(box: CallBoxBehaviour, *lines: str, now_s: float = 0.0) -> list[str]:
    return [reply.text for line in lines for reply in box.answer(line, now_s)]


def test_a_cell_takes_its_time_to_come_on(box: CallBoxBehaviour) -> None:
    assert said(box, "CELL:STAT?") == ["OFF"]
    said(box, "CELL:STAT ON", now_s=10.0)
    assert said(box, "CELL:STAT?", now_s=10.1) == ["PEND"]
    assert said(box, "CELL:STAT?", now_s=10.0 + DWELL_S) == ["ON"]
    assert box.cell.since_s == 10.0 + DWELL_S
    said(box, "CELL:STAT ON", now_s=20.0)
    assert said(box, "CELL:STAT?", now_s=20.0) == ["ON"]  # it was on


def test_nobody_is_attached_to_a_cell_that_is_not_on_the_air(box: CallBoxBehaviour) -> None:
    box.insert(SimUnit("A57A000001"), lambda _: True)
    assert said(box, "CELL:ATT?") == ["0"]
    said(box, "CELL:STAT ON")
    assert said(box, "CELL:ATT?", now_s=DWELL_S / 2) == ["0"]
    assert said(box, "CELL:ATT?", now_s=DWELL_S) == ["1"]


def test_a_band_brings_a_channel_of_its_own(box: CallBoxBehaviour) -> None:
    assert said(box, "CELL:BAND 7", "CELL:BAND?", "CELL:CHAN?") == ["7", "3100"]
    assert said(box, "CELL:BAND 7", "CELL:CHAN 2750", "CELL:BAND 7", "CELL:CHAN?") == ["2750"]


@pytest.mark.parametrize(
    "line",
    [
        *("CELL:BAND 2", "CELL:BAND x", "CELL:CHAN 100", "CELL:PLMN 00101", 'CELL:PLMN "1"'),
        *("CELL:LEV 0", "CELL:LEV nan", "CELL:STAT 1"),
    ],
)
def test_what_it_cannot_do_is_in_its_error_queue(box: CallBoxBehaviour, line: str) -> None:
    before = repr(box.cell)
    assert said(box, line) == []
    (error,) = said(box, "SYST:ERR?")
    assert error.startswith('-222,"Data out of range;')
    assert said(box, "SYST:ERR?") == ['0,"No error"']
    assert repr(box.cell) == before


def test_what_it_does_not_know(box: CallBoxBehaviour) -> None:
    assert said(box, "FIXT:CLOS", "SYST:ERR?", "*CLS", "SYST:ERR?") == [
        '-113,"Undefined header"',
        '0,"No error"',
    ]


def test_common_commands(box: CallBoxBehaviour) -> None:
    assert said(box, "*IDN?", "*OPC?") == ["Simulated,CallBox,SIMBOX01,1.0", "1"]
    said(box, "CELL:STAT ON", "*RST")
    assert not box.cell.on


def test_a_defect_strikes_where_it_is_told_and_goes_with_its_unit(box: CallBoxBehaviour) -> None:
    unit = SimUnit("A57A000001", defects={"callbox.silent": {"on": "LEV"}})
    box.insert(unit, lambda _: False)
    assert said(box, "CELL:BAND?") == ["3"]
    assert not unit.met
    assert said(box, "CELL:LEV?") == []
    assert unit.met == {"callbox.silent"}
    box.insert(SimUnit("A57A000002"), lambda _: False)
    assert said(box, "CELL:LEV?") == ["-53.0"]


def test_the_boxes_of_a_line_hear_their_own_units() -> None:
    with SimLine(Scenario(), slots=2) as line:
        units = SimUnit("A57A000001"), SimUnit("A57A000002", path_loss_db=99.0)
        for number, unit in enumerate(units, start=1):
            line.insert(number, unit)
        boxes = [slot.box for slot in line.slots.values()]
        assert [unit.cell for unit in units] == [box.cell for box in boxes]
        assert boxes[0].cell is not boxes[1].cell
        assert [unit.path_loss_db for unit in units] == [PATH_LOSS_DB] * 2
        assert [box.serial for box in boxes] == ["SIMBOX01", "SIMBOX02"]


@pytest.fixture
def wire(box: CallBoxBehaviour) -> Iterator[TcpInstrument]:
    wire = TcpInstrument(box)
    yield wire
    wire.close()
    wire.close()
    assert not [thread for thread in threading.enumerate() if wire.url in thread.name]


def connected(wire: TcpInstrument) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(wire.url.rpartition(":")[2])), 10)


def test_commands_come_in_pieces_and_together(wire: TcpInstrument) -> None:
    with connected(wire) as first, connected(wire) as second:
        first.sendall(b"CELL:BA")
        second.sendall(b"CELL:STAT?\r\n*OPC?\n")
        assert lines(second, 2) == [b"OFF", b"1"]
        first.sendall(b"ND?\n")
        assert lines(first, 1) == [b"3"]


def lines(connection: socket.socket, count: int) -> list[bytes]:
    got = b""
    while got.count(b"\n") < count:
        data = connection.recv(4096)
        assert data
        got += data
    return got.split()


def test_it_hangs_up_and_listens_again_at_the_same_port(wire: TcpInstrument) -> None:
    with connected(wire) as connection:
        connection.sendall(b"*OPC?\n")
        assert lines(connection, 1) == [b"1"]
        wire.hang_up()
        assert connection.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connected(wire)
    wire.listen()
    with connected(wire) as connection:
        connection.sendall(b"*OPC?\n")
        assert lines(connection, 1) == [b"1"]


@pytest.mark.parametrize("name", BOXES)
def test_every_defect_of_a_box_changes_what_it_does(box: CallBoxBehaviour, name: str) -> None:
    good = CallBoxBehaviour(SimCell(on=False))
    box.insert(SimUnit("A57A000001", defects={name: {}}), lambda _: False)
    asked = ("CELL:LEV -60", "CELL:LEV?", "CELL:BAND?")
    assert said(box, *asked) != said(good, *asked)
