"""What a station tells of its plans, and how it learns how long runs take."""

from __future__ import annotations

from pathlib import Path

from harness.cli.station_orders import Lately, Orders, shown_first
from harness.errors import PlanError
from harness.model.durations import durations
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.station.station import Order
from harness.steps import catalogue
from tests.cli.conftest import PLAN, Cli

FINAL = Path(__file__).parents[2] / "testplans" / "a57-final.yaml"


def test_a_station_learns_from_its_first_run_how_long_runs_take(cli: Cli) -> None:
    plans = load_plans(PLAN, catalogue())
    lately, sha256 = Lately(plans, cli.store), plans.any.sha256
    assert lately.took == {}
    for runs, known in ((1, 1), (2, 2)):
        assert cli("run", PLAN).code == 0
        lately.hear(runs)
        assert lately.took[sha256].runs == known, "it looks when there are twice as many"
    with Reader(cli.store) as reader:
        assert lately.took[sha256] == durations(reader.record(head.run) for head in reader.runs())


def test_of_the_variants_of_a_plan_those_that_ship_are_what_units_are_tested_by(
    tmp_path: Path,
) -> None:
    plans = load_plans(FINAL, catalogue())

    def released(unit: Unit) -> Order:
        plan = plans.of(unit)
        if not plan.ships:
            raise PlanError("RELEASE-ABSENT", "it has none")
        return Order(plan, Purpose.PRODUCTION)

    orders: Orders = {Purpose.PRODUCTION: released}
    lately = Lately(plans, tmp_path / "records.db")
    shown = {name: shown_first(plan, orders, lately) for name, plan in plans.plans.items()}
    assert {name: plan.of_units for name, plan in shown.items()} == {
        "pk": True,
        "ae": True,
        "golden": False,
    }
