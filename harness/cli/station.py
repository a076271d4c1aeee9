"""`harness station`: the headless station, all slots and a socket for screens."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import click

from harness.cli import EXIT_ABORTED, EXIT_ERROR, show_error
from harness.cli.choosing import warn_expired
from harness.cli.ending import exit_code, warn_changed
from harness.cli.json_lines import JsonLines, on_stdout
from harness.cli.line import orders_of
from harness.cli.options import RELEASES, records_option
from harness.cli.station_golden import GoldenTold
from harness.cli.station_start import tell_start
from harness.errors import StationFault
from harness.model.entry import EngineeringBegun
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Variants
from harness.model.station import Outside, Scanned
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.station.files.config import StationConfig
from harness.station.floor import Floor, Loader, OrderOf
from harness.station.line import Row
from harness.station.people.desk import Desk, open_desk
from harness.station.people.outside import obey_outside
from harness.station.readiness.golden_orders import GoldenOrders
from harness.station.screens.bus import Bus
from harness.station.screens.obeying import Obeying
from harness.station.screens.socket import StationSocket, folder_of
from harness.station.seating.seats import Seats
from harness.station.slot import RunResult
from harness.station.station import Order, Slot, Station
from harness.station.stopping import operator, stopping
from harness.steps import catalogue
from harness.ui.findings import brief
from harness.ui.tally import Tally
from harness.ui.text import printable
from harness.wiring import (
    Layout,
    config_of,
    counted_at,
    first_units,
    input_hashes,
    jig_plans,
    jig_readiness,
    load_layout,
    open_floor,
    open_seats,
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--units",
    type=click.IntRange(1, 100_000),
    help="Simulated: put so many units of its scenario through the slots, then end.",
)
@RELEASES
@records_option()
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
def station(file: Path, units: int | None, releases: Path, store: Path, as_json: bool) -> None:
    """Run a station: test each unit that comes into one of its slots.

    It obeys the rules of the line. It has no screen: those find it at the socket beside the
    records. SIGTERM ends it: runs are aborted, jigs made safe, records closed.

    Example: harness station fixtures/stations/sim4.yaml --units 8
    """
    layout = load_layout(file, None)
    plans = _plans(file, layout)
    if units is not None and isinstance(layout, StationConfig):
        raise click.UsageError("--units is for a simulated station: people load a real one")
    for plan in plans.plans.values():
        warn_expired(plan)
    registered = config_of(layout).golden_units
    golden = GoldenTold(registered, jig_readiness(store, layout))
    lines = on_stdout(store) if as_json else None
    told = _Told(store, golden, lines)
    orders, took = _ordering(plans, layout, store, releases), _took(plans, store)
    with (
        lines or nullcontext(),
        stopping(told.stop) as each_poll,  # around the opening and the closing, too
        _opened(store, layout, plans, units, golden) as (opened, loader, scanned),
    ):
        for number, why in opened.unrestored.items():
            warn_changed(number, why)
        tell_start(file, layout, plans, store, releases, opened)
        _serve(opened, layout, orders, took, loader, scanned, told, each_poll)
    for line in told.tally.lines():
        click.echo(printable(line), err=True)
    click.echo(f"Records: {store}", err=True)
    sys.exit(told.exit_code(units))


def _plans(file: Path, layout: Layout) -> Variants:
    plan = config_of(layout).plan
    if plan is None:
        words = f"{file} has no key `plan`: nobody says what to run on a unit"
        raise StationFault("STATION-FILE", words)
    return load_plans(plan, catalogue())


_Orders = Mapping[Purpose, OrderOf]
"""What is run on a unit, for each purpose of this station; the first is what counts."""


def _ordering(plans: Variants, layout: Layout, store: Path, releases: Path) -> _Orders:
    """What is run on a unit: in production by the active release, each time anew."""
    counted = counted_at(layout)
    orders = {each: orders_of(plans, layout, each) for each in (counted, Purpose.ENGINEERING)}
    if counted is Purpose.PRODUCTION:
        from harness.cli.production import production_order

        orders[counted] = lambda unit: production_order(
            plans.of(unit), layout, store, releases, operator()
        )
    return orders


def _took(plans: Variants, store: Path) -> Mapping[str, Mapping[str, float]]:
    """What the steps of each plan, by its hash, took in its runs by now: the dispatcher's guess."""
    if not store.exists():
        return {}
    hashes = [plan.sha256 for plan in plans.plans.values()]
    with Reader(store) as reader:
        return {sha256: reader.step_medians(sha256).steps for sha256 in hashes}


