"""Plans as test files: the real engine, adb server, pty and store, in a real pytest."""

from __future__ import annotations

import signal
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from harness.model.events import AbortRequested, Purpose, SafeStateReached
from harness.model.outcome import Outcome
from harness.model.record import Record
from tests.journal import wait_for_journal
from tests.pytest_plugin.conftest import ROOT, Session

pytest_plugins = ["pytester"]


def steps(record: Record) -> dict[str, str]:
    return {step.id: step.outcome.name for step in record.steps if step.outcome is not None}


def is_safe(record: Record) -> bool:
    return any(isinstance(note.event, SafeStateReached) for note in record.notes)


def test_the_plan_of_a_self_test_is_of_the_jig_and_of_no_handset(session: Session) -> None:
    core = (ROOT / "testplans" / "selftest" / "core.yaml").read_text()
    limits = ROOT / "testplans" / "limits" / "selftest-core.yaml"
    session.write("core.yaml", core.replace("../limits/selftest-core.yaml", str(limits)))
    ran = session("core.yaml", "-k", "identity")
    ran.assert_outcomes(passed=1, deselected=len(core.split("{id: ")) - 2)
    ran.stdout.fnmatch_lines(["core.yaml on SIMJIG01, slot 1: ABORTED (engineering), run *"])
    (record,) = session.records()
    assert record.unit.serial == "SIMJIG01"


def test_what_is_chosen_runs_with_setup_and_teardown_as_one_run_that_is_no_pass(
    session: Session,
) -> None:
    ran = session("skeleton.yaml", "-k", "charge", "-v", "--junitxml", "junit.xml")
    ran.assert_outcomes(passed=1, deselected=3)
    assert ran.ret == 0
    ran.stdout.fnmatch_lines(
        [
            "skeleton.yaml::charge PASSED*",
            "skeleton.yaml on A57A000001, slot 1: ABORTED (engineering), run *",
            "  only charge of the plan: a part of it is no verdict",
        ]
    )
    (record,) = session.records()
    assert record.purpose is Purpose.ENGINEERING
    assert record.fault
    assert record.fault.code == "RUN-PARTIAL"
    assert steps(record) == {
        "close": "PASS",
        "identity": "SKIPPED",
        "charge": "PASS",
        "open": "PASS",
    }
    assert is_safe(record)
    (case,) = ET.parse(session.folder / "junit.xml").iter("testcase")
    said = {each.get("name"): each.get("value") or "" for each in case.iter("property")}
    assert said["run"] == record.run
    assert said["current_jig"].endswith(" A")
    assert float(said["current_jig"].removesuffix(" A")) == pytest.approx(0.9, rel=0.05)
    assert said["current_jig.limit"] == "0.46 to 1.09 A"


def test_a_bad_unit_fails_at_its_step_with_value_limit_and_remedy(session: Session) -> None:
    session.scenario("units: [{serial: A57A000006, defects: [battery.weak_charge]}]")
    ran = session("skeleton.yaml", "--junitxml", "junit.xml")
    ran.assert_outcomes(passed=3, failed=1)
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(
        [
            "charge.current_jig = 0.21 A, limit 0.46 to 1.09 A",
            "charge.current_jig:LOW (DUT): *",
            "-> Bin the unit *",
            "*charge: measured*",
            "attempt 1: FAIL *",
            " *current_jig *0.21 A *LOW *0.46 to 1.09 A",
            " *voltage_jig *4.76 to 5.24 V",
            "FAILED skeleton.yaml::charge - charge.current_jig = 0.21 A*",
        ]
    )
    (record,) = session.records()
    assert record.outcome is Outcome.FAIL
    cases = ET.parse(session.folder / "junit.xml").iter("testcase")
    failed = {case.get("name"): case.find("failure") for case in cases}
    assert [name for name, failure in failed.items() if failure is not None] == ["charge"]


def test_a_step_that_could_not_judge_is_an_error_and_what_follows_is_skipped(
    session: Session,
) -> None:
    session.scenario("jig: {defects: [jig.interlock_open]}\nunits: [{serial: A57A000001}]")
    ran = session("skeleton.yaml", "-rs")
    ran.assert_outcomes(errors=3, skipped=2)  # close, open, and the run itself
    ran.stdout.fnmatch_lines(["*ERROR at setup of close*", "JIG-INTERLOCK (STATION): *", "-> *"])
    ran.stdout.fnmatch_lines(["SKIPPED * skeleton.yaml:18: close ended ERROR"])
    (record,) = session.records()
    assert record.outcome is Outcome.ERROR


