"""Which jigs of a station are open to production: asked of its records, each time anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.clock import Clock
from harness.errors import HarnessError, JigFault
from harness.model.entry import Entry
from harness.model.head import RunHead
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
from harness.model.refs import JigRef
from harness.model.rules.recalls import recall_of
from harness.records.query import Reader
from harness.station.files.config import StationConfig
from harness.station.files.golden_units import GoldenUnit, has_shown, verdict_of
from harness.station.files.jig_file import JigFile
from harness.station.readiness.golden_runs import made_otherwise, taken_back
from harness.station.readiness.jig_plans import JigPlans
from harness.station.station import Slot, unit_of_jig

_Ran = tuple[Record, Entry | None]
"""A run of a golden unit, and what revokes its PASS."""


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
            last, recalls = reader.record(tests[0].run), reader.recalls()

            def with_recall(record: Record) -> _Ran:
                return record, recall_of(reader.head(record.run), recalls)

            serials = golden_units(last.inputs)
            ran = {serial: reader.last_golden(serial, jig, last.run) for serial in serials}
            newest = {serial: with_recall(record) for serial, record in ran.items() if record}
            others = sorted(self.config.golden_units.units.keys() - serials)
            shown = [(s, [*map(with_recall, reader.golden_runs(s, jig))]) for s in others]
        golden = {serial: self._golden(serial, *each) for serial, each in newest.items()}
        against = [run for serial, runs in shown if (run := self._against(serial, runs))]
        past = [_past(head, recalls) for head in tests]
        return Evidence(last, past, golden, against, recall_of(tests[0], recalls))

    def _golden(self, serial: str, record: Record, recall: Entry | None) -> GoldenRun:
        entry = self.config.golden_units.units.get(serial)
        if entry is None:
            return GoldenRun(record, None, registered=False)
        return GoldenRun(record, verdict_of(entry, record) or self._void(entry, record, recall))

    def _against(self, serial: str, runs: Iterable[_Ran]) -> GoldenRun | None:
        """The run that has shown a jig to be bad, unless a good one has followed.

        A good one that was made otherwise, or whose PASS was recalled, has shown nothing.
        """
        entry = self.config.golden_units.units[serial]
        for record, recall in runs:
            if _is_over(entry, record) or not has_shown(entry, record):
                continue
            if problem := verdict_of(entry, record):
                return GoldenRun(record, problem)
            if self._void(entry, record, recall) is None:
                return None
        return None

    def _void(self, entry: GoldenUnit, record: Record, recall: Entry | None) -> HarnessError | None:
        """Why a run of a golden unit does not speak for the jig though it ended as it must."""
        if recall:
            return taken_back(entry, record, recall)
        return made_otherwise(entry, record, self.plans.golden, self.config)


def _is_over(entry: GoldenUnit, record: Record) -> bool:
    return entry.expired(record.started.date()) is not None


def _past(head: RunHead, recalls: Sequence[Entry]) -> Past:
    passed = head.outcome is Outcome.PASS and recall_of(head, recalls) is None
    return Past(head.slot, head.started, head.ended, passed)
