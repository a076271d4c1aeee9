"""A shield box that announces its answers and says what it likes, in the R&S manner."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import suppress

import pytest

from harness.devices.jig.jig import SerialJig
from harness.devices.jig.replies import Position, read_position
from harness.errors import HarnessError
from harness.model.jig_ports import JigIdentity
from harness.sim.jig import Reply
from tests.devices.jig.conftest import BuildWired
from tests.devices.jig.wired import MOTION_S, QUERY_S, Wired, fault, once, quick
from tests.short import lease


def position(box: Wired) -> Position:
    """Where the lid is, asked once."""
    return box.jig.asked(lease()).query("fixture", {}, read_position)


def test_a_whole_visit(wired: BuildWired) -> None:
    box = wired("shield-rs")
    port, health = box.port(), box.health()
    assert port.identify() == JigIdentity("Rohde&Schwarz", "CMW-Z10", "SIMJIG01", "1.0")
    cycles = health.contact_cycles()
    port.close()
    assert health.shielded()
    port.open()
    assert not health.shielded()
    assert health.contact_cycles() == cycles + 1
    assert (box.sent("CLOSE"), box.sent("OPEN")) == (1, 1)


def test_a_motion_that_ends_in_an_error_is_refused(wired: BuildWired) -> None:
    box = wired("shield-rs", {"jig.stuck_fixture": {}})
    assert fault(box.port().close, "JIG-REFUSED").evidence["received"] == ["ERR"]
    assert box.sent("CLOSE") == 1


@pytest.mark.parametrize("said", [["PENDING"], [], ["PEN\0ING"], ["?"]])
def test_when_the_end_is_not_heard_the_state_decides(wired: BuildWired, said: list[str]) -> None:
    box = wired("shield-rs")
    box.line.meddle = once("CLOSE", said)
    box.port().close()
    assert box.health().shielded()
    assert box.sent("CLOSE") == 1


def test_pending_for_ever_is_silence_and_says_what_shows(wired: BuildWired) -> None:
    box = wired("shield-rs", {"jig.stuck_fixture": {}})
    box.line.meddle = once("CLOSE", ["PENDING", "INFO:VALVE ON", "PENDING"])
    silent = fault(box.port().close, "JIG-TIMEOUT")
    assert silent.evidence["limit_s"] == MOTION_S
    assert silent.evidence["after_s"] >= MOTION_S
    assert silent.evidence["state"] == "MOVING"


def test_a_garbled_announcement_and_then_the_answer(wired: BuildWired) -> None:
    box = wired("shield-rs", dwell_s=0.3)
    box.line.meddle = lambda line, replies: (
        [Reply("PEN\0ING"), *replies[1:]] if line == "CLOSE" else replies
    )
    port = box.port()
    port.close()
    assert box.health().shielded()
    port.open()
    assert box.sent("CLOSE") == 1


@pytest.mark.parametrize("first", [True, False])
def test_the_late_answer_is_not_taken_for_the_state(wired: BuildWired, first: bool) -> None:
    """OPEN is what a motion is answered with, and what a state may be called."""
    box = wired("shield-rs", dwell_s=60.0)
    box.line.meddle = once("OPEN", ["PENDING"])
    box.port().identify()
    fault(lambda: box.port(QUERY_S / 2).open(), "STEP-TIMEOUT")
    late = ["OPEN", "CLOSED"] if first else ["CLOSED", "OPEN"]
    box.line.meddle = once("STATE?", late)
    assert position(box) is Position.CLOSED
    box.line.meddle = once("STATE?", ["CLOSED"])
    assert position(box) is Position.CLOSED
    assert box.line.lines[-1] == "STATE?"  # nothing is owed any more: the identity is not asked


def test_an_answer_that_never_comes_does_not_hide_the_state(wired: BuildWired) -> None:
    box = wired("shield-rs")
    box.line.meddle = once("CLOSE", [])
    box.port().identify()
    fault(lambda: box.port(QUERY_S / 2).close(), "STEP-TIMEOUT")
    for _ in range(3):
        assert position(box) is Position.CLOSED
    box.port().open()
    assert position(box) is Position.OPEN


def test_a_third_line_is_no_reply(wired: BuildWired) -> None:
    box = wired("shield-rs")
    box.line.meddle = once("CLOSE", [])
    box.port().identify()
    fault(lambda: box.port(QUERY_S / 2).close(), "STEP-TIMEOUT")
    box.line.meddle = once("STATE?", ["OPEN", "CLOSED", "OPEN"], times=2)
    assert "one reply" in fault(lambda: position(box), "JIG-GARBLED").message


class Chatter:
    """A box that says who it is, and once it is asked for its state it never stops talking."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self.said = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        talking = False
        while not self._over.is_set():
            if select.select([self._master], [], [], 0 if talking else 0.01)[0]:
                heard = os.read(self._master, 4096)
                talking = talking or b"STATE?" in heard
                if b"*IDN?" in heard and not talking:
                    os.write(self._master, b"Rohde&Schwarz,CMW-Z10,B1,1.0\r\n")
            if talking:
                with suppress(BlockingIOError):
                    os.write(self._master, b"INFO:AIR 5.2 BAR\r\n" * 20)
                    self.said.set()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def chatter(no_leaks: None) -> Iterator[Chatter]:
    chatter = Chatter()
    yield chatter
    chatter.close()


def test_lines_that_nobody_asked_for_hold_up_no_deadline(chatter: Chatter) -> None:
    """They come at the full speed of the pty, for as long as anybody listens."""
    jig = SerialJig(chatter.path, quick("shield-rs"))
    jig.under(lease()).identify()
    until = lease(4 * QUERY_S)
    with pytest.raises(HarnessError) as caught:
        jig.asked(until).query("fixture", {}, read_position)
    assert caught.value.code in ("JIG-TIMEOUT", "JIG-GARBLED", "STEP-TIMEOUT")
    assert until.overdue_s() < 5.0
    assert chatter.said.is_set()
    jig.shut()
