from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.clock import Deadline
from harness.devices.adb import AdbServer
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.process import LOG, ServerProcess, environment, find_adb
from harness.errors import HarnessError, LinkFault, StationFault
from harness.sim.handset import SimHandsets
from tests.devices.adb.rig import handset, unit
from tests.short import lease


def children() -> set[str]:
    """Process ids of the adb servers of this process."""
    threads = Path("/proc/self/task").glob("*/children")
    return {pid for thread in threads for pid in thread.read_text().split()}


def test_starts_answers_and_is_reaped(tmp_path: Path) -> None:
    before = children()
    with AdbServer(home=tmp_path / "home") as server:
        assert server.alive
        assert server.version() >= 40
        assert server.devices(lease()) == []
        assert len(children() - before) == 1
        key = tmp_path / "home" / ".android" / "adbkey"
        assert key.stat().st_mode & 0o077 == 0
        assert server.start() is server
        assert len(children() - before) == 1
    assert children() == before
    server.stop()
    with pytest.raises(StationFault):
        server.devices(lease())


def test_the_terminal_cannot_stop_it() -> None:
    before = children()
    with AdbServer():
        (pid,) = children() - before
        assert os.getsid(int(pid)) != os.getsid(0)


def test_a_home_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StationFault) as caught:
        AdbServer(home=tmp_path / "file" / "home").start()
    assert caught.value.code == "ADB-SERVER"


def test_keeps_its_key_with_its_home(tmp_path: Path) -> None:
    key = tmp_path / ".android" / "adbkey"
    with AdbServer(home=tmp_path):
        first = key.read_bytes()
    with AdbServer(home=tmp_path):
        assert key.read_bytes() == first


def test_opens_nothing_but_its_port_on_loopback() -> None:
    before = children()
    with AdbServer() as server:
        opened = listening(children() - before)
    assert opened == [f"0100007F:{server.port:04X}"]


def listening(pids: set[str]) -> list[str]:
    """Addresses at which these processes can be reached, as in /proc/net."""
    links = [str(fd.readlink()) for pid in pids for fd in Path(f"/proc/{pid}/fd").iterdir()]
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, address, _, state, *rest = line.split()
            reachable = state == "0A" or table.startswith("udp")
            if reachable and f"socket:[{rest[5]}]" in links:
                found.append(address)
    return found


def test_sees_nothing_of_this_pc_unless_it_serves_usb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADB_VENDOR_KEYS", "/somebody/else")
    hermetic = environment(1, tmp_path, usb=False)
    assert hermetic["HOME"] == str(tmp_path)
    assert "ADB_VENDOR_KEYS" not in hermetic
    assert hermetic["ADB_USB"] == hermetic["ADB_LIBUSB"] == "0"
    assert not {"ADB_USB", "ADB_LIBUSB"} & environment(1, tmp_path, usb=True).keys()


def test_a_pc_without_usb_is_not_searched_for_it(tmp_path: Path) -> None:
    """Else the server would be waited for in vain: 3 s at every start of a station."""
    with AdbServer(home=tmp_path, usb=True):
        assert "failed to initialize libusb" not in (tmp_path / LOG).read_text()


def test_never_uses_somebody_elses_server(server: AdbServer, tmp_path: Path) -> None:
    second = ServerProcess(server.port, tmp_path, usb=False)
    assert not second.wait_ready(20)
    assert "in use" in second.log_tail()
    second.end()
    assert not second.alive
    assert server.version() >= 40


def test_a_server_that_died_is_started_again() -> None:
    before = children()
    with AdbServer() as server:
        (pid,) = children() - before
        os.kill(int(pid), signal.SIGKILL)
        gone = Deadline(20)
        while server.alive:
            assert not gone.expired()
        with pytest.raises(StationFault) as caught:
            server.devices(lease())
        assert caught.value.code == "ADB-SERVER"
        assert server.start().devices(lease()) == []


def test_dies_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from harness.devices.adb import AdbServer\n"
        "server = AdbServer(home=Path(sys.argv[1]))\n"
        "starter = threading.Thread(target=server.start)\n"
        "starter.start(); starter.join()\n"  # the server outlives the thread that started it
        "print(server.port, server.version(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout
        port = int(parent.stdout.readline().split()[0])
        socket.create_connection(("127.0.0.1", port)).close()
        parent.kill()
    gone = Deadline(20)
    while _answers(port):
        assert not gone.expired()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionError:  # refused, or cut off in the middle of its death
        return False
    return True


def test_connects_and_disconnects(server: AdbServer, handsets: SimHandsets) -> None:
    address = handsets.add(unit())
    server.connect(address, lease())
    server.connect(address, lease())
    (found,) = [device for device in server.devices(lease()) if device.serial == address]
    assert found.state == "device"
    server.disconnect(address, lease())
    server.disconnect(address, lease())
    assert address not in [device.serial for device in server.devices(lease())]