def _ordered(
    orders: _Orders, took: Mapping[str, Mapping[str, float]], desk: Desk | None
) -> OrderOf:
    """What is run on a unit now, in whose name: in engineering mode nothing that counts."""
    counts = next(iter(orders))

    def order(unit: Unit) -> Order:
        made = orders[desk.purpose(counts) if desk else counts](unit)
        medians = took.get(made.plan.sha256, {})
        return replace(made, operator=_person(desk), medians=medians)

    return order


def _person(desk: Desk | None) -> str:
    """Who is signed in; else the user of this PC."""
    person = desk.person if desk else None
    return person.person if person else operator()


_Scanned = Callable[[Scanned], str]


@contextmanager
def _opened(
    store: Path, layout: Layout, plans: Variants, units: int | None, golden: GoldenTold
) -> Iterator[tuple[Station, Loader, _Scanned | None]]:
    """The station, how units come into it, and who is told what is scanned."""
    if isinstance(layout, StationConfig):
        with open_seats(store, layout) as (opened, presence):
            seats = Seats(opened, presence, plans.any.unit_of, layout.loading)
            yield opened, seats, seats.scanned
        return
    try:
        first = first_units(layout, units or 0)
    except ValueError as error:
        raise click.UsageError(f"--units {units}: {error}") from None
    with open_floor(store, layout) as floor:
        rules = floor.station.rules
        row = Row(
            take_out=floor.take_out,
            locked=rules.locked if rules else lambda _: None,
            stays_open=units is None,
        )

        for unit in first:
            row.add(partial(floor.insert, unit), golden=golden.registered(unit.label))

        def scanned(command: Scanned) -> str:
            if command.slot is not None:
                floor.station.require_slot(command.slot)
            unit = layout.unit_with(plans.any.unit_of(*command.scans).serial)
            registered = golden.registered(unit.label)
            row.add(partial(floor.insert, unit), command.slot, golden=registered)
            slots = floor.station.slots if command.slot is None else [command.slot]
            why = row.held_up(slots, any_unit=command.slot is None and not registered)
            return f"{unit.serial} waits in the row, because no slot takes it: {why}" if why else ""

        yield floor.station, row, scanned if units is None else None


def _desk(opened: Station, config: StationConfig, bus: Bus) -> Desk | None:
    """Where people sign in; the bus tells what was in force before, and what they do."""
    if opened.rules is None:
        return None
    enter = bus.telling(opened.rules.enter)
    desk = open_desk(config, opened.rules.store, enter, opened.clock)
    for entry in (*opened.rules.locks(), *(desk.in_force if desk else ())):
        bus.enter(entry)
    return desk


def _outside(opened: Station, bus: Bus, desk: Desk | None) -> Callable[[Outside], str] | None:
    """Who enters what happened outside the station."""
    rules = opened.rules
    if rules is None:
        return None
    enter = bus.telling(rules.enter)
    return partial(obey_outside, store=rules.store, enter=enter, clock=opened.clock, desk=desk)


def _golden(opened: Station, layout: Layout, desk: Desk | None) -> GoldenOrders:
    inputs = partial(input_hashes, layout=layout)
    person = partial(_person, desk)
    return GoldenOrders(opened.golden_units, jig_plans().golden, inputs, person, opened.clock)


