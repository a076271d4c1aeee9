"""Who carries out which command of a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from harness.errors import CommandRefused, OperatorStop
from harness.model.entry import EngineeringBegun, SignedIn
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.station import (
    Abort,
    Answer,
    BeginEngineering,
    Command,
    EndEngineering,
    OnSlot,
    Outside,
    Recall,
    RenewContacts,
    Rework,
    RunSteps,
    Scanned,
    SignIn,
    SignOut,
    Unlock,
)
from harness.station.stopping import operator


class AtDesk(Protocol):
    """Where people sign in, and unlock what a rule has locked."""

    def sign_in(self, badge: str, secret: str) -> object: ...

    def sign_out(self) -> object: ...

    def unlock(self, slot: int | None, why: str) -> object: ...

    def begin_engineering(self, why: str, length: timedelta) -> object: ...

    def end_engineering(self) -> object: ...

    @property
    def person(self) -> SignedIn | None: ...

    @property
    def engineering(self) -> EngineeringBegun | None: ...


@dataclass(frozen=True, slots=True)
class Obeying:
    """Carries commands out. Without a desk there is nobody to sign in."""

    abort: Callable[[Abort], None] | None = None
    scanned: Callable[[Scanned], Sentences] | None = None
    desk: AtDesk | None = None
    outside: Callable[[Outside], object] | None = None
    require_slot: Callable[[int], None] = lambda _: None
    answer: Callable[[Answer], None] | None = None
    repeat: Callable[[RunSteps], None] | None = None

    def __call__(self, command: Command) -> Sentences:
        """What is to be told of it.

        Raises: HarnessError when it cannot be carried out now.
        """
        match command:
            case Abort() | Scanned() | Answer() | RunSteps():
                return self._on_slot(command)
            case SignIn(badge=badge, secret=secret):
                self._desk().sign_in(badge, secret)
            case SignOut():
                self._desk().sign_out()
            case Unlock():
                return self._unlock(command)
            case BeginEngineering(why=why, for_s=for_s):
                self._desk().begin_engineering(why, _seconds(for_s))
            case EndEngineering():
                self._desk().end_engineering()
            case Rework() | Recall() | RenewContacts():
                if self.outside is None:
                    raise _not_here("it enters nothing: none of its runs counts")
                self.outside(command)
        return ()

    def _on_slot(self, command: OnSlot) -> Sentences:
        match command:
            case Abort():
                if self.abort is None:
                    raise _no_run()
                self.abort(replace(command, by=self._who(command.by)))
            case Scanned():
                if self.scanned is None:
                    raise _not_here("it waits for no scan: its units are known already")
                return self.scanned(command)
            case Answer():
                self._answer(command)
            case RunSteps():
                self._repeat(command)
        return ()

    def _who(self, named: str) -> str:
        """In whose name it is done: whoever is signed in, where people sign in.

        There nobody lends him a name: while nobody is, it is the user of this PC. Elsewhere it is
        whom the screen names.
        """
        if self.desk is None:
            return named or operator()
        signed_in = self.desk.person
        return signed_in.person if signed_in else operator()

    def _answer(self, command: Answer) -> None:
        """Where people sign in, no verdict hangs on somebody whom nobody knows.

        Raises: OperatorStop(READY-SIGN-IN) when nobody is; CommandRefused(COMMAND-LATE) when no run
        is on, and as Floor.answer.
        """
        if self.answer is None:
            raise _no_run()
        signed_in = self.desk.person if self.desk else None
        if self.desk and signed_in is None:
            words = f"nobody is signed in to answer what slot {command.slot} asks"
            raise OperatorStop("READY-SIGN-IN", words)
        by = signed_in.person if signed_in else self._who(command.by)
        self.answer(replace(command, by=by))

    def _repeat(self, command: RunSteps) -> None:
        """Raises: CommandRefused(ENGINEERING-OFF) unless that mode is on, and as Floor.repeat."""
        if self.repeat is None or not self._desk().engineering:
            words = "steps are run again in engineering mode only: begin it first"
            raise CommandRefused("ENGINEERING-OFF", words)
        self.repeat(command)

    def _unlock(self, command: Unlock) -> Sentences:
        """What is still to be done: unlocking alone opens nothing."""
        if command.slot is not None:
            self.require_slot(command.slot)
        self._desk().unlock(command.slot, command.why)
        if command.slot is None:
            return (Sentence(Says.STATION_UNLOCKED),)
        return (Sentence.of(Says.SLOT_UNLOCKED, slot=command.slot),)

    def _desk(self) -> AtDesk:
        if self.desk is None:
            raise _not_here("nobody can sign in: the station file names no badges")
        return self.desk


def _no_run() -> CommandRefused:
    return CommandRefused("COMMAND-LATE", "no run is on")


def _not_here(words: str) -> CommandRefused:
    return CommandRefused("COMMAND-NOT-HERE", words)


def _seconds(said: float) -> timedelta:
    """Raises: CommandRefused(COMMAND-UNFIT) for a time that is none."""
    try:
        return timedelta(seconds=said)
    except OverflowError:
        raise CommandRefused("COMMAND-UNFIT", f"{said:g} s is too long") from None
