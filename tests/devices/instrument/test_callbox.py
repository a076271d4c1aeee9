"""What a call box is told, and what it must say before anything counts."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace

import pytest

from harness.clock import Deadline
from harness.devices.instrument.callbox import CallBoxDevice
from harness.devices.scpi.exchange import Expected
from harness.errors import OperatorStop, PlanError
from harness.model.cell import Cell
from harness.model.ports import CallBox
from harness.sim.callbox import DWELL_S
from harness.sim.tcp import TcpInstrument
from tests.devices.instrument.conftest import QUICK, REPLY_S, THE_CELL, BuildRig, Rig, loss
from tests.short import code_of, lease


@pytest.mark.parametrize("serial", [False, True])
def test_a_cell_is_on_the_air_as_it_was_asked_for(rig: BuildRig, serial: bool) -> None:
    bench = rig(serial=serial)
    port = bench.port()
    assert isinstance(port, CallBox)
    port.serve(THE_CELL)
    cell = bench.sim.cell
    assert (cell.on, cell.plmn, cell.band, cell.earfcn) == (True, "00101", 7, 3100)
    assert cell.level_dbm == -60.0
    assert time.monotonic() >= cell.since_s  # it is not still on its way up
    port.stop()
    assert not bench.sim.cell.on


def test_a_cell_that_is_there_already_comes_afresh(rig: BuildRig) -> None:
    bench = rig()
    port = bench.port()
    port.serve(THE_CELL)
    first_s = bench.sim.cell.since_s
    port.serve(THE_CELL)
    assert bench.sim.cell.since_s > first_s  # whoever was on it has lost it


def test_commands_over_the_network_do_not_wait_for_one_another(rig: BuildRig) -> None:
    """Nagle's delay would be 40 ms a command, of which a cell takes six."""
    bench = rig()
    port = bench.port()
    port.serve(THE_CELL)
    took_s = []
    for _ in range(5):
        started = time.monotonic()
        port.serve(THE_CELL)
        took_s.append(time.monotonic() - started)
    assert min(took_s) < DWELL_S / 20 + 0.1


def test_who_it_is(rig: BuildRig) -> None:
    assert rig().port().identify().serial == "SIMBOX01"


def test_attached_and_detached_as_the_box_says(rig: BuildRig) -> None:
    bench = rig()
    port = bench.port()
    port.serve(THE_CELL)
    assert port.attached() is False
    bench.registered = True
    assert port.attached() is True
    bench.sim.insert(bench.unit, lambda now_s: now_s < bench.sim.cell.detached_s + 0.2)
    port.detach()
    assert time.monotonic() >= bench.sim.cell.detached_s + 0.2
    assert port.attached() is False


def test_a_handset_that_the_network_cannot_get_rid_of(rig: BuildRig) -> None:
    bench = rig(dialect=QUICK)
    bench.registered = True
    fault = bench.fault(bench.port().detach, "INSTRUMENT-STUCK")
    assert fault.evidence["state"] == "yes"


def test_a_digit_of_an_answer_that_changed_on_the_line_does_not_count(rig: BuildRig) -> None:
    bench = rig(serial=True)
    port = bench.port()
    assert port.attached() is False
    bench.says("CELL:ATT?", "1")
    assert port.attached() is False


def test_the_loss_is_of_the_slots_own_path(rig: BuildRig) -> None:
    assert rig().port().path_loss(3) == loss(3)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (replace(THE_CELL, level_dbm=math.nan), "level nan dBm"),
        (replace(THE_CELL, level_dbm=-math.inf), "level -inf dBm"),
        (replace(THE_CELL, level_dbm=-19.9), "-120 to -20 dBm"),
        (replace(THE_CELL, plmn="0010"), "five or six digits"),
        (replace(THE_CELL, plmn="\u0660\u0660\u0661\u0660\u0661"), "five or six digits"),
        (replace(THE_CELL, plmn='1";*RST'), "five or six digits"),
        (replace(THE_CELL, band=0), "band 0"),
        (replace(THE_CELL, earfcn=-1), "EARFCN -1"),
        (replace(THE_CELL, earfcn=262144), "EARFCN 262144"),
    ],
)
def test_of_a_cell_that_cannot_be_nothing_is_sent(rig: BuildRig, cell: Cell, words: str) -> None:
    bench = rig()
    with pytest.raises(PlanError, match=words) as caught:
        bench.port().serve(cell)
    assert caught.value.code == "STEP-SETTING"
    assert not bench.sim.heard


