"""The discipline of command and reply on a line that may garble, stall or go away.

One command is in flight. A late reply never answers the next command: the line counts as in
step only while every query has had its reply; else it must first fall quiet and bring the device's
identity after all that is late. Queries may be asked again; commands are never sent again. Where
lines have frames, each reply bears the number of what it answers, and others are thrown away.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from harness.clock import Lease
from harness.devices.scpi.codec import Line
from harness.devices.scpi.language import Language
from harness.devices.scpi.replies import QueuedError, read_error, read_framing
from harness.devices.scpi.telling import Teller, since
from harness.devices.scpi.verb import Verb
from harness.devices.scpi.wire import Wire
from harness.errors import HarnessError, StepBug
from harness.errors.base import LineFault
from harness.model.ports import JigIdentity

T = TypeVar("T")

QUIET_S = 0.05
"""A line out of step is quiet when nothing has come for this time [s]."""

LATE_GRACE_S = 1.0
"""The longest that a late reply is waited for, to tell a slow device from a silent one [s]."""

MOST_ERRORS = 32
"""No error queue is this long: a device that still has errors is out of its mind."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What `*IDN?` must say; any text will do where it is None."""

    serial: str | None = None
    maker: str | None = None
    model: str | None = None

    def differs(self, said: JigIdentity) -> dict[str, str]:
        """What is expected and not said, by its name."""
        wanted = {"serial": self.serial, "maker": self.maker, "model": self.model}
        return {
            name: text for name, text in wanted.items() if text not in (None, getattr(said, name))
        }


ANYONE = Expected()


