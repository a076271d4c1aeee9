"""What a station tells its screens, and what they may ask of it.

A screen gets a Snapshot first, then what happens. One that could not keep up gets a new Snapshot
in place of what it lost. On a socket each is a line of JSON with its class name under `is`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from harness.model.entry import Entry
from harness.model.events import Stamped
from harness.model.plan import Phase
from harness.model.record import Record
from harness.model.refs import StationRef
from harness.model.sentence import Sentences
from harness.model.slot_state import SlotState


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with its last run, folded so far, until the next unit is put in.

    Where that has an outcome it is on disk, unless the slot is RUNNING or QUARANTINED.
    """

    slot: int
    state: SlotState
    why: str = ""
    """Why its unit was refused, or not tested so far, or it takes none any more."""
    run: Record | None = None
    serial: str = ""
    """The unit that stands in it, as it was announced."""
    awaited: str = ""
    """Who is to be put in, where `why` says so and nobody stands there."""
    ran_ms: int = 0
    """How long ago the run began [ms], by the station's monotonic clock: as the events have it."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of a plan that runs here; `parent` is the group that it stands in."""

    id: str
    use: str
    phase: Phase
    parent: str | None = None
    takes_s: float | None = None
    """How long it took here by now: the median [s]."""


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan that runs here, said before its first run."""

    sha256: str
    id: str
    revision: int
    release: str = ""
    steps: tuple[PlanStep, ...] = ()
    takes_s: float | None = None
    """How long a run of it took here by now: the median [s]."""
    of_units: bool = True
    """Whether units that ship are tested by it; those of golden units and of jigs are not."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The runs that count in the shift of the person who is here, else since the station started.

    A run is of who is here when it ends. Said after each record.
    """

    since: datetime
    ended: Mapping[str, int]
    """By the name of their outcome."""
    first: int
    """First runs of units, and how many of them passed."""
    first_passed: int


class ScanOrder(StrEnum):
    """Whether a unit's label is scanned before it is put into a slot, or once it stands there."""

    SCAN_THEN_INSERT = "scan_then_insert"
    INSERT_THEN_SCAN = "insert_then_scan"


@dataclass(frozen=True, slots=True)
class Announced:
    """The labels that were scanned whose units nobody has put in so far."""

    any: bool = False
    """One whose unit may be put into any slot."""
    slots: tuple[int, ...] = ()
    """Those whose units are to be put into these slots."""


@dataclass(frozen=True, slots=True)
class SlotDoubt:
    """What keeps a slot from units that count: a fault code, and words."""

    slot: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Unready:
    """What keeps slots from units that count, known before one comes: as `harness ready` says it.

    Those of a slot stand together, what it is refused by first. Locks are told by their entries.
    It is foreseen: what a run is held to is asked anew as it begins.
    """

    doubts: tuple[SlotDoubt, ...] = ()


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
    plans: tuple[PlanShown, ...] = ()
    counted: Counted | None = None
    loading: ScanOrder | None = None
    """In which order units are scanned and put in; None where nobody loads it."""
    announced: Announced = Announced()
    unready: Unready = Unready()


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """A slot is in another state, for another reason, or has another unit.

    That its run begins, and is over, its events say.
    """

    slot: int
    state: SlotState
    why: str = ""
    serial: str = ""
    awaited: str = ""


@dataclass(frozen=True, slots=True)
class Obeyed:
    """The answer to a command that was carried out."""

    command: str
    told: Sentences = ()
    """What to do now, or what came of it; none where that says itself."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer to what is no command, or one that cannot be carried out now."""

    why: str
    """In the station's own words, which begin with the code."""
    code: str = ""
    """That of the fault; "" for what is no command."""
    remedy: str = ""


Message = (
    Snapshot
    | Stamped
    | SlotChanged
    | Entry
    | PlanShown
    | Counted
    | Announced
    | Unready
    | Obeyed
    | Refused
)
"""All that a station says."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Stop the run on a slot; asked a second time, cut its teardown short too.

    `by` says who, where nobody signs in.
    """

    slot: int
    by: str
    why: str
    run: str = ""
    """The run that is meant, by its id: it is refused once that is over. "" is whichever is on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the operator says to a question (`Prompted.question`), and to that one alone.

    What the step asks again, of this unit or of the next, is another one. `by` says who, where
    nobody signs in.
    """

    slot: int
    question: str
    answer: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class RunSteps:
    """In engineering mode: run these steps so often, by the plan of the unit that stands there.

    Each time is a run of its own, with setup and teardown.
    """

    slot: int
    steps: tuple[str, ...]
    times: int = 1


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was read off the label of a unit: of the one in this slot, or of the next one put in."""

    scans: tuple[str, ...]
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person shows his badge and keys his password."""

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
OnSlot = Abort | Scanned | Answer | RunSteps
"""What concerns the unit in a slot."""
Command = OnSlot | SignIn | SignOut | Unlock | BeginEngineering | EndEngineering | Outside
"""All that a screen may ask."""
