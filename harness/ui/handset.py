"""One page of everything that is understood of a handset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from harness.model.reading import Unknown, Unreadable
from harness.steps.asking.overview import Overview
from harness.ui.handset_facts import Fact, groups
from harness.ui.text import printable, say

_TITLE = 12
"""Where facts stand; before them is the title of their group."""
_GAP = "   "
_DIFFER = "CONTRADICTION  "
_UNKNOWN, _UNREADABLE = "yellow", "bold red"


def show_handset(console: Console, seen: Overview) -> None:
    """Print the page: each group on a line that goes on under itself, contradictions last."""
    for title, facts in groups(seen):
        console.print(_block(title, facts, console), soft_wrap=True)
    for words in seen.contradictions:
        say(console, Text(f"{_DIFFER}{printable(words)}", _UNREADABLE), len(_DIFFER))


def _block(title: str, facts: Sequence[Fact], console: Console) -> Text:
    """A group: facts one after another, none cut that fits a line by itself; then the unknown."""
    block, column = Text().append(f"{title:{_TITLE}}", "bold"), _TITLE
    below, room = Text("\n" + " " * _TITLE), max(console.width - _TITLE, _TITLE)
    for shown in [*_told(facts), *_untold(facts)]:
        if column > _TITLE and column + len(_GAP) + shown.cell_len > console.width:
            block.append_text(below)
            column = _TITLE
        elif column > _TITLE:
            block.append(_GAP)
            column += len(_GAP)
        lines = shown.wrap(console, room)
        for line in lines:
            line.rstrip()
        block.append_text(below.join(lines))
        column += lines[-1].cell_len
    return block


def _told(facts: Sequence[Fact]) -> Iterator[Text]:
    for fact in facts:
        shown = Text().append(f"{printable(fact.name)} " if fact.name else "", "dim")
        if isinstance(fact.reading, Unreadable):
            yield shown.append(f"UNREADABLE ({printable(fact.reading.why)})", _UNREADABLE)
        elif not isinstance(fact.reading, Unknown):
            yield shown.append(_value(fact.reading) + (f" {fact.unit}" if fact.unit else ""))


def _untold(facts: Sequence[Fact]) -> Iterator[Text]:
    """What nobody knows, by name; of a whole group, why."""
    names = [
        printable(fact.name or fact.reading.said)
        for fact in facts
        if isinstance(fact.reading, Unknown)
    ]
    if names:
        yield Text(f"unknown: {', '.join(names)}", _UNKNOWN)


def _value(reading: object) -> str:
    if isinstance(reading, bool):
        return "yes" if reading else "no"
    if isinstance(reading, tuple):
        return printable(", ".join(map(str, reading))) or "none"
    return f"{reading:g}" if isinstance(reading, float) else printable(str(reading))
