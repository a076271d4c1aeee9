"""Whatever a plan holds, there is a plan or there are errors, and never an exception."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.problems import errors
from harness.plans.resolve import resolve
from tests.plans.catalogue import CATALOGUE, PLAN

LINES = PLAN.splitlines()
WORDS = sorted({word for line in LINES for word in line.replace(",", " ").split()})
INSERTS = st.text(max_size=6) | st.sampled_from(
    [
        *WORDS,
        "null",
        "{}",
        "[]",
        "-1",
        "0",
        "1e999",
        ".nan",
        "450 mA",
        "00101",
        "9" * 40,
        "*a",
        "&a ",
    ]
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "plan.yaml"


def check(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    plan, problems = resolve(file, CATALOGUE)
    assert (plan is None) == bool(errors(problems))
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert str(problem).startswith(f"{file}:{problem.line}:{problem.column}: ")
    if plan:
        for step in plan.steps:
            assert step.limits.keys() == CATALOGUE[step.use].measures.keys()
            assert step.timeout_s > 0


@settings(deadline=None)
@given(st.integers(0, len(PLAN)), st.integers(0, 12), INSERTS)
def test_a_mutated_plan(file: Path, at: int, cut: int, insert: str) -> None:
    check(file, (PLAN[:at] + insert + PLAN[at + cut :]).encode())


VALUE_ENDS = [i for i, char in enumerate(PLAN) if char in ",}]\n" and PLAN[i - 1].isalnum()]


@settings(deadline=None)
@given(st.sampled_from(VALUE_ENDS), INSERTS)
def test_a_plan_with_another_value(file: Path, end: int, value: str) -> None:
    start = max(PLAN.rfind(mark, 0, end) for mark in (" ", "[", "{", "\n")) + 1
    check(file, (PLAN[:start] + value + PLAN[end:]).encode())


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=40))
def test_the_lines_of_a_plan_in_any_order(file: Path, lines: list[str]) -> None:
    check(file, "\n".join(lines).encode())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(file: Path, content: bytes) -> None:
    check(file, content)


LIMIT_KEYS = ["low", "high", "guard", "equals", "one_of", "matches", "imei", "tac", "id", "x"]
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["'x'", "450 mA", "record only"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(LIMIT_KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)
PARTS = [
    "{vbus: 5.0 V}",
    "{times: 1, on: [error]}",
    "[error]",
    "20 s",
    "continue",
    "{model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}",
    "catalogue.charge",
]


def flow(tree: object) -> str:
    match tree:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, tree)) + "]"
        case None:
            return "null"
        case bool():
            return str(tree).lower()
        case _:
            return str(tree)


@settings(deadline=None)
@given(TREES, st.sampled_from(["{low: 20 %}", "{equals: true}", "{imei: true, tac: ['86012345']}"]))
def test_any_tree_as_a_limit(file: Path, tree: object, limit: str) -> None:
    check(file, PLAN.replace(limit, flow(tree)).encode())


@settings(deadline=None)
@given(TREES, st.sampled_from(PARTS))
def test_any_tree_anywhere(file: Path, tree: object, part: str) -> None:
    check(file, PLAN.replace(part, flow(tree)).encode())
