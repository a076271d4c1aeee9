"""A run talks to one handset from its start to its end: no other may take its place."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.adb import AdbHandset, AdbServer, Where
from harness.devices.adb.status import Who, read_who
from harness.errors import HarnessError, LinkFault, OperatorStop
from harness.model.reading import Reading, Unknown, Unreadable
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer, text
from harness.sim.unit import SimUnit
from tests.devices.adb.rig import linked_again, unit, unplugged
from tests.short import lease


def test_the_boot_is_asked_for_once_a_run(server: AdbServer, handsets: SimHandsets) -> None:
    device = AdbHandset(server, handsets.add(unit())).for_run()
    address = device.under(lease()).serial
    for _ in range(3):
        assert device.under(lease()).shell("echo x").out == "x\n"
    assert handsets.opened(address) == 1 + 3
    assert device.for_run().under(lease()).shell("echo x").out == "x\n"
    assert handsets.opened(address) == 1 + 3 + 1 + 1


def test_steps_at_the_same_time_ask_once(server: AdbServer, handsets: SimHandsets) -> None:
    address = handsets.add(unit())
    device, start = AdbHandset(server, address).for_run(), threading.Barrier(4)

    def ask(number: int) -> str:
        start.wait()
        return device.under(lease()).shell(f"echo {number}").out

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [f"{n}\n" for n in range(4)]
    assert handsets.opened(address) == 1 + 4


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_handset_of_the_same_serial_that_takes_the_place_is_caught(
    server: AdbServer, handsets: SimHandsets, by_itself: bool
) -> None:
    address = handsets.add(unit())
    device = AdbHandset(server, address).for_run()
    assert device.under(lease()).shell("echo 1").out == "1\n"
    unplugged(server, handsets, address)
    handsets.swap(address, unit())
    if by_itself:
        linked_again(server, address)
    assert codes(device, 2) == ["ADB-RESTARTED", "ADB-RESTARTED"]
    assert device.for_run().under(lease()).shell("echo 3").out == "3\n"


def test_a_handset_of_another_serial_behind_the_same_address_is_the_wrong_unit(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit())
    device = AdbHandset(server, address).for_run()
    device.under(lease()).shell("echo 1")
    unplugged(server, handsets, address)
    handsets.swap(address, SimUnit("A57A000002"))
    with pytest.raises(OperatorStop) as caught:
        device.under(lease()).shell("echo 2")
    assert caught.value.code == "UNIT-WRONG"
    assert caught.value.evidence == {"expected": "A57A000001", "found": "A57A000002"}


def test_one_that_hides_its_serial_is_still_known_by_its_boot(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit())
    device = AdbHandset(server, address).for_run()
    device.under(lease()).shell("echo 1")
    unplugged(server, handsets, address)
    handsets.swap(address, SimUnit("A57A000002"))
    handsets.behaviour(address).programs["getprop"] = lambda *_: text("\n")
    assert codes(device, 1) == ["ADB-RESTARTED"]


@pytest.mark.parametrize("when", [{"at": 3}, {"on": "echo 2"}])
def test_a_handset_that_restarts_by_itself(
    server: AdbServer, handsets: SimHandsets, when: dict[str, object]
) -> None:
    planted = SimUnit("A57A000001", defects={"handset.restarts": when})
    device = AdbHandset(server, handsets.add(planted)).for_run()
    assert device.under(lease()).shell("echo 1").out == "1\n"
    assert codes(device, 3) == ["ADB-LOST", "ADB-RESTARTED", "ADB-RESTARTED"]
    assert device.for_run().under(lease()).shell("echo 2").out == "2\n"


BOOT = "5fa005cc-e71e-4b78-9119-228f598b98c2"
HIDDEN = Unknown("the build hides ro.serialno")


@pytest.mark.parametrize(
    ("output", "who"),
    [
        (f"{BOOT}\nA57A000001\n", (BOOT, "A57A000001")),
        (f"{BOOT}\r\nA57A000001\r\n", (BOOT, "A57A000001")),
        (f"{BOOT}\n\n", (BOOT, HIDDEN)),
        (f"{BOOT}\n", (BOOT, HIDDEN)),
    ],
)
def test_reads_which_boot_of_which_handset(output: str, who: tuple[str, Reading[str]]) -> None:
    assert read_who(output) == Who(*who)


@given(st.text())
def test_any_text_is_no_boot_and_no_serial(output: str) -> None:
    found = read_who(output)
    assert isinstance(found.boot, Unreadable)
    assert isinstance(found.serial, Unreadable)


def test_files_are_not_moved_to_another_handset(server: AdbServer, handsets: SimHandsets) -> None:
    address = handsets.add(unit())
    dut = AdbHandset(server, address).for_run().under(lease())
    dut.push(b"mine", "/sdcard/x")
    unplugged(server, handsets, address)
    handsets.swap(address, unit())
    for call in (lambda: dut.push(b"mine", "/sdcard/x"), lambda: dut.pull("/sdcard/x")):
        with pytest.raises(LinkFault) as caught:
            call()
        assert caught.value.code == "ADB-RESTARTED"
    assert handsets.behaviour(address).files == {}


@pytest.mark.parametrize("by_itself", [True, False])
def test_the_same_boot_after_a_replug_goes_on(
    server: AdbServer, handsets: SimHandsets, by_itself: bool
) -> None:
    address = handsets.add(unit())
    dut = AdbHandset(server, address).for_run().under(lease())
    dut.shell("echo 1")
    unplugged(server, handsets, address)
    handsets.replug(address)
    if by_itself:
        linked_again(server, address)
    assert dut.shell("echo 2").out == "2\n"


def test_a_handset_that_was_seen_is_lost_and_not_absent(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit())
    device = AdbHandset(server, address).for_run()
    assert device.under(lease()).shell("echo 1").out == "1\n"
    handsets.unplug(address)
    assert codes(device, 2) == ["ADB-LOST", "ADB-LOST"]
    assert codes(device.for_run(), 2) == ["ADB-ABSENT", "ADB-ABSENT"]


def codes(device: AdbHandset, times: int) -> list[str]:
    found = []
    for _ in range(times):
        with pytest.raises(HarnessError) as caught:
            device.under(lease()).shell("echo 2")
        found.append(caught.value.code)
    return found


def no_boot_id(words: list[str], _now_s: float) -> Answer:
    return Answer(err=b"cat: Permission denied\n", code=1)


def test_a_boot_that_cannot_be_read_is_never_the_same_again(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit())
    handsets.behaviour(address).programs["cat"] = no_boot_id
    device = AdbHandset(server, address).for_run()
    assert device.under(lease()).shell("echo 1").out == "1\n"
    unplugged(server, handsets, address)
    handsets.replug(address)
    with pytest.raises(LinkFault, match="cannot be told") as caught:
        device.under(lease()).shell("echo 2")
    assert caught.value.code == "ADB-LOST"
    assert Unreadable.__name__ in caught.value.evidence["expected"]


def test_a_boot_that_can_no_longer_be_read_is_not_the_same(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit())
    device = AdbHandset(server, address).for_run()
    assert device.under(lease()).shell("echo 1").out == "1\n"
    handsets.behaviour(address).programs["cat"] = no_boot_id
    unplugged(server, handsets, address)
    handsets.replug(address)
    assert codes(device, 2) == ["ADB-LOST", "ADB-LOST"]


def test_what_usb_knows_of_an_absence_is_told_in_its_place(
    server: AdbServer, handsets: SimHandsets
) -> None:
    def explain(fault: LinkFault) -> LinkFault:
        return LinkFault("USB-WRONG-MODE", "it is in EDL", evidence=fault.evidence)

    address = handsets.add(unit(absent={}))
    device = AdbHandset(server, address, Where(explain=explain)).for_run()
    assert codes(device, 1) == ["USB-WRONG-MODE"]
    handsets.replug(address)
    assert device.under(lease()).shell("echo 1").out == "1\n"
    unplugged(server, handsets, address)
    assert codes(device, 1) == ["USB-WRONG-MODE"]
