"""Expressions that are safe are taken; those that can run away are refused."""

from __future__ import annotations

import pytest

from harness.model.judgement import UNREADABLE
from harness.model.limits import Matches
from harness.model.outcome import Outcome
from harness.model.pattern import LONGEST_TEXT, compiled, fits, fitting, matches


@pytest.mark.parametrize(
    "pattern",
    [
        "A57[A-Z][0-9]{6}",
        "[A-Z0-9]+",
        ".*user.*release.*",
        "(WWAN|WLAN)",
        "(foo|bar){3}",
        "v[0-9]+(\\.[0-9]+)?",
        "(?P<serial>[^,]++),(?P<imei1>[^,]++),(?P<imei2>[^,]++),[^,]*+",
        "(?i:abc)+",
        "",
    ],
)
def test_what_people_write_is_taken(pattern: str) -> None:
    compiled(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(A+)+!",
        "([A-Z0-9]+)*!",
        "(a|a)*b",
        "(a|ab)*c",
        "(a?){100}b",
        "a*a*a*a*a*b",
        "((a{0,20}){0,20}){0,20}b",
        "(?=(a+)+b)x",
        "(?>(a+)+)b",
        "(x+x+)++y",
        "(?:(?:(?:(?:\\b){60000}){60000}){60000}){60000}",
        "(?:a?){25}(?:a){25}",
        "(?:(?=a)){1000}",
    ],
)
def test_what_can_run_away_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="may take for ever"):
        compiled(pattern)
    with pytest.raises(ValueError, match="may take for ever"):
        Matches(pattern)


@pytest.mark.parametrize("pattern", ["(", "[[a]", "a{2,1}", "\\q", "a{99999999999999}"])
def test_what_is_no_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        compiled(pattern)


def test_the_worst_that_is_taken_ends_soon() -> None:
    assert not matches(".*.*.*b", "a" * LONGEST_TEXT)


def test_a_longer_text_is_not_judged() -> None:
    limit = Matches("a*")
    assert limit.judge("a" * LONGEST_TEXT).outcome is Outcome.PASS
    assert limit.judge("a" * (LONGEST_TEXT + 1)) == UNREADABLE


def test_a_longer_text_fits_no_form() -> None:
    form = compiled("(a)a*")
    fitted = fitting(form, "a" * LONGEST_TEXT)
    assert fitted
    assert fitted[1] == "a"
    assert fits(form, "a")
    assert not fits(form, "b")
    assert not fits(form, "a" * (LONGEST_TEXT + 1))
