"""The cell between `lte.attach` and `lte.traffic`: left, taken by another slot, or shared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.model.cell import Cell
from harness.model.outcome import Outcome
from harness.model.ports import CallBox
from harness.sim.handset.state.answer import Answer
from harness.sim.unit import SimUnit
from tests.steps.lte_slot import MakeLte, neighbour
from tests.steps.phone import fault, measured, outcome

OTHER = Cell("00101", 7, 3100, -60.0)


def test_slots_that_share_a_box_attach_before_either_sends(lte_with: MakeLte) -> None:
    slot = lte_with()
    beside = neighbour(slot, SimUnit("A57A000002"))
    for record in (slot.attach(), beside.attach(level="-60 dBm"), slot.traffic()):
        assert record.outcome is Outcome.PASS, record.fault
    assert slot.box.cell.level_dbm == -53.0  # as it was asked for in its own slot
    assert beside.traffic().outcome is Outcome.PASS


@pytest.mark.parametrize(
    "take", [lambda box: box.stop(), lambda box: box.detach(), lambda box: box.serve(OTHER)]
)
def test_a_cell_that_another_slot_took_is_served_anew(
    lte_with: MakeLte, take: Callable[[CallBox], None]
) -> None:
    slot = lte_with()
    assert slot.attach().outcome is Outcome.PASS
    take(slot.other())
    record = slot.traffic(route_within="1 s")
    assert record.outcome is Outcome.PASS, record.fault


def test_a_cell_that_stays_is_not_served_again(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.attach()
    slot.box.heard.clear()
    assert slot.traffic().outcome is Outcome.PASS
    assert not [line for line in slot.box.heard if line.startswith("CELL:STAT O")]


def test_one_that_leaves_a_cell_that_stays_fails(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.attach()
    slot.phone.behaviour.radios.set_airplane(True, 0.0)
    assert outcome(slot.traffic(port="5001, within: 1 s")) == (Outcome.FAIL, "LTE-NO-ATTACH")


@pytest.mark.parametrize(("printed", "attached"), [("1300", True), ("1650", False)])
def test_one_on_another_cell_sends_nothing_that_counts(
    lte_with: MakeLte, printed: str, attached: bool
) -> None:
    slot = lte_with()
    slot.attach()
    slot.printing("mEarfcn=1650", f"mEarfcn={printed}")
    slot.box.insert(slot.phone.unit, lambda _: attached)
    record = slot.traffic(port="5001, within: 1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert (fault(record).evidence["earfcn"], measured(record)) == (int(printed), {})


@pytest.mark.parametrize("program", ["ip route", "ping", "nc"])
def test_a_cell_that_is_taken_meanwhile_is_the_stations_fault(
    lte_with: MakeLte, program: str
) -> None:
    slot = lte_with()
    slot.attach()
    programs = slot.phone.behaviour.programs
    real = programs[program]

    def taken(words: list[str], now_s: float) -> Answer:
        slot.box.cell.on = False
        return real(words, now_s)

    programs[program] = taken
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "CELL-CHANGED")
    assert not record.dut_failed
