from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from harness.clock import Cancel
from harness.devices.android.fastboot import Bootloader, read_fastboot
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.fastboot import read_identity
from harness.devices.usb.socket import UsbSocket
from harness.errors import HarnessError, OperatorStop
from harness.model.usb import UsbMode
from harness.sim.usb import VirtualBus, phone
from tests.devices.usb.conftest import UNIT, lease

PORT = "sim-usb/1-2"
FASTBOOT = phone(UNIT, UsbMode.FASTBOOT)
Script = Callable[[bytes], Iterable[bytes | None]]


def identity(virtual: VirtualBus, bus: UsbBus, script: Script | None = None) -> str:
    virtual.plug(PORT, replace(FASTBOOT, answer=script) if script else FASTBOOT)
    return read_identity(UsbSocket(bus, PORT), lease())


def code_of(virtual: VirtualBus, bus: UsbBus, script: Script, limit_s: float = 20) -> HarnessError:
    virtual.plug(PORT, replace(FASTBOOT, answer=script))
    with pytest.raises(HarnessError) as caught:
        read_identity(UsbSocket(bus, PORT), lease(limit_s))
    return caught.value


def understood(text: str) -> Bootloader:
    found = read_fastboot(text)
    assert isinstance(found, Bootloader), found
    return found


def test_the_reader_understands_what_a_bootloader_says(virtual: VirtualBus, bus: UsbBus) -> None:
    found = understood(identity(virtual, bus))
    assert (found.serialno, found.product) == ("A57A000001", "OP5757L1")
    assert (found.unlocked, found.battery_voltage_mv) == ("no", 3914)


def test_one_that_lists_nothing_is_asked_one_by_one(virtual: VirtualBus, bus: UsbBus) -> None:
    def script(asked: bytes) -> Iterator[bytes]:
        known = {b"getvar:serialno": b"OKAYX1", b"getvar:product": b"OKAYp"}
        yield known.get(asked, b"FAILunknown variable")

    assert identity(virtual, bus, script) == "(bootloader) product:p\n(bootloader) serialno:X1\n"


def test_one_that_refuses_everything_gives_nothing_to_read(
    virtual: VirtualBus, bus: UsbBus
) -> None:
    assert identity(virtual, bus, lambda _: [b"FAILlocked"]) == ""


def full(kind: bytes, name: bytes = b"") -> bytes:
    """An answer that fills a packet at full speed."""
    return (kind + name).ljust(64, b"x")


@pytest.mark.parametrize("end", [[], [b""]])
def test_answers_that_fill_their_packets_stay_apart(
    virtual: VirtualBus, bus: UsbBus, end: list[bytes]
) -> None:
    answers = [full(b"INFO", b"product:"), *end, full(b"INFO", b"serialno:"), *end, b"OKAY"]
    virtual.plug(PORT, replace(FASTBOOT, speed=2, answer=lambda _: answers))
    lines = read_identity(UsbSocket(bus, PORT), lease()).splitlines()
    assert lines == [
        f"(bootloader) {answer[4:].decode()}" for answer in answers if answer[:4] == b"INFO"
    ]


def test_what_ends_an_answer_may_fill_its_packet(virtual: VirtualBus, bus: UsbBus) -> None:
    def script(asked: bytes) -> list[bytes]:
        return [full(b"OKAY"), b""] if asked == b"getvar:serialno" else [b"FAIL"]

    virtual.plug(PORT, replace(FASTBOOT, speed=2, answer=script))
    found = read_identity(UsbSocket(bus, PORT), lease())
    assert found == f"(bootloader) serialno:{'x' * 60}\n"


@pytest.mark.parametrize("kind", [b"INFO", b"OKAY"])
def test_an_answer_that_is_longer_than_a_packet_is_not_read_in_part(
    virtual: VirtualBus, bus: UsbBus, kind: bytes
) -> None:
    long = full(kind, b"serialno:") + b"more"
    virtual.plug(PORT, replace(FASTBOOT, speed=2, answer=lambda _: [long, b"OKAY"]))
    with pytest.raises(HarnessError) as caught:
        read_identity(UsbSocket(bus, PORT), lease())
    assert caught.value.code == "USB-GARBLED"


