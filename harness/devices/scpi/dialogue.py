"""One line out, and those that come back: which of them answers it, if any does.

Lines that are nobody's answer are thrown away and counted. What was asked for and has not come may
still come: identities are counted, and the answer to a command that was given up is known by its
words. Where lines have frames, each reply bears the number of what it answers, and that is enough.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from harness.clock import Lease
from harness.devices.scpi.codec import Line
from harness.devices.scpi.language import Language
from harness.devices.scpi.replies import QueuedError, read_error
from harness.devices.scpi.telling import Teller, since
from harness.devices.scpi.verb import Verb
from harness.devices.scpi.wire import Wire
from harness.errors import HarnessError, StepBug
from harness.model.jig_ports import JigIdentity
from harness.model.pattern import fits

T = TypeVar("T")

LATE_GRACE_S = 1.0
"""The longest that a late reply is waited for, to tell a slow device from a silent one [s]."""

MOST_ERRORS = 32
"""No error queue is this long: a device that still has errors is out of its mind."""

_KEPT = 8
"""Lines that are kept of those that came before an identity: more are noise."""


class Dialogue:
    """What is said on a wire under one lease. Whoever uses it holds the wire's lock."""

    def __init__(self, wire: Wire, language: Language, lease: Lease, grace_s: float) -> None:
        self.tell = Teller(wire)
        self._wire = wire
        self._language = language
        self._lease = lease
        self._grace_s = grace_s

    def verb(self, name: str) -> Verb:
        return self._language.verbs[name]

    def send(self, text: str) -> None:
        self._require_leave()
        self._wire.write(text)

    def send_plain(self, text: str) -> None:
        """Send what is safe to repeat, so that it is understood with and without frames."""
        self._require_leave()
        self._wire.write(text, plain=True)

    def drain(self, quiet_s: float) -> bool:
        """Throw away what waits on the line; whether there was anything."""
        lease = self._lease.within(self.verb("identify").limit_s)
        stray = self._wire.drain(quiet_s, lease)
        came = sum(1 for line in stray if self._identity(line))
        self._wire.identities_owed = max(0, self._wire.identities_owed - came)
        if any(self._was_owed(line) for line in stray):
            self._wire.answers_owed = ()
        return bool(stray)

    def reply(self, command: str, limit_s: float, read: Callable[[str], T]) -> T:
        """The reply to a query, on a line that is in step.

        Raises: LineFault(TIMEOUT | LATE | GARBLED | REFUSED | LOST | ABSENT);
        StepBug(STEP-TIMEOUT).
        """
        started = time.monotonic()
        self.send(command)
        line = self._answer(command, limit_s, started)
        if self._wire.answers_owed:
            line = self._own(line, command, started)
        if self._means_refused(line):
            self._wire.in_step = True
            raise self.tell.refused(command, [line.text])
        try:
            value = read(line.text)
        except ValueError as error:
            raise self.tell.garbled(line, command, str(error), started) from None
        self._wire.in_step = True
        return value

    def acknowledgement(
        self, command: str, limit_s: float, done: re.Pattern[str] | None
    ) -> Sequence[object]:
        """Send a command; why it was not understood, if it was not.

        One that answers has `limit_s` for that, in the words of `done` where these are its own.
        """
        answers = self._language.answers
        if answers is None:
            self.send(command)
            return self.errors()
        expected = done or answers.done
        started = time.monotonic()
        self.send(command)
        if not self._wire.framed:
            self._wire.answers_owed = (expected, answers.refused)
        for line in self._answers(self._lease.within(limit_s)):
            refused = self._means_refused(line)
            if line.damage or not (refused or fits(expected, line.text)):
                raise self.tell.garbled(line, command, expected.pattern, started)
            self._wire.answers_owed, self._wire.in_step = (), True
            return [line.text] if refused else []
        raise self._late_or_silent(command, limit_s, started)

    def errors(self) -> list[QueuedError]:
        """The error queue, emptied; nothing where there is none."""
        if self._language.answers:
            return []
        verb = self.verb("errors")
        errors: list[QueuedError] = []
        for _ in range(MOST_ERRORS):
            error = self.reply(verb.text, verb.limit_s, read_error)
            if error.code == 0:
                break
            errors.append(error)
        return errors

    def identity(self, quiet_s: float) -> JigIdentity:
        """Who it is, once the line is quiet, after every reply that was still on its way."""
        verb = self.verb("identify")
        self.drain(quiet_s)
        started = time.monotonic()
        identity, others = self._until_identity(verb)
        if identity is None:
            if others:
                wanted = "maker,model,serial,firmware"
                raise self.tell.garbled(others[-1], verb.text, wanted, started)
            raise self._late_or_silent(verb.text, verb.limit_s, started)
        if self._wire.identities_owed:
            self._require_nothing_late(verb.text, started)
        return identity

    # What may be an answer.

    def _answers(self, lease: Lease) -> Iterator[Line]:
        """The lines that may answer what was sent, until the lease's deadline passes."""
        for line in self._wire.lines(lease):
            if self._may_answer(line):
                yield line
            else:
                self._wire.strays += 1

    def _may_answer(self, line: Line) -> bool:
        if line.damage:
            return True
        if line.seq != self._wire.seq:
            return False
        unasked, answers = self._language.unsolicited, self._language.answers
        others = (unasked, answers and answers.pending)
        return not any(words and fits(words, line.text) for words in others)

    def _answer(self, command: str, limit_s: float, started: float) -> Line:
        line = next(self._answers(self._lease.within(limit_s)), None)
        if line is None:
            raise self._late_or_silent(command, limit_s, started)
        if line.damage:
            raise self.tell.garbled(line, command, "", started)
        return line

    def _own(self, line: Line, command: str, started: float) -> Line:
        """The reply, where the answer to an earlier command may have come before or after it.

        Of the lines before the identity one is the reply, for a device answers in order; when
        there are two, the other is that answer.
        """
        verb = self.verb("identify")
        asked = time.monotonic()
        identity, others = self._until_identity(verb)
        if identity is None:
            raise self._silent(verb.text, verb.limit_s, asked)
        lines = [line, *others]
        if len(lines) == 2:
            late = next((each for each in lines if self._was_owed(each)), None)
            if late:
                lines.remove(late)
                self._wire.answers_owed = ()
        if len(lines) > 1:
            raise self.tell.garbled(lines[-1], command, "one reply", started)
        return lines[0]

    def _was_owed(self, line: Line) -> bool:
        return any(fits(words, line.text) for words in self._wire.answers_owed)

    def _until_identity(self, verb: Verb) -> tuple[JigIdentity | None, Sequence[Line]]:
        """Ask who it is; that, when it comes, and the last of what came before."""
        self.send(verb.text)
        self._wire.identities_owed = 1 if self._wire.framed else self._wire.identities_owed + 1
        identity: JigIdentity | None = None
        others: deque[Line] = deque(maxlen=_KEPT)
        for line in self._answers(self._lease.within(verb.limit_s)):
            if said := self._identity(line):
                identity = said
                self._wire.identities_owed -= 1
            else:
                others.append(line)
            if not self._wire.identities_owed:
                break
        return identity, others

    def _identity(self, line: Line) -> JigIdentity | None:
        if line.damage:
            return None
        try:
            return self._language.read_identity(line.text)
        except ValueError:
            return None

    def _means_refused(self, line: Line) -> bool:
        answers = self._language.answers
        return answers is not None and fits(answers.refused, line.text)

    def _require_leave(self) -> None:
        """With the line held: nothing moves once the lease has ended."""
        self._lease.check()
        self._wire.in_step = False

    # Faults.

    def _require_nothing_late(self, command: str, started: float) -> None:
        """A reply that is still owed was lost, or it is late: then it would answer the next."""
        line = next(self._answers(self._lease.within(LATE_GRACE_S)), None)
        self._wire.identities_owed = 0  # what has not come by now was never sent
        if line:
            raise self.tell.crossed(line, command, started)

    def _late_or_silent(self, command: str, limit_s: float, started: float) -> HarnessError:
        fault = self._silent(command, limit_s, started)
        if isinstance(fault, StepBug):
            return fault
        grace = self._lease.within(min(limit_s, self._grace_s))
        if line := next(self._answers(grace), None):
            if self._was_owed(line):
                self._wire.answers_owed = ()
            if self._identity(line):
                self._wire.identities_owed = max(0, self._wire.identities_owed - 1)
            return self.tell.late(line, command, limit_s, started)
        if unfinished := self._wire.drain(0.0, self._lease):
            return self.tell.garbled(unfinished[0], command, "", started)
        return fault

    def _silent(self, command: str, limit_s: float, started: float) -> HarnessError:
        """The device's fault when it had its full time, else the step's."""
        after_s = since(started)
        if after_s < limit_s and self._lease.deadline.expired():
            return StepBug(
                "STEP-TIMEOUT",
                f"{command} was not answered in the {after_s:g} s that the step had left",
                evidence=self.tell.evidence(command, started, received="", limit_s=limit_s),
            )
        return self.tell.silent(command, limit_s, started)
