"""Whether a unit has passed what comes before. Pure."""

from __future__ import annotations

from harness.model.outcome import Outcome
from harness.model.rules.recalls import recalls_of
from harness.model.rules.values import Refusal, Rules, UnitHistory


def route(rules: Rules, history: UnitHistory) -> Refusal | None:
    """Why a unit does not belong here yet: of each process before, its last run must be a PASS.

    The refusal is ROUTE-MISSING, ROUTE-FAILED or ROUTE-RECALLED, of the first such process.
    """
    refusals = (_of_process(process, history) for process in rules.route)
    return next((refusal for refusal in refusals if refusal), None)


def _of_process(process: str, history: UnitHistory) -> Refusal | None:
    runs = [run for run in history.runs if run.process == process]
    if not runs:
        return Refusal("ROUTE-MISSING", f"{history.serial} has no run of {process}")
    last = runs[-1]
    if last.outcome is not Outcome.PASS:
        how = "is still open" if last.outcome is None else f"ended {last.outcome.name}"
        words = f"the last run of {process} of {history.serial} {how} (run {last.run})"
        return Refusal("ROUTE-FAILED", words)
    for recall in recalls_of(last, history.recalls):
        words = f"the PASS of {process} of {history.serial} (run {last.run}) is revoked"
        return Refusal("ROUTE-RECALLED", f"{words} by the recall {recall.id}")
    return None
