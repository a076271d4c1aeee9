from __future__ import annotations

import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import Deadline
from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.connection import Garbled
from harness.devices.adb.finding import Finder
from harness.devices.adb.service import Call
from harness.devices.adb.shell import ShellDecoder
from harness.errors import HarnessError, LinkFault, OperatorStop, StationFault, StepBug
from harness.model.backing import Device
from harness.model.ports import Handset, ShellResult
from harness.sim.handset import SimHandsets
from tests.devices.adb.rig import handset, unit
from tests.short import lease

PACKETS = st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=50)), max_size=8)


def packet(kind: int, payload: bytes) -> bytes:
    return struct.pack("<BI", kind, len(payload)) + payload


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(PACKETS, st.integers(0, 255), st.lists(st.integers(0, 500), max_size=10))
def test_the_decoder_does_not_care_how_bytes_are_cut(
    packets: list[tuple[int, bytes]], code: int, places: list[int]
) -> None:
    stream = b"".join(packet(kind, payload) for kind, payload in packets)
    decoder = ShellDecoder()
    for piece in cut(stream + packet(3, bytes([code])), places):
        assert decoder.code is None or not piece
        decoder.feed(piece)
    assert decoder.code == code
    assert bytes(decoder.out) == b"".join(payload for kind, payload in packets if kind == 1)
    assert bytes(decoder.err) == b"".join(payload for kind, payload in packets if kind == 2)


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_the_decoder_takes_or_refuses_any_bytes(pieces: list[bytes]) -> None:
    decoder = ShellDecoder()
    try:
        for piece in pieces:
            decoder.feed(piece)
    except Garbled:
        return
    assert len(decoder.out) + len(decoder.err) <= sum(map(len, pieces))


@pytest.mark.parametrize(
    "stream",
    [
        packet(0, b"x"),
        packet(4, b""),
        packet(3, b""),
        packet(3, b"\0\0"),
        packet(3, b"\0") + packet(1, b"more"),
        struct.pack("<BI", 1, 1 << 30),
    ],
)
def test_the_decoder_refuses_what_is_not_the_protocol(stream: bytes) -> None:
    with pytest.raises(Garbled):
        ShellDecoder().feed(stream)


def test_output_errors_and_exit_code(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets)
    device: Device = AdbHandset(server, dut.serial)
    device.make_safe(Deadline(1))
    assert isinstance(device.under(lease()), Handset)
    assert dut.shell("echo yes; nope") == ShellResult(
        127, "yes\n", "/system/bin/sh: nope: inaccessible or not found\n"
    )
    assert dut.shell("true") == ShellResult(0, "", "")


def test_bytes_that_are_no_text_stay_visible(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets)
    handsets.behaviour(dut.serial).files["/odd"] = b"caf\xe9 \xc3\xa9"
    assert dut.shell("cat /odd").out == "caf\\xe9 é"


def test_big_output_takes_linear_time(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets)
    handsets.behaviour(dut.serial).files["/big"] = b"0123456789" * 2_000_000
    assert dut.shell("cat /big", timeout_s=15).out == "0123456789" * 2_000_000


def test_silence_is_a_hang_with_what_had_arrived(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets, hang={"on": "battery"})
    assert dut.shell("echo fine").out == "fine\n"
    started = time.monotonic()
    with pytest.raises(LinkFault) as caught:
        dut.shell("dumpsys battery", timeout_s=2)
    assert time.monotonic() - started < 10
    evidence = caught.value.evidence
    assert caught.value.code == "ADB-HANG"
    assert evidence["out"].startswith("Current ")
    assert evidence["sent"] == "shell,v2,raw:dumpsys battery"
    assert 1.9 <= evidence["after_s"] < 10


def test_a_drip_is_told_from_silence(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets, drip={})
    with pytest.raises(LinkFault) as caught:
        dut.shell("dumpsys battery", timeout_s=2)
    assert caught.value.code == "ADB-DRIP"
    assert caught.value.evidence["out"].endswith(".")


@pytest.mark.parametrize("command", ["dumpsys battery", "true"])
def test_a_broken_link_is_never_a_result(
    server: AdbServer, handsets: SimHandsets, command: str
) -> None:
    dut = handset(server, handsets, drop={})
    for _ in range(2):  # it strikes every time
        with pytest.raises(LinkFault) as caught:
            dut.shell(command, timeout_s=10)
        assert caught.value.code == "ADB-LOST"
    assert "out" in caught.value.evidence


def test_bytes_that_are_not_the_protocol(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets, garbage={})
    with pytest.raises(LinkFault) as caught:
        dut.shell("true")
    assert caught.value.code == "ADB-GARBLED"


