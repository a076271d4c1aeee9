from __future__ import annotations

from pathlib import Path

import pytest

from harness.devices.android.bluetooth import (
    Bluetooth,
    is_of_nobody,
    read_address,
    read_bluetooth,
)
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
SAMPLE = (CORPUS / "bluetooth_a15_crashes.txt").read_text("utf-8")


def read(old: str = "", new: str = "") -> Bluetooth:
    assert old in SAMPLE
    bluetooth = read_bluetooth(SAMPLE.replace(old, new) if old else SAMPLE)
    assert isinstance(bluetooth, Bluetooth), bluetooth
    return bluetooth


@pytest.mark.parametrize("state", ["OFF", "TURNING_ON", "BLE_ON", "BLE_TURNING_OFF"])
def test_the_state_is_that_of_the_first_section(state: str) -> None:
    off = read("enabled: true", "enabled: false")
    assert (off.enabled, off.state) == (Unreadable("enabled: false, but state: ON"),) * 2
    text = SAMPLE.replace("enabled: true", "enabled: false").replace("state: ON", f"state: {state}")
    said = read_bluetooth(text)
    assert isinstance(said, Bluetooth)
    assert (said.enabled, said.state) == (False, state)
    assert isinstance(read("  state: ON\n", "").state, Unknown)
    assert isinstance(read("state: ON", "state: ?!?!? (3)").state, Unreadable)


@pytest.mark.parametrize(
    ("printed", "masked", "tail"),
    [
        ("XX:XX:XX:XX:53:01", True, "53:01"),
        ("00:00:5E:00:53:01", False, "53:01"),
        ("00:00:5e:00:53:ab", False, "53:AB"),
    ],
)
def test_an_address_may_be_masked(printed: str, masked: bool, tail: str) -> None:
    bluetooth = read("XX:XX:XX:XX:53:01", printed)
    assert (bluetooth.address_masked, bluetooth.address_tail) == (masked, tail)


@pytest.mark.parametrize("printed", ["null", "02:00:00:00:00:00", "XX:XX:XX:XX:XX:XX", ""])
def test_an_address_of_nothing_is_unknown(printed: str) -> None:
    bluetooth = read("XX:XX:XX:XX:53:01", printed)
    assert isinstance(bluetooth.address_tail, Unknown)
    assert isinstance(bluetooth.address_masked, Unknown)
    assert isinstance(read("XX:XX:XX:XX:53:01", "53:01").address_tail, Unreadable)


def test_lines_of_a_maker_among_them_do_not_count() -> None:
    bluetooth = read("  enabled: true\n", "  enabled: true\n  OEM State=OFF\n")
    assert (bluetooth.enabled, bluetooth.state) == (True, "ON")
    twice = read("  name: Galaxy A21s\n", "  name: Galaxy A21s\n  state: OFF\n")
    assert isinstance(twice.state, Unreadable)


def test_crashes_are_counted_in_words() -> None:
    assert read("crashed 2 times", "crashed 1 time").crash_count == 1
    assert read("crashed 2 times", "crashed 0 times").crash_count == 0
    assert isinstance(read("Bluetooth crashed 2 times\n", "").crash_count, Unknown)


def test_a_name_may_be_anything_but_null() -> None:
    assert read("Galaxy A21s", "state: OFF").name == "state: OFF"
    assert isinstance(read("Galaxy A21s", "null").name, Unknown)
    assert isinstance(read("enabled: true", "enabled: yes").enabled, Unreadable)


@pytest.mark.parametrize("text", ["", "Can't find service: bluetooth_manager\n", SAMPLE + SAMPLE])
def test_no_status_or_two_is_unreadable(text: str) -> None:
    assert isinstance(read_bluetooth(text), Unreadable)


@pytest.mark.parametrize(("state", "enabled"), [("ON", True), ("BLE_ON", False), ("OFF", False)])
def test_later_versions_of_the_module_lay_the_status_out_anew(state: str, enabled: bool) -> None:
    said = read_bluetooth(
        f"Bluetooth Status:\n  State:         {state}\n  Address:       XX:XX:XX:XX:53:01\n"
        "  Name:          Pixel 8\n  Inner app:     com.google.android.bluetooth\n\n"
        "Bluetooth crashed 0 times\n"
    )
    assert said == Bluetooth(enabled, state, True, "53:01", "Pixel 8", 0)


@pytest.mark.parametrize("state", ["OFF", "BLE_ON"])
def test_on_by_one_line_and_off_by_another_is_neither(state: str) -> None:
    bluetooth = read("state: ON", f"state: {state}")
    assert isinstance(bluetooth.enabled, Unreadable)
    assert isinstance(bluetooth.state, Unreadable)


def test_on_its_way_the_two_may_differ() -> None:
    bluetooth = read("state: ON", "state: TURNING_OFF")
    assert (bluetooth.enabled, bluetooth.state) == (True, "TURNING_OFF")


@pytest.mark.parametrize(
    ("printed", "setting", "address"),
    [
        ("00:00:5e:00:53:ab", Unknown("never set"), "00:00:5E:00:53:AB"),
        ("00:00:00:00:00:00", "00:00:5E:00:53:AB", "00:00:00:00:00:00"),
        ("XX:XX:XX:XX:53:01", "00:00:5e:00:53:01", "00:00:5E:00:53:01"),
    ],
)
def test_the_whole_address(printed: str, setting: str | Unknown, address: str) -> None:
    assert read_address(SAMPLE.replace("XX:XX:XX:XX:53:01", printed), setting) == address


@pytest.mark.parametrize(
    ("printed", "setting", "kind"),
    [
        ("XX:XX:XX:XX:53:01", Unknown("never set"), Unknown),
        ("XX:XX:XX:XX:53:01", "00:00:5E:00:53:02", Unreadable),  # another unit's, or an old one
        ("XX:XX:XX:XX:53:01", "53:01", Unreadable),
        ("null", "00:00:5E:00:53:01", Unknown),
        ("", "00:00:5E:00:53:01", Unknown),
        ("XX:XX:XX:XX:XX:XX", "00:00:5E:00:53:01", Unknown),
        ("00:00:5E:00:53", "00:00:5E:00:53:01", Unreadable),
    ],
)
def test_an_address_that_cannot_be_told(printed: str, setting: str | Unknown, kind: type) -> None:
    assert isinstance(read_address(SAMPLE.replace("XX:XX:XX:XX:53:01", printed), setting), kind)
    assert isinstance(read_address("", setting), Unreadable)


@pytest.mark.parametrize("address", ["00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF", "02:00:00:00:00:00"])
def test_an_address_that_no_maker_gives(address: str) -> None:
    assert is_of_nobody(address)
    assert not is_of_nobody("00:00:5E:00:53:01")