class Exchange:
    """The conversation with a jig or an instrument under one lease.

    Any other device than is expected is refused before it is told anything but who it is. Faults
    are those of the wire's device: TIMEOUT below is JIG-TIMEOUT or INSTRUMENT-TIMEOUT.
    """

    def __init__(self, wire: Wire, language: Language, lease: Lease, expected: Expected) -> None:
        self._wire = wire
        self._language = language
        self._tell = Teller(wire)
        self.lease = lease
        self._expected = expected

    @property
    def fault(self) -> type[LineFault]:
        """How the faults of this device are called."""
        return self._wire.fault

    @property
    def framed(self) -> bool:
        """Whether no changed byte goes unseen; known once anything was asked."""
        return self._wire.framed

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the line for several exchanges; waits while another thread has it.

        Raises: StepBug(STEP-TIMEOUT) when the lease's deadline comes first.
        """
        with self.lease.holding(self._wire.lock, self._wire.called):
            yield

    def query(self, command: str, limit_s: float, read: Callable[[str], T]) -> T:
        """The reply to a query, asked once more when it is garbled.

        Raises: LineFault(TIMEOUT) when the device is silent, REFUSED when it says why not,
        LATE, GARBLED, WRONG, LOST, ABSENT; StepBug(STEP-TIMEOUT).
        """
        with self.turn():
            self._synchronise()
            try:
                return self._reply(command, limit_s, read)
            except LineFault as fault:
                if fault.kind == "TIMEOUT":
                    raise self._told_apart(fault, command) from fault
                if fault.kind != "GARBLED":
                    raise
            self._synchronise()
            return self._reply(command, limit_s, read)

    def command(
        self, text: str, limit_s: float = 1.0, done: re.Pattern[str] | None = None
    ) -> LineFault | None:
        """Send a command once, then hear whether it was understood.

        One that answers has `limit_s` for that, in the words of `done` where these are its own;
        else the error queue is read until it is empty. The fault is given when only that
        acknowledgement is garbled: the device may have heard.

        Raises: LineFault(REFUSED) with the device's own words; the others as `query`.
        """
        with self.turn():
            self._synchronise()
            self._send(text)
            try:
                errors = self._acknowledged(text, limit_s, done)
            except LineFault as fault:
                about = fault.again(command=text)
                if fault.kind == "GARBLED":
                    return about
                raise about from fault
            if errors:
                raise self._tell.refused(text, errors)
        return None

    def write(self, command: str) -> None:
        """Send a command that is safe to repeat, whatever state the line is in."""
        with self.turn():
            self._send(command)

    def identify(self) -> JigIdentity:
        """Who it is, asked anew; no reply is on its way in a conversation that is in step."""
        with self.turn():
            quiet_s = 0.0 if self._wire.in_step else QUIET_S
            self._wire.in_step = False
            return self._synchronise(quiet_s)

    # What follows runs with the line held.

    def _synchronise(self, quiet_s: float = QUIET_S) -> JigIdentity:
        """Be in step with the right device, nothing waiting on the line."""
        wire = self._wire
        if wire.in_step and wire.identity and not self._drain(0.0):
            return self._verified(wire.identity)
        wire.in_step = False
        try:
            wire.identity = self._query_identity(quiet_s)
        except LineFault as fault:
            if fault.kind != "GARBLED":
                raise
            wire.identity = self._query_identity(QUIET_S)
        wire.identity = self._sure(wire.identity)
        identity = self._verified(wire.identity)
        if "clear" in self._language.verbs:
            self._send(self._verb("clear").text)
        wire.in_step = True
        if "framing" in self._language.verbs and not wire.framed:
            self._negotiate()
        return identity

    def _negotiate(self) -> None:
        """Have lines in frames from now on, if it says that it can."""
        verb = self._verb("framing")
        if self._reply(verb.text, verb.limit_s, read_framing):
            self._wire.frame()

    def _sure(self, identity: JigIdentity) -> JigIdentity:
        """The identity; one that is not expected must come twice, for noise makes other letters."""
        if not self._expected.differs(identity):
            return identity
        again = self._query_identity(QUIET_S)
        if again != identity and self._expected.differs(again):
            raise self._tell.two_identities(identity, again)
        return again

    def _verified(self, identity: JigIdentity) -> JigIdentity:
        if wanted := self._expected.differs(identity):
            raise self._tell.wrong(identity, wanted)
        return identity

    def _query_identity(self, quiet_s: float) -> JigIdentity:
        """The identity, after every reply that was still on its way."""
        verb = self._verb("identify")
        self._drain(quiet_s)
        started = time.monotonic()
        self._send(verb.text)
        self._wire.identities_owed = 1 if self._wire.framed else self._wire.identities_owed + 1
        lease = self.lease.within(verb.limit_s)
        identity: JigIdentity | None = None
        others: list[Line] = []
        while self._wire.identities_owed:
            line = self._next_line(lease)
            if line is None:
                break
            if said := self._identity(line):
                identity = said
                self._wire.identities_owed -= 1
            else:
                others.append(line)
        if identity is None:
            if others:
                raise self._tell.garbled(
                    others[-1], verb.text, "maker,model,serial,firmware", started
                )
            raise self._silent(verb.text, verb.limit_s, started)
        if self._wire.identities_owed:
            self._require_nothing_late(verb.text, started)
        return identity

    def _require_nothing_late(self, command: str, started: float) -> None:
        """A reply that is still owed was lost, or it is late: then it would answer the next."""
        line = self._next_line(self.lease.within(LATE_GRACE_S))
        self._wire.identities_owed = 0  # what has not come by now was never sent
        if line:
            raise self._tell.crossed(line, command, started)

    def _reply(self, command: str, limit_s: float, read: Callable[[str], T]) -> T:
        self._drain(0.0)
        started = time.monotonic()
        self._send(command)
        line = self._answer(command, limit_s, started)
        if self._means_refused(line):
            self._wire.in_step = True
            raise self._tell.refused(command, [line.text])
        try:
            value = read(line.text)
        except ValueError as error:
            raise self._tell.garbled(line, command, str(error), started) from None
        self._wire.in_step = True
        return value

    def _acknowledged(
        self, command: str, limit_s: float, done: re.Pattern[str] | None
    ) -> Sequence[object]:
        """Why it was not understood, if it was not."""
        answers = self._language.answers
        if answers is None:
            return self._errors()
        expected = done or answers.done
        started = time.monotonic()
        while True:
            line = self._answer(command, limit_s - since(started), started)
            if not (answers.pending and answers.pending.fullmatch(line.text)):
                break
        if not expected.fullmatch(line.text) and not self._means_refused(line):
            raise self._tell.garbled(line, command, expected.pattern, started)
        self._wire.in_step = True
        return [line.text] if self._means_refused(line) else []

    def _answer(self, command: str, limit_s: float, started: float) -> Line:
        line = self._next_line(self.lease.within(max(limit_s, 0.0)))
        if line is None:
            raise self._late_or_silent(command, limit_s, started)
        if line.damage:
            raise self._tell.garbled(line, command, "", started)
        return line

    def _next_line(self, lease: Lease) -> Line | None:
        """The next line that may be an answer, or None when the lease's deadline passes first."""
        unsolicited = self._language.unsolicited
        while line := self._wire.read_line(lease):
            other = not line.damage and line.seq != self._wire.seq
            if not other and not (unsolicited and unsolicited.fullmatch(line.text)):
                return line
            self._wire.strays += 1
        return None

    def _means_refused(self, line: Line) -> bool:
        answers = self._language.answers
        return answers is not None and answers.refused.fullmatch(line.text) is not None

    def _errors(self) -> list[QueuedError]:
        """The error queue, emptied."""
        verb = self._verb("errors")
        errors: list[QueuedError] = []
        for _ in range(MOST_ERRORS):
            error = self._reply(verb.text, verb.limit_s, read_error)
            if error.code == 0:
                break
            errors.append(error)
        return errors

    def _send(self, text: str) -> None:
        self.lease.check()  # with the line held: nothing moves once the lease has ended
        self._wire.in_step = False
        self._wire.write(text)

    def _drain(self, quiet_s: float) -> bool:
        """Throw away what waits on the line; whether there was anything."""
        lease = self.lease.within(self._verb("identify").limit_s)
        stray = self._wire.drain(quiet_s, lease)
        late = sum(1 for line in stray if self._identity(line))
        self._wire.identities_owed = max(0, self._wire.identities_owed - late)
        return bool(stray)

    def _verb(self, name: str) -> Verb:
        return self._language.verbs[name]

    def _identity(self, line: Line) -> JigIdentity | None:
        if line.damage:
            return None
        try:
            return self._language.read_identity(line.text)
        except ValueError:
            return None

    # Faults.

    def _late_or_silent(self, command: str, limit_s: float, started: float) -> HarnessError:
        fault = self._silent(command, limit_s, started)
        if isinstance(fault, StepBug):
            return fault
        if line := self._next_line(self.lease.within(min(limit_s, LATE_GRACE_S))):
            return self._tell.late(line, command, limit_s, started)
        if unfinished := self._wire.drain(0.0, self.lease):
            return self._tell.garbled(unfinished[0], command, "", started)
        return fault

    def _silent(self, command: str, limit_s: float, started: float) -> HarnessError:
        """The device's fault when it had its full time, else the step's."""
        after_s = since(started)
        if after_s < limit_s and self.lease.deadline.expired():
            return StepBug(
                "STEP-TIMEOUT",
                f"{command} was not answered in the {after_s:g} s that the step had left",
                evidence=self._tell.evidence(command, started, received="", limit_s=limit_s),
            )
        return self._tell.silent(command, limit_s, started)

    def _told_apart(self, silent: LineFault, command: str) -> LineFault:
        """A device that refused the query says why when it is asked; one that is dead does not."""
        try:
            self._query_identity(QUIET_S)
            errors = self._errors() if self._language.answers is None else []
        except (LineFault, StepBug):
            return silent.again(alive=False)
        return self._tell.refused(command, errors) if errors else silent.again(alive=True)
