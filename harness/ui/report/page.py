"""The frame of a page: one file that holds all it needs, and loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.model.outcome import Outcome
from harness.model.screen import ENGLISH
from harness.ui.board.words import Words
from harness.ui.report.markup import Markup, el, text, void

_STYLE = Path(__file__).with_name("page.css")
_RULES = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
"""What a browser may do with the page: use the styles in it (W3C CSP Level 3)."""
_MARKS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.ERROR: "?",
    Outcome.ABORTED: "■",
    Outcome.SKIPPED: "-",
}


def page(title: str, *body: str, style: Path = _STYLE, words: Words | None = None) -> str:
    """A page of HTML that is XML, too; without `words` in English."""
    head = (
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=_RULES),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("style", Markup(style.read_text(encoding="utf-8"))),
    )
    language, turned = (words.language, words.right_to_left) if words else (ENGLISH, False)
    inside = el("head", *head), el("body", *body)
    whole = el("html", *inside, lang=language, dir="rtl" if turned else "ltr")
    return f"<!DOCTYPE html>\n{whole}\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it is of, then its other cells; `look` is one of the styles."""

    head: str
    cells: tuple[str, ...]
    look: str = ""


def table(caption: str, columns: Mapping[str, int], rows: Iterable[Row]) -> Markup:
    """A table with these columns, each of its share of the width [%].

    Its rows become blocks on a narrow screen, each cell with the name of its column.

    The roles keep it a table for those who hear it, whatever the style makes of it.
    """
    titles = [el("th", title, scope="col", role="columnheader") for title in columns]
    widths = [void("col", style=f"width: {share}%") for share in columns.values()]
    return el(
        "table",
        el("caption", caption),
        el("colgroup", *widths),
        el("thead", el("tr", *titles, role="row"), role="rowgroup"),
        el("tbody", *(_row(columns, row) for row in rows), role="rowgroup"),
        role="table",
    )


def outcome_mark(outcome: Outcome | None, word: str = "") -> Markup:
    """An outcome by a sign, its word, and a colour, with another `word` beside it."""
    if outcome is None:
        return mark("?", "not tested", "error")
    words = f"{outcome.name} ({word})" if word else outcome.name
    return mark(_MARKS[outcome], words, outcome.name.lower())


def mark(sign: str, words: str, look: str) -> Markup:
    """A sign and what it means: never a colour alone."""
    return el("span", el("span", sign, aria_hidden="true"), f" {words}", class_=f"mark {look}")


def lines(*said: str) -> Markup:
    """Lines one below the other."""
    return Markup(void("br").join(map(text, said)))


def _row(columns: Mapping[str, int], row: Row) -> Markup:
    head = el("th", row.head, scope="row", role="rowheader")
    cells = [
        el("td", el("div", cell), role="cell", data_label=column)
        for column, cell in zip([*columns][1:], row.cells, strict=True)
    ]
    return el("tr", head, *cells, role="row", class_=row.look)
