"""Events to record and back.

Laws (tests/model/test_fold.py): any prefix folds; a live fold equals a replay;
`fold(unfold(record)) == record`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from harness.model.conclude import Conclusion, conclude, dut_failed
from harness.model.events import (
    Attached,
    Event,
    Faulted,
    Measured,
    Recorded,
    RunEnded,
    RunInterrupted,
    RunStarted,
    Stamped,
    StepEnded,
    StepSkipped,
    StepStarted,
    UnitIdentified,
)
from harness.model.fault import Fault, Symptom
from harness.model.outcome import Outcome
from harness.model.record import Attachment, MeasurementRecord, Note, Record, StepRecord

_STARTED_FIELDS = tuple(f.name for f in fields(RunStarted) if f.name != "unit")
_MEASURED_FIELDS = tuple(f.name for f in fields(MeasurementRecord) if f.name != "at_ms")


@dataclass(slots=True)
class _OpenStep:
    """A step's attempt while its events come in."""

    start: Stamped
    event: StepStarted
    ended_ms: int | None = None
    outcome: Outcome | None = None
    fault: Fault | None = None
    measurements: list[MeasurementRecord] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    def build(self) -> StepRecord:
        duration = None if self.ended_ms is None else (self.ended_ms - self.start.at_ms) / 1000
        return StepRecord(
            id=self.event.step,
            use=self.event.use,
            phase=self.event.phase,
            attempt=self.event.attempt,
            started=self.start.utc,
            at_ms=self.start.at_ms,
            duration_s=duration,
            outcome=self.outcome,
            skipped="",
            measurements=tuple(self.measurements),
            fault=self.fault,
            parent=self.event.parent,
        )


class RecordBuilder:
    """Takes the events of one run as they happen; builds its record at any moment."""

    def __init__(self) -> None:
        self._started: tuple[datetime, RunStarted] | None = None
        self._unit: UnitIdentified | None = None
        self._steps: dict[tuple[str, int], _OpenStep | StepRecord] = {}
        self._last_ms = 0
        self._notes: list[Note] = []
        self._end: tuple[Stamped, Conclusion] | None = None
        self._symptom: Symptom | None = None

    def apply(self, stamped: Stamped) -> None:
        """Take one event.

        Raises: ValueError when it cannot follow what came before.
        """
        event = stamped.event
        if isinstance(event, RunStarted):
            self._start(stamped, event)
            return
        if not self._started or bool(self._end) is not isinstance(event, Recorded):
            raise ValueError(f"{type(event).__name__} outside an open run")
        if stamped.run != self._started[1].run or stamped.at_ms < self._last_ms:
            raise ValueError(f"{type(event).__name__} of another run or from before the last event")
        self._take(stamped, event)
        self._last_ms = stamped.at_ms

    def _start(self, stamped: Stamped, event: RunStarted) -> None:
        if self._started or stamped.run != event.run:
            raise ValueError(f"run {event.run} starts once, in its own events")
        self._started = (stamped.utc, event)

    def _take(self, stamped: Stamped, event: Event) -> None:
        match event:
            case StepStarted():
                self._open(stamped, event)
            case StepSkipped():
                self._skip(stamped, event)
            case Measured():
                self._measure(stamped, event)
            case Attached():
                self._attach(stamped, event)
            case Faulted(fault=fault, step=str(step), attempt=attempt):
                self._fault(stamped, fault, self._attempt(step, attempt))
            case StepEnded():
                running = self._attempt(event.step, event.attempt)
                running.ended_ms, running.outcome = stamped.at_ms, event.outcome
            case Recorded():
                pass  # says that the record is on disk: no part of it
            case RunEnded():
                self._end = (stamped, Conclusion(event.outcome, event.fault))
                self._symptom = event.symptom
            case _:
                self._note(stamped)

    def _open(self, stamped: Stamped, event: StepStarted) -> None:
        key = (event.step, event.attempt)
        if key in self._steps or event.attempt < 1:
            raise ValueError(f"attempt {event.attempt} of step {event.step} starts once, from 1 on")
        self._steps[key] = _OpenStep(stamped, event)

    def _attempt(self, step: str, attempt: int) -> _OpenStep:
        found = self._steps.get((step, attempt))
        if not isinstance(found, _OpenStep) or found.ended_ms is not None:
            raise ValueError(f"attempt {attempt} of step {step} is not running")
        return found

    def _fault(self, stamped: Stamped, fault: Fault, running: _OpenStep) -> None:
        if running.fault is None:
            running.fault = fault
        else:  # the first explains the attempt; no later one may hide it or be lost
            self._notes.append(Note(stamped.utc, stamped.at_ms, Faulted(fault)))

    def _skip(self, stamped: Stamped, event: StepSkipped) -> None:
        if (event.step, 0) in self._steps:
            raise ValueError(f"step {event.step} is skipped once")
        self._steps[(event.step, 0)] = StepRecord(
            id=event.step,
            use=event.use,
            phase=event.phase,
            attempt=0,
            started=stamped.utc,
            at_ms=stamped.at_ms,
            duration_s=0.0,
            outcome=Outcome.SKIPPED,
            skipped=event.reason,
            measurements=(),
            fault=None,
            parent=event.parent,
        )

    def _measure(self, stamped: Stamped, event: Measured) -> None:
        step = self._attempt(event.step, event.attempt)
        step.measurements.append(
            MeasurementRecord(
                name=event.name,
                at_ms=stamped.at_ms - step.start.at_ms,
                value=event.value,
                unit=event.unit,
                outcome=event.outcome,
                reason=event.reason,
                limit=event.limit,
                raw=event.raw,
            )
        )

    def _attach(self, stamped: Stamped, event: Attached) -> None:
        step = self._attempt(event.step, event.attempt)
        step.attachments.append(
            Attachment(
                name=event.name,
                sha256=event.sha256,
                bytes=event.bytes,
                step=event.step,
                attempt=event.attempt,
                at_ms=stamped.at_ms - step.start.at_ms,
            )
        )

    def _note(self, stamped: Stamped) -> None:
        event = stamped.event
        self._notes.append(Note(stamped.utc, stamped.at_ms, event))
        if isinstance(event, UnitIdentified):
            self._unit = event
        elif isinstance(event, RunInterrupted):
            self._end = (stamped, Conclusion(Outcome.ABORTED, event.fault))

    @property
    def identified(self) -> bool:
        """Whether the handset has said who it is."""
        return self._unit is not None

    def steps(self) -> tuple[StepRecord, ...]:
        """The attempts so far, in the order of their start."""
        return tuple(s if isinstance(s, StepRecord) else s.build() for s in self._steps.values())

    def _ran(self) -> Iterator[_OpenStep]:
        return (step for step in self._steps.values() if isinstance(step, _OpenStep))

    def attempt(self, step: str, attempt: int) -> StepRecord:
        """One attempt as it stands."""
        return self._attempt(step, attempt).build()

    def conclude(self) -> Conclusion:
        """What the run so far adds up to."""
        assert self._started, "a run that has not started concludes nothing"
        plan = self._started[1].plan
        return conclude(plan, self.steps(), (note.event for note in self._notes))

    def build(self) -> Record:
        """The record as it stands.

        Raises: ValueError when the run has not started.
        """
        if not self._started:
            raise ValueError("no RunStarted event")
        utc, started = self._started
        steps = self.steps()
        noted = [note.event for note in self._notes]
        end, conclusion = self._end or (None, None)
        said = {name: getattr(started, name) for name in _STARTED_FIELDS}
        if self._unit and self._unit.attempt is not None:
            said["attempt"] = self._unit.attempt
        return Record(
            **said,
            unit=self._unit.unit if self._unit else started.unit,
            scanned=started.unit,
            started=utc,
            ended=end.utc if end else None,
            duration_s=end.at_ms / 1000 if end else None,
            outcome=conclusion.outcome if conclusion else None,
            dut_failed=dut_failed(steps, noted),
            fault=conclusion.fault if conclusion else None,
            symptom=self._symptom,
            steps=steps,
            attachments=tuple(file for step in self._ran() for file in step.attachments),
            notes=tuple(self._notes),
        )


