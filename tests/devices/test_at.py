"""The AT port against a simulated modem on a real pty."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.clock import Cancel, Deadline, Lease
from harness.devices.android.at import EpsRegistration, Modem, read_at
from harness.devices.at import IDENTITY, STATUS, AtPort, read_session
from harness.errors import LinkFault, OperatorStop
from harness.sim.handset import HandsetBehaviour
from harness.sim.jig import Reply
from harness.sim.modem import ModemBehaviour, pty
from harness.sim.pty import PtyJig
from harness.sim.unit import SimUnit

IMEIS = ("004999010002011", "860123450000020")

Plug = Callable[..., tuple[AtPort, ModemBehaviour, PtyJig]]


def lease(limit_s: float = 30.0) -> Lease:
    return Lease(Deadline(limit_s), Cancel())


def ask(port: AtPort, command: str, lease: Lease, *, limit_s: float = 5.0) -> tuple[str, ...]:
    """The information text of an answer that ended with OK."""
    answer = port.exchange(command, lease, limit_s=limit_s)
    assert answer.result == "OK"
    return answer.lines


@pytest.fixture
def plug() -> Iterator[Plug]:
    """A port, the modem behind it, and the wire between them."""
    with ExitStack() as ends:

        def plugged(
            *, may_echo: bool = True, defects: Any = None, profile: str = "oppo-mtk"
        ) -> tuple[AtPort, ModemBehaviour, PtyJig]:
            unit = SimUnit(
                "A57A000001",
                imei=IMEIS,
                defects=defects or {},
                profile=profile,
                rsrp_noise_db=0,
            )
            modem = ModemBehaviour(HandsetBehaviour(unit), may_echo=may_echo)
            wire = pty(modem)
            port = AtPort(wire.path)
            ends.callback(wire.close)
            ends.callback(port.close)
            return port, modem, wire

        yield plugged


@pytest.mark.parametrize("may_echo", [True, False])
def test_answers_are_those_of_their_commands(plug: Plug, may_echo: bool) -> None:
    port, _, _ = plug(may_echo=may_echo)
    assert ask(port, "AT+CSQ", lease()) == ("+CSQ: 21, 99",)
    assert ask(port, "AT", lease()) == ()
    assert ask(port, "AT+CGDCONT?", lease())[1] == '+CGDCONT: 2,"IPV4V6","ims","",0,0,0,0'
    assert ask(port, "at+egmr=0,7", lease()) == (f'+EGMR: "{IMEIS[0]}"',)
    assert port.dropped == 0


def test_a_port_is_synchronised_once(plug: Plug) -> None:
    port, modem, _ = plug()
    ask(port, "AT+CSQ", lease())
    ask(port, "AT+CESQ", lease())
    assert modem.heard == ["ATQ0V1E1", "AT", "AT+CSQ", "AT+CESQ"]


def test_a_session_is_what_the_reader_reads(plug: Plug) -> None:
    port, _, wire = plug()
    port.close()
    session = read_session(wire.path, (*IDENTITY, *STATUS), lease())
    modem = read_at(session)
    assert isinstance(modem, Modem)
    assert (modem.imei1, modem.imei2, modem.cgsn) == (*IMEIS, IMEIS[0])
    assert (modem.psn, modem.cpin, modem.lte_attached) == ("A57A000001", "READY", True)
    assert isinstance(modem.cereg, EpsRegistration)
    assert (modem.cereg.tac, modem.cereg.ci, modem.cereg.act) == ("1010", "00989682", 7)


def test_identity_by_the_words_of_every_modem(plug: Plug) -> None:
    port, _, _ = plug(profile="oppo-qcom")
    session = port.session(IDENTITY, lease())
    assert session.count("\nERROR\n") == 3  # MediaTek's words
    modem = read_at(session)
    assert isinstance(modem, Modem)
    assert modem.cgsn == IMEIS[0]
    assert not isinstance(modem.imei1, str)


class _Calls:
    """A modem at which each line of `unasked` comes by itself, `before_s` before each answer."""

    IDENTITY = dict(zip(IDENTITY, (*(f'+EGMR: "{imei}"' for imei in IMEIS), "", ""), strict=True))

    def __init__(self, echo: bool, unasked: str, before_s: float) -> None:
        self._echo, self._unasked, self._before_s = echo, unasked, before_s

    def answer(self, line: str, _now_s: float) -> list[Reply]:
        echo = Reply(f"{line}\r" if self._echo else "")
        own = line in IDENTITY or line in STATUS
        told = self.IDENTITY.get(line, f"+{line[3:].rstrip('?')}: 21,99" if own else "")
        told = f"\r\n{told}\r\n\r\nOK\r\n" if told else "\r\nOK\r\n"
        if not own:
            return [echo, Reply(told)]
        return [echo, Reply(f"\r\n{self._unasked}\r\n"), Reply(told, self._before_s)]


@pytest.fixture
def calls() -> Iterator[Callable[[bool, str, float], AtPort]]:
    with ExitStack() as ends:

        def plugged(echo: bool, unasked: str, before_s: float) -> AtPort:
            wire = PtyJig(_Calls(echo, unasked, before_s), end=b"\r", reply_end=b"")
            port = AtPort(wire.path)
            ends.callback(wire.close)
            ends.callback(port.close)
            return port

        yield plugged


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("unasked", ["NO CARRIER", "BUSY", "NO ANSWER"])
@pytest.mark.parametrize("before_s", [0.0, 0.1])
def test_a_call_that_ends_answers_nothing(
    calls: Callable[[bool, str, float], AtPort], echo: bool, unasked: str, before_s: float
) -> None:
    port = calls(echo, unasked, before_s)
    for command, told in list(_Calls.IDENTITY.items())[:2]:
        answer = port.exchange(command, lease())
        assert (answer.lines, answer.result, answer.unsolicited) == ((told,), "OK", (unasked,))


@pytest.mark.parametrize("unasked", ["OK", "ERROR", "+CME ERROR: 100"])
@pytest.mark.parametrize("before_s", [0.0, 0.02, 0.1, 0.3])
@pytest.mark.parametrize("echo", [True, False])
def test_a_result_that_nobody_asked_for_shifts_no_answer(
    calls: Callable[[bool, str, float], AtPort], echo: bool, unasked: str, before_s: float
) -> None:
    """What is read is right, or it is none; with echo or without, whatever the time between."""
    port = calls(echo, unasked, before_s)
    code, modem = _modem(port)
    if modem is None:
        assert code == "AT-GARBLED"
        return
    for read, right in ((modem.imei1, IMEIS[0]), (modem.imei2, IMEIS[1])):
        assert read == right or not isinstance(read, str)
    assert modem.csq_rssi_dbm == -71 or not isinstance(modem.csq_rssi_dbm, int)


def _modem(port: AtPort) -> tuple[str, Modem | None]:
    try:
        modem = read_at(port.session((*IDENTITY, "AT+CSQ"), lease()))
    except LinkFault as fault:
        return fault.code, None
    assert isinstance(modem, Modem)
    return "", modem


def test_a_further_result_is_told_at_once_without_echo(
    calls: Callable[[bool, str, float], AtPort],
) -> None:
    port = calls(False, "OK", 0.01)
    with pytest.raises(LinkFault, match="more final result codes than commands") as caught:
        port.exchange("AT+CSQ", lease())
    assert caught.value.code == "AT-GARBLED"


def test_no_identity_is_read_from_a_port_without_echo(plug: Plug) -> None:
    port, _, _ = plug(may_echo=False)
    modem = read_at(port.session((*IDENTITY, *STATUS), lease()))
    assert isinstance(modem, Modem)
    for number in (modem.imei1, modem.imei2, modem.psn, modem.cgsn):
        assert not isinstance(number, str)
    assert (modem.cpin, modem.lte_attached, modem.csq_rssi_dbm) == ("READY", True, -71)


def test_a_refusal_is_an_answer(plug: Plug) -> None:
    port, _, _ = plug(defects={"lte.no_attach": {"reason": "sim_absent"}})
    assert port.exchange("AT+CPIN?", lease()).result == "+CME ERROR: 10"
    assert ask(port, "AT+CSQ", lease()) == ("+CSQ: 99, 99",)


@pytest.mark.parametrize("may_echo", [True, False])
def test_unsolicited_lines_are_no_answers(plug: Plug, may_echo: bool) -> None:
    port, _, _ = plug(may_echo=may_echo)
    ask(port, "AT+CREG=2", lease())
    answer = port.exchange("AT+CSQ", lease())
    assert answer.lines == ("+CSQ: 21, 99",)
    assert answer.unsolicited == ('+CREG: 1,"1010","00989682",7',)
    assert "CREG" not in answer.text


@pytest.mark.parametrize("may_echo", [True, False])
@pytest.mark.parametrize("by_s", [0.4, 0.6])
def test_a_late_reply_never_answers_the_next_command(
    plug: Plug, may_echo: bool, by_s: float
) -> None:
    port, _, _ = plug(may_echo=may_echo, defects={"at.late": {"on": "+COPS?", "by_s": by_s}})
    assert ask(port, "AT", lease()) == ()
    with pytest.raises(LinkFault) as caught:
        ask(port, "AT+COPS?", lease(), limit_s=0.2)
    assert caught.value.code == "AT-SILENT"
    assert ask(port, "AT+CSQ", lease()) == ("+CSQ: 21, 99",)
    assert ask(port, "AT+CGATT?", lease()) == ("+CGATT: 1",)


@pytest.mark.parametrize("may_echo", [True, False])
def test_a_modem_that_falls_silent(plug: Plug, may_echo: bool) -> None:
    port, modem, _ = plug(may_echo=may_echo, defects={"at.silent": {"on": "+CSQ"}})
    ask(port, "AT", lease())
    began = time.monotonic()
    with pytest.raises(LinkFault) as caught:
        ask(port, "AT+CSQ", lease(), limit_s=0.6)
    assert caught.value.code == "AT-SILENT"
    assert time.monotonic() - began < 10
    assert ask(port, "AT+CESQ", lease()) == ("+CESQ: 99,99,255,255,20,46",)
    assert modem.heard.count("AT+CSQ") == 1


def test_a_port_at_which_nothing_answers(plug: Plug) -> None:
    port, modem, _ = plug(defects={"at.silent": {}})
    with pytest.raises(LinkFault) as caught:
        ask(port, "AT+CSQ", lease(), limit_s=2.0)
    assert caught.value.code == "AT-SILENT"
    assert "AT+CSQ" not in modem.heard


@pytest.mark.parametrize("may_echo", [True, False])
def test_noise_within_an_answer_spoils_it(plug: Plug, may_echo: bool) -> None:
    port, _, _ = plug(may_echo=may_echo, defects={"at.noise": {"on": "+CSQ"}})
    with pytest.raises(LinkFault) as caught:
        ask(port, "AT+CSQ", lease())
    assert caught.value.code == "AT-GARBLED"
    assert port.dropped == 1
    assert ask(port, "AT+CESQ", lease()) == ("+CESQ: 99,99,255,255,20,46",)


def test_a_port_that_is_not_there(tmp_path: Any) -> None:
    with pytest.raises(LinkFault) as caught:
        read_session(str(tmp_path / "ttyUSB9"), STATUS, lease())
    assert caught.value.code == "AT-ABSENT"
    assert "there is no such port" in caught.value.message


def test_a_port_that_goes_away(plug: Plug) -> None:
    port, _, wire = plug()
    ask(port, "AT", lease())
    wire.unplug()
    with pytest.raises(LinkFault) as caught:
        ask(port, "AT+CSQ", lease())
    assert caught.value.code == "AT-LOST"
    assert "JIG" not in str(caught.value) + caught.value.remedy


def test_a_lost_port_is_opened_again(plug: Plug, tmp_path: Any) -> None:
    first, _, wire = plug()
    name = tmp_path / "modem"
    name.symlink_to(wire.path)
    port = AtPort(str(name))
    ask(port, "AT", lease())
    wire.unplug()
    with pytest.raises(LinkFault):
        ask(port, "AT", lease())
    _, _, again = plug()
    name.unlink()
    name.symlink_to(again.path)
    assert ask(port, "AT+CSQ", lease()) == ("+CSQ: 21, 99",)
    port.close()
    first.close()


def test_cancelling_wakes_who_waits(plug: Plug) -> None:
    port, _, _ = plug(defects={"at.silent": {"on": "+CSQ"}})
    ask(port, "AT", lease())
    cancel = Cancel()
    stop = OperatorStop("RUN-ABORTED", "enough")
    timer = threading.Timer(0.3, cancel.set, [stop])
    timer.start()
    began = time.monotonic()
    with pytest.raises(OperatorStop):
        ask(port, "AT+CSQ", Lease(Deadline(60.0), cancel), limit_s=60.0)
    assert time.monotonic() - began < 10
    timer.join()
    assert ask(port, "AT+CESQ", lease()) == ("+CESQ: 99,99,255,255,20,46",)


def test_one_command_is_in_flight(plug: Plug) -> None:
    port, _, _ = plug(defects={"at.late": {"on": "+COPS?", "by_s": 0.3}})
    ask(port, "AT", lease())
    said: dict[str, tuple[str, ...]] = {}

    def take(command: str) -> None:
        said[command] = ask(port, command, lease())

    commands = ["AT+COPS?", "AT+CSQ", "AT+CGATT?", "AT+CPIN?"]
    threads = [threading.Thread(target=take, args=[command]) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {
        "AT+COPS?": ('+COPS: 0,0,"FactoryNet",7',),
        "AT+CSQ": ("+CSQ: 21, 99",),
        "AT+CGATT?": ("+CGATT: 1",),
        "AT+CPIN?": ("+CPIN: READY",),
    }


@pytest.mark.parametrize("command", ["", "CSQ", "AT\r", "AT+CSQ\rAT+CFUN=0", "ATé"])
def test_what_is_no_command_line_is_not_sent(plug: Plug, command: str) -> None:
    port, modem, _ = plug()
    with pytest.raises(ValueError, match="no AT command line"):
        ask(port, command, lease())
    assert modem.heard == []


def test_nothing_moves_without_a_lease(plug: Plug) -> None:
    port, modem, _ = plug()
    ended = lease()
    ended.end(OperatorStop("RUN-ABORTED", "over"))
    with pytest.raises(OperatorStop):
        ask(port, "AT+CSQ", ended)
    assert modem.heard == []


class _Wild:
    """A modem that answers +CSQ with the bytes given before what it says; all with `result`.

    Between the commands it sends an unsolicited line every `chatter_s`.
    """

    def __init__(self, noise: bytes, result: bytes = b"OK", chatter_s: float | None = None) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._noise, self._result, self._chatter_s = noise, result, chatter_s
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        line = b""
        while not line.endswith(b"END"):
            if not select.select([self._master], [], [], self._chatter_s)[0]:
                os.write(self._master, b"\r\n+CREG: 1\r\n")
                continue
            line += os.read(self._master, 1)
            if not line.endswith(b"\r"):
                continue
            noise = self._noise if b"+CSQ" in line else b""
            os.write(
                self._master, line + noise + b"\r\n+CSQ: 21,99\r\n\r\n" + self._result + b"\r\n"
            )
            line = b""

    def close(self) -> None:
        os.write(self._slave, b"END")
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=3000))
def test_any_noise_gives_an_answer_or_a_coded_fault(noise: bytes) -> None:
    wild = _Wild(noise)
    port = AtPort(wild.path)
    with closing(wild), closing(port):
        said = _told(port)
    ended = any(word in noise for word in (b"OK", b"ERROR", b"BUSY", b"NO "))
    assert said in ("AT-GARBLED", "AT-SILENT") or "+CSQ: 21,99" in said or ended
    assert noise or said == "+CSQ: 21,99"


def _told(port: AtPort) -> str:
    try:
        return "\n".join(port.exchange("AT+CSQ", lease(), limit_s=1.5).lines)
    except LinkFault as fault:
        return fault.code


def test_a_modem_that_refuses_even_to_be_greeted() -> None:
    wild = _Wild(b"", b"ERROR")
    with closing(wild), closing(AtPort(wild.path)) as port, pytest.raises(LinkFault) as caught:
        ask(port, "AT+CSQ", lease())
    assert caught.value.code == "AT-REFUSED"


def test_a_modem_that_is_never_silent() -> None:
    wild = _Wild(b"", chatter_s=0.01)
    with closing(wild), closing(AtPort(wild.path)) as port:
        assert "+CSQ: 21,99" in ask(port, "AT+CSQ", lease())


@pytest.mark.parametrize("may_echo", [True, False])
def test_what_comes_between_two_commands_is_no_answer(plug: Plug, may_echo: bool) -> None:
    port, _, wire = plug(may_echo=may_echo)
    ask(port, "AT", lease())
    wire.say("\r\n+CGATT: 0\r\n\r\nRING\r\n")
    arrived = os.open(wire.path, os.O_RDONLY | os.O_NOCTTY)
    assert select.select([arrived], [], [], 10)[0]
    os.close(arrived)
    answer = port.exchange("AT+CGATT?", lease())
    assert answer.lines == ("+CGATT: 1",)
    assert answer.unsolicited == ("+CGATT: 0", "RING")


def test_a_port_that_takes_no_bytes() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(slave, False)
    with closing(AtPort(os.ttyname(slave))) as port:
        with pytest.raises(LinkFault, match="no result code"):
            ask(port, "AT", lease(), limit_s=0.1)
        while select.select([], [slave], [], 0.3)[1]:
            os.write(slave, b"x" * 4096)
        with pytest.raises(LinkFault, match="took no bytes") as caught:
            ask(port, "AT", lease())
    assert caught.value.code == "AT-SILENT"
    os.close(slave)
    os.close(master)


def test_the_modem_lives_in_the_time_of_its_handset() -> None:
    unit = SimUnit("A57A000001", android=13)
    handset = HandsetBehaviour(unit)
    with closing(pty(ModemBehaviour(handset))) as wire, closing(AtPort(wire.path)) as port:
        assert ask(port, "AT+CEREG?", lease()) == ("+CEREG: 0,1",)
        handset.run("cmd connectivity airplane-mode enable", time.monotonic())
        assert ask(port, "AT+CEREG?", lease()) == ("+CEREG: 0,0",)
        handset.run("cmd connectivity airplane-mode disable", time.monotonic() - 60.0)
        assert ask(port, "AT+CEREG?", lease()) == ("+CEREG: 0,1",)


def test_a_line_that_is_too_long_is_dropped_and_counted() -> None:
    wild = _Wild(b"A" * 20_000)
    port = AtPort(wild.path)
    with pytest.raises(LinkFault) as caught:
        ask(port, "AT+CSQ", lease())
    assert caught.value.code == "AT-GARBLED"
    assert port.dropped == 1
    port.close()
    wild.close()
