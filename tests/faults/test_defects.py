"""Each planted defect, alone and in pairs, leads to exactly what is written beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from harness.cli.line import PLAN, orders, run_line
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.sim.defects import DEFECTS
from harness.sim.scenario import units_with
from harness.steps import catalogue
from harness.ui.findings import concluded
from harness.wiring import open_line

SLOTS = 16
Found = tuple[Outcome | None, frozenset[str]]

pytestmark = pytest.mark.timeout(240)  # a machine may be busy; the line takes 30 s


def found(store: Path, planted: Sequence[Sequence[str]], slots: int = SLOTS) -> list[Found]:
    """What the final test concludes of units with these defects, on one line."""
    scenario = units_with(planted, speed=10)
    order_of = orders(load_plans(PLAN, catalogue()), scenario)
    opening = open_line(store, scenario, min(slots, len(planted)))
    results = run_line(order_of, opening, store)
    records = [result.record for result in results if result and result.record]
    assert len(records) == len(planted)
    return [(record.outcome, concluded(record)) for record in records]


ALONE: Mapping[Sequence[str], Found] = {
    (name,): (defect.outcome, defect.concluded) for name, defect in DEFECTS.items()
}
PAIRS: Mapping[Sequence[str], Found] = {
    (): (Outcome.PASS, frozenset()),
    # steps of one parallel group both run to their end
    ("camera.rear.dark", "wifi.deaf"): (
        Outcome.FAIL,
        frozenset({"WIFI-AP-NOT-FOUND", "rear.mean_luma:LOW", "rear.luma_across:LOW"}),
    ),
    ("adb.hang", "camera.rear.dark"): (Outcome.ERROR, frozenset({"ADB-HANG"})),
    # two values of one step are both judged
    ("lte.weak", "lte.wrong_plmn"): (
        Outcome.FAIL,
        frozenset({"attach.rsrp:LOW", "attach.plmn:MISMATCH"}),
    ),
    # the first stop hides what would have come
    ("camera.front.missing", "battery.weak_charge"): (Outcome.FAIL, frozenset({"CAMERA-MISSING"})),
    ("identity.label_mismatch", "wifi.dead"): (Outcome.ABORTED, frozenset({"UNIT-WRONG"})),
    ("imei.not_written", "jig.stuck_fixture"): (Outcome.ERROR, frozenset({"JIG-STUCK"})),
    # what cannot be undone is told beside what was found
    ("imei.duplicate", "jig.wrong_identity"): (Outcome.ERROR, frozenset({"JIG-WRONG"})),
}


def test_a_defect_is_concluded_as_what_it_is_and_of_two_both_or_the_first_that_stops(
    tmp_path: Path,
) -> None:
    """All on one line: most of them wait for an answer that never comes, so they wait at once."""
    must = {**ALONE, **PAIRS}
    seen = found(tmp_path / "records.db", list(must))
    assert dict(zip(must, seen, strict=True)) == must


def test_what_a_jig_had_with_one_unit_it_has_not_with_the_next(tmp_path: Path) -> None:
    names = ["jig.late_reply", "jig.interlock_open"]
    seen = found(tmp_path / "records.db", [*([name] for name in names), []], slots=1)
    must = [(DEFECTS[name].outcome, DEFECTS[name].concluded) for name in names]
    assert seen == [*must, (Outcome.PASS, frozenset())]
