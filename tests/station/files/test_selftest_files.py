"""What opens the jigs of a station is in its files: plans of self-tests and of golden units."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.station.files.config import StationConfig, load_station
from harness.station.files.selftest_files import read_again
from tests.plans.bundle import FILES

ROOT = Path(__file__).parents[3]
PARTS = {
    "plan.yaml": "{}:{}",
    "limits.yaml": "{}-limits:{}",
    "golden.yaml": "{}-golden:{}",
    "label.yaml": "{}-label:{}",
    "mask.csv": "{}-mask:{}:mask.csv",
}
ROLES = [("selftest", "jigs/core.yaml", "tests"), ("golden-plan", "../plans/plan.yaml", "plans")]


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station file; the plans of its jig and of its golden unit name all that plans can."""
    for folder in ("tests", "plans", "jigs", "units"):
        (tmp_path / folder).mkdir()
    for folder in ("tests", "plans"):
        for name, content in FILES.items():
            (tmp_path / folder / name).write_text(content)
    head, _, _ = (ROOT / "fixtures/jigs/core.yaml").read_text().partition("selftest:")
    (tmp_path / "jigs/core.yaml").write_text(f"{head}selftest: ../tests/plan.yaml\n")
    entry = "kind: golden, plan: ../plans/plan.yaml, sku: A57-PK, until: 2036-12-31"
    (tmp_path / "units/a57.yaml").write_text(
        "schema: 1\ngolden_units: a57\nrevision: 1\nunits:\n"
        f"  - {{serial: 'A57G000001', {entry}}}\n  - {{serial: 'A57G000002', {entry}}}\n"
    )
    path = tmp_path / "ft-01.yaml"
    path.write_text(
        "schema: 1\nstation: ft-01\ngolden_units: units/a57.yaml\n"
        "slots:\n  - {slot: 1, handset: A, jig: {serial: J-1, file: jigs/core.yaml}}\n"
    )
    return path


def differing(before: StationConfig, after: StationConfig) -> set[str]:
    assert before.files.keys() == after.files.keys()
    return {role for role, file in after.files.items() if file != before.files[role]}


@pytest.mark.parametrize(("of", "name", "folder"), ROLES, ids=["self-test", "golden unit"])
@pytest.mark.parametrize(("part", "role"), PARTS.items(), ids=PARTS)
def test_an_edit_of_any_file_by_which_a_jig_is_opened_is_another_file_of_the_station(
    station: Path, of: str, name: str, folder: str, part: str, role: str
) -> None:
    before = load_station(station)
    with (station.parent / folder / part).open("a") as file:
        file.write("# softened\n")
    after = load_station(station)
    assert differing(before, after) == {role.format(of, name)}
    assert read_again(before.files) == read_again(after.files)
    assert {*before.files} - {*read_again(before.files)} == {
        *("station", "jig:jigs/core.yaml", "golden_units:units/a57.yaml")
    }


def test_a_file_that_is_gone_is_another_one(station: Path) -> None:
    files = load_station(station).files
    shutil.rmtree(station.parent / "plans")
    again = read_again(files)
    assert {role for role in again if not again[role].sha256} == {
        role.format("golden-plan", "../plans/plan.yaml") for role in PARTS.values()
    }
