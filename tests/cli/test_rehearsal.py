"""`harness run --purpose rehearsal`: what production would be, on a simulated station."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PLAN, Cli

SIMULATED = "schema: 1\nstation: s-01\nsimulated: scenario.yaml\nrules: {route: [smt]}\n"
REAL = "schema: 1\nstation: s-02\nslots: [{slot: 1, handset: A57A000001}]\n"
REHEARSE = ("run", PLAN, "--purpose", "rehearsal")


@pytest.mark.timeout(170)
def test_the_third_run_on_a_slot_is_refused_and_those_before_are_told(cli: Cli) -> None:
    ran = cli(*REHEARSE, "--repeat", "3", "--json")
    assert ran.code == 3, ran.err
    assert [(r["purpose"], r["attempt"], r["outcome"]) for r in ran.records()] == [
        ("rehearsal", 1, "PASS"),
        ("rehearsal", 2, "PASS"),
    ]
    assert "RETEST-SLOT" in ran.err
    assert "Test the unit on another slot" in ran.err


def test_the_rules_of_a_station_file_hold(cli: Cli) -> None:
    cli.scenario("units: [{serial: A57A000001}]\n")
    station = cli.folder / "station.yaml"
    station.write_text(SIMULATED)
    ran = cli(*REHEARSE, "--station", station)
    assert ran.code == 3, ran.err
    assert "ROUTE-MISSING: A57A000001 has no run of smt" in ran.err


def test_what_is_refused_because_nobody_is_signed_in_is_no_aborted_run(cli: Cli) -> None:
    cli.scenario("units: [{serial: A57A000001}]\n")
    station = cli.folder / "station.yaml"
    station.write_text(SIMULATED.replace("{route: [smt]}", "{sign_in: true}"))
    ran = cli(*REHEARSE, "--station", station, "--json")
    assert (ran.code, ran.out) == (3, ""), ran.err
    assert "READY-SIGN-IN: nobody is signed in" in ran.err


def test_a_real_station_has_production_in_its_place(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text(REAL)
    ran = cli(*REHEARSE, "--station", station)
    assert ran.code == 2
    assert "STATION-REAL" in ran.err
    assert not cli.store.exists()


@pytest.mark.parametrize("purpose", ["rehearsal", "golden"])
@pytest.mark.parametrize("bent", [("--only", "identity"), ("--limits", PLAN)])
def test_it_runs_the_plan_as_it_is(cli: Cli, purpose: str, bent: tuple[str | Path, ...]) -> None:
    ran = cli("run", PLAN, "--purpose", purpose, *bent)
    assert ran.code == 2
    assert "leave out --limits and --only" in ran.err
    assert not cli.store.exists()
