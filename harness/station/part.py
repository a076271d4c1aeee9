"""Which steps of a plan somebody chose to run without the others."""

from __future__ import annotations

from collections.abc import Iterable

from harness.files.problems import nearest
from harness.model.plan import Phase, Plan


def part_of(plan: Plan, words: Iterable[str]) -> tuple[str, ...]:
    """The steps that were chosen by their ids or those of groups; empty when none is left out.

    Raises: ValueError when the plan has no such step.
    """
    steps = plan.of(Phase.STEPS)
    known: dict[str, set[str]] = {step.id: {step.id} for step in steps}
    for step in steps:
        if step.group:
            known.setdefault(step.group.id, set()).add(step.id)
    wanted: set[str] = set()
    for word in words:
        if word not in known:
            raise ValueError(_unknown(plan, word, list(known)))
        wanted |= known[word]
    kept = tuple(step.id for step in steps if step.id in wanted)
    return () if len(kept) == len(steps) else kept


def _unknown(plan: Plan, word: str, known: list[str]) -> str:
    if any(step.id == word for step in plan.steps):
        return f"{word} is setup or teardown, which always run"
    meant = nearest(word, known)
    hint = f"did you mean {meant!r}?" if meant else f"there are {', '.join(known)}"
    return f"the plan {plan.id} has no step or group {word!r:.60}; {hint}"
