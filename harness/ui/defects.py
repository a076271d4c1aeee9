"""Planted defects: what each does, and what must be and was concluded of it, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.model.outcome import Outcome
from harness.ui.text import say
from harness.ui.verdict import STYLES

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, with all that was found; None for a unit that has no record."""

    outcome: Outcome | None
    concluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Planted:
    """A defect, what the final test must conclude of it, and what was concluded.

    What another plan must conclude nobody has said: there the verdict alone is compared, which
    is not `exact`. One that strikes at commands of which none came was not `met`.
    """

    defect: str
    must: Finding
    found: Finding
    exact: bool = True
    met: bool = True

    @property
    def agrees(self) -> bool:
        """Whether exactly that was concluded which must be; else, that no bad unit has passed."""
        if self.found.outcome is None or self.exact:
            return self.found == self.must
        return (self.found.outcome is Outcome.PASS) == (self.must.outcome is Outcome.PASS)


def defects_table(rows: Sequence[Planted], console: Console) -> None:
    """A row a defect; below it those that do not agree, by name."""
    plain = not console.is_terminal or console.is_dumb_terminal
    table = Table(box=None if plain else box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("", no_wrap=True)
    table.add_column("planted", no_wrap=True)
    exact = all(row.exact for row in rows)
    if exact:
        table.add_column("must be concluded", overflow="fold")
    table.add_column("concluded", overflow="fold")
    for row in rows:
        must = [_words(row.must)] if exact else []
        found = _words(row.found)
        if row.found.outcome and not row.met:
            found.append(" planted, but never met", "yellow")
        table.add_row(_mark(row), Text(row.defect), *must, found)
    console.print(table)
    console.print(_summary(rows) if exact else _verdicts(rows))


def _mark(row: Planted) -> Text:
    """`ok` is said of nothing but a whole conclusion."""
    if not row.agrees:
        return Text("NO", "bold red")
    return Text("ok", "green") if row.exact else Text("-")


def _words(finding: Finding) -> Text:
    if finding.outcome is None:
        return Text("no record", STYLES[Outcome.ERROR])
    text = Text(finding.outcome.name, STYLES[finding.outcome])
    return Text(" ").join([text, *map(Text, sorted(finding.concluded))])


def _summary(rows: Sequence[Planted]) -> Text:
    differing = [row.defect for row in rows if not row.agrees]
    if not differing:
        return Text(f"All {len(rows)} defects are concluded as they must be.", "green")
    words = f"{len(differing)} of {len(rows)} are not concluded as they must be: "
    return Text(words + ", ".join(differing), "bold red")


def _verdicts(rows: Sequence[Planted]) -> Text:
    """What can be said of a plan for which no conclusions are written down."""
    told = Text("What was concluded is not compared: it is known of the final test alone. ")
    differing = [row.defect for row in rows if not row.agrees]
    if not differing:
        return told.append(f"Of {len(rows)} defects none gets past this plan.", "green")
    words = f"{len(differing)} of {len(rows)} get past this plan, or have no record: "
    return told.append(words + ", ".join(differing), "bold red")


def defect_lines(
    console: Console, defects: Iterable[tuple[str, str, Mapping[str, str], Finding]]
) -> None:
    """Of each defect its name, what it does, its settings, and what must be concluded of it."""
    for name, doc, settings, must in defects:
        assert must.outcome
        say(console, Text.assemble((name, "bold"), f"  {doc}"), 4)
        for setting, words in settings.items():
            say(console, Text(f"    {setting}: {words}"), 8)
        codes = ", ".join(sorted(must.concluded)) or NOTHING
        say(
            console,
            Text.assemble("    -> ", (must.outcome.name, STYLES[must.outcome]), f" {codes}"),
            7,
        )
