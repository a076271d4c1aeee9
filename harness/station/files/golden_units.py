"""Golden and known-bad units: which they are, until when, and how a run of one must end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from harness.errors import Blame, HarnessError, OperatorStop, StationFault
from harness.model.conclude import final_attempts, measurement_code
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.record import Record


class GoldenKind(StrEnum):
    """A golden unit must pass its plan, a known-bad one must fail it."""

    GOLDEN = "golden"
    KNOWN_BAD = "known-bad"


@dataclass(frozen=True, slots=True)
class GoldenUnit:
    """A unit that is kept to show that a jig tells good from bad.

    It counts until the end of the day `until`, and never ships, then or later. It is tested by the
    plan `plan_id` in the file `plan`. `fails` are what must be found of a known-bad one:
    measurements as `step.measurement`, with or without `:REASON`, and fault codes.
    """

    unit: Unit
    kind: GoldenKind
    plan: Path
    plan_id: str
    until: date
    fails: tuple[str, ...] = ()

    def expired(self, today: date) -> StationFault | None:
        """GOLDEN-EXPIRED when it shows nothing of a jig any more; None while it counts."""
        if today <= self.until:
            return None
        words = f"the {self.kind} unit {self.unit.serial} counted until {self.until}"
        return StationFault("GOLDEN-EXPIRED", words, evidence={"until": str(self.until)})


@dataclass(frozen=True, slots=True)
class GoldenUnits:
    """The registry of a line, by serial; one without a name has nobody in it."""

    name: str = ""
    revision: int = 0
    units: Mapping[str, GoldenUnit] = field(default_factory=dict)

    def of(self, unit: Unit) -> GoldenUnit | None:
        """The entry of a unit: by its serial, or by an IMEI, which no other unit may have."""
        if entry := self.units.get(unit.serial):
            return entry
        imeis = {*unit.imei}
        return next((each for each in self.units.values() if imeis & {*each.unit.imei}), None)

    def counting(self, unit: Unit, today: date) -> GoldenUnit | None:
        """The entry of a unit by its serial alone, while that shows something of a jig."""
        entry = self.units.get(unit.serial)
        return None if entry is None or entry.expired(today) else entry

    def require_shippable(self, purpose: Purpose, unit: Unit) -> None:
        """Raises: OperatorStop(UNIT-GOLDEN) for a run that counts of one that is registered."""
        entry = self.of(unit)
        if entry is None or not purpose.ruled:
            return
        who = unit.serial or f"the unit with IMEI {' and '.join(unit.imei)}"
        words = f"{who} is registered as {entry.kind} unit {entry.unit.serial}, which never ships"
        evidence = {"registry": self.name, "revision": self.revision, "kind": entry.kind.value}
        raise OperatorStop("UNIT-GOLDEN", words, evidence=evidence)


def verdict_of(entry: GoldenUnit, record: Record) -> StationFault | None:
    """Why a run of a golden or known-bad unit does not speak for the jig; None when it does.

    A golden unit must PASS its plan. A known-bad one must FAIL it with at least what it is
    registered for: one that ends in ERROR has shown nothing.

    The fault is GOLDEN-EXPIRED or GOLDEN-DIFFERS.
    """
    if expired := entry.expired(record.started.date()):
        return expired
    if why := "; ".join(_differences(entry, record)):
        evidence = {"run": record.run, "found": sorted(failures_of(record))}
        words = f"{entry.kind} unit {entry.unit.serial}: {why}"
        return StationFault("GOLDEN-DIFFERS", words, evidence=evidence)
    return None


def shown_by(outcome: Outcome, problem: HarnessError | None) -> Outcome:
    """What a run of such a unit shows of the jig: PASS when there is no `problem` with it.

    One that ended in ERROR, or was aborted, leaves it open.
    """
    if problem is None:
        return Outcome.PASS
    return outcome if outcome in (Outcome.ERROR, Outcome.ABORTED) else Outcome.FAIL


def has_shown(entry: GoldenUnit, record: Record) -> bool:
    """Whether a run of a golden or known-bad unit says anything of its jig.

    One that was cut short has shown nothing, but for a golden unit that was found bad before: by
    an abort nobody takes that back.
    """
    whole = record.outcome in (Outcome.PASS, Outcome.FAIL)
    return whole or (entry.kind is GoldenKind.GOLDEN and record.dut_failed)


def failures_of(record: Record) -> set[str]:
    """What a run has found bad of its unit in the end: codes of measurements and of faults."""
    steps = final_attempts(record.steps).values()
    missed = {
        measurement_code(step.id, made)
        for step in steps
        for made in step.measurements
        if made.outcome is Outcome.FAIL
    }
    faults = [step.fault for step in steps] + [record.fault]
    return missed | {fault.code for fault in faults if fault and fault.blame is Blame.DUT}


def _differences(entry: GoldenUnit, record: Record) -> Iterator[str]:
    if record.unit.serial != entry.unit.serial:
        yield f"the run is of {record.unit.serial or 'no unit'}"
    if record.plan.id != entry.plan_id:
        yield f"the run is by the plan {record.plan.id}, not by {entry.plan_id}"
    wanted = Outcome.PASS if entry.kind is GoldenKind.GOLDEN else Outcome.FAIL
    if record.outcome is not wanted:
        ended = record.outcome.name if record.outcome else "not yet"
        because = f" ({record.fault.code})" if record.fault else ""
        yield f"must end {wanted.name}, has ended {ended}{because}"
    found = failures_of(record)
    found |= {code.partition(":")[0] for code in found}
    if lacks := [name for name in entry.fails if name not in found]:
        yield f"not found in it: {', '.join(lacks)}"
