from __future__ import annotations

import threading
import time

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.errors import LinkFault, OperatorStop
from harness.sim.handset import SimHandsets
from tests.devices.adb.rig import handset, unit
from tests.short import lease


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 3_000_000])
def test_a_file_there_and_back(server: AdbServer, handsets: SimHandsets, size: int) -> None:
    dut = handset(server, handsets)
    content = bytes(range(251)) * (size // 251 + 1)
    dut.push(content[:size], "/sdcard/a b, ü.bin")
    assert handsets.behaviour(dut.serial).files == {"/sdcard/a b, ü.bin": content[:size]}
    assert dut.pull("/sdcard/a b, ü.bin") == content[:size]


def test_a_file_that_is_not_there(server: AdbServer, handsets: SimHandsets) -> None:
    with pytest.raises(LinkFault) as caught:
        handset(server, handsets).pull("/sdcard/none")
    assert caught.value.code == "ADB-REFUSED"
    assert "No such file" in caught.value.evidence["reason"]
    assert caught.value.evidence["path"] == "/sdcard/none"


@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_refused_push_says_why(server: AdbServer, handsets: SimHandsets, size: int) -> None:
    dut = handset(server, handsets)
    with pytest.raises(LinkFault) as caught:
        dut.push(bytes(size), "/system/x")
    assert caught.value.code == "ADB-REFUSED"
    assert "Read-only file system" in caught.value.evidence["reason"]
    assert "Read-only file system" in str(caught.value)
    assert not handsets.behaviour(dut.serial).files


def test_half_a_file_is_never_a_file(server: AdbServer, handsets: SimHandsets) -> None:
    dut = handset(server, handsets, drop={"on": "pull"})
    dut.push(bytes(100_000), "/sdcard/x")
    with pytest.raises(LinkFault) as caught:
        dut.pull("/sdcard/x")
    assert caught.value.code == "ADB-LOST"
    assert caught.value.evidence["bytes"] <= 50_000


@pytest.mark.parametrize(
    ("defect", "code"),
    [("hang", "ADB-HANG"), ("drip", "ADB-DRIP"), ("garbage", "ADB-GARBLED")],
)
def test_a_pull_that_does_not_end(
    server: AdbServer, handsets: SimHandsets, defect: str, code: str
) -> None:
    dut = handset(server, handsets, **{defect: {"on": "pull"}})
    handsets.behaviour(dut.serial).files["/sdcard/x"] = bytes(100_000)
    with pytest.raises(LinkFault) as caught:
        dut.pull("/sdcard/x", timeout_s=2)
    assert caught.value.code == code


@pytest.mark.parametrize(("defect", "code"), [("hang", "ADB-HANG"), ("drop", "ADB-LOST")])
def test_a_push_that_does_not_end(
    server: AdbServer, handsets: SimHandsets, defect: str, code: str
) -> None:
    dut = handset(server, handsets, **{defect: {"on": "push"}})
    with pytest.raises(LinkFault) as caught:
        dut.push(bytes(40_000_000), "/sdcard/x", timeout_s=2)
    assert caught.value.code == code
    assert not handsets.behaviour(dut.serial).files


def test_cancelling_wakes_a_push(server: AdbServer, handsets: SimHandsets) -> None:
    until = lease(50)
    dut = AdbHandset(server, handsets.add(unit(hang={"on": "push"}))).under(until)
    stop = threading.Timer(0.5, until.cancel.set, [OperatorStop("RUN-ABORTED", "stop")])
    started = time.monotonic()
    stop.start()
    with pytest.raises(OperatorStop):
        dut.push(bytes(40_000_000), "/sdcard/x")
    stop.join()
    assert time.monotonic() - started < 10
