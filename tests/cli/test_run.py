"""`harness run` end to end: the real adb server, a real pty, the real store, real processes."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PLAN, Cli, RunScenario
from tests.journal import wait_for_journal

GOOD = "units: [{serial: A57A000001}]\n"
RAIL = """\
schema: 1
plan: rail
revision: 1
title: One rail of a jig
process: jig-selftest
product: {model: Core, part: Core}
steps:
  - id: rail
    use: jig_health.rail
    timeout: 10 s
    with: {voltage: 5 V}
    limits: {voltage: record only, error: {low: -1 %, high: 1 %}}
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
"""


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


def test_the_plan_of_a_self_test_is_of_the_jig_and_of_no_handset(cli: Cli) -> None:
    scenario = cli.scenario(
        "speed: 10\nunits: [{serial: A57A000001}]\njigs: [{defects: [jig.rail_low]}]\n"
    )
    plan = cli.folder / "quick.yaml"
    plan.write_text(RAIL)
    ran = cli("run", plan, "--scenario", scenario, "--json")
    assert ran.code == 1, ran.err
    (record,) = ran.records()
    assert (record["purpose"], record["fault"]["code"]) == ("engineering", "rail.error:LOW")
    assert (record["unit"]["serial"], record["unit"]["imei"]) == ("SIMJIG01", [])
    assert "-> Mend the jig" in ran.err
    assert "Bin the unit" not in ran.err


@pytest.mark.parametrize("option", ["--serial", "--label"])
def test_no_unit_is_announced_to_the_self_test_of_a_jig(cli: Cli, option: str) -> None:
    plan = cli.folder / "quick.yaml"
    plan.write_text(RAIL)
    ran = cli("run", plan, option, "A57A000001")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert f"{option}: the unit of the plan rail is the jig, which says its own serial" in said
    assert not cli.store.exists()


def test_a_self_test_asks_nobody_which_unit_stands_in_a_slot_that_takes_any(cli: Cli) -> None:
    plan, station = cli.folder / "quick.yaml", cli.folder / "any.yaml"
    plan.write_text(RAIL)
    jig = f"{{port: {cli.folder / 'no-port'}}}"
    station.write_text(
        f"schema: 1\nstation: any\nslots: [{{slot: 1, usb: pci-0000:00:14.0/1-2, jig: {jig}}}]\n"
    )
    ran = cli("run", plan, "--station", station, "--json")
    assert ran.code == 3, ran.err
    (record,) = ran.records()
    assert record["fault"]["code"] == "JIG-ABSENT"


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
        "instruments: [supply]\n"
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


VARIANTS = """
variants:
  pk: {sku: A57-PK}
  ae: {sku: A57-AE}
