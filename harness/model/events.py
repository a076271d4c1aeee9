"""Everything that happens in a run, as a closed union of values.

The record, a screen, the crash recovery and every report are folds of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from harness.model.fault import Fault, Symptom
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import LimitsRef, Phase
from harness.model.refs import ClockRef, JigRef, PlanRef, ReleaseRef, StationRef
from harness.model.value import Value


class Purpose(StrEnum):
    """Why a run is made; only production counts.

    A rehearsal is what production would be on a simulated line: it obeys all of its rules, and
    ships nothing.
    """

    PRODUCTION = "production"
    REHEARSAL = "rehearsal"
    ENGINEERING = "engineering"
    SELFTEST = "selftest"
    GOLDEN = "golden"

    @property
    def ruled(self) -> bool:
        """Whether the rules of the line hold for such a run, and count it."""
        return self in (Purpose.PRODUCTION, Purpose.REHEARSAL)


JIG_PROCESS = "jig-selftest"
"""The process of the plans whose unit is the jig, for whatever purpose they are run."""


def is_of_jig(purpose: Purpose, process: str) -> bool:
    """Whether the unit of a run is the jig: it stands on no handset's record, goes into no bin."""
    return purpose is Purpose.SELFTEST or process == JIG_PROCESS


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first event of every run; durable before anything moves."""

    run: str
    purpose: Purpose
    process: str
    unit: Unit
    station: StationRef
    slot: int
    operator: str
    attempt: int
    plan: PlanRef
    limits: LimitsRef | None
    jig: JigRef | None
    harness: str
    release: ReleaseRef | None = None
    """None in a run that does not count."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each input file, by its role."""
    clock: ClockRef | None = None
    """None in a run that does not count, and where the kernel did not say it."""


@dataclass(frozen=True, slots=True)
class UnitIdentified:
    """What the handset says it is.

    `attempt` is the number of the run for a unit that nobody had announced; else None.
    """

    unit: Unit
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class StepStarted:
    """`parent` is the group that the step stands in."""

    step: str
    use: str
    phase: Phase
    attempt: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    step: str
    instrument: str


@dataclass(frozen=True, slots=True)
class Reserved:
    step: str
    instrument: str


@dataclass(frozen=True, slots=True)
class Released:
    step: str
    instrument: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, judged. `value` is None when it was unknown or unreadable: then `raw` has why."""

    step: str
    attempt: int
    name: str
    value: Value | None
    unit: str
    outcome: Outcome
    reason: str
    limit: Mapping[str, Any]
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    step: str
    attempt: int
    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Prompted:
    """A step asks the operator something: what he may answer, and within what time [s].

    `question` is what an answer names it by: no other one of any run is called so.
    """

    step: str
    text: str
    answers: tuple[str, ...] = ()
    within_s: float | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    step: str
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class Faulted:
    """A fault in a step's attempt, or of the run when `step` is None."""

    fault: Fault
    step: str | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class RetryDecided:
    step: str
    attempt: int
    why: str


@dataclass(frozen=True, slots=True)
class StepEnded:
    step: str
    attempt: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A planned step that was not started, and the recorded reason."""

    step: str
    use: str
    phase: Phase
    reason: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class AbortRequested:
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class UnitLost:
    why: str


@dataclass(frozen=True, slots=True)
class UnitSwapped:
    why: str


@dataclass(frozen=True, slots=True)
class RouteCheckedLocally:
    """The centre did not say what the unit has passed: the store of this station alone did."""

    why: str


@dataclass(frozen=True, slots=True)
class FaultConfirmed:
    """A fault of the link is the unit's own: another slot showed it, and this one is good.

    The unit had it in the run `before` too, on the other `slot`; the run `good` of another unit
    has passed here since.
    """

    code: str
    before: str
    slot: int
    good: str


@dataclass(frozen=True, slots=True)
class SafeStateReached:
    """Every device of the slot is electrically safe."""


@dataclass(frozen=True, slots=True)
class SafeStateFailed:
    fault: Fault


@dataclass(frozen=True, slots=True)
class RunEnded:
    """What was concluded, before it is on disk."""

    outcome: Outcome
    fault: Fault | None
    symptom: Symptom | None = None


@dataclass(frozen=True, slots=True)
class RunInterrupted:
    """Written by recovery in place of RunEnded, stamped with the time of the last known event."""

    recovered: datetime
    fault: Fault


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record is on disk. Only this lets anyone say PASS."""

    run: str
    sha256: str


Event = (
    RunStarted
    | UnitIdentified
    | StepStarted
    | Waiting
    | Reserved
    | Released
    | Measured
    | Attached
    | Prompted
    | Answered
    | Faulted
    | RetryDecided
    | StepEnded
    | StepSkipped
    | AbortRequested
    | UnitLost
    | UnitSwapped
    | RouteCheckedLocally
    | FaultConfirmed
    | SafeStateReached
    | SafeStateFailed
    | RunEnded
    | RunInterrupted
    | Recorded
)


@dataclass(frozen=True, slots=True)
class Stamped:
    """An event of a run with its number and times, given under one lock.

    `at_ms` is monotonic, in milliseconds since the run's first event.
    """

    run: str
    seq: int
    utc: datetime
    at_ms: int
    event: Event
