"""GS1 element strings: application identifiers (AI) and what stands under them.

Source: GS1 General Specifications, release 18 and later: section 3 (the AIs and their formats),
7.8.4 (concatenation, and the table of predefined lengths), 7.9.1 (check digit), 7.11 (character
set 82). The lengths of the AIs are those of GS1's syntax dictionary (gs1/gs1-syntax-dictionary).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

GS = "\x1d"
"""What a reader sends for FNC1 as a separator."""

_PREDEFINED = {
    "00": 20,
    "01": 16,
    "02": 16,
    "03": 16,
    "04": 18,
    "20": 4,
    "41": 16,
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18", "19"), 8),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 10),
}
"""By the first two digits: how long AI and data are together. They need no separator."""
_DIGITS = {
    **dict.fromkeys(("00", "01", "02", "03", "10", "11", "12", "13", "15", "16", "17"), 2),
    **dict.fromkeys(("20", "21", "22", "30", "37", *(str(n) for n in range(90, 100))), 2),
    **dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39", "43", "70", "72"), 4),
    **dict.fromkeys(("80", "81", "82"), 4),
}
"""By the first two digits: of how many an AI is."""
_LONGEST = 90
_LONGEST_OF = {
    "10": 20,
    "21": 20,
    "22": 20,
    "240": 30,
    "241": 30,
    "250": 30,
    "8002": 20,
    "90": 30,
    **{str(n): _LONGEST for n in range(91, 100)},
}
_GTIN = "01"
OF_UNITS = (_GTIN, *_LONGEST_OF)
"""What may say something of a unit: GTIN, batch, serial numbers, product numbers, the number of a
mobile telephone (8002), and those for what partners or a company agree on."""
_CHECKED = ("00", "01", "02", "03", *(str(n) for n in range(410, 418)))

_CHARACTERS = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*")
_NUMBER = re.compile("[0-9]*")
_PRINTED = re.compile(r"\(([0-9]{2,4})\)")


def elements(text: str) -> Mapping[str, str]:
    """What stands under each AI: as readers send it, or as printed, each AI in parentheses.

    Raises: ValueError saying which element is wrong, or that there is none.
    """
    found: dict[str, str] = {}
    for ai, value in _printed(text) if text.startswith("(") else _sent(text.removeprefix(GS)):
        if why := _wrong(ai, value):
            raise ValueError(f"({ai}) {value!r:.40}: {why}")
        if found.setdefault(ai, value) != value:
            raise ValueError(f"({ai}) is {found[ai]!r:.40} and {value!r:.40}")
    if not found:
        raise ValueError("no application identifier")
    return found


def check_digit(digits: str) -> int:
    """The digit that stands after these: modulo 10, weights 3 and 1 from the right."""
    weighed = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -sum(weighed) % 10


def _sent(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        digits = _DIGITS.get(text[at : at + 2], 0)
        ai = text[at : at + digits]
        if not digits or not re.fullmatch(f"[0-9]{{{digits}}}", ai):
            raise ValueError(f"no application identifier at {text[at : at + 8]!r}")
        end = at + _PREDEFINED[ai[:2]] if ai[:2] in _PREDEFINED else text.find(GS, at)
        end = len(text) if end < 0 else end
        yield ai, text[at + digits : end]
        at = end + 1 if text[end : end + 1] == GS else end


def _printed(text: str) -> Iterator[tuple[str, str]]:
    _, *parts = _PRINTED.split(text)
    if not _PRINTED.match(text):
        raise ValueError(f"no application identifier at {text[:8]!r}")
    for ai, value in zip(parts[::2], parts[1::2], strict=True):
        if _DIGITS.get(ai[:2]) != len(ai):
            raise ValueError(f"no application identifier ({ai})")
        yield ai, value


def _wrong(ai: str, value: str) -> str:
    """Why this cannot stand under that AI; empty when it can."""
    if length := _PREDEFINED.get(ai[:2]):
        wanted = length - len(ai)
        if len(value) != wanted or not _NUMBER.fullmatch(value):
            return f"expected {wanted} digits"
        if ai in _CHECKED and value[-1] != str(check_digit(value[:-1])):
            return f"its check digit is {value[-1]}, not {check_digit(value[:-1])}"
        return ""
    if not value:
        return "nothing stands there"
    if len(value) > (longest := _LONGEST_OF.get(ai, _LONGEST)):
        return f"expected at most {longest} characters"
    return "" if _CHARACTERS.fullmatch(value) else "not of GS1's character set 82"
