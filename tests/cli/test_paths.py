"""A path whose loss nobody knows today: told of the plan, and a run touches nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Cli

PLAN = ROOT / "testplans" / "lte-attach.yaml"
STALE = "the path losses of table bench-01 held until 2020-05-02, today is 20"
ABSENT = "path-loss table bench-01 has no row for slot 1, cable C-0012, band 3"


@pytest.fixture
def bench(cli: Cli) -> Path:
    """The example station with its files, its losses good for a long time."""
    for folder in ("fixtures", "testplans"):
        shutil.copytree(ROOT / folder, cli.folder / folder)
    change(cli.folder, "on: 2026-11-02, until: 2027-05-02", "on: 2020-01-01, until: 2999-01-01")
    return cli.folder / "fixtures/stations/bench.yaml"


def change(folder: Path, old: str, new: str) -> None:
    losses = folder / "fixtures/path-loss/bench.yaml"
    text = losses.read_text()
    assert old in text
    losses.write_text(text.replace(old, new))


def test_a_path_that_is_known_is_not_told(cli: Cli, bench: Path) -> None:
    checked = cli("plan", "check", PLAN, "--station", bench)
    assert (checked.code, "step attach" in checked.out) == (0, False), checked.out


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("until: 2999-01-01", "until: 2020-05-02", "PATH-LOSS-STALE", STALE),
        ("cable: C-0012, band: 3", "cable: C-0013, band: 3", "PATH-LOSS-ABSENT", ABSENT),
        (
            "slot: 1, cable: C-0012, band: 3",
            "slot: 2, cable: C-0012, band: 3",
            "PATH-LOSS-ABSENT",
            ABSENT,
        ),
    ],
    ids=["stale", "other-cable", "other-slot"],
)
def test_a_path_that_is_not_stops_before_anything_is_touched(
    cli: Cli, bench: Path, old: str, new: str, code: str, words: str
) -> None:
    change(cli.folder, old, new)
    checked = cli("plan", "check", PLAN, "--station", bench)
    assert checked.code == 2
    told = checked.out.splitlines()[-1]
    assert told.startswith(f"{PLAN}:17:13: slot 1: step attach: {words}")
    ran = cli("run", PLAN, "--station", bench)
    assert (ran.code, ran.err.split(":")[0]) == (2, code)
    assert words in " ".join(ran.err.split())
    assert not cli.store.exists()


def test_who_asks_for_no_loss_needs_no_path(cli: Cli, bench: Path) -> None:
    """Only `lte.attach` compares with what should arrive."""
    change(cli.folder, "until: 2999-01-01", "until: 2020-05-02")
    ran = cli("run", PLAN, "--station", bench, "--only", "traffic")
    assert "PATH-LOSS" not in ran.err
    assert cli.store.exists()  # it has run, and found nobody at the example's ports
