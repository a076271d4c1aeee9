"""What a station tells its screens, and what they may ask of it.

A screen gets a Snapshot first, then what happens. One that could not keep up gets a new Snapshot
in place of what it lost. On a socket each is a line of JSON with its class name under `is`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from harness.model.entry import Entry
from harness.model.events import Stamped
from harness.model.record import Record
from harness.model.refs import StationRef
from harness.model.slot_state import SlotState


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with its last run, folded so far. Only in state DONE is that record on disk."""

    slot: int
    state: SlotState
    why: str = ""
    """Why its unit was refused, or not tested so far, or it takes none any more."""
    run: Record | None = None
    serial: str = ""
    """The unit that stands in it, as it was announced."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole station now; `lost` counts the messages that this screen did not get before.

    `in_force` are the entries of its chain that say who is signed in, what is locked, and until
    when runs are for engineering.
    """

    station: StationRef
    slots: tuple[SlotView, ...]
    lost: int = 0
    in_force: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """A slot is in another state, for another reason, or has another unit.

    That its run begins, and is over, its events say.
    """

    slot: int
    state: SlotState
    why: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Obeyed:
    """The answer to a command that was carried out."""

    command: str
    told: str = ""
    """What came of it, or what to do now, for a person; '' where that says itself."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer to what is no command, or one that cannot be carried out now."""

    why: str
    code: str = ""
    """That of the fault, where it is one."""
    remedy: str = ""


Message = Snapshot | Stamped | SlotChanged | Entry | Obeyed | Refused
"""All that a station says."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Stop the run on a slot; asked a second time, cut its teardown short too."""

    slot: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was read off the label of a unit: of the one in this slot, or of the next one put in."""

    scans: tuple[str, ...]
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person shows his badge and his secret."""

    badge: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignOut:
    """Whoever is signed in leaves."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Let a slot, or without one the whole station, take units again."""

    why: str
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class BeginEngineering:
    """From now on, for so long [s] at the most, runs are not to count."""

    why: str
    for_s: float


@dataclass(frozen=True, slots=True)
class EndEngineering:
    """Let runs count again."""


@dataclass(frozen=True, slots=True)
class Rework:
    """A unit, named by serial, IMEI or run, was reworked; without a process it is for every one.

    Of this and the next two: `by` says who, where nobody signs in.
    """

    unit: str
    note: str
    process: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """Revoke the passes of a jig, a slot, a plan and a window. What is None or "" is not asked.

    `plan` is the id of one, with its revision (`a57-final:3`) or without, or the beginning of its
    SHA-256.
    """

    why: str
    jig: str = ""
    slot: int | None = None
    plan: str = ""
    since: datetime | None = None
    until: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class RenewContacts:
    """The contacts of a jig were renewed."""

    jig: str
    by: str = ""


Outside = Rework | Recall | RenewContacts
"""What happened outside the station."""
Command = Abort | Scanned | SignIn | SignOut | Unlock | BeginEngineering | EndEngineering | Outside
"""All that a screen may ask."""
