"""The narrow head of a record: what lists, traces and the rules of the line go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harness.model.entry import Entry
from harness.model.outcome import Outcome
from harness.model.record import Record


@dataclass(frozen=True, slots=True)
class RunHead:
    """One run on one line. `ended`, `outcome` and `number` are None while the run is open.

    `number` is its place in the chain, and `began_after` that of the newest when it began. What
    came first is told by them: no clock moves them.
    """

    run: str
    serial: str
    station: str
    slot: int
    jig: str | None
    plan: str
    revision: int
    plan_sha256: str
    process: str
    purpose: str
    attempt: int
    started: datetime
    ended: datetime | None
    outcome: Outcome | None
    dut_failed: bool
    fault: str | None
    operator: str
    release: int | None = None
    number: int | None = None
    began_after: int | None = None

    def begun_since(self, entry: Entry) -> bool:
        """Whether it was begun after the entry stood in the chain; one that says nothing, was."""
        return self.began_after is None or self.began_after >= entry.number

    def ended_since(self, number: int) -> bool:
        """Whether it has ended, and stands behind this place in the chain."""
        return self.number is not None and self.number > number

    @classmethod
    def of(cls, record: Record) -> RunHead:
        return cls(
            run=record.run,
            serial=record.unit.serial,
            station=record.station.name,
            slot=record.slot,
            jig=record.jig.id if record.jig else None,
            plan=record.plan.id,
            revision=record.plan.revision,
            plan_sha256=record.plan.sha256,
            process=record.process,
            purpose=record.purpose.value,
            attempt=record.attempt,
            started=record.started,
            ended=record.ended,
            outcome=record.outcome,
            dut_failed=record.dut_failed,
            fault=record.fault.code if record.fault else None,
            operator=record.operator,
            release=record.release.number if record.release else None,
        )
