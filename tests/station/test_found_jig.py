"""A jig that is lost in a run and comes back on another port: the next run finds it there."""

from __future__ import annotations

from pathlib import Path

from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.plans.resolve import load_plans
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.slot import RunResult
from harness.station.station import Order, Slot, Station
from harness.steps import catalogue
from harness.wiring import open_line

PLAN = """\
schema: 1
plan: press
revision: 1
title: Does the fixture close?
process: bench
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
steps:
  - {id: close, use: jig.close, timeout: 20 s, retry: {times: 2, on: [error]}}
  - id: who
    use: jig_health.identity
    timeout: 20 s
    limits:
      serial: {matches: 'SIM.*'}
      maker: record only
      model: record only
      firmware: record only
teardown:
  - {id: open, use: jig.open, timeout: 20 s}
"""


def run(station: Station, slot: Slot, path: Path) -> Record:
    (plan,) = load_plans(path, catalogue()).plans.values()
    ran = station.run(Order(plan), slot)
    ran.start()
    result: RunResult = ran.supervise()
    assert result.record
    return result.record


def test_a_run_does_not_go_on_with_a_jig_that_was_away_and_the_next_one_does(
    tmp_path: Path,
) -> None:
    path = tmp_path / "press.yaml"
    path.write_text(PLAN)
    units = (
        SimUnit("A57A000001", defects={"jig.unplug": {}}),
        SimUnit("A57A000002"),
    )
    with open_line(tmp_path / "records.db", Scenario(units, speed=20), 1) as line:
        first, second = (run(line.station, insert(1), path) for insert in line.units)
    assert (first.outcome, first.fault and first.fault.code) == (Outcome.ERROR, "JIG-LOST")
    assert [step.outcome for step in first.steps if step.id == "close"].count(Outcome.PASS) == 0
    assert (second.outcome, second.fault) == (Outcome.PASS, None)
    assert first.jig
    assert first.jig == second.jig
