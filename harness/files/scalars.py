"""What an unquoted word of a file means: our own few rules, not those of YAML 1.1 or 1.2.

`true`, `false`, whole and decimal numbers, `null`; everything else is text, so that `no`, `on`,
`12:30`, `1e3` and `450 mA` mean what they say.
"""

from __future__ import annotations

import re
from decimal import Decimal

Value = str | bool | int | Decimal | None

_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LEADING_ZERO = re.compile(r"-?0[0-9]+(\.[0-9]+)?")
_STARTS_NUMBER = frozenset("-0123456789")
_LONGEST_NUMBER = 32


def plain_value(text: str) -> Value:
    """The value of an unquoted word.

    Raises: ValueError when it looks like a number and cannot be taken for one.
    """
    if text[:1] not in _STARTS_NUMBER:
        return _WORDS.get(text, text)
    if _LEADING_ZERO.fullmatch(text):
        raise ValueError(f"{text:.40} starts with a zero: write it in quotes if it is no number")
    number = _NUMBER.fullmatch(text)
    if not number:
        return text
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters: write it in quotes if it is text")
    return Decimal(text) if number[2] else int(text)
