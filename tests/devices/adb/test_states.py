from __future__ import annotations

import time
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.states import DeviceInfo, is_address, parse_devices, pick
from harness.errors import LinkFault
from harness.sim.handset import SimHandsets
from tests.devices.adb.listed import listing
from tests.devices.adb.rig import handset, unit
from tests.short import code_of, lease

MIXED = """\
TST1       device usb:1-4.2 product:CPH2451 model:CPH2451 device:OP594DL1 transport_id:3
TST2       unauthorized usb:1-4.3 transport_id:4
TST3       offline usb:1-4.4 transport_id:5
TST4       no permissions (missing udev rules? user is in the plugdev group); \
see [http://developer.android.com/tools/device.html] usb:1-4.1 transport_id:6
TST5       authorizing usb:3-1 transport_id:9
TST6       connecting transport_id:10
TST7       rescue usb:3-2 transport_id:11
TST8       device usb:3-3 transport_id:12
TST8       device usb:3-4 transport_id:13
(no serial number)     device usb:3-5 transport_id:14

"""


def test_reads_the_list_of_the_server() -> None:
    devices = parse_devices(MIXED)
    assert len(devices) == 10
    details = {"usb": "1-4.2", "product": "CPH2451", "model": "CPH2451", "device": "OP594DL1"}
    assert devices[0] == DeviceInfo("TST1", "device", 3, details)
    assert devices[3].state.startswith("no permissions (missing udev rules?")
    assert devices[3].details == {"usb": "1-4.1"}
    assert devices[9].serial == "(no serial number)"


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        ("TST2", "ADB-UNAUTHORIZED"),
        ("TST3", "ADB-OFFLINE"),
        ("TST4", "ADB-NO-PERMISSION"),
        ("TST5", "ADB-CONNECTING"),
        ("TST6", "ADB-CONNECTING"),
        ("TST7", "ADB-WRONG-MODE"),
        ("TST8", "ADB-TWINS"),
        ("TST9", "ADB-ABSENT"),
    ],
)
def test_each_state_has_its_code(serial: str, code: str) -> None:
    with pytest.raises(LinkFault) as caught:
        pick(parse_devices(MIXED), serial)
    assert caught.value.code == code
    assert serial in str(caught.value.evidence)


def test_a_ready_handset_is_picked() -> None:
    assert pick(parse_devices(MIXED), "TST1").transport_id == 3


@pytest.mark.parametrize("line", ["TST1 device", "TST1", "TST1 device transport_id:x"])
def test_a_line_without_a_transport_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no line of the list"):
        parse_devices(line)


@given(st.text())
def test_any_other_list_is_refused_as_one(text: str) -> None:
    try:
        devices = parse_devices(text)
    except ValueError:
        return
    assert all(device.serial and device.state for device in devices)


@pytest.mark.parametrize("mode", ["recovery", "sideload", "rescue", "bootloader"])
def test_a_mode_that_is_planted(server: AdbServer, handsets: SimHandsets, mode: str) -> None:
    dut = handset(server, handsets, **{mode: {}})
    with pytest.raises(LinkFault) as caught:
        dut.shell("true")
    assert caught.value.code == "ADB-WRONG-MODE"
    assert caught.value.evidence["state"] == mode


@pytest.mark.parametrize(
    ("defect", "settings"), [("unauthorized", {"allow_s": 2}), ("authorizing", {"for_s": 1})]
)
def test_a_handset_that_lets_in_within_the_limit_goes_on(
    server: AdbServer, handsets: SimHandsets, defect: str, settings: dict[str, float]
) -> None:
    dut = handset(server, handsets, **{defect: settings})
    assert dut.shell("echo in").out == "in\n"


