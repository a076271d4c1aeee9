"""Who carries out which command of a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from harness.model.station import (
    Abort,
    BeginEngineering,
    Command,
    EndEngineering,
    Outside,
    Recall,
    RenewContacts,
    Rework,
    Scanned,
    SignIn,
    SignOut,
    Unlock,
)


class AtDesk(Protocol):
    """Where people sign in, and unlock what a rule has locked."""

    def sign_in(self, badge: str, secret: str) -> object: ...

    def sign_out(self) -> object: ...

    def unlock(self, slot: int | None, why: str) -> object: ...

    def begin_engineering(self, why: str, length: timedelta) -> object: ...

    def end_engineering(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Obeying:
    """Carries commands out. Without a desk there is nobody to sign in."""

    abort: Callable[[Abort], None] | None = None
    scanned: Callable[[Scanned], str] | None = None
    desk: AtDesk | None = None
    outside: Callable[[Outside], str] | None = None
    require_slot: Callable[[int], None] = lambda _: None

    def __call__(self, command: Command) -> str:
        """What is to be told of it, '' for nothing.

        Raises: ValueError or HarnessError when it cannot be carried out now.
        """
        match command:
            case Abort():
                if self.abort is None:
                    raise ValueError("no run is on")
                self.abort(command)
            case Scanned():
                if self.scanned is None:
                    raise ValueError("it waits for no scan: its units are known already")
                return self.scanned(command)
            case SignIn(badge=badge, secret=secret):
                self._desk().sign_in(badge, secret)
            case SignOut():
                self._desk().sign_out()
            case Unlock():
                self._unlock(command)
            case BeginEngineering(why=why, for_s=for_s):
                self._desk().begin_engineering(why, _seconds(for_s))
            case EndEngineering():
                self._desk().end_engineering()
            case Rework() | Recall() | RenewContacts():
                if self.outside is None:
                    raise ValueError("it enters nothing: none of its runs counts")
                return self.outside(command)
        return ""

    def _unlock(self, command: Unlock) -> None:
        if command.slot is not None:
            self.require_slot(command.slot)
        self._desk().unlock(command.slot, command.why)

    def _desk(self) -> AtDesk:
        if self.desk is None:
            raise ValueError("nobody can sign in: the station file names no badges")
        return self.desk


def _seconds(said: float) -> timedelta:
    """Raises: ValueError for a time that is none."""
    try:
        return timedelta(seconds=said)
    except OverflowError:
        raise ValueError(f"{said:g} s is too long") from None
