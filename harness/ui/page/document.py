"""The page itself, as a browser gets it: one document, its style and its script. Pure."""

from __future__ import annotations

from pathlib import Path

from harness.ui.board.glyphs import SIGNS, Dots
from harness.ui.board.palette import PALETTES, Palette
from harness.ui.board.tile import Face
from harness.ui.board.words import Said, Words
from harness.ui.report.markup import Markup, el, void

RULES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do with the page: nothing but show it, from here (W3C CSP Level 3)."""
_HERE = Path(__file__).parent
STYLE = (_HERE / "page.css").read_bytes()
SCRIPT = (_HERE / "page.js").read_bytes()
_SENTENCES = ("page.old", "page.wait", "page.noscript")


def document(words: Words, palette: str) -> str:
    """The page in one language and palette, without what the stations say."""
    said = {key.replace(".", "_"): words.say(Said(key)) for key in _SENTENCES}
    told = {f"data_{key}": sentence for key, sentence in said.items()}
    head = (
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", words.say(Said("page.title"))),
        void("link", rel="stylesheet", href="/page.css"),
        void("link", rel="stylesheet", href="/palettes.css"),
        el("script", src="/page.js", defer="defer"),
    )
    body = (
        Markup(_signs()),
        el("p", said["page_wait"], id="alarm", role="alert"),
        el("noscript", said["page_noscript"]),
        el("main", id="line"),
    )
    direction = "rtl" if words.right_to_left else "ltr"
    whole = el(
        "html",
        el("head", *head),
        el("body", *body, **told),
        lang=words.language,
        dir=direction,
        data_palette=palette,
    )
    return f"<!DOCTYPE html>\n{whole}\n"


def palettes_style() -> str:
    """The colours of the faces, for each palette."""
    return "\n".join(_rules(name, palette) for name, palette in PALETTES.items())


def _rules(name: str, palette: Palette) -> str:
    lines = [
        f'[data-palette="{name}"] [data-face="{face.value}"] '
        f"{{ --ink: {palette[face].ink}; --ground: {palette[face].ground}; }}"
        for face in Face
    ]
    return "\n".join(lines)


def _signs() -> str:
    """The signs of the faces, as shapes to be used by name."""
    symbols = "".join(_symbol(face, SIGNS[face]) for face in Face)
    return el("svg", Markup(symbols), id="signs", aria_hidden="true")


def _symbol(face: Face, dots: Dots) -> str:
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(dots) for x, dot in enumerate(row) if dot == "#"
    )
    box = f"0 0 {len(dots[0])} {len(dots)}"
    return el("symbol", el("path", d=path), id=f"sign-{face.value}", viewBox=box)