@pytest.mark.parametrize(
    ("defect", "code"),
    [("unauthorized", "ADB-UNAUTHORIZED"), ("authorizing", "ADB-CONNECTING")],
)
def test_a_run_waits_once_for_a_handset_that_never_lets_in(
    server: AdbServer, handsets: SimHandsets, defect: str, code: str
) -> None:
    dut = handset(server, handsets, **{defect: {}})
    started = time.monotonic()
    assert code_of(lambda: dut.shell("true")) == code
    waited_s = time.monotonic() - started
    assert waited_s > 4
    assert code_of(lambda: dut.shell("true")) == code
    assert time.monotonic() - started < waited_s + 4


@pytest.mark.parametrize("mode", ["recovery", "sideload", "rescue", "bootloader", "host"])
def test_a_handset_in_another_mode(server: AdbServer, handsets: SimHandsets, mode: str) -> None:
    address = handsets.add(unit(), mode=mode)
    with pytest.raises(LinkFault) as caught:
        AdbHandset(server, address).under(lease()).shell("true")
    assert caught.value.code == "ADB-WRONG-MODE"
    assert caught.value.evidence["state"] == mode


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        ("absent", "ADB-ABSENT"),
        ("offline", "ADB-OFFLINE"),
        ("unauthorized", "ADB-UNAUTHORIZED"),
    ],
)
def test_a_handset_that_cannot_be_used(
    server: AdbServer, handsets: SimHandsets, defect: str, code: str
) -> None:
    dut = handset(server, handsets, **{defect: {}})
    for _ in range(2):  # at first contact, and when the server knows it already
        with pytest.raises(LinkFault) as caught:
            dut.shell("true", timeout_s=2)
        assert caught.value.code == code


def test_a_usb_serial_that_is_absent_is_not_connected_to(server: AdbServer) -> None:
    with pytest.raises(LinkFault) as caught:
        AdbHandset(server, "A57A000001").under(lease()).shell("true")
    assert caught.value.code == "ADB-ABSENT"


def test_an_unplugged_handset_is_lost_and_found_again(
    server: AdbServer, handsets: SimHandsets
) -> None:
    dut = handset(server, handsets)
    assert dut.shell("echo 1").out == "1\n"
    handsets.unplug(dut.serial)
    with pytest.raises(LinkFault) as caught:
        dut.shell("echo 2")
    assert caught.value.code == "ADB-LOST"
    handsets.replug(dut.serial)
    assert dut.shell("echo 3").out == "3\n"


AT = "127.0.9.9:5555"
BROKEN = f"{AT} offline transport_id:1\n"
BACK = f"{AT} device transport_id:2\n"
KNOWN = f"already connected to {AT}"


def test_a_link_that_is_on_its_way_out_is_not_taken_for_the_handset() -> None:
    """The server refuses a second link until it has forgotten the broken one: it is asked again."""
    answers = [(KNOWN, BROKEN), (KNOWN, ""), (f"connected to {AT}", BACK)]
    with listing("", answers) as server:
        server.connect(AT, lease())
        assert [device.state for device in server.devices(lease())] == ["device"]


@pytest.mark.parametrize(("rows", "code"), [(BROKEN, "ADB-OFFLINE"), ("", "ADB-ABSENT")])
def test_a_broken_link_that_stays_is_told(rows: str, code: str) -> None:
    with listing("", repeat((KNOWN, rows))) as server:
        assert code_of(lambda: server.connect(AT, lease())) == code
        assert code_of(lambda: server.connect(AT, lease(0.3))) == code  # also when time is short


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("127.0.0.1:5555", True),
        ("[::1]:5555", True),
        ("line-pc.local:40001", True),
        ("A57A000001", False),
        ("", False),
        ("A57:B", False),
        ("pci-0000:00:14.0/1-4.2", False),
        ("pci-0000:00/1:14", False),
        ("adb-A57A000001-x._adb-tls-connect._tcp", False),
    ],
)
def test_an_address_is_told_from_a_serial_and_a_socket(name: str, address: bool) -> None:
    assert is_address(name) is address
