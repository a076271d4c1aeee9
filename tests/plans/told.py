"""Writes plans with mistakes and reads what is told about them."""

from __future__ import annotations

from pathlib import Path

from harness.files.problems import Problem
from harness.model.plan import Plan
from harness.plans.resolve import resolve
from tests.plans.catalogue import CATALOGUE, PLAN

MARK = "»"
"""Stands before the character that a problem is expected at; it is taken out."""


def changed(old: str, new: str, plan: str = PLAN) -> str:
    """The plan with one part written in another way."""
    assert plan.count(old) == 1, f"{old!r} stands {plan.count(old)} times in the plan"
    return plan.replace(old, new)


def resolved(path: Path, text: str) -> tuple[Plan | None, list[Problem]]:
    """The plan, of a file with variants the first, and what is told of it."""
    path.write_text(text)
    plans, problems = resolve(path, CATALOGUE)
    return (plans.any if plans else None), problems


def told(path: Path, text: str) -> list[str]:
    """Every problem, without the name of the file."""
    plan, problems = resolved(path, text.replace(MARK, ""))
    assert (plan is None) == any(problem.severity == "error" for problem in problems)
    return [str(problem).removeprefix(f"{path}:") for problem in problems]


def places(text: str) -> list[str]:
    """`line:column` of each mark."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        parts = line.split(MARK)[:-1]
        columns = [sum(map(len, parts[: i + 1])) + 1 for i in range(len(parts))]
        found += [f"{number}:{column}" for column in columns]
    return found
