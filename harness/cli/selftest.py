"""`harness selftest`: the jigs of a station, nightly and before a shift."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from socket import gethostname

import click
import orjson
from rich.text import Text

from harness.cli.ending import exit_code, warn_changed
from harness.cli.options import records_option
from harness.cli.screen import on_screen
from harness.quality.drift import Drift, drifts
from harness.records.export.junit import junit_xml
from harness.records.query import Reader
from harness.station.readiness.readiness import JigReadiness
from harness.station.readiness.selftest import Ordering, SelfTest, Tested
from harness.station.screens.bus import Bus
from harness.station.station import Slot, Station
from harness.station.stopping import operator
from harness.ui.drift import drift_lines
from harness.ui.live import LiveLine
from harness.ui.report.jig import JigReport
from harness.ui.report.selftest import SelfTestReport, selftest_page
from harness.ui.selftest import (
    TITLES,
    selftest_json,
    selftest_row,
    selftest_suite,
)
from harness.ui.text import Terminal, printable, say
from harness.wiring import (
    Layout,
    input_hashes,
    jig_configs,
    jig_plans,
    jig_readiness,
    load_layout,
    open_station,
    slots_named,
)

SIMULATED = Path(__file__).parents[2] / "fixtures" / "stations" / "sim.yaml"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--station", type=_FILE, default=SIMULATED, help="Station file; else a simulated one."
)
@click.option("--scenario", type=_FILE, help="How the jigs of a simulated station behave.")
@click.option("--jig", "names", multiple=True, help="Only this one: a slot, a serial or a port.")
@click.option("--junit", type=_OUT, help="Write JUnit XML there.")
@click.option("--html", type=_OUT, help="Write a page for people there.")
@records_option()
@click.option("--json", "as_json", is_flag=True, help="A line of JSON a jig on stdout.")
def selftest(
    station: Path,
    scenario: Path | None,
    names: tuple[str, ...],
    junit: Path | None,
    html: Path | None,
    store: Path,
    as_json: bool,
) -> None:
    """Test the jigs of a station, side by side, and say which are open to production.

    Each is tested by the plan that its jig file names; one that passes is then shown the golden or
    known-bad unit that stands in it. Ends with 0 when all are as they must be, 1 when one is bad,
    3 when one could not be tested.

    Example: harness selftest --station fixtures/stations/sim.yaml --junit reports/selftest.xml
    """
    layout = load_layout(station, scenario)
    try:
        slots = slots_named(names, jig_configs(layout))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with open_station(store, layout) as opened:
        report = _tested(opened, layout, slots, store)
    _say(report, store)
    if junit:
        _write(junit, junit_xml([*map(selftest_suite, report.jigs)], gethostname()))
    if html:
        _write(html, selftest_page(report).encode())
    if as_json:
        for jig in report.jigs:
            click.echo(orjson.dumps(selftest_json(jig)))
    sys.exit(exit_code(jig.outcome for jig in report.jigs))


def _tested(station: Station, layout: Layout, slots: Sequence[int], store: Path) -> SelfTestReport:
    """Test the jigs, with a screen that ends with a table."""
    ready = jig_readiness(store, layout)
    bus = Bus(station.ref, slots)
    ordering = Ordering(jig_plans(), partial(input_hashes, layout=layout), operator())
    test = SelfTest(station, ordering, bus)
    began = station.clock.utc()

    def do(poll: Callable[[], None]) -> SelfTestReport:
        tested = test.run(slots, poll)
        jigs = tuple(_reported(each, station.slots[each.slot], ready) for each in tested)
        return SelfTestReport(station.ref, began, station.clock.utc(), jigs)

    return on_screen(bus, store, test, do, _show)


def _reported(tested: Tested, slot: Slot, ready: JigReadiness) -> JigReport:
    drift: tuple[Drift, ...] = ()
    if record := tested.self_test.record:
        with Reader(ready.store) as reader:
            drift = drifts(record.run, reader.history(tested.jig.id))
    return JigReport(tested, ready.of(slot.kind, tested.jig, slot.jig or ""), drift)


def _show(screen: LiveLine, report: SelfTestReport) -> None:
    screen.table(TITLES, map(selftest_row, report.jigs))


def _say(report: SelfTestReport, store: Path) -> None:
    """How many are open; what is to be done besides, of drift and of handsets left changed."""
    console = Terminal(stderr=True)
    words = f"{report.open} of {len(report.jigs)} jigs are open to production. Records: {store}"
    say(console, Text(printable(words)))
    for jig in report.jigs:
        for line in drift_lines(jig.name, jig.drifts):
            say(console, line, hang=2)
        if jig.tested.golden and (changed := jig.tested.golden.left_changed):
            warn_changed(jig.tested.slot, changed)


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole: a reader never sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
