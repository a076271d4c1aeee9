"""`harness run` end to end: the real adb server, a real pty, the real store, real processes."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PLAN, Cli, RunScenario

GOOD = "units: [{serial: A57A000001}]\n"


def notes(record: dict[str, Any]) -> list[str]:
    return [note["event"]["is"] for note in record["notes"]]


def steps(record: dict[str, Any]) -> dict[str, str]:
    return {step["id"]: step["outcome"] for step in record["steps"]}


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


@pytest.mark.parametrize(("defect", "code"), HANDSET_FAULTS.items())
def test_a_handset_that_fails_us_is_an_error_of_the_link(
    run_scenario: RunScenario, defect: str, code: str
) -> None:
    ran, record = run_scenario(f"units: [{{serial: A57A000004, defects: [{defect}]}}]\n")
    assert ran.code == 3, ran.err
    assert record["outcome"] == "ERROR"
    assert record["dut_failed"] is False
    assert (record["fault"]["code"], record["fault"]["blame"]) == (code, "LINK")
    assert record["fault"]["remedy"] in ran.err.replace("\n", " ").replace("  ", " ")
    assert record["fault"]["evidence"]
    assert steps(record)["open"] == "PASS"
    assert "SafeStateReached" in notes(record)


JIG_FAULTS = {
    "{jig.silent: {on: 'MEAS:CURR'}}": "JIG-TIMEOUT",
    "{jig.late_reply: {on: 'MEAS:CURR'}}": "JIG-LATE",
    "{jig.noise: {on: 'MEAS:CURR', rate: 0.5}}": "JIG-GARBLED",
    "{jig.refuses: {on: 'ROUT:CLOS (@'}}": "JIG-REFUSED",
    "jig.stuck_fixture": "JIG-STUCK",
    "jig.interlock_open": "JIG-INTERLOCK",
}


@pytest.mark.parametrize(("defect", "code"), JIG_FAULTS.items())
def test_a_jig_that_fails_us_is_an_error_of_the_station(
    run_scenario: RunScenario, defect: str, code: str
) -> None:
    ran, record = run_scenario(f"jig: {{defects: [{defect}]}}\n{GOOD}")
    assert ran.code == 3, ran.err
    assert record["outcome"] == "ERROR"
    assert record["dut_failed"] is False
    assert (record["fault"]["code"], record["fault"]["blame"]) == (code, "STATION")
    assert record["fault"]["evidence"]
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_aborts_the_run_and_closes_its_record(cli: Cli, number: signal.Signals) -> None:
    running = slow_run(cli)
    running.send_signal(number)
    out, err = running.communicate(timeout=40)
    assert running.returncode == 4, err
    assert '"outcome":"ABORTED"' in out
    assert "RUN-ABORTED" in err
    assert cli("records", "verify").code == 0


def slow_run(cli: Cli) -> Any:
    """A run that is in the charge step, where its handset hangs for 20 s."""
    scenario = cli.scenario(
        "units: [{serial: A57A000004, defects: [{adb.hang: {on: dumpsys battery}}]}]\n"
    )
    running = cli.start("run", PLAN, "--scenario", scenario, "--json")
    wait_for_journal(cli.store, "current_jig")
    return running


def wait_for_journal(store: Path, word: str) -> None:
    """Wait until an open run's journal holds the word."""
    for _ in range(400):
        if store.exists() and word in cli_journal(store):
            return
        time.sleep(0.05)
    raise AssertionError(f"{word} never reached the journal")


def cli_journal(store: Path) -> str:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        try:
            rows = database.execute("SELECT body FROM journal").fetchall()
        except sqlite3.OperationalError:
            return ""
    return b"".join(row[0] for row in rows).decode("latin-1")


