"""What a station tells its screens, and what they may ask of it.

A screen gets a Snapshot first, then what happens. One that could not keep up gets a new Snapshot
in place of what it lost. On a socket each is a line of JSON with its class name under `is`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.events import Stamped, StationRef
from harness.model.record import Record


class SlotState(StrEnum):
    """IDLE has not run yet; DONE shows its last run, whose record is on disk."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with its last run, folded so far. Only in state DONE is that record on disk."""

    slot: int
    state: SlotState
    why: str = ""
    """Why it is closed."""
    run: Record | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole station now; `lost` counts the messages that this screen did not get before."""

    station: StationRef
    slots: tuple[SlotView, ...]
    lost: int = 0


@dataclass(frozen=True, slots=True)
class SlotClosed:
    """A slot takes no more units; what it ran last may have no record."""

    slot: int
    why: str


@dataclass(frozen=True, slots=True)
class Obeyed:
    """The answer to a command that was carried out."""

    command: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer to what is no command, or one that cannot be carried out now."""

    why: str


Message = Snapshot | Stamped | SlotClosed | Obeyed | Refused
"""All that a station says."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Stop the run on a slot; asked a second time, cut its teardown short too."""

    slot: int
    by: str
    why: str


Command = Abort
"""All that a screen may ask."""
