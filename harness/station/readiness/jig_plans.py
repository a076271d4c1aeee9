"""The plans by which jigs, and the golden units in them, are tested."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from harness.errors import JigFault, PlanError
from harness.files.parse import hashed
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.model.step import Catalogue
from harness.plans.asked import asks
from harness.plans.resolve import load_plans
from harness.station.files.golden_units import GoldenUnit
from harness.station.files.jig_file import JigFile


class JigPlans:
    """Gives each plan as its files are now: it is read anew once one of them has another content.

    Any thread may ask.
    """

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

        Raises: PlanError(PLAN-INVALID); PlanError(PLAN-ANONYMOUS) when no run by it shows anything,
        because it never asks the handset who it is.
        """
        plan = self._plan(entry.plan, entry.unit)
        if not asks(plan, self._catalogue):
            whom = f"the {entry.kind} unit {entry.unit.serial}"
            words = (
                f"{entry.plan}: no step asks the handset who it is: nobody knows if it is {whom}"
            )
            remedy = "Plan `identity.match_label` or `identity.read` among its steps."
            raise PlanError("PLAN-ANONYMOUS", words, remedy=remedy)
        return plan

    def _plan(self, path: Path, unit: Unit) -> Plan:
        with self._lock:
            key = (path, unit.sku)
            plan = self._read.get(key)
            if plan is None or _has_changed(plan):
                try:
                    plan = load_plans(path, self._catalogue).of(unit)
                except ValueError as error:
                    raise PlanError("PLAN-INVALID", f"{path}: {error}") from None
                self._read[key] = plan
            return plan


def _has_changed(plan: Plan) -> bool:
    """Whether a file that a plan was read from is another one now, or gone.

    By its content, of a few kB: two edits within a tick of the clock leave the same time on a file.
    """
    return any(hashed(file.path) != file for file in plan.files.values())
