"""`harness run` end to end: the real adb server, a real pty, the real store, real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PLAN, Cli, Ran, RunScenario
from tests.cli.recorded import notes, steps

GOOD = "units: [{serial: A57A000001}]\n"


def test_a_good_unit_passes_with_one_record_of_the_native_form(cli: Cli) -> None:
    ran = cli("run", PLAN, "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert record["schema"] == 1
    assert record["outcome"] == "PASS"
    assert record["fault"] is None
    assert record["dut_failed"] is False
    assert record["unit"]["serial"] == "A57A000001"
    assert record["unit"]["imei"] == ["860123450000012", "860123450000020"]
    assert record["plan"]["id"] == "skeleton"
    assert len(record["plan"]["sha256"]) == len(record["previous"]) == 64
    assert record["attempt"] == 1
    assert record["jig"]["firmware"]
    assert steps(record) == dict.fromkeys(["close", "identity", "charge", "open"], "PASS")
    charge = record["steps"][2]
    current = next(m for m in charge["measurements"] if m["name"] == "current_jig")
    assert current["unit"] == "A"
    assert current["value"] == pytest.approx(0.9, rel=0.05)
    assert (current["limit"]["low"], current["limit"]["guard"]) == (0.45, 0.01)
    assert "SafeStateReached" in notes(record)


def test_the_second_run_of_a_unit_is_its_second_attempt_and_follows_in_the_chain(
    cli: Cli,
) -> None:
    ran = cli("run", PLAN, "--json", "--repeat", "2")
    first, second = ran.records()
    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert first["previous"] != second["previous"]
    assert cli("records", "verify").code == 0


def test_a_weak_charge_fails_with_the_measurement_and_its_limit(run_scenario: RunScenario) -> None:
    ran, record = run_scenario("units: [{serial: A57A000006, defects: [battery.weak_charge]}]\n")
    assert ran.code == 1
    assert record["outcome"] == "FAIL"
    assert record["dut_failed"] is True
    assert record["fault"]["code"] == "charge.current_jig:LOW"
    assert record["fault"]["blame"] == "DUT"
    assert record["fault"]["remedy"]


HANDSET_FAULTS = {
    "adb.absent": "ADB-ABSENT",
    "adb.offline": "ADB-OFFLINE",
    "adb.unauthorized": "ADB-UNAUTHORIZED",
    "{adb.hang: {on: dumpsys battery}}": "ADB-HANG",
    "{adb.drip: {on: dumpsys battery}}": "ADB-DRIP",
    "{adb.drop: {on: dumpsys battery}}": "ADB-LOST",
    "{adb.garbage: {on: dumpsys battery}}": "ADB-GARBLED",
}
JIG_FAULTS = {
    "{jig.silent: {on: 'MEAS:CURR'}}": "JIG-TIMEOUT",
    "{jig.late_reply: {on: 'MEAS:CURR'}}": "JIG-LATE",
    "{jig.noise: {on: 'MEAS:CURR', rate: 0.5}}": "JIG-GARBLED",
    "{jig.refuses: {on: 'ROUT:CLOS (@'}}": "JIG-REFUSED",
    "jig.stuck_fixture": "JIG-STUCK",
    "jig.interlock_open": "JIG-INTERLOCK",
}


@pytest.mark.parametrize(("defect", "code"), HANDSET_FAULTS.items())
def test_a_handset_that_fails_us_is_an_error_of_the_link(
    run_scenario: RunScenario, defect: str, code: str
) -> None:
    ran, record = run_scenario(f"units: [{{serial: A57A000004, defects: [{defect}]}}]\n")
    assert_error(ran, record, code, "LINK")
    assert steps(record)["open"] == "PASS"


@pytest.mark.parametrize(("defect", "code"), JIG_FAULTS.items())
def test_a_jig_that_fails_us_is_an_error_of_the_station(
    run_scenario: RunScenario, defect: str, code: str
) -> None:
    ran, record = run_scenario(f"jig: {{defects: [{defect}]}}\n{GOOD}")
    assert_error(ran, record, code, "STATION")


def assert_error(ran: Ran, record: dict[str, Any], code: str, blame: str) -> None:
    """Not the unit's fault, explained on the terminal and on record, and the bench is safe."""
    assert ran.code == 3, ran.err
    assert (record["outcome"], record["dut_failed"]) == ("ERROR", False)
    fault = record["fault"]
    assert (fault["code"], fault["blame"]) == (code, blame)
    assert fault["remedy"] in " ".join(ran.err.split())
    assert fault["evidence"]
    assert "SafeStateReached" in notes(record)


@pytest.mark.parametrize(
    ("defect", "code"), [("jig.silent", "JIG-TIMEOUT"), ("jig.late_reply", "JIG-LATE")]
)
def test_a_jig_that_never_answers_in_time_is_recorded_as_not_safe(
    run_scenario: RunScenario, defect: str, code: str
) -> None:
    ran, record = run_scenario(f"jig: {{defects: [{defect}]}}\n{GOOD}")
    assert ran.code == 3
    assert record["fault"]["code"] == code
    assert "SafeStateFailed" in notes(record)
    assert "SafeStateReached" not in notes(record)
    assert "JIG-UNSAFE" in ran.err


def test_an_imei_that_was_never_written_has_its_own_code(run_scenario: RunScenario) -> None:
    ran, record = run_scenario("units: [{serial: A57A000007, defects: [imei.not_written]}]\n")
    assert ran.code == 1
    assert record["fault"]["code"] == "IMEI-NOT-WRITTEN"
    assert record["dut_failed"] is True


def test_another_unit_than_announced_is_the_operators(cli: Cli, tmp_path: Path) -> None:
    scenario = cli.scenario(
        "units: [{serial: A57A000001, defects: [{identity.label_mismatch: {label: A57A000002}}]}]\n"
    )
    ran = cli("run", PLAN, "--scenario", scenario, "--json")
    assert ran.code == 4
    (record,) = ran.records()
    assert record["fault"]["code"] == "UNIT-WRONG"
    assert record["scanned"]["serial"] == "A57A000002"
    assert record["unit"]["serial"] == "A57A000001"
