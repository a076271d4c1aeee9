"""A question to the operator that nobody could answer, or that says nothing, is told at its place."""
# ruff: noqa: E501 (a mistake a line)

from __future__ import annotations

from pathlib import Path

import pytest

from harness.files.problems import Severity
from harness.plans.resolve import resolve
from harness.steps import catalogue

TOP = """\
schema: 1
plan: look
revision: 1
title: Looked at
process: final-test
product: {part: A57-4G, model: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
"""
LOOK = """\
steps:
  - id: look
    use: operator.confirm
    timeout: 40 s
    with: {ask: 'Is the glass clean?', answers: 'yes, no', within: 30 s}
    limits: {answer: {equals: yes}}
"""
PLAN = TOP + LOOK
WRITE = "write which is good, such as 'answer: {equals: 'yes'}'"
MARK = "»"


def told(folder: Path, plan: str, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    path = folder / "plan.yaml"
    path.write_text(plan, "utf-8")
    plans, problems = resolve(path, catalogue())
    assert (plans is None) == any(problem.severity is Severity.ERROR for problem in problems)
    return [str(problem).removeprefix(f"{path}:") for problem in problems]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("equals: yes", "equals: 'yes'"),
        ("equals: yes", "equals: no"),
        ("equals: yes", "matches: 'y.*'"),
        (", within: 30 s", ", within: 40 s"),
        ("timeout: 40 s", "timeout: 1 min"),
        ("answers: 'yes, no', within: 30 s", "within: 30 s"),
        (
            "yes, no', within: 30 s}\n    limits: {answer: {equals: yes}}",
            "clean,a scratch , dust', within: 30 s}\n    limits: {answer: {one_of: [clean, dust]}}",
        ),
    ],
)
def test_a_question_that_can_pass_and_fail_in_its_time_is_fine(
    tmp_path: Path, old: str, new: str
) -> None:
    assert PLAN.count(old) == 1
    assert told(tmp_path, PLAN.replace(old, new)) == []


MISTAKES = [
    ("{equals: yes}", "»{equals: 'Yes'}", f"no answer passes of yes, no: {WRITE}"),
    ("{equals: yes}", "»{one_of: [good, bad]}", f"no answer passes of yes, no: {WRITE}"),
    ("{equals: yes}", "»{one_of: [yes, no]}", f"every answer passes of yes, no: {WRITE}"),
    ("{equals: yes}", "»{matches: '.*'}", f"every answer passes of yes, no: {WRITE}"),
    (
        "within: 30 s",
        "within: »41 s",
        "the question stands for 41 s, its step for 40 s: write 'within: 40 s' or less, or a longer timeout",
    ),
    (
        "timeout: 40 s\n    with: {ask: 'Is the glass clean?', answers: 'yes, no', within: 30 s}",
        "timeout: »40 s\n    with: {ask: 'Is the glass clean?'}",
        "the question stands for 60 s, its step for 40 s: write 'within: 40 s' or less, or a longer timeout",
    ),
    ("within: 30 s", "within: »0 s", "a question stands for more than 0 s; found '0 s'"),
    ("'Is the glass clean?'", "»' '", "expected a question to ask; found ' '"),
    (
        "'yes, no'",
        "»'yes'",
        "expected 2 to 9 answers with commas between, such as 'yes, no', each once whatever its case; found 'yes'",
    ),
    (
        "'yes, no'",
        "»'yes, YES'",
        "expected 2 to 9 answers with commas between, such as 'yes, no', each once whatever its case; found 'yes, YES'",
    ),
    ("within: 30 s", "within: »30", "30 has no unit: it is in s (did you mean '30 s'?)"),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_mistake_is_told_once_where_it_stands(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert PLAN.count(old) == 1
    marked = PLAN.replace(old, new)
    before = marked[: marked.index(MARK)]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rindex(chr(10))}"
    assert told(tmp_path, marked.replace(MARK, "")) == [f"{place}: {words}"]


def test_an_answer_that_is_only_recorded_is_warned_of_as_with_any_step(tmp_path: Path) -> None:
    plan = PLAN.replace("{equals: yes}", "record only")
    problems = told(tmp_path, plan)
    assert "8:5: warning: nothing that it measures can fail" in problems
    assert not [each for each in problems if "answer passes" in each]


def test_a_limit_of_a_set_is_told_at_the_step_with_the_variant_that_has_it(tmp_path: Path) -> None:
    plan = TOP + "variants: {ae: {sku: A57-AE}, pk: {sku: A57-PK}}\nlimits: limits.yaml\n" + LOOK
    plan = plan.replace("    limits: {answer: {equals: yes}}\n", "")
    limits = "schema: 1\nlimits: a57\nrevision: 1\nvalues:\n  look.answer: {equals: yes}\n"
    assert told(tmp_path, plan, limits=limits) == []
    limits += "variants:\n  pk:\n    values:\n      look.answer: {one_of: [yes, no]}\n"
    words = f"every answer passes in variant pk of yes, no: {WRITE}"
    assert told(tmp_path, plan, limits=limits) == [f"11:10: {words}"]
