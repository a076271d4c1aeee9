"""A unit's whole life, drawn from the records of its runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.records.head import RunHead


@dataclass(frozen=True, slots=True)
class LifeRun:
    """One run; `words` and `remedy` are of its fault, empty when it has none."""

    head: RunHead
    words: str
    remedy: str


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


@dataclass(frozen=True, slots=True)
class Life:
    """All runs of a unit in the order of their start.

    `claims` has the serials that showed each of its IMEIs: more than one is a duplicate.
    """

    asked: str
    serials: tuple[str, ...]
    claims: Mapping[str, tuple[str, ...]]
    courses: tuple[Course, ...]
    runs: tuple[LifeRun, ...]

    @classmethod
    def of(cls, asked: str, records: Iterable[Record], claims: Mapping[str, Iterable[str]]) -> Life:
        """Put together; only production runs make a course with others of production."""
        kept = sorted(records, key=lambda record: (record.started, record.run))
        return cls(
            asked=asked,
            serials=tuple(dict.fromkeys(record.unit.serial for record in kept)),
            claims={imei: tuple(sorted(serials)) for imei, serials in sorted(claims.items())},
            courses=tuple(_courses(kept)),
            runs=tuple(map(_run, kept)),
        )

    @property
    def duplicates(self) -> Mapping[str, tuple[str, ...]]:
        """The IMEIs that more than one serial showed."""
        return {imei: serials for imei, serials in self.claims.items() if len(serials) > 1}


def _courses(records: Iterable[Record]) -> Iterable[Course]:
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
        )


def _run(record: Record) -> LifeRun:
    fault = record.fault
    head = RunHead.of(record)
    return LifeRun(head, fault.message, fault.remedy) if fault else LifeRun(head, "", "")
