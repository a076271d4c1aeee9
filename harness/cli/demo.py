"""`harness demo`: a whole simulated station at work."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli import show_error
from harness.cli.ending import exit_code
from harness.cli.line import HOME, PLAN, Results, orders, run_line
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.station.slot import RunResult
from harness.steps import catalogue
from harness.ui.live import LiveLine
from harness.wiring import DEFAULT_STORE, load_line, open_line

SCENARIO = HOME / "fixtures" / "sim" / "line.yaml"


@click.command()
@click.option("--units", type=click.IntRange(1), help="How many of the scenario's units to test.")
@click.option("--slots", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--seed", type=int, help="Of the simulated noise, in place of the scenario's.")
@click.option(
    "--scenario",
    "scenario_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=SCENARIO,
    help="The units, what is wrong with them, and the verdict that each must get.",
)
@click.option(
    "--records",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_STORE,
    show_default=True,
    help="The record store.",
)
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
@click.option("--check", is_flag=True, help="Exit 0 exactly when every verdict is as planted.")
def demo(
    units: int | None,
    slots: int,
    seed: int | None,
    scenario_file: Path,
    records: Path,
    as_json: bool,
    check: bool,
) -> None:
    """Test a line of simulated handsets, some of them planted bad.

    The adb server, serial ports, steps and records are the real ones; the handsets and jigs are
    simulated at the wire. Screens find the station at the socket beside the records.

    Example: harness demo --units 8 --slots 4
    """
    scenario = load_line(scenario_file, units=units, seed=seed)
    plans = load_plans(PLAN, catalogue())
    planted = [(unit.serial, unit.expect.outcome, unit.expect.code) for unit in scenario.units]
    results = run_line(
        orders(plans, scenario),
        open_line(records, scenario, slots),
        records,
        lambda screen, results: _say_verdicts(screen, results, records),
    )
    for (serial, *_), result in zip(planted, results, strict=True):
        if result is None:
            click.echo(f"{serial} was not tested", err=True)
        elif result.failure:
            show_error(result.failure)
    if as_json:
        _print_json(records, results)
    if check:
        sys.exit(_check(planted, results))
    sys.exit(exit_code(result.outcome if result else Outcome.SKIPPED for result in results))


def _say_verdicts(screen: LiveLine, results: Results, records: Path) -> None:
    ended = [result.record for result in results if result and result.record]
    screen.verdicts(ended, str(records))


def _print_json(records: Path, results: Results) -> None:
    with Reader(records) as reader:
        for result in results:
            if result and result.record:
                click.echo(reader.json(result.record.run))


def _check(planted: Sequence[tuple[str, Outcome, str]], results: Results) -> int:
    """0 when every unit got the verdict that was planted, else 1 and the differences."""
    differences = 0
    for (serial, outcome, code), result in zip(planted, results, strict=True):
        found, wanted = _verdict(result), f"{outcome.name} {code}".strip()
        any_code = not code and outcome is not Outcome.PASS
        if found != wanted and not (any_code and found.startswith(f"{wanted} ")):
            click.echo(f"{serial}: planted {wanted}, found {found}", err=True)
            differences += 1
    if not differences:
        click.echo(f"All {len(planted)} verdicts are as planted.", err=True)
    return int(differences > 0)


def _verdict(result: RunResult | None) -> str:
    if result is None:
        return "not tested"
    if result.record is None:
        return f"no record ({result.failure})"
    fault = result.record.fault
    return f"{result.outcome.name} {fault.code if fault else ''}".strip()
