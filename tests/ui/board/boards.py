"""What the tests of the board share: a line with runs, and the plan of these."""

from __future__ import annotations

from dataclasses import replace

from harness.errors import DutFault, HarnessError
from harness.model.events import Event, Purpose, Stamped
from harness.model.fault import Fault, Symptom
from harness.model.outcome import Outcome
from harness.model.station import PlanShown, PlanStep
from harness.ui.board.board import Board
from harness.ui.board.tile import Tile
from tests.ui.operator.line import Line, planned, run

NASTY = "\x1b[2J\u202ePASS\n"
WORN = Symptom("C-7", "charges too slowly", "R2")
BAD = Fault.of(DutFault("GNSS-DEAF", "no satellite"))
PLAN = planned()


def ended(
    line: Line, outcome: Outcome, error: HarnessError | None = None, attempt: int = 1
) -> Tile:
    """The tile of a slot whose run has ended so."""
    purpose = Purpose.PRODUCTION
    return line.tested(run(outcome, fault=error, purpose=purpose, attempt=attempt))


def after(events: list[Stamped], event: Event) -> list[Stamped]:
    """The events, and one more."""
    last = events[-1]
    return [*events, replace(last, seq=last.seq + 1, event=event)]


def shown_plan(takes_s: float | None) -> PlanShown:
    """What screens are told of the plan; `takes_s` is the median of its runs [s]."""
    steps = tuple(PlanStep(step.id, step.use, step.phase, None, 1.5) for step in PLAN.steps)
    return PlanShown(PLAN.sha256, PLAN.id, PLAN.revision, "7", steps, takes_s)


def shown(line: Line, takes_s: float | None) -> Board:
    """The board, which has heard of the plan."""
    line.board.apply([shown_plan(takes_s)], 0.0)
    return line.board
