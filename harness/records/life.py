"""A unit's whole life, drawn from the records of its runs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.model.conclude import as_told, final_attempts
from harness.model.entry import Entry, Recalled
from harness.model.events import Purpose
from harness.model.fault import Symptom
from harness.model.head import RunHead
from harness.model.judgement import MARGINAL
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.refs import ReleaseRef
from harness.model.rules.recalls import recalls_of
from harness.model.value import Value
from harness.records.entries import OF_UNITS


@dataclass(frozen=True, slots=True)
class Marginal:
    """A measurement that passed with little to spare."""

    step: str
    name: str
    value: Value | None
    unit: str


@dataclass(frozen=True, slots=True)
class LifeRun:
    """One run; `words` and `remedy` are of its fault, empty when it has none.

    `only` are the steps that were chosen to run without the others. `recalls` are the ids of the
    recalls that revoke it, if it is a PASS.
    """

    head: RunHead
    words: str
    remedy: str
    symptom: Symptom | None
    marginal: tuple[Marginal, ...]
    release: ReleaseRef | None
    only: tuple[str, ...]
    recalls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What a process said of a unit: in the first run that is kept, and in the last one.

    An outcome of None is of a run that is open. `first_failed` and `last_failed` say that the
    unit was found bad in it, even if it then ended ABORTED or ERROR.
    """

    serial: str
    process: str
    purpose: str
    runs: int
    first: Outcome | None
    first_failed: bool
    last: Outcome | None
    last_failed: bool
    recalled: bool
    """Whether its last run is a PASS that has been revoked."""


@dataclass(frozen=True, slots=True)
class Life:
    """All runs of a unit in the order of their start.

    `claims` has the serials that showed each of its IMEIs: more than one is a duplicate. `entries`
    are its refusals, its reworks, and the recalls of its passes, in the order of their time.
    """

    asked: str
    serials: tuple[str, ...]
    claims: Mapping[str, tuple[str, ...]]
    courses: tuple[Course, ...]
    runs: tuple[LifeRun, ...]
    entries: tuple[Entry, ...]

    @classmethod
    def of(
        cls,
        asked: str,
        records: Iterable[Record],
        claims: Mapping[str, Iterable[str]],
        entries: Iterable[Entry] = (),
        heads: Iterable[RunHead] = (),
    ) -> Life:
        """Put together; only production runs make a course with others of production.

        `entries` are those of the unit, and all recalls of the line. `heads` are those of the
        records that have a place in the chain.
        """
        placed = {head.run: head for head in heads}
        kept = sorted(records, key=lambda record: (record.started, record.run))
        entered = sorted(entries, key=lambda entry: (entry.at, entry.id))
        runs = tuple(_run(r, placed.get(r.run) or RunHead.of(r), entered) for r in kept)
        recalled = {id_ for run in runs for id_ in run.recalls}
        told = [e for e in entered if not isinstance(e.what, Recalled) or e.id in recalled]
        of_units = [e.what.serial for e in told if isinstance(e.what, OF_UNITS)]
        return cls(
            asked=asked,
            serials=tuple(dict.fromkeys([*(r.unit.serial for r in kept), *of_units])),
            claims={imei: tuple(sorted(serials)) for imei, serials in sorted(claims.items())},
            courses=tuple(_courses(kept, {run.head.run for run in runs if run.recalls})),
            runs=runs,
            entries=tuple(told),
        )

    @property
    def duplicates(self) -> Mapping[str, tuple[str, ...]]:
        """The IMEIs that more than one serial showed."""
        return {imei: serials for imei, serials in self.claims.items() if len(serials) > 1}


def _courses(records: Iterable[Record], revoked: Collection[str]) -> Iterable[Course]:
    by_process: dict[tuple[str, str, Purpose], list[Record]] = {}
    for record in records:
        key = (record.unit.serial, record.process, record.purpose)
        by_process.setdefault(key, []).append(record)
    for (serial, process, purpose), runs in by_process.items():
        first, last = runs[0], runs[-1]
        yield Course(
            serial=serial,
            process=process,
            purpose=purpose.value,
            runs=len(runs),
            first=first.outcome,
            first_failed=first.dut_failed,
            last=last.outcome,
            last_failed=last.dut_failed,
            recalled=last.run in revoked,
        )


def _run(record: Record, head: RunHead, entries: Iterable[Entry]) -> LifeRun:
    fault = as_told(record.fault, record) if record.fault else None
    return LifeRun(
        head=head,
        words=fault.message if fault else "",
        remedy=fault.remedy if fault else "",
        symptom=record.symptom,
        marginal=tuple(_marginal(record)),
        release=record.release,
        only=record.plan.only,
        recalls=tuple(entry.id for entry in recalls_of(head, entries)),
    )


def _marginal(record: Record) -> Iterator[Marginal]:
    for step in final_attempts(record.steps).values():
        for made in step.measurements:
            if (made.outcome, made.reason) == MARGINAL:
                yield Marginal(step.id, made.name, made.value, made.unit)
