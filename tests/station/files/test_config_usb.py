"""Slots that are known by their USB socket, and the key by which handsets know the station."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.station.files.config import SlotConfig
from tests.station.files.written import station_of, told_of

EXPECTED = "expected a USB socket such as pci-0000:00:14.0/1-4.2 (`harness usb` lists them)"


def test_a_slot_is_known_by_its_socket_alone_or_beside_its_handset(tmp_path: Path) -> None:
    station = station_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "adb_key: ../keys/line\n"
        "slots:\n"
        "  - {slot: 1, usb: 'pci-0000:00:14.0/1-4.2'}\n"
        "  - {slot: 2, handset: A, usb: platform-3f980000.usb/1-1.3.7.2}\n",
    )
    assert station.slots == (
        SlotConfig(1, None, usb="pci-0000:00:14.0/1-4.2"),
        SlotConfig(2, "A", usb="platform-3f980000.usb/1-1.3.7.2"),
    )
    assert station.adb_key == tmp_path / ".." / "keys" / "line"


def test_a_key_may_be_named_from_the_home_folder_or_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/line")
    for written, meant in (("~/adb/line", "/home/line/adb/line"), ("/srv/line", "/srv/line")):
        text = f"schema: 1\nstation: s\nadb_key: {written}\nslots: [{{slot: 1, handset: A}}]\n"
        assert station_of(tmp_path, text).adb_key == Path(meant)


@pytest.mark.parametrize(
    "written",
    [
        "1-4",
        "/1-4",
        "pci/1-",
        "pci/3-1",
        "pci/1-0",
        "pci/1-1..2",
        "pci/1-1.2.3.4.5.6.7.8",
        "p i/1-1",
    ],
)
def test_a_socket_of_another_form_is_told_with_where_to_find_one(
    tmp_path: Path, written: str
) -> None:
    (told,) = told_of(
        tmp_path, f"schema: 1\nstation: s\nslots: [{{slot: 1, handset: A, usb: '{written}'}}]\n"
    )
    assert told == f"3:36: {EXPECTED}; found '{written}'"


def test_one_socket_of_two_slots_and_a_slot_of_nothing_are_told(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "slots:\n"
        "  - {slot: 1, usb: pci/1-4}\n"
        "  - {slot: 2, usb: pci/1-4}\n"
        "  - {slot: 3}\n"
        "  - {slot: 4, usb: }\n",
    )
    assert told == [
        "5:20: usb 'pci/1-4' is written twice",
        "6:5: missing key 'handset' (or 'usb', for whatever is plugged in there)",
        f"7:20: {EXPECTED}; found nothing",
    ]
