import random

import pytest

from harness.files.problems import Problem, Severity, errors, nearest


def test_a_problem_reads_as_editors_expect_it() -> None:
    problem = Problem("a.yaml", 12, 5, "unknown key 'tiemout'", "timeout")
    assert str(problem) == "a.yaml:12:5: unknown key 'tiemout' (did you mean 'timeout'?)"
    assert str(Problem("a.yaml", 1, 1, "an empty file")) == "a.yaml:1:1: an empty file"


def test_a_warning_says_so_and_is_no_error() -> None:
    warning = Problem("a.yaml", 1, 2, "testing", severity=Severity.WARNING)
    error = Problem("a.yaml", 1, 2, "wrong")
    assert str(warning) == "a.yaml:1:2: warning: testing"
    assert errors([warning, error]) == [error]


def test_problems_are_ordered_by_place() -> None:
    ordered = [Problem("a", 2, 9, "z"), Problem("a", 10, 1, "b"), Problem("a", 10, 2, "a")]
    shuffled = ordered[:]
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled) == ordered


@pytest.mark.parametrize(
    ("word", "words", "expected"),
    [
        ("tiemout", ["id", "timeout", "use"], "timeout"),
        ("ma", ["V", "A", "mA"], "mA"),
        ("ohm", ["kOhm", "Ohm"], "Ohm"),
        ("mohm", ["MOhm", "mOhm"], "MOhm"),
        ("xyz", ["id", "use"], ""),
        ("", ["id"], ""),
        ("t" * 100_000, ["timeout"], ""),
    ],
)
def test_the_nearest_word_whatever_its_case(word: str, words: list[str], expected: str) -> None:
    assert nearest(word, words) == expected
