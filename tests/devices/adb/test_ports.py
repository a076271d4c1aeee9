"""The handset of a slot is the one on the slot's USB port: twins and strangers are told apart."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from harness.devices.adb import AdbHandset, Where
from harness.devices.adb.states import parse_devices, pick, pick_at
from harness.errors import LinkFault
from tests.devices.adb.listed import listing
from tests.short import code_of, lease

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
ROWS = (CORPUS / "adb_devices_l_mixed.txt").read_text().partition("attached\n")[2]
TWINS = """\
TST8       device usb:3-3 product:p model:m device:d transport_id:12
TST8       device usb:3-4 product:p model:m device:d transport_id:13
TST9       device usb:3-5 product:p model:m device:d transport_id:14
TST7       offline usb:3-6 transport_id:15
(no serial number)     no permissions (missing udev rules?); see [http://x] usb:3-7 transport_id:16
"""


@pytest.mark.parametrize(
    ("serial", "port", "transport_id"),
    [("TST8", "3-3", 12), ("TST8", "3-4", 13), ("TST9", "3-5", 14)],
)
def test_a_handset_is_picked_by_its_port(serial: str, port: str, transport_id: int) -> None:
    assert pick_at(parse_devices(TWINS), serial, port).transport_id == transport_id


@pytest.mark.parametrize(
    ("serial", "port", "code"),
    [
        ("TST9", "3-3", "UNIT-WRONG"),
        ("TST9", "3-9", "ADB-ABSENT"),
        ("TST9", None, "ADB-ABSENT"),
        ("TST9", "3-7", "ADB-ABSENT"),  # who stands there cannot be told
        ("TST7", "3-6", "ADB-OFFLINE"),
        ("TST1", "3-9", "ADB-ABSENT"),
    ],
)
def test_a_handset_on_another_port_is_not_taken(serial: str, port: str | None, code: str) -> None:
    assert code_of(lambda: pick_at(parse_devices(TWINS), serial, port)) == code


def test_an_absence_says_where_the_handset_is() -> None:
    with pytest.raises(LinkFault, match="on another one") as caught:
        pick_at(parse_devices(TWINS), "TST8", "3-9")
    assert [found["usb"] for found in caught.value.evidence["elsewhere"]] == ["3-3", "3-4"]


def test_the_list_of_a_real_server() -> None:
    devices = parse_devices(ROWS)
    assert pick_at(devices, "TST0000000000001", "1-4.2").transport_id == 3
    for port, code in (("1-4.3", "UNIT-WRONG"), ("1-9", "ADB-ABSENT")):
        assert code_of(partial(pick_at, devices, "TST0000000000001", port)) == code
    states = {
        "1-4.3": "ADB-UNAUTHORIZED",
        "1-4.4": "ADB-OFFLINE",
        "1-4.1": "ADB-NO-PERMISSION",
        "3-1": "ADB-CONNECTING",
    }
    for device in devices[1:5]:
        port = device.details["usb"]
        found = code_of(partial(pick_at, devices, device.serial, port))
        assert found == states[port]


def test_twins_without_a_port_are_nobody() -> None:
    assert code_of(lambda: pick(parse_devices(TWINS), "TST8")) == "ADB-TWINS"


def test_each_slot_talks_to_its_own_twin() -> None:
    with listing(TWINS) as server:
        for port, transport in (("3-3", "12"), ("3-4", "13")):
            device = AdbHandset(server, "TST8", Where(partial(str, port))).for_run()
            assert device.under(lease()).shell("echo").out == transport
        assert code_of(lambda: AdbHandset(server, "TST8").under(lease()).shell("echo")) == (
            "ADB-TWINS"
        )


def test_a_port_that_changes_in_the_middle_of_a_run_is_another_handset() -> None:
    places = ["3-3"]
    with listing(TWINS) as server:
        device = AdbHandset(server, "TST8", Where(lambda: places[0])).for_run()
        assert device.under(lease()).shell("echo").out == "12"
        places[0] = "3-4"  # the socket's twin half, or a hub that was moved
        assert code_of(lambda: device.under(lease()).shell("echo")) == "ADB-RESTARTED"
        places[0] = ""
        assert code_of(lambda: device.under(lease()).shell("echo")) == "ADB-LOST"


@pytest.mark.parametrize(
    ("port", "code"),
    [("3-6", "ADB-OFFLINE"), ("3-7", "ADB-NO-PERMISSION"), ("3-9", "ADB-ABSENT")],
)
def test_a_slot_without_a_serial_says_the_state_of_whatever_is_there(port: str, code: str) -> None:
    assert code_of(lambda: pick_at(parse_devices(TWINS), "", port)) == code
    assert code_of(lambda: pick_at(parse_devices(TWINS), "", None)) == "ADB-ABSENT"


def test_a_slot_without_a_serial_takes_what_is_there_and_keeps_to_it() -> None:
    places = ["3-5"]
    with listing(TWINS) as server:
        slot = AdbHandset(server, "", Where(lambda: places[0]))
        run = slot.for_run().under(lease())
        assert run.shell("echo").out == "14"
        assert run.serial == "TST9"
        places[0] = "3-4"
        assert code_of(lambda: run.shell("echo")) == "UNIT-WRONG"
        next_run = slot.for_run().under(lease())
        assert next_run.shell("echo").out == "13"
        assert next_run.serial == "TST8"


def test_an_address_has_no_port() -> None:
    rows = "127.0.0.1:5555    device product:p model:m device:d transport_id:4\n"
    with listing(rows) as server:
        device = AdbHandset(server, "127.0.0.1:5555", Where(lambda: None))
        assert device.under(lease()).shell("echo").out == "4"
