"""Path-loss tables: right in full, or every problem at its place; and what they say of a path."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.model.cell import PathLoss
from harness.station.files.path_loss import PathLossTable, losses_of, read_path_loss

ROOT = Path(__file__).parents[3]
HEAD = """\
schema: 1
path_loss: bench-01
revision: 2
measured: {by: Mei, on: 2026-11-02, until: 2027-02-01}
values:
"""
GOOD = "  - {slot: 1, cable: C-0012, band: 3, loss: 42.0 dB}\n"
LAST = date(2027, 2, 1)


def read(folder: Path, text: str) -> tuple[PathLossTable | None, list[str]]:
    path = folder / "loss.yaml"
    path.write_text(text)
    file, table, problems = read_path_loss(path)
    assert file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    return table, [str(problem).removeprefix(f"{path}:") for problem in problems]


@pytest.fixture
def table(tmp_path: Path) -> PathLossTable:
    table, problems = read(tmp_path, HEAD + GOOD)
    assert table
    assert not problems
    return table


def code_and_words(table: PathLossTable, *path: int | str, on: date) -> str:
    slot, cable, band = path
    assert isinstance(slot, int)
    assert isinstance(band, int)
    with pytest.raises(StationFault) as caught:
        table.of(slot, str(cable), band, on)
    return str(caught.value)


def test_a_loss_with_who_measured_it_and_until_when(table: PathLossTable) -> None:
    row = PathLoss(42.0, "C-0012", 3, date(2026, 11, 2), LAST, "Mei")
    assert table.of(1, "C-0012", 3, LAST) == row


def test_a_day_later_it_counts_no_more(table: PathLossTable) -> None:
    told = code_and_words(table, 1, "C-0012", 3, on=date(2027, 2, 2))
    assert told == (
        "PATH-LOSS-STALE: the path losses of table bench-01 held until 2027-02-01, "
        "today is 2027-02-02"
    )


@pytest.mark.parametrize("path", [(1, "C-0012", 7), (1, "C-0013", 3), (2, "C-0012", 3)])
def test_another_band_cable_or_slot_is_another_path(
    table: PathLossTable, path: tuple[int, str, int]
) -> None:
    slot, cable, band = path
    told = code_and_words(table, *path, on=LAST)
    assert told.startswith("PATH-LOSS-ABSENT: path-loss table bench-01 has no row for ")
    assert told.endswith(f"slot {slot}, cable {cable}, band {band}")


def test_without_a_table_or_a_cable_no_path_is_known(table: PathLossTable) -> None:
    for known, cable, lacks, remedy in (
        (None, "C-0012", "path_loss", "`path_loss: FILE`"),
        (table, None, "rf_cable of slot 1", "`rf_cable:`"),
    ):
        with pytest.raises(StationFault, match=rf"PATH-LOSS-ABSENT: .* names no {lacks}") as fault:
            losses_of(known, 1, cable, lambda: LAST)(3)
        assert remedy in fault.value.remedy
    assert losses_of(table, 1, "C-0012", lambda: LAST)(3).loss_db == 42.0


def test_the_day_is_that_of_the_question(table: PathLossTable) -> None:
    days = iter([LAST, date(2027, 2, 2)])
    losses = losses_of(table, 1, "C-0012", lambda: next(days))
    assert losses(3).loss_db == 42.0
    with pytest.raises(StationFault, match="PATH-LOSS-STALE"):
        losses(3)


def test_no_loss_at_all_is_a_loss(tmp_path: Path) -> None:
    table, problems = read(tmp_path, HEAD + GOOD.replace("42.0", "0"))
    assert not problems
    assert table
    assert table.of(1, "C-0012", 3, LAST).loss_db == 0.0


WRONG = {
    "loss: -42.0 dB": "6:45: -42 dB would be a gain: a loss is written without a sign",
    "loss: 150.1 dB": "6:45: 150.1 dB is no loss of a path: at most 150 dB",
    "loss: 42.0": "6:45: expected a loss with its unit, such as 42.0 dB; found 42.0",
    "loss: '42.0'": "6:45: '42.0' has no unit: it is in dB (did you mean '42.0 dB'?)",
    "loss: 42.0 dBm": "6:45: 42.0 dBm: dBm measures level, dB measures level difference",
    "loss: nan dB": "6:45: expected a number, a space and a unit; found 'nan dB'",
    "loss: 42.0 db": "6:45: no unit 'db' (did you mean 'dB'?)",
    "band: 0": "6:36: expected at least 1; found 0",
    "cable: C 12": "6:22: expected a serial number: 1 to 64 printable ASCII characters without "
    "spaces; found 'C 12'",
    "slot: one": "6:12: expected a whole number; found 'one'",
    "until: 2026-11-02": "4:44: the values hold until a day after 2026-11-02, on which they were "
    "measured",
    "until: 2027-02-30": "4:44: no day of the calendar: '2027-02-30'",
}


@pytest.mark.parametrize(("written", "told"), WRONG.items())
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, written: str, told: str) -> None:
    key = written.partition(":")[0]
    (instead,) = (
        part
        for part in ("slot: 1", "cable: C-0012", "band: 3", "loss: 42.0 dB", "until: 2027-02-01")
        if part.startswith(f"{key}:")
    )
    text = (HEAD + GOOD).replace(instead, written)
    table, problems = read(tmp_path, text)
    assert table is None
    assert problems == [told]


def test_a_path_that_stands_there_twice(tmp_path: Path) -> None:
    table, problems = read(tmp_path, HEAD + GOOD + GOOD.replace("42.0", "41.0"))
    assert table is None
    assert problems == ["7:5: slot 1, cable C-0012, band 3 is written twice"]


def test_a_table_without_rows_or_date(tmp_path: Path) -> None:
    table, problems = read(tmp_path, "schema: 1\npath_loss: b\nrevision: 1\nvalues: []\n")
    assert table is None
    assert problems == [
        "1:1: missing key 'measured'",
        "4:9: expected at least 1 in the list; found an empty list",
    ]


def test_the_shipped_table_is_read() -> None:
    _, table, problems = read_path_loss(ROOT / "fixtures/path-loss/bench.yaml")
    assert not problems
    assert table
    assert table.of(1, "C-0012", 3, date(2026, 11, 3)).loss_db == 42.0
