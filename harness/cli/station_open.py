"""How `harness station` opens what it serves: its slots, its people, how units come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from harness.cli.station_golden import GoldenTold
from harness.cli.station_ready import foresight_of
from harness.errors import refused_by
from harness.model.counting import Counting
from harness.model.identity import Unit
from harness.model.plan import Variants
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.station import Outside, Scanned, ScanOrder
from harness.station.files.config import StationConfig
from harness.station.floor import Loader
from harness.station.line import Insert, Row
from harness.station.people.desk import Desk, open_desk
from harness.station.people.outside import enter_outside
from harness.station.readiness.foresight import DoubtsOf, Foresight
from harness.station.screens.bus import Bus
from harness.station.screens.counted import restore
from harness.station.seating.seats import Seats
from harness.station.station import Station
from harness.wiring import (
    Layout,
    SimulatedHands,
    config_of,
    first_units,
    open_floor,
    open_seats,
)


@dataclass(frozen=True, slots=True)
class Serving:
    """A station that is open: what is told of it, who is there, and how units come into it."""

    station: Station
    bus: Bus
    desk: Desk | None
    foresight: Foresight
    loader: Loader
    scanned: Callable[[Scanned], Sentences] | None
    """Told what is scanned; what to do then."""

    def outside(self) -> Callable[[Outside], object] | None:
        """Who enters what happened outside the station."""
        rules = self.station.rules
        if rules is None:
            return None
        enter, clock = self.bus.telling(rules.enter), self.station.clock
        return partial(enter_outside, store=rules.store, enter=enter, clock=clock, desk=self.desk)


@contextmanager
def opened(
    store: Path,
    layout: Layout,
    plans: Variants,
    units: int | None,
    golden: GoldenTold,
    doubts: DoubtsOf,
) -> Iterator[Serving]:
    """The station; with `units` so many come by themselves, else each that is scanned.

    One is scanned for slots that have no `doubts`.

    Raises: click.UsageError for more units than there are; StationFault(STORE-..., ADB-KEY).
    """
    if isinstance(layout, StationConfig):
        with open_seats(store, layout) as (station, presence):
            bus, desk = _told(station, layout, layout.loading)
            foresight = foresight_of(station, doubts, desk)
            seats = Seats(
                station,
                presence,
                plans.any.unit_of,
                layout.loading,
                announce=bus.announce,
                require=foresight.require,
            )
            yield Serving(station, bus, desk, foresight, seats, seats.scanned)
        return
    try:
        first = first_units(layout, units or 0)
    except ValueError as error:
        raise click.UsageError(f"--units {units}: {error}") from None
    with open_floor(store, layout) as floor:
        bus, desk = _told(floor.station, layout, ScanOrder.SCAN_THEN_INSERT)
        foresight = foresight_of(floor.station, doubts, desk)
        row = _row(floor, desk, stays_open=units is None)
        for unit in first:
            row.add(partial(floor.insert, unit, unit.label), golden=golden.registered(unit.label))

        def insert(announced: Unit) -> Insert:
            return partial(floor.insert, layout.unit_with(announced.serial), announced)

        by_scan = _ByScan(floor.station, row, plans, insert, golden, foresight)
        scanned = by_scan.scanned if units is None else None
        yield Serving(floor.station, bus, desk, foresight, row, scanned)


@dataclass(frozen=True, slots=True)
class _ByScan:
    """Simulated hands that put in the units whose labels are scanned."""

    station: Station
    row: Row
    plans: Variants
    insert: Callable[[Unit], Insert]
    """What puts in the unit with the serial of a label; raises ValueError when there is none."""
    golden: GoldenTold
    foresight: Foresight

    def scanned(self, command: Scanned) -> Sentences:
        """Have the unit with the scanned serial put in, announced by all that was scanned.

        Raises: CommandRefused(LABEL-UNREAD | COMMAND-UNFIT), and as Foresight.require.
        """
        station, slot = self.station, command.slot
        if slot is not None:
            station.require_slot(slot)
        with refused_by("LABEL-UNREAD"):
            announced = self.plans.any.unit_of(*command.scans)
            insert = self.insert(announced)
        self.foresight.require(announced, slot)
        registered = self.golden.registered(announced)
        self.row.add(insert, slot, golden=registered)
        slots = station.slots if slot is None else [slot]
        why = self.row.held_up(slots, any_unit=slot is None and not registered)
        return (Sentence.of(Says.IN_ROW, unit=announced.serial, why=why),) if why else ()


def _row(floor: SimulatedHands, desk: Desk | None, *, stays_open: bool) -> Row:
    """In engineering mode a unit stays where it is: somebody may want it run again."""
    rules = floor.station.rules
    return Row(
        take_out=floor.take_out,
        locked=rules.locked if rules else lambda _: None,
        stays_open=stays_open,
        keeps=lambda: bool(stays_open and desk and desk.engineering),
    )


def _told(station: Station, layout: Layout, loading: ScanOrder) -> tuple[Bus, Desk | None]:
    """The bus, and where people sign in: it tells what was in force before, and what they do.

    Raises: StationFault(STORE-DAMAGED).
    """
    rules, counting = station.rules, Counting(station.clock.utc())
    bus = Bus(station.ref, station.slots, loading, counting)
    if rules is None:
        return bus, None
    desk = open_desk(config_of(layout), rules.store, bus.telling(rules.enter), station.clock)
    for entry in (*rules.locks(), *(desk.in_force if desk else ())):
        bus.enter(entry)
    restore(counting, rules.store, station.clock.utc())
    return bus, desk
