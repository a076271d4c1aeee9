"""What production runs, and by which release; the handset and the jig are simulated at the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tests.cli.release.released import NAMESPACE, SCAN, AsRoot, Site
from tests.plans.release.releasing import BOB

INPUTS = {
    "plan": "plan.yaml",
    "limits": "limits.yaml",
    "golden": "golden.yaml",
    "mask:masks/sweep.csv": "masks/sweep.csv",
    "label": "label.yaml",
    "station": "ft-01.yaml",
    "trust": "etc/trust.yaml",
    "jig:jigs/core.yaml": "jigs/core.yaml",
    "selftest:jigs/core.yaml": "selftest.yaml",
    "golden_units:golden-units.yaml": "golden-units.yaml",
    "golden-plan:units/golden.yaml": "units/golden.yaml",
    "golden-plan-limits:units/golden.yaml": "units/limits.yaml",
    "golden-plan-mask:units/golden.yaml:sweep.csv": "units/sweep.csv",
}
"""The files that a record must name, by their roles."""


def _sha256(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_what_was_released_runs_and_its_record_says_by_which_release(
    line: AsRoot, site: Site
) -> None:
    assert line.self_test().code == 0
    ran = line.produce()
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert (record["outcome"], record["purpose"]) == ("PASS", "production")
    assert (record["release"]["process"], record["release"]["number"]) == ("final-test", 1)
    assert record["release"]["signed_by"] == ["alice", "bob"]
    inputs = {role: _sha256(line.folder / file) for role, file in INPUTS.items()}
    assert record["inputs"] == inputs
    made = json.loads((line.folder / "final-test-1.json").read_text())["manifest"]
    del inputs["trust"]
    inputs["station:ft-01.yaml"] = inputs.pop("station")
    assert {role: file["sha256"] for role, file in made["files"].items()} == inputs
    assert line("records", "verify").code == 0
    assert site.touched, "or no test here could tell that it was not"


def test_production_waits_for_the_self_test_of_its_jig(line: AsRoot, site: Site) -> None:
    refused = line.produce()
    assert refused.code == 3
    assert refused.out == ""
    assert "JIG-UNTESTED: jig SIMJIG01: no self-test of it is on record here" in refused.err
    heard = site.wires.slots[1].behaviour.heard
    asked = {"*IDN?", "*CLS", "SYST:ERR?", "OUTP?", "ROUT:CLOS? (@1)"}
    assert {*heard} == {"SAFE", *asked}, "nothing is switched on or moved"
    assert line("records", "list", "--json").out == ""
    assert line.self_test().code == 0
    assert line.produce().code == 0
    assert "FIXT:CLOS" in heard


def test_an_older_release_that_is_put_back_after_the_newer_ran_is_refused(
    line: AsRoot, site: Site
) -> None:
    old_plan = (line.folder / "plan.yaml").read_text()
    line.change("plan.yaml", "title: Line", "title: Second")
    line.make_and_install(2, BOB)
    assert line.self_test().code == 0
    ran = line.produce()
    assert ran.code == 0, ran.err
    assert ran.records()[0]["release"]["number"] == 2
    site.wires.slots[1].behaviour.heard.clear()

    (line.installed / "2.json").unlink()
    (line.folder / "plan.yaml").write_text(old_plan)
    before = line("records", "list", "--json").out
    ran = line.produce()
    assert ran.code == 2
    assert "RELEASE-OLD" in ran.err
    assert "release 2 of final-test, signed by bob, has run on this station" in ran.err
    assert "release 1 of final-test, signed by alice, bob" in ran.err
    assert not site.touched
    assert line("records", "list", "--json").out == before
    shown = line.release("show")
    assert shown.code == 2
    assert "       release 2 has run here: production refuses this one\n" in shown.out
    assert "active" not in shown.out
    assert line.release("show", "--records", "none.db").code == 0


def test_engineering_runs_what_nobody_signed_and_never_by_a_release(line: AsRoot) -> None:
    line.change("masks/sweep.csv", "300,0.9", "300,0.8")
    ran = line("run", "plan.yaml", "--label", SCAN, "--station", "ft-01.yaml", "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert (record["purpose"], record["release"]) == ("engineering", None)


AT_WORK = """
from pathlib import Path
from harness.cli.production import production_order
from harness.errors import PlanError
from harness.plans.resolve import load_plans
from harness.steps import catalogue
from harness.wiring import load_layout

layout = load_layout(Path("ft-01.yaml"), None)
plan = load_plans(Path("plan.yaml"), catalogue()).any
for path in map(Path, ("units/sweep.csv", "selftest.yaml")):
    production_order(plan, layout, Path("none.db"), Path("reports/releases"), "carol")
    was = path.read_text()
    path.write_text(was + "# softened")
    try:
        production_order(plan, layout, Path("none.db"), Path("reports/releases"), "carol")
    except PlanError as refused:
        print(refused.code, refused.evidence["problems"][1])
    path.write_text(was)
"""


def test_a_station_at_work_is_refused_what_opens_its_jigs_by_other_files(line: AsRoot) -> None:
    """It reads them anew when they change, so what it had read when it began is not enough."""
    ran = subprocess.run(
        [*NAMESPACE, sys.executable, "-c", AT_WORK],
        cwd=line.folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    first, second = ran.stdout.splitlines()
    assert first.startswith("RELEASE-CHANGED golden-plan-mask:units/golden.yaml:sweep.csv: ")
    assert second.startswith("RELEASE-CHANGED selftest:jigs/core.yaml: ")
