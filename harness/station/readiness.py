"""Which jigs of a station are open to production: asked of its records, each time anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.clock import Clock
from harness.errors import HarnessError, JigFault, StationFault
from harness.model.events import JigRef
from harness.model.outcome import Outcome
from harness.model.readiness import (
    SCENARIO,
    Demand,
    Evidence,
    GoldenRun,
    Past,
    Readiness,
    golden_units,
    readiness,
)
from harness.model.record import Record
from harness.records.head import RunHead
from harness.records.query import Reader
from harness.station.config import StationConfig
from harness.station.golden_units import GoldenUnit, has_shown, verdict_of
from harness.station.jig_file import JigFile
from harness.station.jig_plans import JigPlans
from harness.station.station import Slot, unit_of_jig


@dataclass(frozen=True, slots=True)
class JigReadiness:
    """The jigs of one station, by the records of one store."""

    store: Path
    config: StationConfig
    plans: JigPlans
    clock: Clock

    def require(self, slot: Slot, jig: JigRef | None) -> None:
        """Let production on a slot whose jig is open to it, or that has none.

        Raises: JigFault(JIG-UNTESTED | JIG-STALE | JIG-QUARANTINED | JIG-UNCALIBRATED | JIG-TWIN).
        """
        if jig is None:
            return
        found = self.of(slot.kind, jig, slot.jig or "")
        if not found.open:
            evidence = {"jig": jig.id, "self-test": found.run}
            raise JigFault(found.code, f"jig {jig.id}: {found.words}", evidence=evidence)

    def of(self, kind: JigFile | None, jig: JigRef, configured: str = "") -> Readiness:
        """Whether a jig of this kind, as it said itself, is open.

        `configured` is its name in the station file: what was tested under that name and did not
        say who it was counts against it. One that does not say who it is is not open.

        Raises: StationFault(STORE-DAMAGED).
        """
        if jig.firmware is None:
            return Readiness(jig.id, "JIG-UNTESTED", "it does not say which jig it is")
        if not unit_of_jig(jig).serial:
            words = f"it says {jig.id!r:.80}, which is no serial number"
            return Readiness(jig.id, "JIG-UNTESTED", words)
        try:
            demand = self._demand(kind)
        except HarnessError as error:
            return Readiness(jig.id, "JIG-UNTESTED", str(error))
        evidence = self._evidence(jig.id, {jig.id, configured} - {""})
        return readiness(jig.id, evidence, demand, self.clock.utc())

    def _demand(self, kind: JigFile | None) -> Demand:
        plan = self.plans.self_test(kind)
        assert kind and kind.file, "what names a plan was read from a file"
        config = self.config
        simulated = config.simulated is not None
        return Demand(plan.sha256, kind.file.sha256, config.selftest_every, config.name, simulated)

    def _evidence(self, jig: str, names: set[str]) -> Evidence:
        if not self.store.exists():
            return Evidence()
        with Reader(self.store) as reader:
            tests = reader.self_tests(names)
            if not tests:
                return Evidence()
            last = reader.record(tests[0].run)
            serials = golden_units(last.inputs)
            ran = {serial: reader.last_golden(serial, jig, last.run) for serial in serials}
            others = sorted(self.config.golden_units.units.keys() - serials)
            shown = [(serial, reader.golden_runs(serial, jig)) for serial in others]
        golden = {serial: self._golden(serial, record) for serial, record in ran.items() if record}
        against = [run for serial, runs in shown if (run := self._against(serial, runs))]
        return Evidence(last, [_past(head) for head in tests], golden, against)

    def _golden(self, serial: str, record: Record) -> GoldenRun:
        entry = self.config.golden_units.units.get(serial)
        if entry is None:
            return GoldenRun(record, None, registered=False)
        return GoldenRun(record, verdict_of(entry, record) or self._made_otherwise(entry, record))

    def _against(self, serial: str, runs: Iterable[Record]) -> GoldenRun | None:
        """The run that has shown a jig to be bad, unless a good one has followed.

        A good one that was made otherwise has shown nothing.
        """
        entry = self.config.golden_units.units[serial]
        for record in runs:
            if _is_over(entry, record) or not has_shown(entry, record):
                continue
            if problem := verdict_of(entry, record):
                return GoldenRun(record, problem)
            if self._made_otherwise(entry, record) is None:
                return None
        return None

    def _made_otherwise(self, entry: GoldenUnit, record: Record) -> HarnessError | None:
        """Why a run of a golden unit is none of its plan as it is now, at this station."""
        try:
            plan = self.plans.golden(entry)
        except HarnessError as error:
            return error
        simulated = self.config.simulated is not None
        others = [
            ("by another plan, or by other limits", record.plan.sha256 != plan.sha256),
            (f"at the station {record.station.name}", record.station.name != self.config.name),
            ("on another kind of station", (SCENARIO in record.inputs) != simulated),
        ]
        how = ", ".join(words for words, is_so in others if is_so)
        if not how:
            return None
        words = f"{entry.kind} unit {entry.unit.serial}: its run was made {how}"
        return StationFault("GOLDEN-DIFFERS", words, evidence={"run": record.run})


def _is_over(entry: GoldenUnit, record: Record) -> bool:
    return entry.expired(record.started.date()) is not None


def _past(head: RunHead) -> Past:
    return Past(head.slot, head.started, head.ended, head.outcome is Outcome.PASS)
