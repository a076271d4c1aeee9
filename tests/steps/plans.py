"""Plans of the checkout, changed by words, as the steps that a run of them has."""

from __future__ import annotations

from pathlib import Path

from harness.model.plan import PlannedStep
from harness.plans.resolve import load_plans
from harness.steps import catalogue

TESTPLANS = Path(__file__).parents[2] / "testplans"


def steps_of(name: str, folder: Path, **words: str) -> tuple[PlannedStep, ...]:
    """The steps of a plan whose value after each `key: ` of `words` is another one."""
    text = (TESTPLANS / name).read_text("utf-8")
    for key, value in words.items():
        before, found, after = text.partition(f"{key}: ")
        assert found, f"{name} has no {key}"
        old = after[: min(after.index(end) for end in (", ", "}") if end in after)]
        text = before + found + value + after[len(old) :]
    path = folder / name
    path.write_text(text, "utf-8")
    return load_plans(path, catalogue()).named("").steps
