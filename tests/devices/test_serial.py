"""One suite against every byte link: a pty, a TCP socket, and RFC 2217."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.clock import POLL_S
from harness.devices.link import ByteLink
from harness.devices.serial import SerialLink, _absent
from harness.engine.quarantine import GRACE_S
from harness.errors import JigFault

BAUD = 115200


class PtyPeer:
    """The far end of a pty."""

    def __init__(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.url = os.ttyname(slave)
        self._slave: int | None = slave
        os.set_blocking(self._master, False)

    def send(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                time.sleep(0.001)

    def receive(self) -> bytes:
        try:
            return os.read(self._master, 65536)
        except BlockingIOError:
            return b""

    def vanish(self) -> None:
        if self._slave is not None:
            os.close(self._master)
            os.close(self._slave)
            self._slave = None


class SocketPeer:
    """A jig on a network."""

    scheme = "socket"

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"{self.scheme}://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._here = threading.Event()
        self._got = bytearray()
        self._thread.start()

    def _serve(self) -> None:
        self._peer, _ = self._server.accept()
        with self._peer:
            self.greet()
            self._here.set()
            while data := self._peer.recv(65536):
                self._got += self.decode(data)

    def greet(self) -> None:
        pass

    def decode(self, data: bytes) -> bytes:
        return data

    def encode(self, data: bytes) -> bytes:
        return data

    def send(self, data: bytes) -> None:
        assert self._here.wait(10)
        self._peer.sendall(self.encode(data))

    def receive(self) -> bytes:
        got = bytes(self._got)
        del self._got[: len(got)]
        return got

    def vanish(self) -> None:
        with contextlib.suppress(OSError):  # it may vanish twice
            self._peer.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._server.close()


class FakeUart:
    """The port of a terminal server; pyserial's own PortManager speaks RFC 2217 for it."""

    baudrate, bytesize, parity, stopbits, timeout = BAUD, 8, "N", 1, None
    xonxoff = rtscts = dsrdtr = break_condition = ri = cd = False
    dtr = rts = cts = dsr = True

    def get_settings(self) -> dict[str, Any]:
        return {}

    def apply_settings(self, settings: dict[str, Any]) -> None:
        pass

    def reset_input_buffer(self) -> None:
        pass

    def reset_output_buffer(self) -> None:
        pass


class Rfc2217Peer(SocketPeer):
    scheme = "rfc2217"

    def greet(self) -> None:
        from serial.rfc2217 import PortManager

        self._manager = PortManager(FakeUart(), self)

    def write(self, data: bytes) -> None:
        self._peer.sendall(data)

    def decode(self, data: bytes) -> bytes:
        return b"".join(self._manager.filter(data))

    def encode(self, data: bytes) -> bytes:
        return b"".join(self._manager.escape(data))


Peer = PtyPeer | SocketPeer


@pytest.fixture(
    params=[
        PtyPeer,
        SocketPeer,
        pytest.param(
            Rfc2217Peer,
            # pyserial 3.5 still calls setDaemon and setName
            marks=pytest.mark.filterwarnings("ignore:set:DeprecationWarning"),
        ),
    ]
)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    peer = request.param()
    yield peer
    peer.vanish()


@pytest.fixture
def link(peer: Peer) -> Iterator[ByteLink]:
    link = SerialLink(peer.url, BAUD)
    yield link
    link.close()


def collect(read: Callable[[], bytes], count: int) -> bytes:
    got = b""
    until = time.monotonic() + 20
    while len(got) < count and time.monotonic() < until:
        got += read()
    return got


def test_bytes_go_both_ways_unchanged(peer: Peer, link: ByteLink) -> None:
    everything = bytes(range(256))
    peer.send(everything)
    assert collect(lambda: link.read(1.0), 256) == everything
    link.write(everything)
    assert collect(peer.receive, 256) == everything


def test_silence_is_empty_and_short(peer: Peer, link: ByteLink) -> None:
    started = time.monotonic()
    assert link.read(10.0) == b""
    assert time.monotonic() - started < 5
    assert link.read(0.0) == b""


def test_what_has_come_is_there_at_once(peer: Peer, link: ByteLink) -> None:
    peer.send(b"late")
    assert collect(lambda: link.read(POLL_S), 4) == b"late"
    assert link.read(0.0) == b""


