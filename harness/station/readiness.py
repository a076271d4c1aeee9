"""Which jigs of a station are open to production: asked of its records, each time anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.clock import Clock
from harness.errors import HarnessError, JigFault
from harness.model.events import JigRef
from harness.model.outcome import Outcome
from harness.model.readiness import (
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
from harness.station.golden_units import verdict_of
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
            ran = {serial: reader.last_golden(serial, jig) for serial in serials}
        golden = {serial: self._golden(serial, record) for serial, record in ran.items() if record}
        return Evidence(last, [_past(head) for head in tests], golden)

    def _golden(self, serial: str, record: Record) -> GoldenRun:
        entry = self.config.golden_units.units.get(serial)
        if entry is None:
            words = f"the golden unit {serial} is registered no more"
            return GoldenRun(record, JigFault("JIG-STALE", words))
        return GoldenRun(record, verdict_of(entry, record))


def _past(head: RunHead) -> Past:
    return Past(head.run, head.slot, head.started, head.ended, head.outcome is Outcome.PASS)