def _serve(
    opened: Station,
    layout: Layout,
    orders: _Orders,
    took: Mapping[str, Mapping[str, float]],
    loader: Loader,
    scanned: _Scanned | None,
    told: _Told,
    each_poll: Callable[[], None],
) -> None:
    """Have units tested until none comes any more, or somebody stops it."""
    bus = Bus(opened.ref, opened.slots)
    desk = _desk(opened, config_of(layout), bus)
    counted = next(iter(orders))

    def counts() -> bool:
        return (desk.purpose(counted) if desk else counted).ruled

    order_of, golden = _ordered(orders, took, desk), _golden(opened, layout, desk)
    floor = Floor(opened, order_of, bus, loader, told.hear, counts, golden.of)
    told.floor = floor
    outside = _outside(opened, bus, desk)
    obey = Obeying(floor.abort, scanned, desk, outside, opened.require_slot)
    with StationSocket(folder_of(told.store), bus, obey):

        def poll() -> None:
            told.tell()
            told.tell_mode(desk.engineering if desk else None)
            with suppress(StationFault):  # a store that fails: told by the next run
                if desk:
                    desk.expire()
            each_poll()

        told.tell_mode(desk.engineering if desk else None)
        floor.run(poll)
        told.tell()


@dataclass(slots=True)
class _Told:
    """Tells of each unit as soon as it has ended, in the order of the ends, in one thread."""

    store: Path
    golden: GoldenTold
    lines: JsonLines | None
    tally: Tally = field(default_factory=Tally)
    outcomes: set[Outcome] = field(default_factory=set)
    heard: int = 0
    floor: Floor | None = None
    """What is stopped; units are put through it."""
    stopped: bool = False
    cut: bool = False
    """Whether the stop has aborted a run."""
    mode: EngineeringBegun | None = None
    """The engineering mode that was told last."""
    _queue: queue.SimpleQueue[tuple[Slot, RunResult]] = field(default_factory=queue.SimpleQueue)

    def hear(self, slot: Slot, result: RunResult) -> None:
        """Called by the threads of slots."""
        self._queue.put((slot, result))

    def stop(self, by: str, why: str) -> None:
        """Called at a poll of the floor."""
        assert self.floor, "only a floor that works polls"
        self.stopped = True
        self.floor.stop(by, why)

    def tell(self) -> None:
        while not self._queue.empty():
            slot, result = self._queue.get()
            self.cut = self.cut or (self.stopped and result.outcome is Outcome.ABORTED)
            self._tell(slot, result)
            if result.golden:
                self.outcomes.add(self.golden.tell(slot, result))
            else:
                self.golden.tell_expired(slot.unit)
                self.heard += 1
                self.outcomes.add(result.outcome)

    def tell_mode(self, mode: EngineeringBegun | None) -> None:
        """Say that engineering mode is on, for how long, or that it is over; once."""
        if mode == self.mode:
            return
        self.mode = mode
        words = "engineering mode is over: what is run counts again"
        if mode:
            until = f"until {mode.until:%Y-%m-%d %H:%M:%S} UTC, by {mode.by}: {mode.why}"
            words = f"ENGINEERING MODE {until}. Nothing that is run counts."
        click.echo(printable(words), err=True)

    def exit_code(self, units: int | None) -> int:
        """As `harness demo` where so many units were asked for.

        Else whether it was stopped as somebody asked, or could not go on, whatever the units had.
        A good end is none when somebody asked for lines of JSON and did not get them all.
        """
        if units is None:
            ended = (EXIT_ABORTED if self.cut else 0) if self.stopped else EXIT_ERROR
        else:
            left = Outcome.ABORTED if self.stopped else Outcome.SKIPPED
            ended = exit_code({*self.outcomes, *([left] if self.heard < units else [])})
        return ended or (EXIT_ERROR if self.lines and self.lines.lost else 0)

    def _tell(self, slot: Slot, result: RunResult) -> None:
        who = f"slot {slot.number}  {slot.unit.serial or 'an unannounced unit'}"
        if result.left_changed:
            warn_changed(slot.number, result.left_changed)
        if result.failure:
            if not result.golden:
                self.tally.refused[result.failure.code] += 1
            click.echo(printable(f"{who}  not tested"), err=True)
            show_error(result.failure)
        if result.record is None:
            return
        self.tally.add(result.record)
        click.echo(printable(f"{who}  {brief(result.record)}"), err=True)
        if self.lines:
            self.lines.add(result.record.run)