def test_a_flood_is_read_in_chunks(peer: Peer, link: ByteLink) -> None:
    sender = threading.Thread(target=peer.send, args=(b"x" * 60000,))
    sender.start()
    reads: list[int] = []

    def read() -> bytes:
        data = link.read(1.0)
        reads.append(len(data))
        return data

    assert len(collect(read, 60000)) == 60000
    sender.join()
    assert max(reads) > 100
    assert len(reads) < 20000


def test_a_peer_that_vanishes_is_lost(peer: Peer, link: ByteLink) -> None:
    peer.send(b"x")
    assert collect(lambda: link.read(1.0), 1) == b"x"
    peer.vanish()
    with pytest.raises(JigFault) as caught:
        collect(lambda: link.read(POLL_S), 1)
    assert caught.value.code == "JIG-LOST"
    assert caught.value.evidence["port"] == link.name


def test_writing_to_a_port_that_vanished_is_lost() -> None:
    peer = PtyPeer()
    link = SerialLink(peer.url, BAUD)
    peer.vanish()
    with pytest.raises(JigFault) as caught:
        link.write(b"*IDN?\n")
    assert caught.value.code == "JIG-LOST"
    assert caught.value.evidence["sent"] == "*IDN?"
    link.close()
    link.close()


def test_a_port_that_takes_no_bytes_is_blocked_not_lost() -> None:
    peer = PtyPeer()
    link = SerialLink(peer.url, BAUD)
    with pytest.raises(JigFault) as caught:
        link.write(b"x" * 200_000)
    assert caught.value.code == "JIG-TIMEOUT"
    link.close()
    peer.vanish()


def test_a_network_peer_that_loses_its_power_is_lost_without_a_word() -> None:
    tcp_repair = 19  # linux/tcp.h; a connection in repair is closed without a word
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = SerialLink(f"socket://127.0.0.1:{server.getsockname()[1]}", BAUD)
        with server.accept()[0] as peer:
            try:
                peer.setsockopt(socket.IPPROTO_TCP, tcp_repair, 1)
            except PermissionError:
                pytest.skip("this user may not take a connection down without a word")
        with pytest.raises(JigFault) as caught:
            collect(lambda: link.read(POLL_S), 1)
        assert caught.value.code == "JIG-LOST"
        link.close()


def test_two_cannot_share_a_port() -> None:
    peer = PtyPeer()
    link = SerialLink(peer.url, BAUD)
    with pytest.raises(JigFault) as caught:
        SerialLink(peer.url, BAUD)
    assert (caught.value.code, "another program" in caught.value.message) == ("JIG-ABSENT", True)
    link.close()
    SerialLink(peer.url, BAUD).close()
    peer.vanish()


def test_an_address_where_nobody_answers_is_absent_before_an_abort_gives_up() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        address = full.getsockname()
        for _ in range(2):  # who comes now is not answered
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        started = time.monotonic()
        with pytest.raises(JigFault) as caught:
            SerialLink(f"socket://127.0.0.1:{address[1]}", BAUD)
        assert caught.value.code == "JIG-ABSENT"
        assert 1 < time.monotonic() - started < GRACE_S


@pytest.mark.parametrize(
    ("number", "says", "remedy"),
    [
        (errno.ENOENT, "no such port", "Plug the jig in"),
        (errno.EACCES, "may not open", "udev rules"),
        (errno.EWOULDBLOCK, "another program", "Stop the other program"),
        (errno.EIO, "Input/output error", "Plug the jig in"),
    ],
)
def test_why_a_port_cannot_be_opened(number: int, says: str, remedy: str) -> None:
    fault = _absent("/dev/ttyUSB0", OSError(number, os.strerror(number)), JigFault)
    assert says in fault.message
    assert fault.remedy.startswith(remedy) or remedy in fault.remedy


@pytest.mark.parametrize("url", ["/dev/no-such-port", "nonsense://x", "/dev/null", "socket://:0"])
def test_what_cannot_be_opened_is_absent(url: str) -> None:
    with pytest.raises(JigFault) as caught:
        SerialLink(url, BAUD)
    assert caught.value.code == "JIG-ABSENT"