def test_a_killed_run_is_shown_as_it_stands_then_closed_by_the_next(cli: Cli) -> None:
    running = slow_run(cli)
    running.kill()
    running.communicate(timeout=20)

    before = fingerprint(cli.store)
    listed = cli("records", "list", "--json")
    assert listed.code == 0, listed.err
    (open_run,) = listed.records()
    assert open_run["outcome"] is None
    assert fingerprint(cli.store) == before

    assert cli("run", PLAN).code == 0
    shown = cli("records", "show", open_run["run"], "--json").records()[0]
    assert shown["outcome"] == "ABORTED"
    assert (shown["fault"]["code"], shown["fault"]["blame"]) == ("RUN-INTERRUPTED", "STATION")
    assert steps(shown) == {"close": "PASS", "identity": "PASS", "charge": None}
    made = [m["name"] for m in shown["steps"][2]["measurements"]]
    assert "current_jig" in made
    verified = cli("records", "verify")
    assert verified.code == 0, verified.out


def fingerprint(store: Path) -> list[tuple[str, int, bytes]]:
    files = [store, store.with_name(store.name + "-wal")]
    return [(f.name, f.stat().st_mtime_ns, f.read_bytes()) for f in files if f.exists()]


def test_a_failed_measurement_of_a_killed_run_is_kept_and_counts(cli: Cli) -> None:
    scenario = cli.scenario(
        "units: [{serial: A57A000006, defects: "
        "[battery.weak_charge, {adb.hang: {on: dumpsys battery}}]}]\n"
    )
    running = cli.start("run", PLAN, "--scenario", scenario)
    wait_for_journal(cli.store, "current_jig")
    running.kill()
    running.communicate(timeout=20)
    assert cli("run", PLAN).code == 0
    listed = {entry["serial"]: entry for entry in cli("records", "list", "--json").records()}
    assert listed["A57A000006"]["outcome"] == "ABORTED"
    assert listed["A57A000006"]["dut_failed"] is True


def test_a_store_that_another_process_holds_is_refused(cli: Cli) -> None:
    running = slow_run(cli)
    try:
        ran = cli("run", PLAN)
        assert ran.code == 3
        assert "STORE-LOCKED" in ran.err
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=40)


def test_a_store_that_cannot_be_made_is_refused_before_anything_runs(cli: Cli) -> None:
    blocked = cli.folder / "a-file"
    blocked.write_text("")
    ran = cli("run", PLAN, "--records", blocked / "records.db")
    assert ran.code == 3
    assert "STORE-READONLY" in ran.err
    assert "->" in ran.err


def test_a_plan_with_problems_touches_nothing(cli: Cli) -> None:
    plan = cli.folder / "bad.yaml"
    plan.write_text(PLAN.read_text().replace("jig.close", "jig.clos"))
    ran = cli("run", plan)
    assert ran.code == 2
    assert "bad.yaml:" in ran.err
    assert "jig.close" in ran.err
    assert not cli.store.exists()


def test_a_station_file_with_problems_touches_nothing(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text("schema: 1\nstation: s\nslot: []\n")
    ran = cli("run", PLAN, "--station", station)
    assert ran.code == 2
    assert "station.yaml:3:1" in ran.err
    assert not cli.store.exists()


def test_a_station_without_the_jig_that_the_plan_needs_touches_nothing(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text("schema: 1\nstation: s\nslots: [{slot: 1, handset: A57A000001}]\n")
    ran = cli("run", PLAN, "--station", station)
    assert ran.code == 2
    assert "PLAN-DEVICE" in ran.err
    assert not cli.store.exists()


def test_a_real_station_without_its_handset_and_jig_says_so(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\n"
        "slots: [{slot: 1, handset: A57A000001, jig: {port: /dev/ttyNONE}}]\n"
    )
    ran = cli("run", PLAN, "--station", station, "--json")
    assert ran.code == 3
    (record,) = ran.records()
    assert record["fault"]["code"] == "JIG-ABSENT"


def test_an_unknown_serial_is_wrong_usage(cli: Cli) -> None:
    ran = cli("run", PLAN, "--serial", "B00000001")
    assert ran.code == 2
    assert "A57A000001" in ran.err


def test_a_scenario_with_a_misspelt_defect_is_refused_with_the_right_one(cli: Cli) -> None:
    scenario = cli.scenario("units: [{serial: A57A000001, defects: [adb.hangs]}]\n")
    ran = cli("run", PLAN, "--scenario", scenario)
    assert ran.code == 2
    assert "adb.hang" in ran.err
    assert "scenario.yaml:2:" in ran.err
