"""A simulated jig behind a TCP port, as behind a serial device server; read without any driver."""

from __future__ import annotations

import socket
import time

import pytest

from harness.sim.jig import JigBehaviour, JigBuild, RsBox, TescomBox, on_tcp
from harness.sim.tcp import TcpInstrument
from tests.engine.rig import until
from tests.sim.test_callbox import connected


def read_until(connection: socket.socket, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        data = connection.recv(4096)
        assert data
        got += data
    return got


@pytest.mark.parametrize(
    ("jig", "said"),
    [
        (JigBehaviour(None), (b"*OPC?\n", b"1\n")),
        (TescomBox(None), (b"LID?\r", b"OPENED\r")),
        (RsBox(None), (b"CYCLES?\r\n", b"12000\r\n")),
    ],
)
def test_it_speaks_as_on_a_pty(jig: JigBehaviour, said: tuple[bytes, bytes]) -> None:
    wire = on_tcp(jig)
    with connected(wire) as connection:
        connection.sendall(said[0])
        assert read_until(connection, said[1]) == said[1]
    wire.close()


def test_a_lid_that_moves_holds_nobody_up() -> None:
    wire = on_tcp(RsBox(None, build=JigBuild(dwell_s=1.0)))
    started = time.monotonic()
    with connected(wire) as connection, connected(wire) as other:
        connection.sendall(b"CLOSE\r\n")
        assert read_until(connection, b"PENDING\r\n")
        other.sendall(b"CYCLES?\r\n")
        assert read_until(other, b"12001\r\n")
        assert read_until(connection, b"CLOSED\r\n")
        assert time.monotonic() - started >= 1.0
    wire.close()


def test_a_pulled_cable_comes_back_at_the_same_address() -> None:
    wire = on_tcp(JigBehaviour(None, defects={"jig.unplug": {"back_s": 0.2}}))
    with connected(wire) as connection:
        connection.sendall(b"FIXT:CLOS\n")
        assert connection.recv(1) == b""
    until(lambda: answers(wire))
    wire.close()
    assert not answers(wire)


def answers(wire: TcpInstrument) -> bool:
    try:
        with connected(wire) as connection:
            connection.sendall(b"*OPC?\n")
            return connection.recv(1) == b"1"
    except ConnectionRefusedError:
        return False


def test_who_does_not_read_holds_nobody_up() -> None:
    wire = on_tcp(JigBehaviour(None))
    with connected(wire) as deaf, connected(wire) as other:
        deaf.setblocking(False)
        sent = 0
        while sent < 20_000_000:
            try:
                sent += deaf.send(b"*IDN?\n" * 10_000)
            except BlockingIOError:
                break
        other.sendall(b"*OPC?\n")
        assert read_until(other, b"1\n") == b"1\n"
    wire.close()
