"""HTML that is put together from elements, so that every text in it is escaped."""

from __future__ import annotations

from html import escape

from harness.ui.text import printable


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def text(said: str) -> Markup:
    """A text as HTML shows it; what is Markup already stays as it is.

    Characters that HTML does not allow or that hide or turn others are written out.
    """
    return said if isinstance(said, Markup) else Markup(escape(printable(said)))


def el(name: str, /, *inside: str, **attributes: str | float) -> Markup:
    """An element with what is inside of it.

    Attributes are spelt without a hyphen: `aria_label`, and `class_` because Python has the word.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(f"{value}"))}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{said}>{''.join(map(text, inside))}</{name}>")


def void(name: str, /, **attributes: str | float) -> Markup:
    """An element that has nothing inside."""
    return Markup(el(name, **attributes).replace(f"></{name}>", " />"))
