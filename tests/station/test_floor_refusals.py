"""Each unit that the floor refuses where runs count is on record, whatever refused it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from harness.engine.job import Witness
from harness.errors import HarnessError, LinkFault, OperatorStop
from harness.model.entry import UnitRefused
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.station.files.golden_units import GoldenKind, GoldenUnit, GoldenUnits
from harness.station.floor import Floor, OrderOf
from harness.station.line import Row
from harness.station.screens.bus import Bus
from harness.station.station import Order, Slot
from tests.station.ruled import FINAL, UNIT, RuledLine, ruled_line


class Vouching(Row):
    """Hands that look before they let a unit be tested."""

    why: HarnessError | None = None

    def vouch(self, slot: Slot) -> Witness:
        if self.why:
            raise self.why
        return super().vouch(slot)


def refused(
    line: RuledLine, order_of: OrderOf, why: HarnessError | None = None, *, counts: bool = True
) -> list[UnitRefused]:
    """What is on record of one unit on a floor."""

    def insert(slot: int) -> Slot:
        return replace(line.station.slots[slot], unit=Unit(UNIT))

    line.inside = UNIT
    hands = Vouching([insert])
    hands.why = why
    bus = Bus(line.station.ref, line.station.slots)
    Floor(line.station, order_of, bus, hands, counts=lambda: counts).run()
    with line.reader() as reader:
        assert not reader.runs()
        return [e.what for e in reader.entries() if isinstance(e.what, UnitRefused)]


def ordered(line: RuledLine, purpose: Purpose, _: Unit) -> Order:
    return Order(replace(line.plan, process=FINAL), purpose, "4711")


def unknown(_: Unit) -> Order:
    raise ValueError("no plan for SKU A58")


def wrong() -> HarnessError:
    return OperatorStop("UNIT-WRONG", "another one is in slot 1")


def twins() -> HarnessError:
    return LinkFault("ADB-TWINS", "it is in slot 1 and 2")


@pytest.mark.parametrize("why", [wrong, twins])
def test_one_that_nobody_vouches_for(tmp_path: Path, why: Callable[[], HarnessError]) -> None:
    with ruled_line(tmp_path / "r.db") as line:
        (entered,) = refused(line, partial(ordered, line, Purpose.REHEARSAL), why())
    assert (entered.serial, entered.process, entered.code) == (UNIT, FINAL, why().code)


def test_one_that_no_plan_is_for(tmp_path: Path) -> None:
    with ruled_line(tmp_path / "r.db") as line:
        (entered,) = refused(line, unknown)
    assert (entered.serial, entered.process, entered.code) == (UNIT, "", "UNIT-UNKNOWN")


def test_one_that_never_ships(tmp_path: Path) -> None:
    golden = GoldenUnit(Unit(UNIT), GoldenKind.GOLDEN, Path("plan.yaml"), "plan", date.max)
    registered = GoldenUnits(units={UNIT: golden})
    with ruled_line(tmp_path / "r.db") as line:
        line.station = replace(line.station, golden_units=registered)
        (entered,) = refused(line, partial(ordered, line, Purpose.REHEARSAL))
    assert (entered.serial, entered.process, entered.code) == (UNIT, FINAL, "UNIT-GOLDEN")


def test_where_nothing_counts_nobody_is_put_on_record(tmp_path: Path) -> None:
    with ruled_line(tmp_path / "r.db") as line:
        order_of = partial(ordered, line, Purpose.ENGINEERING)
        assert refused(line, order_of, wrong(), counts=False) == []
        assert refused(line, unknown, counts=False) == []
