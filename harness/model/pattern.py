"""Regular expressions that cannot run away: `re` holds every thread of the process while it works.

An expression is refused when the number of ways in which it can divide a text among its repeats
is too large to try them all. Classes mean ASCII, and the whole text must match.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from re import _parser  # type: ignore[attr-defined]  # the only parser that agrees with `re`
from typing import Any

LONGEST_TEXT = 256
"""No longer text is matched [characters]."""
_MOST_WAYS = 20_000_000


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The expression, ready for `fullmatch` on texts of up to LONGEST_TEXT.

    Raises: ValueError when it is none, draws a warning of Python, or may run away.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ready = re.compile(pattern, re.ASCII)
        ways = _ways(_parser.parse(pattern, re.ASCII))
    except (re.error, ValueError, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    if ways > _MOST_WAYS:
        raise ValueError(
            "this expression may take for ever on some texts: too many repeats inside or after "
            "one another; say how often, or use a possessive repeat such as [a-z]++"
        )
    return ready


def matches(pattern: str, text: str) -> bool:
    """Whether the expression matches the whole text."""
    return fits(compiled(pattern), text)


def fits(form: re.Pattern[str], text: str) -> bool:
    """Whether an expression that was compiled here matches the whole text."""
    return fitting(form, text) is not None


def fitting(form: re.Pattern[str], text: str) -> re.Match[str] | None:
    """How an expression that was compiled here matches the whole text; None when it does not."""
    return form.fullmatch(text) if len(text) <= LONGEST_TEXT else None


def _ways(parts: Any) -> int:
    """In how many ways a sequence of parts can match at one place, at the most."""
    ways = 1
    for kind, what in parts:
        ways = min(ways * _ways_of(str(kind), what), _MOST_WAYS + 1)
    return ways


def _ways_of(kind: str, what: Any) -> int:
    match kind:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, body = what
            if most > 1 and body.getwidth()[0] == 0:
                return _MOST_WAYS + 1  # it may go round without getting on
            most = min(int(most), LONGEST_TEXT)
            inside = _ways(body)
            spread = 1 if kind == "POSSESSIVE_REPEAT" else max(most - least + 1, 1)
            return spread * (inside if inside == 1 else _power(inside, most))
        case "BRANCH":
            return sum(_ways(branch) for branch in what[1])
        case "SUBPATTERN":
            return _ways(what[3])
        case "ATOMIC_GROUP":
            return _ways(what)
        case "ASSERT" | "ASSERT_NOT":
            return _ways(what[1])
        case "GROUPREF_EXISTS":
            return sum(_ways(branch) for branch in what[1:] if branch)
        case _:
            return 1


def _power(inside: int, times: int) -> int:
    """Inside ** times, as far as it matters."""
    ways = 1
    for _ in range(times):
        ways *= inside
        if ways > _MOST_WAYS:
            break
    return ways
