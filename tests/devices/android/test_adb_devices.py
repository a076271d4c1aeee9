from __future__ import annotations

import pytest

from harness.devices.android.adb_devices import AdbDevice, AdbDevices, read_adb_devices
from harness.model.reading import Unknown, Unreadable

TITLE = "List of devices attached\n"


def read(*lines: str, head: str = TITLE) -> tuple[AdbDevice, ...]:
    found = read_adb_devices(head + "".join(f"{line}\n" for line in lines) + "\n")
    assert isinstance(found, AdbDevices), found
    return found.devices


def one(line: str) -> AdbDevice:
    (device,) = read(line)
    return device


def test_no_handset_is_an_answer() -> None:
    assert read() == ()
    assert read(head="List of devices attached \n") == ()


def test_without_details() -> None:
    device = one("TST1\tdevice")
    assert (device.serial, device.state) == ("TST1", "device")
    assert isinstance(device.usb, Unknown)
    assert isinstance(device.transport_id, Unknown)


@pytest.mark.parametrize(
    "serial", ["adb-T1 (2)._adb-tls-connect._tcp", "host device", "[::1]:5555"]
)
def test_a_serial_may_hold_blanks_and_words_of_states(serial: str) -> None:
    device = one(f"{serial:<22} offline usb:1-2 transport_id:7")
    assert (device.serial, device.state, device.usb) == (serial, "offline", "1-2")
    assert device.transport_id == 7


@pytest.mark.parametrize("serial", ["(no serial number)", "????????????"])
def test_no_serial_is_unknown(serial: str) -> None:
    assert isinstance(one(f"{serial} device transport_id:7").serial, Unknown)


@pytest.mark.parametrize(
    "advice",
    [
        "",
        "; see [http://developer.android.com/tools/device.html]",
        " (user in plugdev group; are your udev rules wrong?); see [http://x]",
    ],
)
def test_no_permissions_with_its_advice(advice: str) -> None:
    device = one(f"TST4       no permissions{advice} usb:1-4.1 transport_id:6")
    assert (device.serial, device.state, device.usb) == ("TST4", "no permissions", "1-4.1")
    expected = advice.strip() or Unknown("no advice")
    assert device.advice == expected


def test_twins_are_two() -> None:
    twins = read("TST8 device usb:3-3 transport_id:12", "TST8 device usb:3-4 transport_id:13")
    assert [twin.usb for twin in twins] == ["3-3", "3-4"]


def test_a_state_that_nobody_has_heard_of_is_no_state() -> None:
    assert isinstance(one("TST1 asleep transport_id:4").state, Unreadable)
    assert isinstance(read_adb_devices(TITLE + "TST1 asleep\n"), Unreadable)


@pytest.mark.parametrize(
    "text",
    [
        "* daemon not running; starting now at tcp:5037\n* daemon started successfully\n",
        TITLE + "error: protocol fault\n",
        TITLE + "device usb:1-2 transport_id:3\n",
        TITLE + TITLE,
        "adb: error: closed\n",
    ],
)
def test_what_is_no_list_is_unreadable(text: str) -> None:
    assert isinstance(read_adb_devices(text), Unreadable)


def test_what_stands_before_the_title_is_left_out() -> None:
    head = "adb server version (39) doesn't match this client (41); killing...\n* daemon started\n"
    (device,) = read("TST1 device transport_id:1", head=head + TITLE)
    assert device.serial == "TST1"
    (bare,) = read("TST1 device transport_id:1", head="")
    assert bare == device
