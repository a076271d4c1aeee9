"""What a screen is told of its station, and what of its own commands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from harness.model.station import Command, Message, Obeyed, Refused


@dataclass(frozen=True, slots=True)
class Joined:
    """The station answers; a Snapshot follows."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The station does not answer, and why."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """What follows is of a run that is over; its id, and when it began."""

    run: str
    began: datetime


@dataclass(frozen=True, slots=True)
class Unasked:
    """Why the station has not answered a command: the key of the sentence in the catalogues."""

    key: str


Came = Obeyed | Refused | Unasked
"""What may come of a command."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a command of this screen."""

    command: Command
    answer: Came


Told = Message | Gone | Joined | Played | Reply
"""All that a link gives."""


class Telling(Protocol):
    """What tells of a station: one that runs, or a run that is played."""

    def take(self) -> Sequence[Told]:
        """What has come since it was asked last; it never waits."""


class Link(Telling, Protocol):
    """What a screen knows a station by."""

    def ask(self, command: Command) -> None:
        """Send a command; its answer comes among the messages, in order."""