def fold(events: Iterable[Stamped]) -> Record:
    """The record of a run, from any prefix of its events that holds the first one."""
    builder = RecordBuilder()
    for event in events:
        builder.apply(event)
    return builder.build()


def unfold(record: Record) -> list[Stamped]:
    """Events whose fold is this record, in the order of time."""
    timed = [(0, record.started, _run_started(record))]
    for step in record.steps:
        timed += _unfold_step(record, step)
    timed += [(note.at_ms, note.utc, note.event) for note in record.notes]
    timed.sort(key=lambda entry: entry[0])
    interrupted = any(isinstance(note.event, RunInterrupted) for note in record.notes)
    if record.ended and record.outcome is not None and not interrupted:
        end = RunEnded(record.outcome, record.fault, record.symptom)
        timed.append((round((record.duration_s or 0) * 1000), record.ended, end))
    return [Stamped(record.run, seq, utc, at, event) for seq, (at, utc, event) in enumerate(timed)]


def _run_started(record: Record) -> Event:
    return RunStarted(
        unit=record.scanned, **{name: getattr(record, name) for name in _STARTED_FIELDS}
    )


_Timed = tuple[int, datetime, Event]


def _unfold_step(record: Record, step: StepRecord) -> Iterator[_Timed]:
    if step.attempt == 0:
        yield step.at_ms, step.started, _skipped(step)
        return
    yield step.at_ms, step.started, _begun(step)
    inner: list[tuple[int, Event]] = []
    for made in step.measurements:
        said = {name: getattr(made, name) for name in _MEASURED_FIELDS}
        inner.append((made.at_ms, Measured(step=step.id, attempt=step.attempt, **said)))
    for file in record.attachments:
        if (file.step, file.attempt) == (step.id, step.attempt):
            kept = Attached(step.id, step.attempt, file.name, file.sha256, file.bytes)
            inner.append((file.at_ms, kept))
    last = max((at for at, _ in inner), default=0)
    end = last if step.duration_s is None else round(step.duration_s * 1000)
    if step.fault:
        inner.append((end, Faulted(step.fault, step.id, step.attempt)))
    if step.outcome is not None:
        inner.append((end, StepEnded(step.id, step.attempt, step.outcome)))
    for at, event in inner:
        yield step.at_ms + at, step.started + timedelta(milliseconds=at), event


def _skipped(step: StepRecord) -> StepSkipped:
    return StepSkipped(step.id, step.use, step.phase, step.skipped, step.parent)


def _begun(step: StepRecord) -> StepStarted:
    return StepStarted(step.id, step.use, step.phase, step.attempt, step.parent)