def test_a_step_that_was_left_out_and_ends_the_run_is_told_all_the_same(session: Session) -> None:
    session.scenario("jig: {defects: [jig.interlock_open]}\nunits: [{serial: A57A000001}]")
    ran = session("skeleton.yaml", "-k", "charge")
    ran.assert_outcomes(skipped=1, errors=1, deselected=3)
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["*ERROR at teardown of charge*", "JIG-INTERLOCK (STATION): *"])


def test_plans_run_one_after_the_other_in_their_own_order_whoever_shuffles(
    session: Session,
) -> None:
    session.write("other.yaml", session.skeleton.replace("plan: skeleton", "plan: other"))
    session.pytester.makeconftest(
        "def pytest_collection_modifyitems(items): items.sort(key=lambda item: item.name)"
    )
    ran = session("skeleton.yaml", "other.yaml", "skeleton.yaml::charge", "-v")
    ran.assert_outcomes(passed=8)
    order = [line.split()[0] for line in ran.outlines if " PASSED" in line]
    ids = ["close", "identity", "charge", "open"]
    assert order == [f"{file}.yaml::{step}" for file in ("skeleton", "other") for step in ids]
    records = session.records()
    assert [record.plan.id for record in records] == ["skeleton", "other"]
    assert {record.outcome for record in records} == {Outcome.PASS}


def slow(session: Session) -> str:
    """A plan that goes on after its charge step FAILed, with one that takes long."""
    text = session.skeleton.replace(
        "use: battery.charge\n", "use: battery.charge\n    on_fail: continue\n"
    )
    head, charge = text[: text.index("  - id: charge")], text[text.index("  - id: charge") :]
    charge, teardown = charge[: charge.index("teardown:")], charge[charge.index("teardown:") :]
    again = charge.replace("id: charge", "id: again").replace("settle: 500 ms", "settle: 15 s")
    return head + charge + again + teardown


def test_x_stops_the_run_and_the_plans_after_it(session: Session) -> None:
    session.scenario("units: [{serial: A57A000006, defects: [battery.weak_charge]}]")
    session.write("slow.yaml", slow(session))
    ran = session("slow.yaml", "skeleton.yaml", "-x")
    ran.assert_outcomes(passed=2, failed=1)
    (record,) = session.records()
    assert record.outcome is Outcome.ABORTED
    assert record.dut_failed
    assert steps(record)["again"] == "ABORTED"
    assert steps(record)["open"] == "PASS"
    assert is_safe(record)
    (asked,) = (n.event for n in record.notes if isinstance(n.event, AbortRequested))
    assert "stopping after 1 failures" in asked.why


def test_x_leaves_a_run_its_fail_that_stops_by_itself(session: Session) -> None:
    session.scenario("units: [{serial: A57A000006, defects: [battery.weak_charge]}]")
    session("skeleton.yaml", "-x").assert_outcomes(passed=2, failed=1)
    (record,) = session.records()
    assert record.outcome is Outcome.FAIL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_as_aborted_with_the_jig_safe(
    session: Session, number: signal.Signals
) -> None:
    session.write("slow.yaml", slow(session))
    command = [sys.executable, "-m", "pytest", *session.arguments("slow.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        wait_for_journal(session.store, "again")
        running.send_signal(number)
        out, _ = running.communicate(timeout=40)
    assert running.returncode == pytest.ExitCode.INTERRUPTED
    assert "ABORTED (engineering)" in out
    (record,) = session.records()
    assert record.fault
    assert record.fault.code == "RUN-ABORTED"
    assert number.name in record.fault.message
    assert steps(record)["open"] == "PASS"
    assert is_safe(record)


def test_what_cannot_be_recorded_is_not_run(session: Session) -> None:
    session.write("blocked", "")
    options = ("--scenario", "scenario.yaml", "--records", "blocked/records.db")
    ran = session.quick("skeleton.yaml", *options)
    ran.assert_outcomes(errors=4)
    ran.stdout.fnmatch_lines(["STORE-READONLY: *", "  -> *"])
