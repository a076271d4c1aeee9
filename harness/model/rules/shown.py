"""Whether a run shows that its unit is good, and whether it passed at the first try. Pure."""

from __future__ import annotations

from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.outcome import Outcome


def passed(run: RunHead) -> bool | None:
    """Whether it shows its unit good; None when it shows nothing of it.

    One that was aborted, or ended in ERROR, on a fail is a fail all the same; before anything was
    found it shows nothing.
    """
    if run.outcome is Outcome.FAIL or run.dut_failed:
        return False
    return True if run.outcome is Outcome.PASS else None


def first_pass(run: RunHead) -> bool | None:
    """Whether it passed, of a run that counts in the first-pass yield; None of another one.

    Those are first attempts, for what counts, that show whether their unit is good.
    """
    counts = run.attempt == 1 and Purpose(run.purpose).ruled
    return passed(run) if counts else None