"""
GOLDEN = """\
schema: 1
golden: skeleton
revision: 1
measured: {by: 'R. Khan', on: 2020-10-01, until: 2021-04-01}
values: {charge.voltage_jig: 5.0 V}
"""


@pytest.fixture
def variants(cli: Cli) -> Path:
    """The skeleton plan for two variants; they differ in the current that passes."""
    text = PLAN.read_text()
    inline = "      current_jig: {low: 450 mA, high: 1100 mA, guard: 10 mA}\n"
    assert inline in text
    head, _, rest = text.partition("setup:")
    path = cli.folder / "plan.yaml"
    path.write_text(f"{head}limits: limits.yaml{VARIANTS}setup:{rest.replace(inline, '')}")
    write_limits(cli, "limits.yaml", low_ae="950 mA")
    return path


def write_limits(cli: Cli, name: str, *, low_ae: str) -> Path:
    path = cli.folder / name
    path.write_text(
        "schema: 1\nlimits: skeleton\nrevision: 1\n"
        "values: {charge.current_jig: {low: 450 mA}}\n"
        f"variants: {{ae: {{values: {{charge.current_jig: {{low: {low_ae}}}}}}}}}\n"
    )
    return path


@pytest.mark.parametrize(("sku", "variant", "code"), [("A57-PK", "pk", 0), ("A57-AE", "ae", 1)])
def test_the_sku_of_the_label_picks_the_variant(
    cli: Cli, variants: Path, sku: str, variant: str, code: int
) -> None:
    scenario = cli.scenario(f"units: [{{serial: A57A000001, sku: {sku}}}]\n")
    ran = cli("run", variants, "--scenario", scenario, "--json")
    assert ran.code == code, ran.err
    (record,) = ran.records()
    assert (record["scanned"]["sku"], record["unit"]["variant"]) == (sku, variant)


def test_a_variant_may_be_chosen_where_no_label_was_scanned(cli: Cli, variants: Path) -> None:
    ran = cli("run", variants, "--variant", "ae", "--json")
    assert ran.code == 1, ran.err
    (record,) = ran.records()
    assert record["unit"]["variant"] == "ae"
    assert (record["scanned"]["sku"], record["fault"]["code"]) == ("", "charge.current_jig:LOW")


def test_a_sku_or_variant_that_the_plan_has_not_is_wrong_usage(cli: Cli, variants: Path) -> None:
    scenario = cli.scenario("units: [{serial: A57A000001, sku: A57-XX}]\n")
    ran = cli("run", variants, "--scenario", scenario)
    assert ran.code == 2
    assert "A57-PK (pk), A57-AE (ae)" in " ".join(ran.err.split())
    ran = cli("run", variants, "--variant", "aee")
    assert ran.code == 2
    assert "has the variants pk, ae" in " ".join(ran.err.split())
    assert not cli.store.exists()


def test_a_variant_that_the_scanned_label_speaks_against_is_wrong_usage(
    cli: Cli, variants: Path
) -> None:
    label = "schema: 1\nlabel: l\nrevision: 1\nscan: {fields: [serial, sku], separator: ';'}\n"
    (cli.folder / "label.yaml").write_text(label)
    variants.write_text(variants.read_text().replace("limits: l", "label: label.yaml\nlimits: l"))
    scan = ("--label", "A57A000001;A57-PK")
    ran = cli("run", variants, *scan, "--variant", "ae")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "the label of A57A000001 says SKU A57-PK, which is variant pk" in said
    assert not cli.store.exists()
    assert cli("run", variants, *scan, "--variant", "pk").code == 0
    assert cli("run", variants, "--label", "A57A000001;A57-AE").code == 1


def test_another_limit_set_may_be_tried(cli: Cli, variants: Path) -> None:
    other = write_limits(cli, "other.yaml", low_ae="100 mA")
    ran = cli("run", variants, "--variant", "ae", "--limits", other, "--json")
    assert ran.code == 0, ran.err
    assert ran.records()[0]["purpose"] == "engineering"


def test_a_part_of_a_plan_that_passes_is_no_pass(cli: Cli) -> None:
    ran = cli("run", PLAN, "--only", "charge", "--json")
    assert ran.code == 4, ran.err
    (record,) = ran.records()
    assert (record["outcome"], record["fault"]["code"]) == ("ABORTED", "RUN-PARTIAL")
    assert record["plan"]["only"] == ["charge"]
    made = steps(record)
    assert (made["close"], made["charge"], made["open"]) == ("PASS", "PASS", "PASS")
    assert made["identity"] == "SKIPPED"


def test_a_part_of_a_plan_that_fails_is_a_fail(cli: Cli) -> None:
    scenario = cli.scenario("units: [{serial: A57A000006, defects: [battery.weak_charge]}]\n")
    ran = cli("run", PLAN, "--scenario", scenario, "--only", "charge", "--json")
    assert ran.code == 1, ran.err
    assert ran.records()[0]["fault"]["code"] == "charge.current_jig:LOW"


def test_all_steps_chosen_by_name_are_the_whole_plan(cli: Cli) -> None:
    ran = cli("run", PLAN, "--only", "charge, identity", "--json")
    assert ran.code == 0, ran.err
    assert ran.records()[0]["plan"]["only"] == []


ONLY = {
    "chrage": "no step or group 'chrage'; did you mean 'charge'?",
    "nothing,charge": "no step or group 'nothing'; there are identity, charge",
    "": "no step or group ''",
    "close": "close is setup or teardown, which always run",
}


@pytest.mark.parametrize(("only", "words"), ONLY.items(), ids=range(len(ONLY)))
def test_a_step_that_cannot_be_chosen_is_wrong_usage(cli: Cli, only: str, words: str) -> None:
    ran = cli("run", PLAN, "--only", only)
    assert ran.code == 2
    assert words in " ".join(ran.err.split())
    assert not cli.store.exists()


def test_a_group_is_chosen_by_its_id(cli: Cli) -> None:
    text = PLAN.read_text()
    before, _, rest = text.partition("steps:\n")
    body, _, after = rest.partition("teardown:")
    inner = "".join(f"    {line}\n" for line in body.splitlines())
    other = "  - {id: shut, use: jig.close, timeout: 10 s}\n"
    plan = cli.folder / "grouped.yaml"
    plan.write_text(f"{before}steps:\n{other}  - id: both\n    any_order:\n{inner}teardown:{after}")
    ran = cli("run", plan, "--only", "both", "--json")
    assert ran.code == 4, ran.err
    (record,) = ran.records()
    assert record["plan"]["only"] == ["identity", "charge"]
    assert steps(record)["shut"] == "SKIPPED"


def test_expired_golden_values_are_told_to_engineers_and_refused_elsewhere(cli: Cli) -> None:
    text = PLAN.read_text()
    inline = "      voltage_jig: {low: 4.75 V, high: 5.25 V, guard: 10 mV}\n"
    assert inline in text
    plan = cli.folder / "plan.yaml"
    plan.write_text(text.replace(inline, "").replace("setup:", "limits: limits.yaml\nsetup:", 1))
    (cli.folder / "golden.yaml").write_text(GOLDEN)
    (cli.folder / "limits.yaml").write_text(
        "schema: 1\nlimits: skeleton\nrevision: 1\ngolden: golden.yaml\n"
        "values: {charge.voltage_jig: {near: golden, within: 250 mV}}\n"
    )
    ran = cli("run", plan)
    assert ran.code == 0, ran.err
    expired = "the golden values skeleton revision 1 held until 2021-04-01"
    assert f"warning: {expired}" in ran.err
    station = cli.folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\n"
        "instruments: [supply]\n"
        "slots: [{slot: 1, handset: A57A000001, jig: {port: /dev/ttyNONE}}]\n"
    )
    before = cli.store.read_bytes()
    for command in (
        ("run", plan, "--purpose", "production", "--station", station),
        ("release", "make", plan, "--station", station),
    ):
        ran = cli(*command)
        assert ran.code == 2
        assert "PLAN-EXPIRED" in ran.err
        assert expired in " ".join(ran.err.split())
    assert cli.store.read_bytes() == before
