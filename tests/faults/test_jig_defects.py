"""Each defect of a jig leads its self-test to exactly what is written beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from harness.cli.line import PLAN, orders, run_line
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.sim.defect import Must
from harness.sim.defects import IN_RUNS
from harness.sim.jig import Dialect, SimJig, good_build
from harness.sim.jig.making import BOXES
from harness.sim.jig_defects import IN_JIG_ONLY, JIG_DEFECTS, SELF_TEST, defects_of
from harness.sim.scenario import Scenario, unit_of_serial, units_with
from harness.station.station import Order, Slot, Station
from harness.steps import catalogue
from harness.ui.findings import concluded
from harness.wiring import open_line

PLANS = Path(__file__).parents[2] / "testplans" / "selftest"

SPEED = 10.0
NOISE = 0.002
"""Relative standard deviation of one reading of a jig's meters."""

pytestmark = pytest.mark.timeout(300)


def self_tested(store: Path, scenario: Scenario, plan: str) -> list[Must]:
    """What the self-test concludes of the jig in which each unit stands, all at once."""
    order = Order(load_plans(PLANS / plan, catalogue()).any, Purpose.SELFTEST)
    count = len(scenario.units)
    with open_line(store, scenario, count) as line, ThreadPoolExecutor(count) as slots:
        inserted = [insert(n) for n, insert in enumerate(line.units, start=1)]
        return [*slots.map(partial(concluded_of, line.station, order), inserted)]


def concluded_of(station: Station, order: Order, slot: Slot) -> Must:
    run = station.run(order, slot)
    run.start()
    record = run.supervise().record
    assert record
    assert record.outcome is not None
    return Must(record.outcome, concluded(record))


def brought(store: Path, names: Collection[str], dialect: Dialect, plan: str) -> dict[str, Must]:
    """What is concluded of jigs of a dialect to which units bring these defects, one each."""
    units = units_with([[name] for name in names], speed=1).units
    jig = SimJig(dialect=dialect, noise=NOISE)
    found = self_tested(store, Scenario(units, speed=SPEED, jig=jig), plan)
    return dict(zip(names, found, strict=True))


def of_jigs(store: Path, jigs: Sequence[SimJig], plan: str) -> dict[str, Must]:
    """What is concluded of these jigs, which are found by their serials."""
    units = tuple(unit_of_serial(f"A57D{n:06}") for n, _ in enumerate(jigs))
    found = self_tested(store, Scenario(units, speed=SPEED, jigs=tuple(jigs)), plan)
    return dict(zip((jig.serial for jig in jigs), found, strict=True))


def erring(*codes: str) -> Must:
    return Must(Outcome.ERROR, frozenset(codes))


OF_CORE: Mapping[str, Must] = {name: must for name, must in SELF_TEST.items() if name in IN_RUNS}
OF_FRAMED: Mapping[str, Must] = {
    f"jig.{name}": OF_CORE[f"jig.{name}"]
    for name in ("late_reply", "noise", "rail_low", "refuses", "unplug")
}
OF_BOXES: Mapping[str, Must] = {
    "jig.cycles_worn": Must(Outcome.FAIL, frozenset({"cycles.used:HIGH"})),
    "jig.late_reply": erring("JIG-LATE"),
    "jig.noise": erring("JIG-GARBLED"),
    "jig.refuses": erring("JIG-REFUSED"),
    "jig.silent": erring("JIG-TIMEOUT"),
    "jig.unplug": erring("JIG-LOST"),
    "jig.wrong_identity": erring("JIG-WRONG"),
}
"""What is found of a box: it puts voltage on nothing, so it is always safe."""
STUCK: Mapping[str, Must] = {
    "shield-tescom": erring("JIG-REFUSED", "JIG-STUCK"),  # while it moves it takes no motion
    "shield-rs": erring("JIG-REFUSED"),  # it says itself that the lid has not arrived
}
BROUGHT: Mapping[Dialect, Mapping[str, Must]] = {
    "core": OF_CORE,
    "core-framed": OF_FRAMED,
    "shield-tescom": {**OF_BOXES, "jig.stuck_fixture": STUCK["shield-tescom"]},
    "shield-rs": {**OF_BOXES, "jig.stuck_fixture": STUCK["shield-rs"]},
}


def test_every_defect_of_a_box_is_tried() -> None:
    for dialect in BOXES:
        assert BROUGHT[dialect].keys() == defects_of(dialect) & {*IN_RUNS}


@pytest.mark.parametrize("dialect", BROUGHT)
def test_what_a_unit_brings_to_its_jig(tmp_path: Path, dialect: Dialect) -> None:
    plan = "shield.yaml" if dialect in BOXES else "core.yaml"
    must = BROUGHT[dialect]
    found = brought(tmp_path / "records.db", list(must), dialect, plan)
    assert {name: each for name, each in found.items() if each != must[name]} == {}


def test_jigs_as_they_were_built(tmp_path: Path) -> None:
    """Good ones pass, whichever they are; of two with one serial neither is tested."""
    twin, watchdog = "jig.twin_serial", "jig.watchdog"
    jigs = [
        *(SimJig(f"GOOD{n}", noise=NOISE, build=good_build(f"GOOD{n}")) for n in range(4)),
        SimJig("FRAMED", "core-framed", noise=NOISE, build=good_build("FRAMED")),
        SimJig(twin, defects={twin: {}}),
        SimJig(watchdog, "core-framed", defects={watchdog: {}}),
    ]
    must = dict.fromkeys((jig.serial for jig in jigs), Must(Outcome.PASS))
    must |= {name: SELF_TEST[name] for name in (twin, watchdog)}
    assert of_jigs(tmp_path / "records.db", jigs, "core.yaml") == must
    boxes = [SimJig(dialect, dialect, build=good_build(dialect)) for dialect in BOXES]
    must = dict.fromkeys(BOXES, Must(Outcome.PASS))
    assert of_jigs(tmp_path / "boxes.db", boxes, "shield.yaml") == must


def test_what_no_unit_brings_is_found_by_the_final_test_too(tmp_path: Path) -> None:
    names = sorted(IN_JIG_ONLY)
    jigs = [
        SimJig(name, "core" if name in defects_of("core") else "core-framed", defects={name: {}})
        for name in names
    ]
    units = tuple(unit_of_serial(f"A57D{n:06}") for n, _ in enumerate(jigs))
    scenario = Scenario(units, speed=SPEED, jigs=tuple(jigs))
    order_of = orders(load_plans(PLAN, catalogue()), scenario)
    store = tmp_path / "records.db"
    results = run_line(order_of, open_line(store, scenario, len(jigs)), store)
    records = [result.record for result in results if result and result.record]
    assert [(record.outcome, concluded(record)) for record in records] == [
        (JIG_DEFECTS[name].outcome, JIG_DEFECTS[name].concluded) for name in names
    ]
