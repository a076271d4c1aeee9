"""`harness jig safe`: the power off, shown; then, if a person agrees, the fixtures open."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
import orjson

from harness.cli import EXIT_ABORTED, EXIT_ERROR
from harness.cli.jig_named import JSON, Where, named, where
from harness.cli.options import records_option
from harness.clock import Cancel, Deadline, Lease, SystemClock
from harness.engine.bench import Bench
from harness.engine.threads import side_by_side
from harness.errors import HarnessError, StationFault
from harness.model.fault import Fault
from harness.model.jig_ports import Jig
from harness.station.screens.socket import folder_of, is_served
from harness.ui.jig import NOBODY, called, fault_json
from harness.ui.text import fault_lines, printable
from harness.wiring import JigAt

_MOVE_S = 60.0
_WHO_S = 2.0


@click.command()
@click.argument("name", required=False)
@where
@click.option("--motion", is_flag=True, help="Then open the fixture, once a person has said so.")
@click.option("--yes", is_flag=True, help="That person is here and says so: no hand is in it.")
@records_option("With --station, its record store: while it runs, its jigs are left alone.")
@JSON
def safe(
    name: str | None,
    station: Path | None,
    port: str | None,
    file: Path | None,
    motion: bool,
    yes: bool,
    store: Path,
    as_json: bool,
) -> None:
    """Take the power off a jig, or off all of a station at once, and show that it is off.

    Ends with 0 only when each is shown to be safe, else with 3. Nothing moves, unless --motion is
    given and somebody at the terminal agrees (4 when not). While the station runs, which has units
    in these jigs, nothing is touched.

    Example: harness jig safe --station fixtures/stations/bench.yaml
    """
    if station:
        _require_idle(station, store)
    with named(name, Where(station, port, file)) as jigs:
        ended = [*zip(jigs, _made_safe(jigs), strict=True)]
        for at, faults in ended:
            _show_safe(at, faults, as_json=as_json)
        code = EXIT_ERROR if any(faults for _, faults in ended) else 0
        if motion:
            moved = _open_fixtures([at for at, faults in ended if not faults], sure=yes)
            code = code or moved
    sys.exit(code)


def _require_idle(station: Path, store: Path) -> None:
    """Raises: StationFault(STATION-RUNS) while a living station writes the store."""
    if is_served(folder_of(store)):
        words = f"the station of {store} runs: no jig of {station} was touched"
        raise StationFault("STATION-RUNS", words, evidence={"records": str(store)})


def _made_safe(jigs: Sequence[JigAt]) -> list[list[Fault]]:
    """What stood in the way of each, all at once; one that hangs holds up nobody else."""
    return side_by_side(
        "jig", [partial(Bench({Jig: at.jig}).make_safe, SystemClock()) for at in jigs]
    )


def _name(at: JigAt) -> str:
    """What a jig is called; on a bare port it is asked for its serial."""
    if at.config.serial or at.slot:
        return at.config.name
    try:
        return at.jig.asked(Lease(Deadline(_WHO_S), Cancel())).exchange.identify().serial
    except HarnessError:
        return NOBODY


def _show_safe(at: JigAt, faults: Sequence[Fault], *, as_json: bool) -> None:
    name = _name(at)
    if as_json:
        told = {"slot": at.slot, "jig": name, "port": at.port, "safe": not faults}
        first = faults[0] if faults else None
        click.echo(orjson.dumps({**told, "fault": fault_json(first)}))
        return
    words = "safe" if at.dialect.powers else "safe: it puts voltage on nothing"
    words = "NOT SAFE" if faults else words
    click.echo(f"{printable(called(name, at.slot))}  {printable(at.port)}  {words}")
    for fault in faults:
        click.echo(f"  {fault.code}: {printable(fault.message)}\n  -> {fault.remedy}")


def _open_fixtures(jigs: Sequence[JigAt], *, sure: bool) -> int:
    """Open those that have one, once a person has agreed; the exit code."""
    moving = [at for at in jigs if at.dialect.can("fixture")]
    if not moving:
        click.echo("no fixture to open", err=True)
        return 0
    names = ", ".join(called(at.config.name, at.slot) for at in moving)
    if not sure:
        if not sys.stdin.isatty():
            click.echo(f"{names}: not opened: nobody is at a terminal to agree (--yes)", err=True)
            return EXIT_ABORTED
        if not click.confirm(f"Is every hand out of {names}? Open now?", err=True):
            return EXIT_ABORTED
    faults = side_by_side("jig", [partial(_opened, at) for at in moving])
    for at, fault in zip(moving, faults, strict=True):
        lines = [*fault_lines(fault)] if fault else ["open"]
        click.echo(f"{called(at.config.name, at.slot)}: " + "\n".join(lines), err=True)
    return EXIT_ERROR if any(faults) else 0


def _opened(at: JigAt) -> HarnessError | None:
    """Why its fixture is not open; None when it is."""
    try:
        at.jig.under(Lease(Deadline(_MOVE_S), Cancel())).open()
    except HarnessError as fault:
        return fault
    return None
