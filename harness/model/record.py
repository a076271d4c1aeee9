"""The record of one run: evidence, written once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harness.model.events import Event, Purpose
from harness.model.fault import Fault, Symptom
from harness.model.identity import Unit
from harness.model.judgement import UNKNOWN
from harness.model.outcome import Outcome
from harness.model.plan import LimitsRef, Phase
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.refs import ClockRef, JigRef, PlanRef, ReleaseRef, StationRef
from harness.model.value import Value


@dataclass(frozen=True, slots=True)
class MeasurementRecord:
    """One judged value; `at_ms` counts from the start of its step."""

    name: str
    at_ms: int
    value: Value | None
    unit: str
    outcome: Outcome
    reason: str
    limit: Mapping[str, Any]
    raw: str


def reading_of(made: MeasurementRecord) -> Reading[Value]:
    """What was read, to be judged again."""
    if made.value is not None:
        return made.value
    return Unknown(made.raw) if made.reason == UNKNOWN.reason else Unreadable(made.raw)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept beside the store, by its hash; `at_ms` counts from the start of its step."""

    name: str
    sha256: str
    bytes: int
    step: str
    attempt: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One attempt of one step, or a skipped step (attempt 0).

    `at_ms` counts from the start of the run. `outcome` is None for a step that never ended:
    the process was killed in it. `parent` is the group that the step stands in.
    """

    id: str
    use: str
    phase: Phase
    attempt: int
    started: datetime
    at_ms: int
    duration_s: float | None
    outcome: Outcome | None
    skipped: str
    measurements: tuple[MeasurementRecord, ...]
    fault: Fault | None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An event that belongs to no single attempt, kept as it was."""

    utc: datetime
    at_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class Record:
    """What was done to which unit, by whom, with what, and what was concluded.

    `unit` is what is known of it at the end, `scanned` what was announced at the start.
    While the run is open, `ended`, `duration_s` and `outcome` are None.
    """

    run: str
    purpose: Purpose
    process: str
    unit: Unit
    scanned: Unit
    station: StationRef
    slot: int
    operator: str
    attempt: int
    plan: PlanRef
    limits: LimitsRef | None
    jig: JigRef | None
    harness: str
    release: ReleaseRef | None = field(default=None, kw_only=True)
    inputs: Mapping[str, str]
    clock: ClockRef | None = field(default=None, kw_only=True)
    started: datetime
    ended: datetime | None
    duration_s: float | None
    outcome: Outcome | None
    dut_failed: bool
    fault: Fault | None
    symptom: Symptom | None = field(default=None, kw_only=True)
    steps: tuple[StepRecord, ...]
    attachments: tuple[Attachment, ...]
    notes: tuple[Note, ...]
