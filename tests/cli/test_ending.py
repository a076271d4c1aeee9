"""What a command does when those who watch it leave, and when it is told to stop."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PLAN, Cli

FULL = Path("/dev/full")


def outcomes(cli: Cli) -> list[str]:
    return [entry["outcome"] for entry in cli("records", "list", "--json").records()]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_terminal_does_not_cost_a_run_its_end(cli: Cli) -> None:
    with FULL.open("w") as full:
        ran = subprocess.run(cli.command("run", PLAN), cwd=cli.folder, stderr=full, check=False)
    assert ran.returncode == 0
    assert outcomes(cli) == ["PASS"]


def test_a_reader_that_leaves_does_not_cost_a_run_its_end(cli: Cli) -> None:
    running = subprocess.Popen(cli.command("run", PLAN), cwd=cli.folder, stderr=subprocess.PIPE)
    assert running.stderr
    running.stderr.readline()
    running.stderr.close()
    running.wait(40)
    assert outcomes(cli) == ["PASS"]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_record_that_cannot_be_printed_is_not_a_pass_of_the_command(cli: Cli) -> None:
    with FULL.open("w") as full:
        command = cli.command("run", PLAN, "--json")
        ran = subprocess.run(
            command, cwd=cli.folder, stdout=full, stderr=subprocess.DEVNULL, check=False
        )
    assert ran.returncode == 3  # OUTPUT-LOST
    assert outcomes(cli) == ["PASS"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_repeating_ends_with_the_run_that_was_stopped(cli: Cli, number: signal.Signals) -> None:
    running = cli.start("run", PLAN, "--repeat", "50")
    assert running.stderr
    while "PASS    identity" not in running.stderr.readline():
        pass
    running.send_signal(number)
    running.communicate(timeout=40)
    assert running.returncode == 4
    assert outcomes(cli)[0] == "ABORTED"
    assert len(outcomes(cli)) <= 2


@pytest.mark.parametrize("arguments", [["run", PLAN, "--json"], ["steps"]])
def test_a_pipe_that_nobody_reads_does_not_say_fail(cli: Cli, arguments: list[str]) -> None:
    running = subprocess.Popen(
        cli.command(*arguments), cwd=cli.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert running.stdout
    running.stdout.close()
    assert running.wait(40) == 3


def test_an_announced_serial_that_is_none_is_wrong_usage(cli: Cli) -> None:
    ran = cli("run", PLAN, "--serial", "A 57")
    assert ran.code == 2
    assert "serial number" in ran.err
    assert not cli.store.exists()


def test_a_slot_that_takes_any_unit_needs_to_be_told_which(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\n"
        "slots: [{slot: 1, handset: '127.0.0.1:1', jig: {port: /dev/ttyNONE}}]\n"
    )
    ran = cli("run", PLAN, "--station", station)
    assert ran.code == 2
    assert "--serial" in ran.err
    assert not cli.store.exists()
