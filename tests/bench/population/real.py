"""Bad units that differ, over the real adb server, serial lines and sockets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from harness.cli.line import orders, run_line
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.sim.defects import DEFECTS, IN_RUNS
from harness.sim.jig import SimJig
from harness.sim.scenario import Scenario
from harness.steps import catalogue
from harness.wiring import open_line
from tests.bench.population.devices import SPEED
from tests.bench.population.found import Found
from tests.bench.population.slot import METER_NOISE, PLAN
from tests.bench.population.spread import spread


def found_over_adb(count: int, *, slots: int, seed: int) -> Iterator[Found]:
    """So many bad units, one defect after another, those of jigs and wires too."""
    bad = [name for name in IN_RUNS if DEFECTS[name].outcome is not Outcome.PASS]
    names = list(islice(cycle(bad), count))
    units = tuple(
        spread(Random(f"{seed} {number} {name}"), f"A57R{number:06}", seed=seed, defects={name: {}})
        for number, name in enumerate(names)
    )
    scenario = Scenario(units, seed=seed, speed=SPEED, jig=SimJig(noise=METER_NOISE))
    order_of = orders(load_plans(PLAN, catalogue()), scenario)
    with TemporaryDirectory(prefix="harness-bench-") as folder:
        store = Path(folder, "records.db")
        results = run_line(order_of, open_line(store, scenario, min(slots, count)), store)
    for name, unit, result in zip(names, units, results, strict=True):
        if result and result.record:
            yield Found.of(name, unit.serial, result.record)
        else:
            yield Found(name, unit.serial, None, frozenset())
