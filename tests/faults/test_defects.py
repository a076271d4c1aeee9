"""Each planted defect, alone and in pairs, leads to exactly what is written beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli.line import PLAN, orders, run_line
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.plans.resolve import load_plans
from harness.sim.defects import DEFECTS, IN_RUNS, never_met
from harness.sim.jig import SimJig
from harness.sim.scenario import Scenario, unit_of_serial, units_with
from harness.sim.unit import Defects
from harness.steps import catalogue
from harness.ui.findings import concluded, findings
from harness.wiring import open_line

SLOTS = 8
"""Units that are tested at once: their pictures share this process with the jigs at the wire."""
Found = tuple[Outcome | None, frozenset[str]]

pytestmark = pytest.mark.timeout(480)  # the line takes two minutes, and a machine may be busy


def concluded_of(store: Path, scenario: Scenario, slots: int = SLOTS) -> list[Found]:
    """What the final test concludes of each unit of a line."""
    return [(record.outcome, concluded(record)) for record in records_of(store, scenario, slots)]


def records_of(store: Path, scenario: Scenario, slots: int = SLOTS) -> list[Record]:
    """The final test of each unit of a line."""
    order_of = orders(load_plans(PLAN, catalogue()), scenario)
    opening = open_line(store, scenario, min(slots, len(scenario.units)))
    results = run_line(order_of, opening, store)
    records = [result.record for result in results if result and result.record]
    assert len(records) == len(scenario.units)
    return records


ALONE: Mapping[Sequence[str], Found] = {
    (name,): (DEFECTS[name].outcome, DEFECTS[name].concluded) for name in IN_RUNS
}
PAIRS: Mapping[Sequence[str], Found] = {
    (): (Outcome.PASS, frozenset()),
    # steps of one parallel group both run to their end
    ("camera.rear.dark", "wifi.deaf"): (
        Outcome.FAIL,
        frozenset(
            {
                "WIFI-AP-NOT-FOUND",
                "rear_flat.mean_luma:LOW",
                "rear_flat.luma_across:LOW",
                "CAMERA-EXPOSURE",
            }
        ),
    ),
    ("adb.hang", "camera.rear.dark"): (Outcome.ERROR, frozenset({"ADB-HANG"})),
    # two values of one step are both judged
    ("lte.weak", "lte.wrong_plmn"): (
        Outcome.FAIL,
        DEFECTS["lte.weak"].concluded | DEFECTS["lte.wrong_plmn"].concluded,
    ),
    # the first stop hides what would have come
    ("camera.front.missing", "battery.weak_charge"): (
        Outcome.FAIL,
        DEFECTS["camera.front.missing"].concluded,
    ),
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
    records = records_of(tmp_path / "records.db", units_with(list(must), speed=10))
    otherwise = [
        f"{planted}: {record.outcome} {sorted(concluded(record))}; {_told(record)}"
        for planted, record in zip(must, records, strict=True)
        if (record.outcome, concluded(record)) != must[planted]
    ]
    assert not otherwise, "\n".join(otherwise)


def _told(record: Record) -> str:
    """All that was said against a unit, in full: another time may not show it again."""
    faults = [step.fault for step in record.steps if step.fault]
    return f"{findings(record)} {[(fault.code, fault.evidence) for fault in faults]}"


EDGES: Mapping[str, Mapping[str, float]] = {
    "battery.gauge_half": {"share": 0.54},
    "battery.hot": {"battery_c": 40.1},
    "battery.weak_charge": {"current_a": 0.449},
    "battery.weak_dcp": {"dcp_a": 1.499},
    "camera.bad_column": {"column_light": 0.949},
    "camera.banding": {"amplitude": 0.0051},
    "camera.blur_y": {"blur_ratio": 1.26},
    "camera.colour_shading": {"corner_red": 0.061},
    "camera.flash_weak": {"gain": 0.19},
    "camera.front.blur": {"sigma_px": 1.21},
    "camera.grey_pixels": {"count": 4},
    "camera.haze": {"stray_light": 0.081},
    "camera.noise": {"noise": 3.11},
    "camera.rear.bad_pixels": {"count": 4},
    "camera.rear.blemish": {"contrast_percent": 8.1},
    "camera.rear.blur": {"sigma_px": 1.21},
    "camera.rear.dark": {"luma": 35},
    "camera.rear.half_dark": {"light": 0.74},
    "camera.rear.tint": {"red_gain": 1.11},
    "camera.rear.vignette": {"falloff": 0.69},
    "bluetooth.crashes": {"times": 1},
    "gnss.weak": {"cn0_dbhz": 34.9},
    "lte.attach_slow": {"attach_s": 12.5},
    "lte.slow_data": {"downlink_mbps": 18.9},
    "lte.weak": {"rsrp_dbm": -102},
}
"""Settings as near to those of a good unit as may be planted."""


def test_a_setting_that_may_be_planted_is_found(tmp_path: Path) -> None:
    units = tuple(
        unit_of_serial(f"A57E{n:06}", defects={name: settings}, sku="A57-AE")
        for n, (name, settings) in enumerate(EDGES.items())
    )
    seen = concluded_of(tmp_path / "records.db", Scenario(units, speed=10))
    must = {name: (DEFECTS[name].outcome, DEFECTS[name].concluded) for name in EDGES}
    assert dict(zip(EDGES, seen, strict=True)) == must


NEVER: Defects = {
    "adb.hang": {"on": "no-such-command"},
    "adb.stuck": {"on": "no-such-command"},
    "handset.restarts": {"on": "no-such-command"},
    "usb.unplug": {"at": 99999},
    "jig.silent": {"on": "MEAS:CURR? (@4)"},
}


def test_what_no_command_meets_is_known(tmp_path: Path) -> None:
    """At the handset and at the jig, in a unit and in all jigs; what was met is met by one."""
    defects: Defects = {**NEVER, "adb.drip": {"on": "cat /sys/class/power_supply"}}
    units = (unit_of_serial("A57E000001", defects=NEVER), unit_of_serial("A57E000002"))
    jig = SimJig(defects={"jig.noise": {"on": "MEAS:VOLT? (@4)"}})
    scenario = Scenario(units, speed=10, jig=jig)
    seen = concluded_of(tmp_path / "records.db", scenario)
    assert seen == [(Outcome.PASS, frozenset())] * 2
    assert never_met(NEVER, units[0].met) == list(NEVER)
    assert never_met(scenario.jig_defects, scenario.jig_met) == ["jig.noise"]
    met = replace(units[1], defects=defects)
    concluded_of(tmp_path / "again.db", replace(scenario, units=(met,)))
    assert never_met(defects, met.met) == list(NEVER)


def test_what_a_jig_had_with_one_unit_it_has_not_with_the_next(tmp_path: Path) -> None:
    names = ["jig.late_reply", "jig.interlock_open"]
    scenario = units_with([*([name] for name in names), []], speed=10)
    seen = concluded_of(tmp_path / "records.db", scenario, slots=1)
    must = [(DEFECTS[name].outcome, DEFECTS[name].concluded) for name in names]
    assert seen == [*must, (Outcome.PASS, frozenset())]
