"""Jigs on a network: behind a TCP port, and behind a terminal server that speaks RFC 2217."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from harness.clock import Cancel, Deadline
from harness.devices.jig.jig import SerialJig
from harness.errors import HarnessError
from harness.sim.jig import JigBehaviour
from harness.sim.tcp import TcpInstrument
from tests.devices.jig.wired import quick
from tests.devices.test_serial import FakeUart
from tests.engine.rig import until
from tests.short import code_of, lease

pytestmark = pytest.mark.filterwarnings(  # pyserial 3.5 still calls setDaemon and setName
    "ignore:set:DeprecationWarning"
)


class TerminalServer:
    """Leads the one connection that it takes to a jig, by pyserial's own RFC 2217 server."""

    def __init__(self, jig: JigBehaviour) -> None:
        self.deaf = False
        """Hears nothing any more and says nothing, without hanging up."""
        self._jig = jig
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self._listening.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                self._connection, _ = self._listening.accept()
                with self._connection, suppress(OSError):  # hung up, here or there
                    self._talk(self._connection)

    def _talk(self, connection: socket.socket) -> None:
        from serial.rfc2217 import PortManager

        manager: Any = PortManager(FakeUart(), self)
        line = b""
        while data := connection.recv(4096):
            if self.deaf:
                continue
            *lines, line = (line + b"".join(manager.filter(data))).split(b"\n")
            for each in lines:
                for reply in self._jig.answer(each.decode("latin-1"), 0.0):
                    text = reply.text.encode("latin-1") + b"\n"
                    connection.sendall(b"".join(manager.escape(text)))

    def write(self, data: bytes) -> None:
        assert self._connection
        self._connection.sendall(data)

    def hang_up(self) -> None:
        assert self._connection
        self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        if self._connection:
            with suppress(OSError):  # it was hung up
                self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()


@pytest.fixture
def sim() -> JigBehaviour:
    return JigBehaviour(None)


@pytest.fixture
def server(no_leaks: None, sim: JigBehaviour) -> Iterator[TerminalServer]:
    server = TerminalServer(sim)
    yield server
    server.close()


@pytest.fixture
def jig(server: TerminalServer) -> Iterator[SerialJig]:
    jig = SerialJig(server.url, quick("core"))
    yield jig
    jig.shut()


def powered(jig: SerialJig) -> None:
    port = jig.under(lease())
    port.supply(5.0)
    port.connect("vbus")
    assert port.voltage_v("vbus") == 5.0


def raised(call: Callable[[], object]) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        call()
    return caught.value


def test_a_whole_visit_behind_a_terminal_server(jig: SerialJig, sim: JigBehaviour) -> None:
    powered(jig)
    jig.make_safe(Deadline(10))
    assert sim.safe


def test_a_terminal_server_that_hangs_up_is_lost_and_found_again(
    jig: SerialJig, server: TerminalServer, sim: JigBehaviour
) -> None:
    """pyserial reads nothing from it, and says no word."""
    powered(jig)
    server.hang_up()
    fault = raised(lambda: jig.under(lease()).voltage_v("vbus"))
    assert fault.code == "JIG-LOST"
    assert "went away" in fault.message
    jig.make_safe(Deadline(10))
    assert sim.safe


def test_one_that_goes_dumb_is_silent_and_not_there_any_more(
    jig: SerialJig, server: TerminalServer
) -> None:
    powered(jig)
    server.deaf = True
    fault = raised(lambda: jig.under(lease()).voltage_v("vbus"))
    assert fault.code == "JIG-TIMEOUT"
    assert "no reply in 0.4 s" in fault.message
    assert fault.evidence["alive"] is False
    server.deaf = False
    jig.make_safe(Deadline(10))


def test_one_that_hung_up_between_two_runs_is_missed_by_nobody(
    jig: SerialJig, server: TerminalServer, sim: JigBehaviour
) -> None:
    powered(jig)
    server.hang_up()
    until(lambda: not any("RFC 2217" in thread.name for thread in threading.enumerate()))
    watch = jig.watch(Cancel())
    assert jig.under(lease()).voltage_v("vbus") == 5.0
    jig.make_safe(Deadline(10))
    watch.close()


@pytest.fixture
def tcp(no_leaks: None, sim: JigBehaviour) -> Iterator[TcpInstrument]:
    wire = TcpInstrument(sim)
    yield wire
    wire.close()


def test_a_jig_behind_a_tcp_port_that_hangs_up_is_lost_and_found_again(
    tcp: TcpInstrument, sim: JigBehaviour
) -> None:
    jig = SerialJig(tcp.url, quick("core"))
    powered(jig)
    tcp.hang_up()
    assert code_of(lambda: jig.under(lease()).voltage_v("vbus")) == "JIG-LOST"
    assert code_of(lambda: jig.under(lease()).voltage_v("vbus")) == "JIG-ABSENT"
    tcp.listen()
    assert jig.under(lease()).voltage_v("vbus") == 5.0
    jig.make_safe(Deadline(10))
    assert sim.safe
    jig.shut()
