"""`harness demo`: a whole simulated station at work."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable
from pathlib import Path

import click

from harness.cli import show_error
from harness.cli.ending import exit_code
from harness.cli.line import HOME, PLAN, Results, orders, run_line
from harness.cli.options import records_option
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.sim.defects import never_met
from harness.sim.scenario import Scenario
from harness.sim.unit import Verdict
from harness.station.slot import RunResult
from harness.steps import catalogue
from harness.ui.findings import concluded
from harness.ui.live import LiveLine
from harness.wiring import load_line, open_line

SCENARIO = HOME / "fixtures" / "sim" / "line.yaml"


@click.command()
@click.option("--units", type=click.IntRange(1), help="How many of the scenario's units to test.")
@click.option("--slots", type=click.IntRange(1, 64), default=6, show_default=True)
@click.option("--seed", type=int, help="Of the simulated noise, in place of the scenario's.")
@click.option(
    "--scenario",
    "scenario_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=SCENARIO,
    help="The units, what is wrong with them, and the verdict that each must get.",
)
@records_option()
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
@click.option(
    "--check", is_flag=True, help="Exit 0 exactly when all is met and found that is planted."
)
def demo(
    units: int | None,
    slots: int,
    seed: int | None,
    scenario_file: Path,
    store: Path,
    as_json: bool,
    check: bool,
) -> None:
    """Test a line of simulated handsets, some of them planted bad.

    The adb server, serial ports, steps and records are the real ones; the handsets and jigs are
    simulated at the wire. Screens find the station at the socket beside the records.

    Example: harness demo --units 8 --slots 6
    """
    scenario = load_line(scenario_file, units=units, seed=seed, held=check)
    plans = load_plans(PLAN, catalogue())
    results = run_line(
        orders(plans, scenario),
        open_line(store, scenario, slots),
        store,
        lambda screen, results: _say_verdicts(screen, results, store),
    )
    for unit, result in zip(scenario.units, results, strict=True):
        if result is None:
            click.echo(f"{unit.serial} was not tested", err=True)
        elif result.failure:
            show_error(result.failure)
    if as_json:
        _print_json(store, results)
    if check:
        sys.exit(_check(scenario, results))
    sys.exit(exit_code(result.outcome if result else Outcome.SKIPPED for result in results))


def _say_verdicts(screen: LiveLine, results: Results, records: Path) -> None:
    ended = [result.record for result in results if result and result.record]
    screen.verdicts(ended, str(records))


def _print_json(records: Path, results: Results) -> None:
    with Reader(records) as reader:
        for result in results:
            if result and result.record:
                click.echo(reader.json(result.record.run))


def _check(scenario: Scenario, results: Results) -> int:
    """0 when every unit got the verdict that was planted, else 1 and the differences."""
    differences = list[str]()
    for unit, result in zip(scenario.units, results, strict=True):
        assert unit.expect, "a line that is held to its verdicts says all of them"
        wanted = _wanted(unit.expect)
        if not _agrees(unit.expect, result):
            differences.append(f"{unit.serial}: planted {wanted}, found {_verdict(result)}")
        if result and result.record:
            differences += _unmet(unit.serial, unit.defects, unit.met)
    differences += _unmet("the jigs", scenario.jig_defects, scenario.jig_met)
    click.echo("\n".join(differences) or f"All {len(results)} verdicts are as planted.", err=True)
    return int(bool(differences))


def _unmet(whose: str, defects: Iterable[str], met: Container[str]) -> list[str]:
    return [f"{whose}: {name} is planted, but was never met" for name in never_met(defects, met)]


def _agrees(expect: Verdict, result: RunResult | None) -> bool:
    """Whether it was found; any fault of that outcome will do where none is named."""
    if not result or not result.record or result.outcome is not expect.outcome:
        return False
    if expect.concluded is not None:
        return concluded(result.record) == expect.concluded
    fault = result.record.fault
    named = expect.code or expect.outcome is Outcome.PASS
    return not named or (fault.code if fault else "") == expect.code


def _wanted(expect: Verdict) -> str:
    codes = sorted(expect.concluded or ()) or [expect.code]
    return " ".join((expect.outcome.name, *codes)).strip()


def _verdict(result: RunResult | None) -> str:
    if result is None:
        return "not tested"
    if result.record is None:
        return f"no record ({result.failure})"
    fault = result.record.fault
    return f"{result.outcome.name} {fault.code if fault else ''}".strip()
