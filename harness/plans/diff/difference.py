"""One difference between two plans, and how JSON values are compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.plans.words import Form, plain_words


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, where, its parts of both canonical forms, and a sentence.

    A part is None where there is none. `variant` is "" for what all variants share.
    """

    variant: str
    what: str
    where: str
    before: Any
    after: Any
    words: str


def same(before: Any, after: Any) -> bool:
    """Whether two JSON values are written alike; in Python 1 == True."""
    return before == after and _text(before) == _text(after)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def unlike(before: Form, after: Form) -> Iterator[tuple[str, Any, Any]]:
    """The keys under which two objects differ, in the order of the first, and what stands there.

    A key that is not there has None.
    """
    for key in dict.fromkeys([*before, *after]):
        if (key in before) != (key in after) or not same(before.get(key), after.get(key)):
            yield key, before.get(key), after.get(key)


def fields(
    what: str, where: str, before: Form, after: Form, say: Callable[[Any], str] = plain_words
) -> Iterator[Difference]:
    """A sentence for each key under which two objects differ."""
    for key, was, now in unlike(before, after):
        words = f"{where}: {key} {say(was)} -> {say(now)}"
        yield Difference("", what, f"{where}.{key}", was, now, words)
