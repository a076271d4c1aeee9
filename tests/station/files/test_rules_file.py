"""The rules of a line as its station file says them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.model.rules.values import FpyFloor, Item, Offline, Rules
from harness.station.files.config import load_station


def loaded(folder: Path, rules: str) -> Rules:
    path = folder / "station.yaml"
    slots = "slots: [{slot: 1, handset: A57A000001}]"
    path.write_text(f"schema: 1\nstation: s-01\n{slots}\n{rules}\n")
    return load_station(path).rules


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Rules()
    assert loaded(tmp_path, "rules: {}") == Rules()
    assert loaded(tmp_path, "rules: {sign_in: true}") == Rules(sign_in=True)
    waived = Rules(contacts=7, waived=frozenset([Item.CLOCK, Item.SIGN_IN]))
    written = "rules: {contacts: 7, sign_in: false, waived: [clock_within, sign_in]}"
    assert loaded(tmp_path, written) == waived


def test_all_of_them(tmp_path: Path) -> None:
    rules = """\
rules:
  route: [smt, rf-cal]
  offline: local
  streak: 5
  fpy: {floor: 92.5 %, over: 200}
  golden_every: 12 h
  contacts: 50000
  clock_within: 500 ms
  disk_free: 5 GB
  sign_in: true
  engineering_for: 30 min
"""
    assert loaded(tmp_path, rules) == Rules(
        route=("smt", "rf-cal"),
        offline=Offline.LOCAL,
        streak=5,
        fpy=FpyFloor(92.5, 200),
        golden_every=timedelta(hours=12),
        contacts=50_000,
        clock_within=timedelta(milliseconds=500),
        disk_free=5_000_000_000,
        sign_in=True,
        engineering_for=timedelta(minutes=30),
    )


def test_no_streak_locks_where_none_is_to(tmp_path: Path) -> None:
    assert loaded(tmp_path, "rules: {streak: 0}").streak is None


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("3", "expected a mapping; found 3"),
        ("{route: rf}", "expected a list; found 'rf'"),
        ("{route: [rf, smt, rf]}", "process 'rf' is written twice"),
        ("{offline: perhaps}", "'perhaps'"),
        ("{streak: -1}", "found -1"),
        ("{streak: true}", "found true"),
        ("{fpy: {floor: 95 %}}", "missing key 'over'"),
        ("{fpy: {floor: 101 %, over: 9}}", "expected a yield such as 95 %, at most 100 %"),
        ("{fpy: {floor: 0 %, over: 9}}", "expected a yield such as 95 %, at most 100 %"),
        ("{fpy: {floor: 0.95, over: 9}}", "expected a yield such as 95 %, at most 100 %"),
        ("{fpy: {floor: '0.95', over: 9}}", "it is in %"),
        ("{golden_every: 32 d}", "expected a time such as 12 h, at most 31 d"),
        ("{clock_within: -1 s}", "expected a time such as 500 ms, at most 1 min"),
        ("{disk_free: 5 h}", "5 h"),
        ("{engineering_for: soon}", "soon"),
        ("{stop: 3}", "unknown key 'stop'"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, rules: str, told: str) -> None:
    with pytest.raises(StationFault) as fault:
        loaded(tmp_path, f"rules: {rules}")
    assert fault.value.code == "STATION-FILE"
    assert "station.yaml:4:" in fault.value.message
    assert told in fault.value.message