def test_pauses_and_line_ends_between_answers_are_none(virtual: VirtualBus, bus: UsbBus) -> None:
    script: Script = lambda _: [None, b"INFOserialno: X1\r\n", None, None, b"OKAY\0\0"]  # noqa: E731
    assert understood(identity(virtual, bus, script)).serialno == "X1"


def test_what_was_left_over_answers_nothing(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug(PORT, FASTBOOT)
    virtual.leave(PORT, [b"INFOserialno:OLD", b"OKAY"])
    assert understood(read_identity(UsbSocket(bus, PORT), lease())).serialno == "A57A000001"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"OKA",
        b"DATA00000010",
        b"okay",
        b"\xff\xfe\x00\x01",
        b"INFOproduct:\xff\xff",
        b"INFOa\nb",
    ],
)
def test_garbled(virtual: VirtualBus, bus: UsbBus, packet: bytes) -> None:
    fault = code_of(virtual, bus, lambda _: [b"INFOserialno:X1", packet, b"OKAY"])
    assert fault.code == "USB-GARBLED"
    assert fault.evidence["last"] == ["serialno:X1"]


def test_silent(virtual: VirtualBus, bus: UsbBus) -> None:
    assert code_of(virtual, bus, lambda _: [], limit_s=0.3).code == "USB-HANG"


def test_silent_after_a_while(virtual: VirtualBus, bus: UsbBus) -> None:
    fault = code_of(virtual, bus, lambda _: [b"INFOserialno:X1"], limit_s=1.5)
    assert fault.code == "USB-HANG"
    assert fault.evidence["last"] == ["serialno:X1"]


def test_endless(virtual: VirtualBus, bus: UsbBus) -> None:
    def script(_: bytes) -> Iterator[bytes]:
        while True:
            yield b"INFOserialno:X1"

    assert code_of(virtual, bus, script).code == "USB-DRIP"


def test_dripping(virtual: VirtualBus, bus: UsbBus) -> None:
    def script(_: bytes) -> Iterator[bytes | None]:
        while True:
            yield None
            yield b"INFOserialno:X1"

    assert code_of(virtual, bus, script, limit_s=0.5).code == "USB-DRIP"


def test_one_that_sends_without_being_asked(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug(PORT, FASTBOOT)
    virtual.leave(PORT, [b"INFOserialno:OLD"] * 5000)
    with pytest.raises(HarnessError) as caught:
        read_identity(UsbSocket(bus, PORT), lease())
    assert caught.value.code == "USB-DRIP"


def test_unplugged_in_the_middle(virtual: VirtualBus, bus: UsbBus) -> None:
    def script(_: bytes) -> Iterator[bytes]:
        yield b"INFOserialno:X1"
        virtual.unplug(PORT)
        yield b"OKAY"

    fault = code_of(virtual, bus, script)
    assert fault.code == "USB-LOST"
    assert fault.evidence["last"] == ["serialno:X1"]


def test_an_abort_wakes_it(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug(PORT, replace(FASTBOOT, answer=lambda _: []))
    cancel = Cancel()
    stopper = threading.Timer(0.2, cancel.set, [OperatorStop("RUN-ABORTED", "stop")])
    stopper.start()
    began = time.monotonic()
    with pytest.raises(OperatorStop):
        read_identity(UsbSocket(bus, PORT), lease(50, cancel))
    assert time.monotonic() - began < 10
    stopper.join()


def test_held_by_another_program(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug(PORT, replace(FASTBOOT, busy=True))
    with pytest.raises(HarnessError) as caught:
        read_identity(UsbSocket(bus, PORT), lease())
    assert caught.value.code == "USB-BUSY"


def test_it_is_given_back(virtual: VirtualBus, bus: UsbBus) -> None:
    assert identity(virtual, bus) == read_identity(UsbSocket(bus, PORT), lease())


@pytest.mark.parametrize(("mode", "code"), [(None, "USB-ABSENT"), (UsbMode.ADB, "USB-WRONG-MODE")])
def test_not_in_fastboot(virtual: VirtualBus, bus: UsbBus, mode: UsbMode | None, code: str) -> None:
    if mode:
        virtual.plug(PORT, phone(UNIT, mode))
    with pytest.raises(HarnessError) as caught:
        read_identity(UsbSocket(bus, PORT), lease())
    assert caught.value.code == code
