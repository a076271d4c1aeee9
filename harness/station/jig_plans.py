"""The plans by which jigs, and the golden units in them, are tested."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from harness.errors import JigFault, PlanError
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.model.step import Catalogue
from harness.plans.resolve import load_plans
from harness.station.golden_units import GoldenUnit
from harness.station.jig_file import JigFile


class JigPlans:
    """Reads each plan once. Any thread may ask."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = Lock()
        self._read: dict[tuple[Path, str], Plan] = {}

    def self_test(self, kind: JigFile | None) -> Plan:
        """The plan by which a jig of this kind is tested.

        Raises: JigFault(JIG-UNTESTED) when its jig file names none; PlanError(PLAN-INVALID).
        """
        if kind is None:
            raise JigFault("JIG-UNTESTED", "the station file names no jig file under its `file:`")
        if kind.selftest is None:
            words = f"the jig file {kind.name} names no plan for a self-test under `selftest:`"
            raise JigFault("JIG-UNTESTED", words)
        return self._plan(kind.selftest, Unit())

    def golden(self, entry: GoldenUnit) -> Plan:
        """The plan by which a golden or known-bad unit is tested.

        Raises: PlanError(PLAN-INVALID).
        """
        return self._plan(entry.plan, entry.unit)

    def _plan(self, path: Path, unit: Unit) -> Plan:
        with self._lock:
            key = (path, unit.sku)
            if key not in self._read:
                try:
                    self._read[key] = load_plans(path, self._catalogue).of(unit)
                except ValueError as error:
                    raise PlanError("PLAN-INVALID", f"{path}: {error}") from None
            return self._read[key]
