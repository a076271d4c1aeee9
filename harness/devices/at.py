"""A modem's AT port over a serial line: one command at a time, answered to its final result code.

Rules: ITU-T V.250 clauses 5.2 (command lines, echo) and 5.7 (responses); 3GPP TS 27.007.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.android.at_session import ends
from harness.devices.at_answer import Answer, Heard, LineBuffer
from harness.devices.link import ByteLink
from harness.devices.serial import SerialLink
from harness.errors import JigFault, LinkFault

IDENTITY = ("AT+EGMR=0,7", "AT+EGMR=0,10", "AT+EGMR=0,5", "AT+CGSN")
"""What asks for both IMEIs and the serial: MediaTek's words, and those of TS 27.007."""
STATUS = (
    "AT+CPIN?",
    "AT+CSQ",
    "AT+CESQ",
    "AT+CREG?",
    "AT+CEREG=2",  # else a modem tells whether it is registered, not with what
    "AT+CEREG?",
    "AT+CEREG=0",
    "AT+COPS?",
    "AT+CGATT?",
    "AT+CGDCONT?",
)
"""What asks for SIM, signal, registration and data contexts."""

_BAUD = 115_200
_LIMIT_S = 5.0
_COMMAND = re.compile(r"AT[ -~]{0,400}", re.IGNORECASE)
_INIT, _HELLO = "ATQ0V1E1", "AT"
_SYNC_S, _TRIES = 0.7, 3
"""Time for the answer to each command of the synchronising, and how often it is begun [s]."""
_QUIET_S, _QUIET_AFTER_LATE_S = 0.05, 1.0
"""Silence after which nothing more is on its way [s]: the longer one when an answer is owed."""
_CHATTER_S = 0.5
"""How much longer silence is waited for, at a modem that is never silent [s]."""
_CODES = {"JIG-ABSENT": "AT-ABSENT", "JIG-LOST": "AT-LOST", "JIG-TIMEOUT": "AT-SILENT"}


