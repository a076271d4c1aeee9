"""`harness sim`: planted defects on a simulated line; a simulated handset or jig by itself."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import click
import orjson

from harness.cli import show_error
from harness.cli.line import PLAN, Results, orders, run_line
from harness.cli.options import records_option
from harness.files.problems import nearest
from harness.model.identity import Imei, Serial
from harness.model.plan import Variants
from harness.plans.resolve import load_plans
from harness.sim.defect import Defect
from harness.sim.defects import DEFECTS, IN_RUNS, is_of_modem, never_met
from harness.sim.jig import (
    DIALECTS,
    Dialect,
    SimJig,
    behaviour_of,
    good_build,
    jig_serial,
    on_pty,
    on_tcp,
)
from harness.sim.planting import planted_by, planted_in_jig
from harness.sim.profiles import PROFILES, SDK
from harness.sim.pty import PtyJig
from harness.sim.scenario import unit_of_serial, units_with
from harness.sim.unit import SimUnit
from harness.station.slot import RunResult
from harness.steps import catalogue
from harness.ui.defects import Finding, Planted, defect_lines, defects_table
from harness.ui.findings import concluded
from harness.ui.text import Terminal
from harness.wiring import open_line

_SPEED = 10.0
_LOOK_S = 0.2
"""How often a port is looked for that has changed [s]."""
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def sim() -> None:
    """Run planted defects on a simulated line, or a simulated handset or jig by itself.

    Example: harness sim defects --list
    """


@sim.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--list", "only_list", is_flag=True, help="Say what can be planted; run nothing.")
@click.option("--plan", "plan_file", type=_FILE, help="In place of the A57's final test.")
@click.option("--slots", type=click.IntRange(1, 64), default=8, show_default=True)
@records_option(default=Path("reports/defects.db"))
@click.option("--json", "as_json", is_flag=True, help="Each defect as a line of JSON on stdout.")
def defects(
    names: tuple[str, ...],
    only_list: bool,
    plan_file: Path | None,
    slots: int,
    store: Path,
    as_json: bool,
) -> None:
    """Plant each defect, or those named, in a unit of its own, and compare what is concluded.

    NAME may be the beginning of names, such as `camera`. What must be concluded is written beside
    each defect, for the final test of the A57; of another PLAN the verdict alone is compared: that
    no unit with a defect passes. Those of a modem (`at`) are met by no plan: plant them by
    `harness sim handset --at`.

    Exit codes: 0 all as it must be, 1 not (with PLAN: a defect gets past it, or a unit has no
    record), 2 wrong usage or plan (nothing was touched).

    Example: harness sim defects camera.rear lte.weak
    """
    chosen = _chosen(names)
    if only_list:
        _list(chosen, as_json=as_json)
        return
    chosen = _in_runs(chosen)
    scenario = units_with([[name] for name in chosen], speed=_SPEED)
    plans = load_plans(plan_file or PLAN, catalogue())
    order_of = orders(plans, scenario)
    results = run_line(order_of, open_line(store, scenario, min(slots, len(chosen))), store)
    rows = _rows(chosen, scenario.units, results, exact=plan_file is None or _is_final(plans))
    for result in results:
        if result and result.failure:
            show_error(result.failure)
    if as_json:
        for row, result in zip(rows, results, strict=True):
            click.echo(orjson.dumps(_json(row, result)))
    else:
        defects_table(rows, Terminal())
        click.echo(f"Records: {store}", err=True)
    sys.exit(int(not all(row.agrees for row in rows)))


@sim.command()
@click.option("--serial", default="A57A000001", show_default=True, metavar="S")
@click.option(
    "--imei", metavar="A[,B]", help="Its IMEIs, with their check digits; else they follow from S."
)
@click.option("--profile", type=click.Choice(list(PROFILES)), default="oppo-mtk", show_default=True)
@click.option("--android", type=click.IntRange(min(SDK), max(SDK)), default=13, show_default=True)
@click.option(
    "--defect",
    "planted",
    multiple=True,
    metavar="DEFECT",
    help="As in a scenario: lte.weak, or 'lte.weak: {rsrp_dbm: -120}'. May be repeated.",
)
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--at", is_flag=True, help="Open the AT port of its modem too.")
def handset(
    serial: str,
    imei: str | None,
    profile: str,
    android: int,
    planted: tuple[str, ...],
    speed: float,
    at: bool,
) -> None:
    """Run a simulated handset for any adb server to connect to, until Ctrl-C.

    Its address is printed once it listens, and the AT port of its modem. SPEED divides its dwell
    times. As with a real one, adb may say `failed to authenticate` before the handset takes its
    key a moment later.

    Example: harness sim handset --profile samsung --defect lte.no_attach
    """
    from harness.sim import modem
    from harness.sim.handset import SimHandsets

    try:
        Serial(serial)
        defects = planted_by(planted, with_modem=at)
        told = {"imei": _imeis(imei)} if imei is not None else {}
        unit = unit_of_serial(serial, profile=profile, android=android, defects=defects, **told)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    waited_for = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)  # before any thread, which inherits it
    with SimHandsets(speed=speed) as handsets, ExitStack() as stack:
        address = handsets.add(unit)
        who = f"{serial}  IMEI {', '.join(unit.imei)}"
        click.echo(f"{who}  {profile}, Android {android}  at {address}")
        click.echo(f"adb connect {address}")
        if at:
            port = modem.pty(modem.ModemBehaviour(handsets.behaviour(address)))
            stack.callback(port.close)
            click.echo(f"harness handset --at {port.path}")
        click.echo("Ctrl-C ends it.", err=True)
        sys.stdout.flush()
        signal.sigwait(waited_for)


@sim.command()
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="core",
    show_default=True,
    help="How it speaks: as the jig file of this name in fixtures/jigs.",
)
@click.option("--serial", default="SIMJIG01", show_default=True)
@click.option(
    "--defect",
    "planted",
    multiple=True,
    metavar="DEFECT",
    help="As in a scenario: jig.rail_low, or 'jig.silent: {on: MEAS}'. May be repeated.",
)
@click.option("--tcp", is_flag=True, help="On a TCP port of this PC, not on a pty.")
def jig(dialect: Dialect, serial: str, planted: tuple[str, ...], tcp: bool) -> None:
    """Run a simulated jig for any program that opens a serial port, until Ctrl-C.

    Its port is printed once it answers there: a pty, or a socket:// URL. A jig whose cable was
    pulled (jig.unplug) comes back on another pty, which is printed then.

    Example: harness sim jig --dialect core-framed --defect jig.rail_low
    """
    try:
        built = SimJig(
            jig_serial(serial),
            dialect,
            defects=planted_in_jig(planted, dialect),
            build=good_build(serial),
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    waited_for = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)  # before any thread, which inherits it
    wire = (on_tcp if tcp else on_pty)(behaviour_of(built))
    with closing(wire):
        click.echo(f"{serial} speaks {dialect}. Ctrl-C ends it.", err=True)
        told = ""
        while not told or not signal.sigtimedwait(waited_for, _LOOK_S):
            port = wire.path if isinstance(wire, PtyJig) else wire.url
            if port != told:
                click.echo(port)
                told = port
                sys.stdout.flush()


def _imeis(said: str) -> tuple[str, ...]:
    """Raises: ValueError for what is no IMEI, one twice, or more than two."""
    imeis = tuple(part.strip() for part in said.split(","))
    if not 1 <= len(set(imeis)) == len(imeis) <= 2:
        raise ValueError(f"--imei {said!r:.60}: a handset has one IMEI, or two that differ")
    for each in imeis:
        Imei(each)
    return imeis


def _chosen(names: Sequence[str]) -> list[str]:
    """The defects that are named, or begin with a name and a dot; all without a name."""
    chosen: dict[str, None] = {}
    for name in names or [""]:
        found = [known for known in DEFECTS if not name or f"{known}.".startswith(f"{name}.")]
        if not found:
            meant = nearest(name, DEFECTS)
            hint = f"did you mean {meant!r}?" if meant else "`harness sim defects --list` has all"
            raise click.UsageError(f"no defect {name!r:.60}: {hint}")
        chosen |= dict.fromkeys(found)
    return list(chosen)


def _in_runs(names: Sequence[str]) -> list[str]:
    """Those that a plan can meet.

    Raises: click.UsageError when there is none.
    """
    of_modem = ", ".join(filter(is_of_modem, names))
    chosen = [name for name in names if name in IN_RUNS]
    if not chosen:
        hint = "`harness sim handset --at --defect NAME` plants it"
        raise click.UsageError(f"no plan talks to a modem, which has {of_modem}: {hint}")
    return chosen


def _list(names: Sequence[str], *, as_json: bool) -> None:
    known = [(name, DEFECTS[name]) for name in names]
    if as_json:
        for name, defect in known:
            told = {"defect": name, "doc": defect.doc, "settings": dict(defect.settings)}
            click.echo(orjson.dumps({**told, "must": _finding_json(_must(defect))}))
    else:
        told_lines = ((name, each.doc, each.settings, _must(each)) for name, each in known)
        defect_lines(Terminal(), told_lines)


def _is_final(plans: Variants) -> bool:
    """Whether a plan is the one of which it is written what it must conclude."""
    final = load_plans(PLAN, catalogue()).plans
    return {name: plan.sha256 for name, plan in plans.plans.items()} == {
        name: plan.sha256 for name, plan in final.items()
    }


def _rows(
    names: Sequence[str], units: Sequence[SimUnit], results: Results, *, exact: bool
) -> list[Planted]:
    """A row of each defect, planted in a unit of its own."""
    return [
        Planted(
            name,
            _must(DEFECTS[name]),
            _found(result),
            exact=exact,
            met=not never_met([name], unit.met),
        )
        for name, unit, result in zip(names, units, results, strict=True)
    ]


def _must(defect: Defect) -> Finding:
    return Finding(defect.outcome, defect.concluded)


def _found(result: RunResult | None) -> Finding:
    record = result.record if result else None
    return Finding(record.outcome, concluded(record)) if record else Finding(None)


def _json(row: Planted, result: RunResult | None) -> dict[str, object]:
    record = result.record if result else None
    return {
        "defect": row.defect,
        "agrees": row.agrees,
        "met": row.met,
        "compared": "conclusion" if row.exact else "verdict",
        "must": _finding_json(row.must) if row.exact else None,
        "found": _finding_json(row.found),
        "run": record.run if record else None,
    }


def _finding_json(finding: Finding) -> dict[str, object]:
    outcome = finding.outcome.name if finding.outcome else None
    return {"outcome": outcome, "concluded": sorted(finding.concluded)}
