"""Which lines a verb is spelt by, and which two verbs one line would say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from string import Formatter
from typing import NamedTuple

from harness.devices.jig.vocabulary import COMMANDS, GAPS, RISKS, WORDS
from harness.devices.scpi.verb import Verb

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?"
_VALUES: Mapping[str, str] = {
    "set_voltage": _NUMBER,
    "light": _NUMBER,
    "show": "|".join(sorted(WORDS["shown"][0])),
    "echo": "[^;]+",
}
"""What each verb with a value takes."""
_HEADER = re.compile(r":?([A-Z]\w*(?::[A-Z]\w*)*\??)(?=\s|$)", re.ASCII | re.IGNORECASE)
"""What a command of SCPI begins with; with a leading colon or without it is the same."""
_WORD = re.compile(r"[A-Z]+")
_CHANNEL = re.compile(r"[0-9]{1,3}")
_DIGITS = re.compile(r"[0-9.]+")


class Twins(NamedTuple):
    """A line that says two verbs."""

    name: str
    other: str
    line: str


class _Spelt(NamedTuple):
    name: str
    form: re.Pattern[str]
    lines: tuple[str, ...]


def form_of(name: str, verb: Verb, channels: Collection[int], flags: int = 0) -> re.Pattern[str]:
    """The lines that say a verb: with one of the channels, or with what it takes, in its gap."""
    gap = "|".join(map(str, channels)) or "(?!)" if GAPS.get(name) == "channel" else None
    gap = gap or _VALUES.get(name, "(?!)")
    parts = Formatter().parse(verb.text.strip())
    form = "".join(
        re.escape(text) + (f"(?:{gap})" if field is not None else "") for text, field, _, _ in parts
    )
    return re.compile(form, flags | re.ASCII)


def short_form(line: str) -> str:
    """A command with its header in SCPI's short form and capitals; any other line as it is.

    Of each word the first four letters, or three where the fourth is a vowel (SCPI-99 volume 1,
    clause 6.2.1). A jig that knows the one knows the other: `:OUTPut ON` is `OUTP ON`.
    """
    header = _HEADER.match(line.strip())
    if not header:
        return line
    return " ".join([_WORD.sub(_short, header[1].upper()), *header.string[header.end() :].split()])


def _short(word: re.Match[str]) -> str:
    long = len(word[0]) > 4
    return word[0][: 3 if long and word[0][3] in "AEIOU" else 4]


def twins(verbs: Mapping[str, Verb], channels: Collection[int]) -> Iterator[Twins]:
    """Verbs that one line would say, the later before the earlier."""
    spelt = _spelt(verbs, channels)
    for at, later in enumerate(spelt):
        yield from _alike([later], spelt[:at])


def twins_of_base(
    verbs: Mapping[str, Verb], base: Mapping[str, Verb], channels: Collection[int]
) -> Iterator[Twins]:
    """Verbs that say what another is in the language that they began with.

    In capitals or not, in SCPI's short form or its long one. For any channel that they name: the
    jig may have more than are known.
    """
    own = {
        name: replace(verb, text=short_form(verb.text))
        for name, verb in verbs.items()
        if verb.text != _text(base, name)
    }
    named = {int(number) for verb in own.values() for number in _CHANNEL.findall(verb.text)}
    known, flags = sorted({*channels, *named}), re.IGNORECASE
    yield from _alike(_spelt(own, known, flags), _spelt(base, known, flags))


def _text(verbs: Mapping[str, Verb], name: str) -> str:
    return verbs[name].text if name in verbs else ""


def _spelt(
    verbs: Mapping[str, Verb], channels: Collection[int], flags: int = 0
) -> tuple[_Spelt, ...]:
    values = _samples(verb.text for verb in verbs.values())
    return tuple(
        _Spelt(name, form, tuple(filter(form.fullmatch, _lines(name, verb, channels, values))))
        for name, verb in verbs.items()
        for form in (form_of(name, verb, channels, flags),)
    )


def _samples(texts: Iterable[str]) -> list[str]:
    """Values that show whether a gap can hold what another verb says in its own text."""
    runs = sorted({run for text in texts for run in _DIGITS.findall(text)})
    around = [line for run in runs for line in (run, f"{run}1", f"1{run}")]
    return ["1", *sorted(WORDS["shown"][0]), *around]


def _lines(name: str, verb: Verb, channels: Iterable[int], values: Iterable[str]) -> Iterator[str]:
    """Lines that may say a verb; all that do, unless it takes a number or a text."""
    gap = GAPS.get(name, "")
    for value in {"channel": channels, "value": values}.get(gap, ("",)):
        yield verb.text.strip().format(**{gap: value})


def _alike(ones: Iterable[_Spelt], others: Collection[_Spelt]) -> Iterator[Twins]:
    for one, other in product(ones, others):
        if one.name == other.name or _harmless({one.name, other.name}):
            continue
        shared = [line for line in one.lines if other.form.fullmatch(line)]
        shared += [line for line in other.lines if one.form.fullmatch(line)]
        if shared:
            yield Twins(one.name, other.name, shared[0])


def _harmless(names: set[str]) -> bool:
    """Whether one line may say them all: each asks only."""
    return names.isdisjoint(COMMANDS | RISKS.keys())
