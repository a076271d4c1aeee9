"""A verdict in words: its outcome, that it does not count, that the unit was found bad."""

from __future__ import annotations

from rich.text import Text

from harness.model.events import Purpose
from harness.model.fault import Fault, Symptom
from harness.model.outcome import Outcome
from harness.model.refs import ReleaseRef

STYLES = {
    Outcome.PASS: "bold green",
    Outcome.FAIL: "bold red",
    Outcome.ERROR: "bold yellow",
    Outcome.ABORTED: "bold magenta",
    Outcome.SKIPPED: "dim",
}
OPEN = "open"
"""What stands in place of the outcome of a run or step that has not ended."""
UNIT_FAILED = "unit FAILED"
"""What stands beside another verdict than FAIL when the unit was found bad all the same."""

RECALLED = "recalled"
"""What stands beside a PASS that has been revoked."""


def outcome_text(outcome: Outcome | None, dut_failed: bool = False) -> Text:
    """An outcome; beside one that is not FAIL stands that the unit was found bad."""
    text = Text(OPEN) if outcome is None else Text(outcome.name, STYLES[outcome])
    if dut_failed and outcome is not Outcome.FAIL:
        text.append(f" ({UNIT_FAILED})", STYLES[Outcome.FAIL])
    return text


def verdict(outcome: Outcome | None, purpose: str, dut_failed: bool = False) -> Text:
    """The outcome of a run; beside it why the run was made, unless it counts."""
    text = outcome_text(outcome, dut_failed)
    return text if counts(purpose) else text.append(f" ({purpose})", "yellow")


def counts(purpose: str) -> bool:
    """Whether a run of this purpose says anything about a unit to others."""
    return purpose == Purpose.PRODUCTION


def release_words(release: ReleaseRef) -> str:
    """Which release a run was made by, and who answers for it."""
    return f"release {release.number}, signed by {', '.join(release.signed_by)}"


def fault_words(fault: Fault) -> str:
    """A fault by its code: whose it is, and what happened."""
    return f"{fault.code} ({fault.blame}): {fault.message}"


def symptom_words(symptom: Symptom) -> str:
    """Where the unit goes, by which code, and what it has."""
    return f"bin {symptom.bin}  {symptom.code}  {symptom.words}"
