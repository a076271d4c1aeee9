"""`harness demo` end to end: a whole simulated station in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from harness.model.events import Stamped, StepStarted
from harness.model.station import Message, Obeyed, Snapshot
from harness.sim.scenario import load_scenario
from tests.cli.conftest import ROOT, Cli, Ran
from tests.station.adb_process import adb_servers
from tests.station.screen import Screen

LINE = load_scenario(ROOT / "fixtures" / "sim" / "line.yaml")
TWO = """\
speed: 10
units:
  - {serial: A57B000001, defects: [battery.weak_charge],
     expect: {outcome: FAIL, code: 'charge.current_jig:LOW'}}
  - {serial: A57B000002}
"""
pytestmark = pytest.mark.timeout(180)  # some run three demos

TIMES = {
    *("time", "port", "box", "back", "gone", "enumerated", "ready"),
    *("log_points", "gap"),
    *("rsrp", "rsrp_error", "rsrq", "snr", "cn0", "reports", "rssi", "link_speed"),
}
"""Measurements of the real clock, of the slot, and means over as many reports as came in time:
no seed repeats them."""


def folder(cli: Cli) -> Path:
    return cli.store.with_name("records.db.station")


def made(record: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [
        (step["id"], measured["name"], measured["value"])
        for step in record["steps"]
        for measured in step["measurements"]
        if measured["name"] not in TIMES
    ]


def test_a_line_has_four_good_units_of_two_versions_and_four_planted_bad() -> None:
    good = [unit for unit in LINE.units if not unit.defects]
    assert len(LINE.units) == 8
    assert len(good) == 4
    assert len({unit.android for unit in good}) == 2
    assert [unit.serial for unit in LINE.units if unit.sku == "A57-AE"] == ["A57A000005"]


def test_every_verdict_is_as_planted_and_the_records_are_clean(cli: Cli) -> None:
    checked = cli("demo", "--check", "--json")
    assert checked.code == 0, checked.err
    assert "All 8 verdicts are as planted." in checked.err
    assert checked.err.isascii()
    records = checked.records()
    assert [r["scanned"]["serial"] for r in records] == [unit.serial for unit in LINE.units]
    assert {r["slot"] for r in records} == set(range(1, 7)), "the README says six slots"
    for record, unit in zip(records, LINE.units, strict=True):
        assert unit.expect
        assert record["outcome"] == unit.expect.outcome.name
        assert (record["fault"] or {"code": ""})["code"] == unit.expect.code
        assert record["scanned"]["sku"] == unit.sku
        assert record["scanned"]["variant"] == {"A57-PK": "pk", "A57-AE": "ae"}[unit.sku]
        assert (record["symptom"] is not None) == (record["outcome"] == "FAIL")
    export, *_, weak = ({step["id"]: step for step in r["steps"]} for r in records[4:])
    assert "identity_at_the_end" in export
    assert "identity_at_the_end" not in weak
    parents = {name: step["parent"] for name, step in export.items() if step["parent"]}
    groups = {
        "wireless_and_rear": ("wifi", "rear_flat"),
        "short_range": ("bluetooth", "gnss"),
        "bench": ("attach", "charge"),
    }
    assert parents == {name: group for group, names in groups.items() for name in names}
    assert records[-1]["symptom"]["code"] == "BAT-07"
    assert records[4]["plan"]["sha256"] != records[0]["plan"]["sha256"]
    assert cli("records", "verify").code == 0


def test_one_seed_gives_the_same_values_again_on_whatever_slots(cli: Cli) -> None:
    scenario = cli.scenario(f"jig: {{noise: 0.002}}\n{TWO}  - {{serial: A57B000003}}\n")

    def demo(place: int, seed: str, slots: str) -> Ran:
        store = cli.folder / f"{place}.db"
        asked = ("--scenario", scenario, "--seed", seed, "--slots", slots)
        return cli("demo", *asked, "--records", store, "--json")

    with ThreadPoolExecutor(3) as side_by_side:  # they wait more than they work
        ran = list(side_by_side.map(demo, range(3), ("5", "5", "6"), ("3", "2", "3")))
    assert [run.code for run in ran] == [1, 1, 1]
    first, again, other = ([made(record) for record in run.records()] for run in ran)
    assert first == again
    assert first != other
    assert [r["outcome"] for r in ran[0].records()] == ["FAIL", "PASS", "PASS"]


def test_the_table_says_what_was_found_and_what_to_do(cli: Cli) -> None:
    ran = cli("demo", "--scenario", cli.scenario(TWO))
    assert ran.code == 1
    assert ran.out == ""
    words = " ".join(ran.err.replace("|", " ").split())
    assert "A57B000001 FAIL bin B BAT-07 charges too slowly" in words
    assert "charge.current_jig = 0.21 A, limit 0.46 to 1.09 A" in words
    assert "charge.current_jig:LOW (DUT)" in words
    assert "-> Bin the unit" in words
    assert "A57B000002 PASS" in words
    assert "Records: reports/records.db" in words


def test_a_verdict_that_is_not_as_planted_is_told(cli: Cli) -> None:
    scenario = cli.scenario(
        TWO.replace(
            "{serial: A57B000002}",
            "{serial: A57B000002, defects: [imei.not_written], expect: {outcome: PASS}}",
        )
    )
    ran = cli("demo", "--scenario", scenario, "--check")
    assert ran.code == 1
    assert "A57B000002: planted PASS, found FAIL IMEI-NOT-WRITTEN" in ran.err
    assert "A57B000001: planted" not in ran.err


def test_more_units_than_the_scenario_has_touch_nothing(cli: Cli) -> None:
    ran = cli("demo", "--units", "9")
    assert ran.code == 2
    assert "has 8 units, not 9" in ran.err
    assert not cli.store.exists()


def test_an_expectation_is_checked_like_the_rest_of_the_file(cli: Cli) -> None:
    ran = cli("demo", "--scenario", cli.scenario("units: [{serial: A, expect: {outcome: PAS}}]\n"))
    assert ran.code == 2
    assert "scenario.yaml:2:" in ran.err


def test_sigterm_in_the_middle_leaves_a_record_of_every_run(cli: Cli) -> None:
    running = cli.start("demo", "--json")
    with Screen(folder(cli)) as screen:
        for message in _messages(screen):
            if _begins(message, "rear"):
                running.send_signal(signal.SIGTERM)
                break
        out, err = running.communicate(timeout=50)
    assert running.returncode in (3, 4), err
    listed = cli("records", "list", "--json").records()
    assert len(listed) == len(out.splitlines())
    assert {entry["outcome"] for entry in listed} >= {"ABORTED"}
    assert None not in {entry["outcome"] for entry in listed}
    assert not any(entry["outcome"] == "PASS" for entry in listed)
    assert cli("records", "verify").code == 0


def test_a_screen_of_another_process_sees_the_line_and_aborts_a_slot(cli: Cli) -> None:
    running = cli.start("demo", "--units", "2", "--slots", "1", "--json")
    with Screen(folder(cli)) as screen:
        first = screen.message()
        assert isinstance(first, Snapshot)
        assert [view.slot for view in first.slots] == [1]
        while not _begins(screen.message(), "identity"):
            pass
        screen.send('{"is":"Abort","slot":1,"by":"Mei","why":"wrong cable"}')
        assert any(message == Obeyed("Abort") for message in _messages(screen))
    running.communicate(timeout=50)
    assert running.returncode == 4
    outcomes = {e["serial"]: e["outcome"] for e in cli("records", "list", "--json").records()}
    assert outcomes == {"A57A000001": "ABORTED", "A57A000002": "PASS"}


def test_a_killed_adb_server_is_started_again_and_no_unit_passes_by_it(cli: Cli) -> None:
    running = cli.start("demo", "--slots", "4", "--json")  # good units still wait for a slot
    with Screen(folder(cli)) as screen:
        for message in _messages(screen):
            if _begins(message, "rear"):
                (server,) = adb_servers(running.pid)
                os.kill(server, signal.SIGKILL)
                break
    out, err = running.communicate(timeout=55)
    assert running.returncode == 3, err
    assert len(out.splitlines()) == 8, err
    listed = {entry["serial"]: entry for entry in cli("records", "list", "--json").records()}
    lost = [entry for entry in listed.values() if entry["fault"] == "ADB-SERVER"]
    assert lost
    assert {entry["outcome"] for entry in lost} == {"ERROR"}
    bad = {unit.serial for unit in LINE.units if unit.defects}
    assert not any(listed[serial]["outcome"] == "PASS" for serial in bad)
    rest = {serial for serial in listed if serial not in bad} - {e["serial"] for e in lost}
    assert rest
    assert {listed[serial]["outcome"] for serial in rest} == {"PASS"}
    assert cli("records", "verify").code == 0


def _messages(screen: Screen) -> Iterator[Message]:
    while True:
        yield screen.message()


def _begins(message: Message, step: str) -> bool:
    return (
        isinstance(message, Stamped)
        and isinstance(message.event, StepStarted)
        and message.event.step == step
    )


@pytest.mark.parametrize("arguments", [["--slots", "0"], ["--units", "0"], ["--slots", "65"]])
def test_wrong_usage_touches_nothing(cli: Cli, arguments: list[str]) -> None:
    assert cli("demo", *arguments).code == 2
    assert not cli.store.exists()


def test_any_fault_of_the_outcome_will_do_where_no_code_is_expected(cli: Cli) -> None:
    scenario = cli.scenario(
        "speed: 10\nunits: [{serial: A57A000005, defects: [battery.weak_charge], "
        "expect: {outcome: FAIL}}]\n"
    )
    ran = cli("demo", "--scenario", scenario, "--check", "--slots", "1")
    assert ran.code == 0, ran.err


def test_a_defect_by_itself_is_held_to_what_is_known_of_it_and_none_goes_unmet(cli: Cli) -> None:
    known = "speed: 10\nunits: [{serial: A57A000005, defects: [battery.hot]}]\n"
    ran = cli("demo", "--scenario", cli.scenario(known), "--check")
    assert ran.code == 0, ran.err
    unmet = (
        "speed: 10\njig: {defects: [{jig.silent: {on: 'MEAS:CURR? (@4)'}}]}\n"
        "units: [{serial: A57A000005, defects: [{usb.unplug: {at: 99999}}], "
        "expect: {outcome: PASS}}]\n"
    )
    ran = cli("demo", "--scenario", cli.scenario(unmet), "--check")
    assert ran.code == 1
    assert "A57A000005: usb.unplug is planted, but was never met" in ran.err
    assert "the jigs: jig.silent is planted, but was never met" in ran.err


def test_a_defect_with_settings_is_checked_only_against_what_is_expected(cli: Cli) -> None:
    path = cli.scenario("units:\n  - {serial: A57A000005, defects: [{adb.hang: {on: getprop}}]}\n")
    ran = cli("demo", "--scenario", path, "--check")
    assert ran.code == 2
    assert "say what must be found, such as `expect: {outcome: FAIL}`" in ran.err
    assert not cli.store.exists()


def test_serials_of_another_product_are_wrong_usage(cli: Cli) -> None:
    ran = cli("demo", "--scenario", cli.scenario("units: [{serial: PIXEL0001}]\n"))
    assert ran.code == 2
    assert "A57[A-Z][0-9]{6}" in ran.err
    assert not cli.store.exists()


def test_a_sku_that_the_plan_does_not_know_is_wrong_usage(cli: Cli) -> None:
    ran = cli("demo", "--scenario", cli.scenario("units: [{serial: A57A000001, sku: A57-US}]\n"))
    assert ran.code == 2
    assert "A57A000001: the label says SKU 'A57-US'" in ran.err
    assert "A57-PK (pk), A57-AE (ae)" in ran.err
    assert not cli.store.exists()


def test_a_unit_of_the_export_variant_is_held_to_its_own_limits(cli: Cli) -> None:
    """13 s to attach: allowed at home (15 s), too long for export (12 s)."""
    slow = "defects: [{lte.attach_slow: {attach_s: 13}}]"
    scenario = cli.scenario(
        "speed: 10\nunits:\n"
        f"  - {{serial: A57A000001, sku: A57-PK, {slow}, expect: {{outcome: PASS}}}}\n"
        f"  - {{serial: A57A000002, sku: A57-AE, {slow},\n"
        "     expect: {outcome: FAIL, code: 'attach.time:HIGH'}}\n"
    )
    ran = cli("demo", "--scenario", scenario, "--check", "--slots", "2")
    assert ran.code == 0, ran.err


def test_units_without_imeis_have_their_own(cli: Cli) -> None:
    path = cli.scenario("units: [{serial: A57A000001}, {serial: A57A000002}]\n")
    first, second = load_scenario(path).units
    assert len({*first.imei, *second.imei}) == 4