def test_a_level_is_taken_as_the_box_can_set_it(rig: BuildRig) -> None:
    bench = rig()
    bench.port().serve(replace(THE_CELL, level_dbm=-60.04))
    assert bench.sim.cell.level_dbm == -60.0


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("CELL:LEV?", "-60.1"),
        ("CELL:BAND?", "3"),
        ("CELL:CHAN?", "3101"),
        ("CELL:PLMN?", '"00102"'),
        ("CELL:PLMN?", '"001010"'),
    ],
)
def test_what_it_reads_back_must_be_what_it_was_told(rig: BuildRig, ask: str, said: str) -> None:
    bench = rig()
    bench.says(ask, said)
    fault = bench.fault(lambda: bench.port().serve(THE_CELL), "INSTRUMENT-DIFFERS")
    assert (fault.evidence["sent"], fault.evidence["received"]) == (ask, said.strip('"'))


def test_a_box_that_sets_another_level_is_found_out(rig: BuildRig) -> None:
    bench = rig({"callbox.wrong_level": {"off_db": -1}})
    bench.fault(lambda: bench.port().serve(THE_CELL), "INSTRUMENT-DIFFERS")
    assert bench.unit.met == {"callbox.wrong_level"}


def test_a_channel_of_another_band_is_refused_in_its_own_words(rig: BuildRig) -> None:
    bench = rig()
    wrong = replace(THE_CELL, earfcn=1650)
    fault = bench.fault(lambda: bench.port().serve(wrong), "INSTRUMENT-REFUSED")
    assert fault.evidence["sent"] == "CELL:CHAN 1650"
    assert fault.evidence["received"] == ['-222,"Data out of range;no downlink channel of band 7"']


def test_a_cell_that_does_not_come_on(rig: BuildRig) -> None:
    bench = rig(dialect=QUICK)
    bench.says("CELL:STAT?", *["OFF"] * 4, *["PEND"] * 1000)
    fault = bench.fault(lambda: bench.port().serve(THE_CELL), "INSTRUMENT-STUCK")
    assert (fault.evidence["sent"], fault.evidence["state"]) == ("CELL:STAT ON", "pending")


def test_a_box_that_is_silent(rig: BuildRig) -> None:
    bench = rig({"callbox.silent": {}}, dialect=QUICK)
    fault = bench.fault(bench.port().attached, "INSTRUMENT-TIMEOUT")
    assert fault.blame == "STATION"
    assert fault.evidence["sent"] == "*IDN?"


def test_a_box_that_refuses(rig: BuildRig) -> None:
    bench = rig({"callbox.refuses": {}})
    fault = bench.fault(bench.port().stop, "INSTRUMENT-REFUSED")
    assert fault.evidence["received"] == ['-221,"Settings conflict"']


def test_a_late_reply_answers_nothing_else(rig: BuildRig) -> None:
    bench = rig(dialect=QUICK)
    port = bench.port()
    assert port.attached() is False
    bench.says("CELL:ATT?", "1", late_s=REPLY_S * 1.5)
    bench.fault(port.attached, "INSTRUMENT-LATE")
    assert port.attached() is False
    bench.says("CELL:ATT?", "1", "1", late_s=REPLY_S * 2.5)
    bench.fault(port.attached, "INSTRUMENT-TIMEOUT")
    assert port.attached() is False


def test_an_answer_of_no_known_meaning(rig: BuildRig) -> None:
    bench = rig()
    bench.says("CELL:ATT?", "2", "2")
    fault = bench.fault(bench.port().attached, "INSTRUMENT-GARBLED")
    assert fault.evidence["received"] == "2"


@pytest.mark.parametrize(
    "expected", [Expected("OTHER"), Expected("SIMBOX01", "Acme"), Expected(None, None, "Box")]
)
def test_another_box_is_told_nothing(rig: BuildRig, expected: Expected) -> None:
    bench = rig(expected=expected)
    bench.fault(lambda: bench.port().serve(THE_CELL), "INSTRUMENT-WRONG")
    assert set(bench.sim.heard) == {"*IDN?"}


