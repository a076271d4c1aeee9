"""The discipline of command and reply on a line that may garble, stall or go away.

One command is in flight. A late reply never answers the next command: the line counts as in
step only while every query has had its reply; else it must first fall quiet and bring the device's
identity after all that is late. Queries may be asked again; commands are never sent again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from harness.clock import Lease
from harness.devices.scpi.dialogue import LATE_GRACE_S, Dialogue
from harness.devices.scpi.language import Language
from harness.devices.scpi.replies import QueuedError, read_framing
from harness.devices.scpi.wire import Wire
from harness.errors import StepBug
from harness.errors.base import LineFault
from harness.model.jig_ports import JigIdentity

T = TypeVar("T")

QUIET_S = 0.05
"""A line out of step is quiet when nothing has come for this time [s]."""


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

    def __init__(
        self,
        wire: Wire,
        language: Language,
        lease: Lease,
        expected: Expected,
        grace_s: float = LATE_GRACE_S,
    ) -> None:
        """A late reply is waited for `grace_s`, to tell a slow device from a silent one."""
        self._wire = wire
        self._language = language
        self._talk = Dialogue(wire, language, lease, grace_s)
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
        """The reply to a query, asked once more when it or its reply may have been damaged.

        Not when the lease has no time for that: the fault would be the step's then.

        Raises: LineFault(TIMEOUT) when the device is silent, REFUSED when it says why not,
        LATE, GARBLED, WRONG, LOST, ABSENT; StepBug(STEP-TIMEOUT).
        """
        with self.turn():
            self._synchronise()
            try:
                return self._asked(command, limit_s, read)
            except LineFault as fault:
                perhaps = fault.kind == "GARBLED" or fault.evidence.get("perhaps_unheard")
                if not perhaps or self.lease.deadline.left_s() < limit_s:
                    raise
            self._synchronise()
            return self._asked(command, limit_s, read)

    def command(
        self, text: str, limit_s: float = 1.0, done: re.Pattern[str] | None = None
    ) -> LineFault | None:
        """Send a command once, then hear whether it was understood.

        One that answers has `limit_s` for that, in the words of `done` where these are its own;
        else the error queue is read until it is empty. The fault is given when only that
        acknowledgement is garbled, or its answer lost: the device may have heard.

        Raises: LineFault(REFUSED) with the device's own words; the others as `query`.
        """
        with self.turn():
            self._synchronise()
            try:
                errors = self._talk.acknowledgement(text, limit_s, done)
            except LineFault as fault:
                about = fault.again(command=text)
                answers = self._language.answers is not None
                if fault.kind == "GARBLED" or (answers and fault.kind == "TIMEOUT"):
                    return about
                raise about from fault
            if errors:
                raise self._talk.tell.refused(text, errors)
        return None

    def write(self, command: str) -> None:
        """Send a command that is safe to repeat, whatever state the line is in."""
        with self.turn():
            self._talk.send_plain(command)

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
        if wire.in_step and wire.identity and not self._talk.drain(0.0):
            return self._verified(wire.identity)
        wire.in_step = False
        wire.identity = self._sure(self._again(lambda: self._talk.identity(quiet_s)))
        identity = self._verified(wire.identity)
        if "clear" in self._language.verbs:
            self._talk.send(self._talk.verb("clear").text)
        wire.in_step = True
        if "framing" in self._language.verbs and not wire.framed:
            self._negotiate()
        return identity

    def _negotiate(self) -> None:
        """Have lines in frames from now on, if it says that it can."""
        verb = self._talk.verb("framing")
        if self._again(lambda: self._talk.reply(verb.text, verb.limit_s, read_framing)):
            self._wire.frame()

    def _again(self, ask: Callable[[], T]) -> T:
        """What is asked, once more when the reply is garbled."""
        try:
            return ask()
        except LineFault as fault:
            if fault.kind != "GARBLED":
                raise
        self._talk.drain(QUIET_S)
        return ask()

    def _sure(self, identity: JigIdentity) -> JigIdentity:
        """The identity; one that is not expected must come twice, for noise makes other letters."""
        if not self._expected.differs(identity):
            return identity
        again = self._talk.identity(QUIET_S)
        if again != identity and self._expected.differs(again):
            raise self._talk.tell.two_identities(identity, again)
        return again

    def _verified(self, identity: JigIdentity) -> JigIdentity:
        if wanted := self._expected.differs(identity):
            raise self._talk.tell.wrong(identity, wanted)
        return identity

    def _asked(self, command: str, limit_s: float, read: Callable[[str], T]) -> T:
        try:
            return self._talk.reply(command, limit_s, read)
        except LineFault as fault:
            if fault.kind != "TIMEOUT":
                raise
            raise self._told_apart(fault, command) from fault

    def _told_apart(self, silent: LineFault, command: str) -> LineFault:
        """A device that refused the query says why when it is asked; one that is dead does not.

        Noise may have made another command of it, or nothing.
        """
        try:
            self._talk.identity(QUIET_S)
            errors = self._talk.errors()
        except (LineFault, StepBug):
            return silent.again(alive=False)
        if not errors:
            return silent.again(alive=True, perhaps_unheard=True)
        refused = self._talk.tell.refused(command, errors)
        return refused.again(perhaps_unheard=True) if _misheard(errors) else refused


def _misheard(errors: list[QueuedError]) -> bool:
    """Whether what came was no command, or came damaged (SCPI-99 volume 2, 21.8.9 and 21.8.11)."""
    return all(-199 <= error.code <= -100 or -363 <= error.code <= -360 for error in errors)
