"""Plain tables: a line of titles, and lines whose cells stand under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from harness.ui.text import printable


def aligned(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Text]:
    """The lines of a table, the titles bold; what stands in the cells may come from outside."""
    shown = [tuple(titles), *(tuple(map(printable, row)) for row in rows)]
    wide = [max(len(row[at]) for row in shown) for at in range(len(titles))]
    for number, row in enumerate(shown):
        cells = (cell.ljust(width) for cell, width in zip(row, wide, strict=True))
        yield Text("  ".join(cells).rstrip(), "" if number else "bold")
