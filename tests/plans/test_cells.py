"""A channel that is not of the band beside it is told where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.plans.resolve import resolve
from harness.steps import catalogue

PLAN = (Path(__file__).parents[2] / "testplans" / "lte-attach.yaml").read_text("utf-8")


def told(folder: Path, old: str, new: str) -> list[str]:
    path = folder / "plan.yaml"
    path.write_text(PLAN.replace(old, new, 1), "utf-8")
    plans, problems = resolve(path, catalogue())
    assert (plans is None) == any(problem.severity == "error" for problem in problems)
    return [str(problem).removeprefix(f"{path}:") for problem in problems]


@pytest.mark.parametrize(
    "cell", ["band: 3, earfcn: 1200", "band: 3, earfcn: 1949", "band: 20, earfcn: 6300"]
)
def test_a_channel_of_its_band_is_fine(tmp_path: Path, cell: str) -> None:
    assert told(tmp_path, "band: 3, earfcn: 1650", cell) == []


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("band: 3, earfcn: 1950", "1200 to 1949; 1950 is of band 4; found 1950"),
        ("band: 8, earfcn: 1650", "3450 to 3799; 1650 is of band 3; found 1650"),
        ("band: 3, earfcn: 19650", "1200 to 1949; found 19650"),  # of the uplink
    ],
)
def test_a_channel_of_another_band_is_told_at_its_place(
    tmp_path: Path, cell: str, words: str
) -> None:
    (only,) = told(tmp_path, "band: 3, earfcn: 1650", cell)
    assert only == f"15:40: band {cell[6]} has the downlink channels {words}"


def test_a_band_that_nobody_knows_is_a_warning(tmp_path: Path) -> None:
    (only,) = told(tmp_path, "band: 3, earfcn: 1650", "band: 250, earfcn: 1650")
    assert only == "15:29: warning: no LTE band 250 is known to check channels by"


def test_what_is_no_number_is_told_once(tmp_path: Path) -> None:
    assert len(told(tmp_path, "earfcn: 1650", "earfcn: many")) == 1
    assert len(told(tmp_path, "earfcn: 1650, ", "")) == 1
