"""How often a unit may be tested, and where, before somebody reworks it. Pure."""

from __future__ import annotations

from harness.model.entry import Reworked
from harness.model.head import RunHead
from harness.model.plan import Retest
from harness.model.rules.values import Refusal, UnitHistory


def retest(
    policy: Retest, history: UnitHistory, process: str, slot: int, jig: str | None
) -> Refusal | None:
    """Why a unit may not have another run of a process on this slot with this jig.

    Every run counts, however it ended or whether it has: who aborts one, or ends it in an ERROR,
    gets no fresh attempt by that.

    The refusal is RETEST-LIMIT or RETEST-SLOT.
    """
    runs = since_rework(history, process)
    if len(runs) >= policy.max_runs:
        words = (
            f"{history.serial} had {len(runs)} runs of {process} and no rework since the first: "
            f"the plan allows {policy.max_runs}"
        )
        return Refusal("RETEST-LIMIT", words)
    here = sum((run.slot, run.jig) == (slot, jig) for run in runs)
    if here > policy.other_slot_after:
        place = f"slot {slot}" + (f" with jig {jig}" if jig else "")
        words = (
            f"{history.serial} had {here} runs of {process} on {place}: after "
            f"{policy.other_slot_after} re-seat(s) there the plan asks for another slot or jig"
        )
        return Refusal("RETEST-SLOT", words)
    return None


def since_rework(history: UnitHistory, process: str) -> list[RunHead]:
    """The runs of a process since the unit was last reworked for it (or for all), newest last."""
    reworks = [
        entry
        for entry in history.reworks
        if isinstance(entry.what, Reworked) and entry.what.process in ("", process)
    ]
    runs = [run for run in history.runs if run.process == process]
    return [run for run in runs if all(map(run.begun_since, reworks))]
