"""The simulated jig's wire, read without any driver."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.sim.jig import (
    FramedJigBehaviour,
    JigBehaviour,
    JigBuild,
    Reply,
    RsBox,
    TescomBox,
    on_pty,
    watchdog,
)
from harness.sim.pty import PtyJig
from tests.engine.rig import until

FULL = 4095
"""What a pty of Linux holds for a reader [byte] (N_TTY_BUF_SIZE less one)."""


class Client:
    """Plain reads and writes on the pty."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.fd, data[:4096]) :]

    def unread(self) -> int:
        """How many bytes wait to be read."""
        (count,) = struct.unpack("i", fcntl.ioctl(self.fd, termios.FIONREAD, bytes(4)))
        return int(count)

    def read_lines(self, count: int, end: bytes = b"\n") -> bytes:
        got = b""
        until = time.monotonic() + 20
        while got.count(end) < count and time.monotonic() < until:
            if select.select([self.fd], [], [], 0.1)[0]:
                got += os.read(self.fd, 65536)
        return got


@pytest.fixture
def sim() -> JigBehaviour:
    return JigBehaviour(None)


@pytest.fixture
def pty(sim: JigBehaviour) -> Iterator[PtyJig]:
    pty = PtyJig(sim)
    yield pty
    pty.close()


@pytest.fixture
def client(pty: PtyJig) -> Iterator[Client]:
    client = Client(pty.path)
    yield client
    os.close(client.fd)


def test_a_line_in_a_line_out_and_no_echo(client: Client) -> None:
    client.write(b"*OPC?\r\n")
    assert client.read_lines(1) == b"1\n"


def test_lines_may_come_in_pieces_or_together(client: Client) -> None:
    client.write(b"*OP")
    time.sleep(0.01)
    client.write(b"C?\n*OPC?\nOUTP?\n")
    assert client.read_lines(3) == b"1\n1\n0\n"


def test_it_survives_garbage_and_a_line_of_a_megabyte(client: Client) -> None:
    client.write(bytes(range(256)) + b"\n" + b"x" * 1_000_000 + b"\n*CLS\n*OPC?\n")
    assert client.read_lines(1) == b"1\n"


def test_a_long_reply_comes_whole() -> None:
    class Talker:
        def answer(self, line: str, now_s: float) -> list[Reply]:
            return [Reply("x" * 100_000), Reply("end")]

    pty = PtyJig(Talker())
    client = Client(pty.path)
    client.write(b"?\n")
    until(lambda: client.unread() >= FULL)
    got = client.read_lines(2)
    assert (len(got), got[-4:]) == (100_005, b"end\n")
    os.close(client.fd)
    pty.close()


def test_while_a_late_reply_waits_the_jig_still_hears() -> None:
    sim = JigBehaviour(None, defects={"jig.late_reply": {"on": "*OPC?", "by_s": 600}})
    pty = PtyJig(sim)
    client = Client(pty.path)
    client.write(b"*OPC?\nOUTP ON\nOUTP?\n")
    until(lambda: sim.output)
    assert client.unread() == 0
    os.close(client.fd)
    pty.close()


def test_a_late_reply_comes_late_and_in_the_order_of_the_commands() -> None:
    sim = JigBehaviour(None, defects={"jig.late_reply": {"on": "*OPC?", "by_s": 0.3}})
    pty = PtyJig(sim)
    client = Client(pty.path)
    started = time.monotonic()
    client.write(b"*OPC?\nOUTP?\n")
    assert client.read_lines(2) == b"1\n0\n"
    assert time.monotonic() - started >= 0.3
    os.close(client.fd)
    pty.close()


def test_speed_divides_the_dwell() -> None:
    fast, slow = (PtyJig(JigBehaviour(None), speed=speed) for speed in (1000, 0.001))
    at_fast, at_slow = Client(fast.path), Client(slow.path)
    state = b""
    for client in (at_slow, at_fast):
        client.write(b"FIXT:CLOS\n")
    until = time.monotonic() + 20
    while state != b"CLOSED\n" and time.monotonic() < until:
        at_fast.write(b"FIXT:STAT?\n")
        state = at_fast.read_lines(1)
    at_slow.write(b"FIXT:STAT?\n")
    assert (state, at_slow.read_lines(1)) == (b"CLOSED\n", b"MOVING\n")
    for client, pty in ((at_fast, fast), (at_slow, slow)):
        os.close(client.fd)
        pty.close()