@contextmanager
def standing_still(pid: str, after_s: float = 0.0) -> Iterator[None]:
    """The process does nothing from `after_s` on [s], until the block ends."""
    stop = threading.Timer(after_s, os.kill, [int(pid), signal.SIGSTOP])
    stop.start()
    if not after_s:
        stop.join()
    try:
        yield
    finally:
        stop.join()
        os.kill(int(pid), signal.SIGCONT)


def test_a_server_that_stands_still_holds_nobody_past_his_time(handsets: SimHandsets) -> None:
    before = children()
    with AdbServer() as server:
        (pid,) = children() - before
        dut = handset(server, handsets, hang={"on": "battery"})
        dut.push(b"x", "/sdcard/x")
        other = handsets.add(unit())
        calls: dict[str, Callable[[], object]] = {
            "shell": lambda: dut.shell("true", timeout_s=1),
            "pull": lambda: dut.pull("/sdcard/x", timeout_s=1),
            "push": lambda: dut.push(b"y", "/sdcard/x", timeout_s=1),
            "devices": lambda: server.devices(lease(1)),
            "connect": lambda: server.connect(other, lease(1)),
            "disconnect": lambda: server.disconnect(other, lease(1)),
        }
        with standing_still(pid):
            ended = {name: _ending(call) for name, call in calls.items()}
        assert {code for code, _ in ended.values()} == {"ADB-SERVER"}
        with standing_still(pid, after_s=0.4):
            ended["stopped within"] = _ending(lambda: dut.shell("dumpsys battery", timeout_s=1))
        # whose silence it is depends on how far the call had come
        assert ended["stopped within"][0] in {"ADB-HANG", "ADB-SERVER"}
        assert {name: after_s for name, (_, after_s) in ended.items() if after_s > 2} == {}
        assert _in_the_end(lambda: dut.shell("echo on").out) == "on\n"


def _in_the_end(call: Callable[[], str]) -> str:
    """What a server says once it has worked off what it was asked while it stood still."""
    until = time.monotonic() + 40
    while True:
        try:
            return call()
        except HarnessError:
            if time.monotonic() > until:
                raise


def _ending(call: Callable[[], object]) -> tuple[str, float]:
    """The code of the fault of a call, and after how long it came [s]."""
    started = time.monotonic()
    with pytest.raises(HarnessError) as caught:
        call()
    return caught.value.code, time.monotonic() - started


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no.such.host.invalid:5555", "127.0.0.1:x"])
def test_a_failed_connect_is_a_fault(server: AdbServer, address: str) -> None:
    with pytest.raises(LinkFault) as caught:
        server.connect(address, lease())
    assert caught.value.code == "ADB-ABSENT"
    assert caught.value.evidence["received"]


def test_a_server_that_is_gone_is_not_replaced_behind_our_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handsets: SimHandsets
) -> None:
    spy = tmp_path / "adb"
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    spy.chmod(0o755)
    monkeypatch.setenv("ADBUTILS_ADB_PATH", str(spy))
    with AdbServer() as server:
        dut = handset(server, handsets)
        dut.shell("true")
    with pytest.raises(StationFault) as caught:
        dut.shell("true")
    assert caught.value.code == "ADB-SERVER"
    assert not (tmp_path / "started").exists()


def test_leaves_no_descriptor(handsets: SimHandsets) -> None:
    address = handsets.add(unit())

    def once() -> None:
        with AdbServer() as server:
            server.connect(address, lease())

    once()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        once()
    # the simulator's own end of a connection may close a little later
    gone = Deadline(20)
    while len(list(Path("/proc/self/fd").iterdir())) > before:
        assert not gone.expired()


def test_finds_the_adb_of_the_wheel() -> None:
    assert find_adb().name == "adb"
    assert os.access(find_adb(), os.X_OK)
    imported = "import sys; from harness.devices.adb.process import find_adb; find_adb(); "
    asked = [sys.executable, "-c", imported + "sys.exit('adbutils' in sys.modules)"]
    assert subprocess.run(asked, check=False).returncode == 0


def test_a_run_does_not_go_on_over_a_server_that_was_started_again(handsets: SimHandsets) -> None:
    address = handsets.add(unit())
    with AdbServer() as server:
        device = AdbHandset(server, address)
        assert device.under(lease()).shell("true").code == 0
        server.stop()
        server.start()
        with pytest.raises(StationFault, match="started again") as caught:
            device.under(lease()).shell("true")
        assert caught.value.code == "ADB-SERVER"
        assert device.for_run().under(lease()).shell("true").code == 0
