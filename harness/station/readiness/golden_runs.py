"""What runs of golden and known-bad units say of a jig: those of their plan, at this station."""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import HarnessError, StationFault
from harness.model.entry import Entry
from harness.model.events import UnitIdentified
from harness.model.plan import Plan
from harness.model.readiness import SCENARIO
from harness.model.record import Record
from harness.model.rules.recalls import recalled_words
from harness.station.files.config import StationConfig
from harness.station.files.golden_units import GoldenUnit

PlanOf = Callable[[GoldenUnit], Plan]
"""The plan by which a unit is tested, as it is now.

Raises: PlanError(PLAN-INVALID | PLAN-ANONYMOUS).
"""


def made_otherwise(
    entry: GoldenUnit, record: Record, plan_of: PlanOf, config: StationConfig
) -> StationFault | None:
    """Why a run of a golden unit does not speak for the jig: GOLDEN-DIFFERS, as `otherwise`."""
    how = otherwise(entry, record, plan_of, config)
    if not how:
        return None
    words = f"{entry.kind} unit {entry.unit.serial}: its run {how}"
    return StationFault("GOLDEN-DIFFERS", words, evidence={"run": record.run})


def otherwise(entry: GoldenUnit, record: Record, plan_of: PlanOf, config: StationConfig) -> str:
    """How a run is none of the unit's plan as it is now, at this station, or is of nobody; else ''.

    A label says who was announced: of a run in which no handset said who it is, nobody knows.
    """
    try:
        plan = plan_of(entry)
    except HarnessError as error:
        return f"cannot be held to its plan as that is now: {error}"
    simulated = config.simulated is not None
    asked = any(isinstance(note.event, UnitIdentified) for note in record.notes)
    others = [
        ("by another plan, or by other limits", record.plan.sha256 != plan.sha256),
        ("of chosen steps alone", bool(record.plan.only)),
        (f"at the station {record.station.name}", record.station.name != config.name),
        ("on another kind of station", (SCENARIO in record.inputs) != simulated),
        ("without asking the handset who it is", not asked),
    ]
    how = ", ".join(words for words, is_so in others if is_so)
    return f"was made {how}" if how else ""


def taken_back(entry: GoldenUnit, record: Record, recall: Entry) -> StationFault:
    """Why a run of a golden unit whose PASS was recalled does not speak for the jig."""
    words = f"{entry.kind} unit {entry.unit.serial}: its PASS {recalled_words(recall)}"
    return StationFault("GOLDEN-DIFFERS", words, evidence={"run": record.run, "recall": recall.id})