def held() -> tuple[list[str], int]:
    links = sorted(link.name for link in Path("/proc/self/fd").iterdir())
    return links, threading.active_count()


def test_unplugged_the_client_notices_and_nothing_is_left(sim: JigBehaviour) -> None:
    before = held()
    pty = PtyJig(sim)
    client = Client(pty.path)
    pty.unplug()
    with pytest.raises(OSError, match="Input/output"):
        os.write(client.fd, b"x")
    os.close(client.fd)
    assert not pty.plugged
    pty.close()
    assert held() == before


def test_a_pulled_cable_comes_back_under_another_name_and_the_jig_has_gone_on() -> None:
    sim = JigBehaviour(None, defects={"jig.unplug": {}})
    pty = on_pty(sim)
    before = pty.path
    client = Client(before)
    client.write(b"FIXT:CLOS\n")
    until(lambda: pty.path != before)
    with pytest.raises(OSError, match="Input/output"):
        client.write(b"FIXT:STAT?\n")
    os.close(client.fd)
    again = Client(pty.path)
    again.write(b"DIAG:CYCL?\n")
    assert again.read_lines(1) == b"%d\n" % (JigBuild().cycles + 1)
    os.close(again.fd)
    pty.close()


def test_a_pulled_cable_may_stay_away(sim: JigBehaviour) -> None:
    before = held()
    pty = PtyJig(sim)
    path = pty.path
    pty.pull(600.0)
    assert not pty.plugged
    with pytest.raises(OSError, match=r"No such file|Input/output"):
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY))
    pty.close()
    assert held() == before


def test_a_watchdog_hears_silence_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WAIT_S", 1.5)
    sim = FramedJigBehaviour(None)
    pty = on_pty(sim, speed=100)  # its time is real, whatever the simulator's
    client = Client(pty.path)
    client.write(b"SYST:HEAR?\nOUTP ON\nROUT:CLOS (@1)\nOUTP?\n")
    assert client.read_lines(2) == b"0\n1\n"
    started = time.monotonic()
    while time.monotonic() - started < 2.0:
        client.write(b"OUTP?\n")
        assert client.read_lines(1) == b"1\n"
        time.sleep(0.05)
    until(lambda: sim.safe)
    client.write(b"SYST:HEAR?\n")
    assert client.read_lines(1) == b"1\n"
    os.close(client.fd)
    pty.close()


def test_a_tescom_box_loses_what_comes_before_its_answer() -> None:
    pty = on_pty(TescomBox(None))
    client = Client(pty.path)
    client.write(b"ID?\rCOUNT?\rLID?\r")
    assert client.read_lines(1, b"\r") == b"TESCOM TC-5970 SN:SIMJIG01 V1.0\r"
    client.write(b"LID?\r")
    assert client.read_lines(1, b"\r") == b"OPENED\r"
    os.close(client.fd)
    pty.close()


def test_an_rs_box_says_by_itself_that_its_lid_has_arrived_and_answers_meanwhile() -> None:
    pty = on_pty(RsBox(None, build=JigBuild(dwell_s=4.0)), speed=4)
    client = Client(pty.path)
    client.write(b"CLOSE\r\nCYCLES?\r\n")
    said = client.read_lines(6).split(b"\r\n")
    assert said[:2] == [b"PENDING", b"%d" % (JigBuild().cycles + 1)]
    assert said[2:] == [b"INFO:VALVE ON", b"PENDING", b"PENDING", b"CLOSED", b""]
    os.close(client.fd)
    pty.close()


def test_what_is_said_unasked_comes_at_once(pty: PtyJig, client: Client) -> None:
    pty.say("INFO:WARM\n")
    assert client.read_lines(1) == b"INFO:WARM\n"
