"""`harness run` that is told to stop, or killed, while a step is on; and what is then on record."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PLAN, Cli
from tests.cli.recorded import steps
from tests.journal import wait_for_journal


def slow_run(cli: Cli) -> subprocess.Popen[str]:
    """A run that is in the charge step, where its handset hangs for 20 s."""
    scenario = cli.scenario(
        "units: [{serial: A57A000004, defects: [{adb.hang: {on: dumpsys battery}}]}]\n"
    )
    running = cli.start("run", PLAN, "--scenario", scenario, "--json")
    wait_for_journal(cli.store, "current_jig")
    return running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_aborts_the_run_and_closes_its_record(cli: Cli, number: signal.Signals) -> None:
    running = slow_run(cli)
    running.send_signal(number)
    out, err = running.communicate(timeout=40)
    assert running.returncode == 4, err
    assert '"outcome":"ABORTED"' in out
    assert "RUN-ABORTED" in err
    assert cli("records", "verify").code == 0


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
