"""Runs on a line each, in columns of plain text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.records.line_reader import Accepted
from harness.ui.rows import aligned
from harness.ui.text import printable
from harness.ui.verdict import OPEN, RECALLED, STYLES, UNIT_FAILED, counts

_GAP = "  "
_CUT = "..."
_SHORT_ID = 12
"""An id begins with 10 characters of time [ms]; two of chance tell runs of one moment apart."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    cell: Callable[[RunHead], str]
    style: Callable[[RunHead], str] = lambda _: ""


def run_lines(
    heads: Sequence[RunHead], width: int = sys.maxsize, recalled: Collection[str] = ()
) -> list[Text]:
    """A line of titles, then a line a run; `recalled` are those whose PASS has been revoked.

    All is whole without a `width` [characters]. Within one, the last columns are left out first,
    then run and time are cut to what still tells these runs apart; a fault is cut with a mark.
    """
    for columns in _layouts(heads, recalled):
        rows = [[printable(column.cell(head)) for column in columns] for head in heads]
        rows.insert(0, [column.title for column in columns])
        if _width(rows) <= width:
            break
    else:
        rows = _cut(rows, width)
    wide = _widths(rows)
    styles = [[column.style(head) for column in columns] for head in heads]
    styles.insert(0, ["bold"] * len(columns))
    return [_line(row, wide, style) for row, style in zip(rows, styles, strict=True)]


def accepted_lines(passes: Sequence[Accepted]) -> Iterator[Text]:
    """A line of titles, then a line a PASS that a unit's verdict rests on, with where it went."""
    titles = ("serial", "started (UTC)", "process", "slot", "verdict", "next", "run")
    rows = [
        (
            made.head.serial or "-",
            f"{made.head.started:%Y-%m-%d %H:%M:%S}",
            made.head.process,
            str(made.head.slot),
            f"{_outcome(made.head)} ({RECALLED})" if made.recalls else _outcome(made.head),
            _went(made.next),
            made.head.run,
        )
        for made in passes
    ]
    return aligned(titles, rows)


def _went(head: RunHead | None) -> str:
    if head is None:
        return "-"
    when = f"{head.started:%Y-%m-%d %H:%M}"
    return f"{head.process} {_outcome(head)}, {head.station} slot {head.slot}, {when}"


def _layouts(heads: Sequence[RunHead], recalled: Collection[str]) -> list[list[_Column]]:
    """From whole to short. The fault, of any length, is last among what is always there.

    The purpose is there as soon as one of the runs does not count.
    """
    run = _Column("run", lambda head: head.run)
    time = _Column("started (UTC)", lambda head: f"{head.started:%Y-%m-%d %H:%M:%S}")
    purpose = _Column("purpose", lambda head: head.purpose, _purpose_style)
    always = [
        _Column("serial", lambda head: head.serial or "-"),
        _Column("outcome", _outcome, _outcome_style),
        *([] if all(counts(head.purpose) for head in heads) else [purpose]),
        _fault_column(recalled),
    ]
    extra = [
        _Column("attempt", lambda head: str(head.attempt)),
        _Column("plan", lambda head: f"{head.plan} {head.revision}"),
        _Column("slot", lambda head: str(head.slot)),
    ]
    length = _telling(heads)
    short = replace(run, cell=lambda head: head.run[:length])
    whole = [[run, time, *always, *extra[:some]] for some in range(len(extra), -1, -1)]
    minutes = replace(time, cell=lambda head: f"{head.started:%Y-%m-%d %H:%M}")
    no_year = replace(time, cell=lambda head: f"{head.started:%m-%d %H:%M}")
    return [*whole, [short, minutes, *always], [short, no_year, *always]]


def _telling(heads: Sequence[RunHead]) -> int:
    """How many characters of the ids tell these runs apart."""
    runs = {head.run for head in heads}
    longest = max(map(len, runs), default=0)
    lengths = range(_SHORT_ID, longest)
    return next((n for n in lengths if len({run[:n] for run in runs}) == len(runs)), longest)


def _outcome(head: RunHead) -> str:
    return OPEN if head.outcome is None else head.outcome.name


def _outcome_style(head: RunHead) -> str:
    return "" if head.outcome is None else STYLES[head.outcome]


def _purpose_style(head: RunHead) -> str:
    return "" if counts(head.purpose) else "yellow"


def _fault_column(recalled: Collection[str]) -> _Column:
    """The code that decided; before it the mark of what the verdict does not say."""

    def marks(head: RunHead) -> list[str]:
        of_recall = [RECALLED] if head.run in recalled else []
        return [UNIT_FAILED] if _hides_a_fail(head) else of_recall

    def fault(head: RunHead) -> str:
        return ", ".join([*marks(head), *filter(None, [head.fault])]) or "-"

    return _Column("fault", fault, lambda head: STYLES[Outcome.FAIL] if marks(head) else "")


def _hides_a_fail(head: RunHead) -> bool:
    return head.dut_failed and head.outcome is not Outcome.FAIL


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _width(rows: Sequence[Sequence[str]]) -> int:
    wide = _widths(rows)
    return sum(wide) + len(_GAP) * (len(wide) - 1)


def _cut(rows: list[list[str]], width: int) -> list[list[str]]:
    """The last column cut, but never into the mark of a bad unit: on less room the lines wrap."""
    room = max(width - _width([[*row[:-1], ""] for row in rows]), len(UNIT_FAILED + _CUT))
    return [
        [*row[:-1], row[-1] if len(row[-1]) <= room else row[-1][: room - len(_CUT)] + _CUT]
        for row in rows
    ]


def _line(row: Sequence[str], wide: Sequence[int], styles: Sequence[str]) -> Text:
    line = Text()
    for cell, room, style in zip(row, wide, styles, strict=True):
        line.append(cell, style).append(" " * (room - len(cell)) + _GAP)
    line.rstrip()
    return line
