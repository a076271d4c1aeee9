"""Codes of the harness to print: a page with a QR code of each, and its meaning in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from harness.model.own_codes import BADGE, CHECK, COMMAND, SLOT, Command
from harness.ui.board.words import Said, Words
from harness.ui.report.markup import Markup, el
from harness.ui.report.page import page

SIZE_MM = 25.0
"""The width of a code, without the quiet zone around it [mm]."""
LEAST_MM = 10.0
_STYLE = Path(__file__).with_name("sheet.css")
_QUIET = 4
"""The quiet zone on each side [modules] (ISO/IEC 18004, 6.3.8)."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The text of a code, and what it does."""

    text: str
    does: Said


def codes_of(slots: Iterable[int], badges: Iterable[str]) -> Iterator[Printed]:
    """The codes of a station: its slots, the commands, the check code, and badges by their ids."""
    for slot in slots:
        yield Printed(f"{SLOT}{slot}", Said("label.slot", {"slot": str(slot)}))
    for command in Command:
        yield Printed(f"{COMMAND}{command}", Said(f"sheet.{command}"))
    yield Printed(CHECK, Said("sheet.check"))
    for badge in badges:
        yield Printed(f"{BADGE}{badge}", Said("sheet.badge", {"badge": badge}))


def sheet(station: str, codes: Iterable[Printed], words: Words, size_mm: float = SIZE_MM) -> str:
    """A page for browsers that prints the codes on A4, each of this size at least."""
    title = _said(Said("sheet.title", {"station": station}), words)
    figures = [_figure(each, words, size_mm) for each in codes]
    body = el("h1", title), el("p", _said(Said("sheet.scale"), words)), el("main", *figures)
    return page(title, *body, style=_STYLE, words=words)


def _said(said: Said, words: Words) -> Markup:
    """A sentence, printable already: the marks around what has its own direction stay."""
    return Markup(escape(words.say(said)))


def _figure(printed: Printed, words: Words, size_mm: float) -> Markup:
    import segno  # a costly library

    code = segno.make(printed.text, error="m", micro=False)
    modules, _ = code.symbol_size(border=0)
    width = size_mm * (modules + 2 * _QUIET) / modules
    picture = code.svg_inline(border=_QUIET, omitsize=True, svgclass=None, lineclass=None)
    return el(
        "figure",
        el(
            "div",
            Markup(picture),
            role="img",
            aria_label=f"QR: {printed.text}",
            style=f"width: {width:.2f}mm",
        ),
        el("figcaption", el("b", _said(printed.does, words)), el("code", printed.text, dir="ltr")),
    )
