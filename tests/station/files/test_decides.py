"""Of a station file two people sign what decides whether a unit passes, or the line runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.station.files.config import SCHEMA, load_station
from harness.station.files.decides import ASIDE, deciding

ROOT = Path(__file__).parents[3]
TEXT = """\
schema: 1
station: ft-01
location: hall 1
plan: PLAN
loading: insert_then_scan
selftest_every: 12 h
adb_key: adb.key
jig_ports: ['/dev/ttyUSB*']
badges: badges.yaml
rules: {streak: 3, waived: [contacts], engineering_for: 8 h}
instruments: [lightbox]
slots:
  - {slot: 1, handset: A57A000001, usb: 'pci-0000:00:14.0/1-4', rf_cable: C-1,
     jig: {serial: J-1, port: /dev/ttyUSB0, file: JIG}, instruments: [supply]}
"""


def decides(folder: Path, old: str = "", new: str = "") -> Any:
    assert old in TEXT
    text = TEXT.replace(old, new) if old else TEXT
    text = text.replace("JIG}", f"{ROOT}/fixtures/jigs/core.yaml}}")
    (folder / "ft-01.yaml").write_text(text.replace("PLAN", str(ROOT / "testplans/skeleton.yaml")))
    return load_station(folder / "ft-01.yaml").decides


DECIDE = [
    ("selftest_every: 12 h", "selftest_every: 31 d"),
    ("badges.yaml", "others.yaml"),
    ("streak: 3", "streak: 0"),
    ("waived: [contacts]", "waived: [golden_every]"),
    ("waived: [contacts], ", ""),
    ("rf_cable: C-1", "rf_cable: C-2"),
    ("instruments: [supply]", "instruments: [supply, callbox]"),
    ("slot: 1", "slot: 2"),
    ("adb.key", "other.key"),
    ("ttyUSB*", "ttyACM*"),
    ("A57A000001", "A57A000002"),
    ("1-4'", "1-5'"),
    ("J-1", "J-2"),
    ("/dev/ttyUSB0", "/dev/ttyUSB1"),
]
ALONE = [
    ("station: ft-01", "station: ft-02"),
    ("hall 1", "hall 2"),
    ("loading: insert_then_scan\n", ""),
    ("engineering_for: 8 h", "engineering_for: 4 h"),
    ("badges:", "screen: {scanner: /dev/ttyACM0, language: zh}\nbadges:"),
    ("badges:", "screen: {badge: 'M[0-9]{6}', palette: mono}\nbadges:"),
]


@pytest.mark.parametrize(("old", "new"), DECIDE)
def test_what_decides_takes_two_people(tmp_path: Path, old: str, new: str) -> None:
    assert decides(tmp_path, old, new) != decides(tmp_path)


@pytest.mark.parametrize(("old", "new"), ALONE)
def test_what_does_not_takes_one(tmp_path: Path, old: str, new: str) -> None:
    assert decides(tmp_path, old, new) == decides(tmp_path)


@pytest.mark.parametrize("key", ["usb", "handset"])
def test_two_sockets_or_handsets_that_change_places_take_two_people(key: str) -> None:
    """Else a unit gets the readings of the jig beside it, and nothing that is asked shows it."""

    def slots(first: str, second: str) -> Any:
        return deciding({"slots": [{"slot": 1, key: first}, {"slot": 2, key: second}]})

    assert slots("a", "b") != slots("b", "a")


def _keys(shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each key that a file of this shape may have, those above it too."""
    for key, value in shape.get("properties", {}).items():
        yield (*path, key)
        yield from _keys(value, (*path, key))
    if "items" in shape:
        yield from _keys(shape["items"], path)


KEYS = [*_keys(SCHEMA)]
PAGE = (ROOT / "docs" / "releases.md").read_text()


def _file(path: tuple[str, ...], value: str) -> Any:
    """What a file with this key says; slots and instruments stand in lists."""
    key, *below = path
    inside = _file(tuple(below), value) if below else value
    return {key: [inside] if below and key in ("slots", "instruments") else inside}


def test_one_person_changes_the_keys_that_the_docs_say_and_no_other() -> None:
    assert ("slots", "instruments", "serial") in KEYS
    (said,) = re.findall(r"All of it as written decides .*?, but for (.*?)\. ", PAGE, re.DOTALL)
    alone = {
        ".".join(path) for path in KEYS if deciding(_file(path, "1")) == deciding(_file(path, "2"))
    }
    assert alone == set(re.findall(r"`(.*?)`", said))


@pytest.mark.parametrize("place", ["", "slots", "instruments", "rules", "rules.fpy"])
def test_a_key_that_nobody_thought_of_decides_whatever_its_name(place: str) -> None:
    """A name that one person may change at one place decides at any other."""
    written = ({key.rpartition(".")[2] for key in ASIDE} | {"serial", "new"}) - {"rules"}
    for key in written:
        path = (*place.split("."), key) if place else (key,)
        if ".".join(path) not in ASIDE:
            assert deciding(_file(path, "1")) != deciding(_file(path, "2")), path