class AtPort:
    """An AT port, opened when first asked, and again after it was lost.

    The modem is told to echo: an answer is taken only after the echo of its own command, so one
    that comes late answers nothing. A modem that does not echo is waited for until it is quiet,
    after each answer too; as nothing can prove whose answer came, none of it has its command
    (`Answer.echoed`), and no identity is read from it. One final result code more than commands
    is a fault: an answer may have gone to another command. `dropped` counts lines that were
    garbled or too long.
    """

    def __init__(self, url: str, baud: int = _BAUD) -> None:
        self.name = url
        self.dropped = 0
        self._baud = baud
        self._lock = threading.Lock()
        self._link: ByteLink | None = None
        self._lines = LineBuffer()
        self._in_step = False
        self._echoes = False
        self._owed = 0

    def exchange(self, command: str, lease: Lease, *, limit_s: float = _LIMIT_S) -> Answer:
        """Ask, and wait for the final result code, whichever it is, for `limit_s` at the most.

        Raises: LinkFault(AT-ABSENT | AT-LOST) without a port; AT-SILENT without a final result
        code in time; AT-GARBLED when a line within the answer had to be dropped, or a final
        result code came that nobody had asked for; AT-REFUSED by a modem that will not even be
        greeted; StepBug(STEP-TIMEOUT) when another thread has the port; ValueError for what is
        no command line.
        """
        if not _COMMAND.fullmatch(command):
            raise ValueError(f"no AT command line: {command!r}")
        lease = lease.within(limit_s)
        with self._held(lease):
            if not self._in_step:
                self._synchronise(lease)
            self._in_step = False  # until the answer has come whole
            answer = self._answer(command, lease)
            self._in_step = True
            return answer

    def session(self, commands: Iterable[str], lease: Lease) -> str:
        """The answers to several commands as text, refusals among them.

        Raises: as `exchange`.
        """
        return "".join(self.exchange(command, lease).text for command in commands)

    def close(self) -> None:
        """Give the port back; it is opened again when it is asked again."""
        link, self._link = self._link, None
        self._in_step, self._owed = False, 0
        self._lines = LineBuffer()
        if link:
            link.close()

    @contextmanager
    def _held(self, lease: Lease) -> Iterator[None]:
        """The port for this thread alone; a port that fails is closed."""
        with lease.holding(self._lock, f"the modem on {self.name}"):
            try:
                yield
            except JigFault as error:
                self.close()
                code = _CODES.get(error.code, "AT-LOST")
                raise LinkFault(code, error.message, evidence=error.evidence) from error

    def _synchronise(self, lease: Lease) -> None:
        """Agree with the modem on where one answer ends and the next begins.

        Raises: LinkFault(AT-SILENT | AT-GARBLED | AT-REFUSED).
        """
        if self._link is None:
            self._link = SerialLink(self.name, self._baud)
        dropped = self.dropped
        for _ in range(_TRIES):
            self._drain(lease)
            if not self._heard(_INIT, lease).final or self._drain(lease):
                continue
            hello = self._heard(_HELLO, lease)
            self._echoes = hello.echoed
            if not hello.final or self._drain(lease):
                continue
            if hello.final != "OK":
                raise self._fault("AT-REFUSED", f"{_HELLO} ended with {hello.final}", hello.said)
            self._owed = 0
            return
        raise self._unanswered(_HELLO, "", garbled=self.dropped > dropped)

    def _heard(self, command: str, lease: Lease) -> Heard:
        """What a command of the synchronising brings, whether the modem echoes or not."""
        heard = Heard(command, waits_for_echo=False)
        self._write(command)
        self._hear(heard, lease.within(_SYNC_S))
        return heard

    def _answer(self, command: str, lease: Lease) -> Answer:
        heard = Heard(command, waits_for_echo=self._echoes)
        heard.unsolicited += self._unasked(command)
        dropped = self.dropped
        self._write(command)
        self._hear(heard, lease)
        if not heard.final:
            raise self._unanswered(command, heard.said, garbled=self.dropped > dropped)
        if heard.spoilt:
            raise self._fault("AT-GARBLED", f"the answer to {command} is not whole", heard.said)
        if not heard.echoed and self._drain(lease):
            raise self._one_too_many(command, heard.said)
        lines, unsolicited = tuple(heard.lines), tuple(heard.unsolicited)
        return Answer(command, lines, heard.final, unsolicited, heard.echoed)

    def _unasked(self, command: str) -> list[str]:
        """What has come since the last answer.

        Raises: LinkFault(AT-GARBLED) when a final result code is among it.
        """
        self._receive(0.0)
        unasked = [line for line in self._lines.whole if line]
        self._lines.whole.clear()
        if any(ends(line, "") for line in unasked):
            raise self._one_too_many(command, "\n".join(unasked))
        return unasked

    def _write(self, command: str) -> None:
        assert self._link
        self._owed += 1
        self._link.write(f"{command}\r".encode("ascii"))

    def _hear(self, heard: Heard, lease: Lease) -> None:
        """Take lines until the final result code, or until the lease's time is over."""
        while not heard.final:
            line = self._line(lease)
            if line is None:
                return
            heard.take(line)
        self._owed -= 1

    def _line(self, lease: Lease) -> str | None:
        """The next line, empty for one that was dropped; None when the time is over first."""
        while not self._lines.whole:
            lease.check()
            left_s = lease.deadline.left_s()
            self._receive(left_s)  # once more when it has passed: the PC may have been busy
            if left_s <= 0:
                break
        return self._lines.whole.popleft() if self._lines.whole else None

    def _drain(self, lease: Lease) -> int:
        """Take off what comes until the modem is quiet; how many final result codes came."""
        late = 0
        quiet_s = _QUIET_AFTER_LATE_S if self._owed > 0 else _QUIET_S
        silent, last = Deadline(quiet_s), lease.deadline.sooner(quiet_s + _CHATTER_S)
        self._receive(0.0)
        while not silent.expired() and not last.expired():
            lease.check()
            if self._receive(silent.left_s()):
                silent = Deadline(quiet_s)
        while self._lines.whole:
            late += ends(self._lines.whole.popleft(), "")
        self._owed = max(0, self._owed - late)
        return late

    def _receive(self, timeout_s: float) -> bool:
        assert self._link
        data = self._link.read(min(timeout_s, POLL_S))
        self.dropped += self._lines.feed(data)
        return bool(data)

    def _one_too_many(self, command: str, said: str) -> LinkFault:
        words = f"more final result codes than commands, at {command}: whose answer is whose?"
        return self._fault("AT-GARBLED", words, said)

    def _unanswered(self, command: str, said: str, *, garbled: bool) -> LinkFault:
        if garbled:
            return self._fault("AT-GARBLED", f"no answer to {command} that can be read", said)
        return self._fault("AT-SILENT", f"{self.name} gave no result code for {command}", said)

    def _fault(self, code: str, message: str, received: str) -> LinkFault:
        evidence = {"port": self.name, "received": received, "dropped_lines": self.dropped}
        return LinkFault(code, message, evidence=evidence)


def read_session(url: str, commands: Iterable[str], lease: Lease, *, baud: int = _BAUD) -> str:
    """The answers of a modem to several commands, as text that `read_at` reads.

    Raises: LinkFault(AT-ABSENT | AT-LOST | AT-SILENT | AT-GARBLED | AT-REFUSED).
    """
    port = AtPort(url, baud)
    try:
        return port.session(commands, lease)
    finally:
        port.close()