def test_a_box_that_is_not_there(rig: BuildRig) -> None:
    bench = rig()
    bench.wire.close()
    fault = bench.fault(bench.port().attached, "INSTRUMENT-ABSENT")
    assert "instrument" in fault.remedy


def test_a_box_that_restarts_is_asked_again_who_it_is(rig: BuildRig) -> None:
    bench = rig()
    assert isinstance(bench.wire, TcpInstrument)
    port = bench.port()
    port.serve(THE_CELL)
    bench.wire.hang_up()
    bench.fault(port.attached, "INSTRUMENT-LOST")
    bench.fault(port.attached, "INSTRUMENT-ABSENT")
    bench.wire.listen()
    bench.sim.heard.clear()
    assert port.attached() is False
    assert bench.sim.heard[0] == "*IDN?"


def test_under_an_ended_lease_nothing_is_sent(rig: BuildRig) -> None:
    bench = rig()
    until = lease()
    until.end()
    port = CallBoxDevice(bench.box, loss).under(until)
    for call in (
        port.identify,
        port.stop,
        port.attached,
        port.detach,
        lambda: port.serve(THE_CELL),
    ):
        assert code_of(call) == "LEASE-ENDED"
    assert not bench.sim.heard


def test_an_abort_wakes_who_waits_for_the_cell(rig: BuildRig) -> None:
    bench = rig()
    bench.says("CELL:STAT?", *["OFF"] * 4, *["PEND"] * 10_000)
    until = lease()
    stop = OperatorStop("RUN-ABORTED", "stop pressed")
    waker = threading.Timer(0.3, lambda: until.cancel.set(stop))
    waker.start()
    started = time.monotonic()
    with pytest.raises(OperatorStop):
        CallBoxDevice(bench.box, loss).under(until).serve(THE_CELL)
    assert time.monotonic() - started < 5  # the cell alone has 10 s
    waker.join()


def test_the_safe_state_leaves_the_cell_to_whoever_uses_it(rig: BuildRig) -> None:
    bench = rig()
    bench.port().serve(THE_CELL)
    bench.sim.heard.clear()
    CallBoxDevice(bench.box, loss).make_safe(Deadline(5))
    assert bench.sim.cell.on
    assert not bench.sim.heard


def test_a_cell_is_the_slots_that_served_it_until_the_box_is_told_anything(rig: BuildRig) -> None:
    bench = rig()
    own, other = CallBoxDevice(bench.box, loss), CallBoxDevice(bench.box, loss)

    def holds() -> tuple[bool, bool]:
        return own.under(lease()).serves(THE_CELL), other.under(lease()).serves(THE_CELL)

    assert holds() == (False, False)
    own.under(lease()).serve(THE_CELL)
    assert holds() == (True, False)
    assert own.for_run().under(lease()).serves(THE_CELL) is False  # it was another handset's
    other.under(lease()).serve(THE_CELL)
    assert holds() == (False, True)
    own.under(lease()).stop()
    assert holds() == (False, False)
    own.under(lease()).serve(THE_CELL)
    other.under(lease()).detach()
    assert holds() == (False, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [("on", False), ("plmn", "00102"), ("band", 3), ("earfcn", 3101), ("level_dbm", -60.1)],
)
def test_a_cell_that_was_changed_behind_the_drivers_back(
    rig: BuildRig, name: str, value: object
) -> None:
    bench = rig()
    port = bench.port()
    port.serve(THE_CELL)
    assert port.serves(THE_CELL)
    setattr(bench.sim.cell, name, value)
    assert not port.serves(THE_CELL)


def test_slots_that_share_a_box_get_their_own_answers(rig: BuildRig) -> None:
    bench = rig()
    bench.port().serve(THE_CELL)
    wrong: list[object] = []

    def ask(bench: Rig) -> None:
        port = bench.port()
        for _ in range(50):
            said = (port.attached(), port.identify().serial)
            if said != (False, "SIMBOX01"):
                wrong.append(said)

    threads = [threading.Thread(target=ask, args=(bench,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
