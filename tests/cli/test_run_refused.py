"""What `harness run` refuses before anything is touched."""

from __future__ import annotations

import pytest

from tests.cli.conftest import PLAN, Cli
from tests.cli.stations import bare


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
    assert "did you mean 'jig.close'?" in " ".join(ran.err.split())
    assert not cli.store.exists()


@pytest.mark.parametrize(
    ("station", "words"),
    [
        ("slot: []", "station.yaml:3:1"),
        ("slots: [{slot: 1, handset: A57A000001}]", "PLAN-DEVICE"),
    ],
    ids=["with problems", "without the jig that the plan needs"],
)
def test_a_station_file_that_does_not_fit_touches_nothing(
    cli: Cli, station: str, words: str
) -> None:
    path = cli.folder / "station.yaml"
    path.write_text(f"schema: 1\nstation: s\n{station}\n")
    ran = cli("run", PLAN, "--station", path)
    assert ran.code == 2
    assert words in ran.err
    assert not cli.store.exists()


def test_a_real_station_without_its_handset_and_jig_says_so(cli: Cli) -> None:
    ran = cli("run", PLAN, "--station", bare(cli), "--json")
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
    assert "scenario.yaml:2:" in ran.err
    assert "did you mean 'adb.hang'?" in " ".join(ran.err.split())