def test_cancelling_wakes_with_the_reason(server: AdbServer, handsets: SimHandsets) -> None:
    address = handsets.add(unit(hang={}))
    until = lease(50)
    dut = AdbHandset(server, address).under(until)
    woken: list[tuple[HarnessError, float]] = []

    def work() -> None:
        try:
            dut.shell("dumpsys battery")
        except HarnessError as error:
            woken.append((error, time.monotonic()))

    thread = threading.Thread(target=work)
    thread.start()
    assert not until.cancel.wait(0.5)
    cancelled = time.monotonic()
    until.cancel.set(OperatorStop("RUN-ABORTED", "stop"))
    thread.join(20)
    ((error, at),) = woken
    assert error.code == "RUN-ABORTED"
    assert at - cancelled < 5


def test_cancelling_wakes_while_connecting(server: AdbServer, handsets: SimHandsets) -> None:
    until = lease(50)
    dut = AdbHandset(server, handsets.add(unit(offline={}))).under(until)
    stop = threading.Timer(0.5, until.cancel.set, [OperatorStop("RUN-ABORTED", "stop")])
    started = time.monotonic()
    stop.start()
    with pytest.raises(OperatorStop):
        dut.shell("true")
    stop.join()
    assert time.monotonic() - started < 8  # the server itself gives up after 10 s


def test_a_service_that_the_handset_has_not(server: AdbServer, handsets: SimHandsets) -> None:
    finder = Finder(server, handsets.add(unit()))
    call = Call(finder, finder.find(lease()), "nope:", lease())
    with pytest.raises(LinkFault) as caught, call.opened():
        pass
    assert caught.value.code == "ADB-REFUSED"
    assert caught.value.evidence["reason"] == "closed"


def test_a_lease_that_ends_while_waiting_is_noticed(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit(hang={}))
    until = lease(50)
    timer = threading.Timer(0.3, until.end)
    timer.start()
    with pytest.raises(StepBug) as caught:
        AdbHandset(server, address).under(until).shell("dumpsys battery")
    timer.join()
    assert caught.value.code == "LEASE-ENDED"


def test_an_ended_lease_moves_nothing(server: AdbServer, handsets: SimHandsets) -> None:
    address = handsets.add(unit())
    until = lease()
    dut = AdbHandset(server, address).under(until)
    dut.push(b"before", "/sdcard/x")
    until.end()
    for call in (
        lambda: dut.push(b"after", "/sdcard/x"),
        lambda: dut.shell("true"),
        lambda: dut.pull("/sdcard/x"),
    ):
        with pytest.raises(StepBug) as caught:
            call()
        assert caught.value.code == "LEASE-ENDED"
    assert handsets.behaviour(address).files["/sdcard/x"] == b"before"


def test_a_cancelled_lease_moves_nothing(server: AdbServer, handsets: SimHandsets) -> None:
    address = handsets.add(unit())
    until = lease()
    until.cancel.set(OperatorStop("RUN-ABORTED", "stop"))
    with pytest.raises(OperatorStop):
        AdbHandset(server, address).under(until).shell("true")
    assert address not in [device.serial for device in server.devices(lease())]


def test_no_time_left_is_the_fault_of_the_step(server: AdbServer, handsets: SimHandsets) -> None:
    dut = AdbHandset(server, handsets.add(unit())).under(lease(0))
    with pytest.raises(StepBug) as caught:
        dut.shell("true")
    assert caught.value.code == "STEP-TIMEOUT"


@pytest.mark.parametrize("command", ["echo \0", "echo " + "x" * 40_000])
def test_a_command_that_adb_cannot_carry(
    server: AdbServer, handsets: SimHandsets, command: str
) -> None:
    with pytest.raises(StepBug) as caught:
        handset(server, handsets).shell(command)
    assert caught.value.code == "STEP-BUG"


def test_handsets_answer_at_the_same_time(server: AdbServer, handsets: SimHandsets) -> None:
    duts = [handset(server, handsets) for _ in range(4)]
    for number, dut in enumerate(duts):
        handsets.behaviour(dut.serial).files["/me"] = b"%d" % number * 100_000

    def work(number: int) -> bool:
        expected = str(number) * 100_000
        return all(duts[number].shell("cat /me").out == expected for _ in range(20))

    with ThreadPoolExecutor(len(duts)) as pool:
        assert all(pool.map(work, range(len(duts))))


def test_a_server_that_dies_is_the_fault_of_the_station(handsets: SimHandsets) -> None:
    with AdbServer() as server:
        dut = handset(server, handsets, hang={})
        threading.Timer(0.5, server.stop).start()
        with pytest.raises(StationFault) as caught:
            dut.shell("dumpsys battery", timeout_s=20)
        assert caught.value.code == "ADB-SERVER"
        with pytest.raises(StationFault) as caught:
            dut.shell("dumpsys battery", timeout_s=20)
        assert caught.value.code == "ADB-SERVER"
