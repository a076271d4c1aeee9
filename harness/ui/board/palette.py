"""Colours of the faces and marks, each with a contrast that is read from afar. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model.screen import BLUE_ORANGE, GREEN_RED, MONO
from harness.ui.board.tile import Face, Mark, Seen

READABLE = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Ink on a ground, as #rrggbb."""

    ink: str
    ground: str


Palette = Mapping[Seen, Paint]

_CALM: Palette = {
    Face.EMPTY: Paint("#c8d0d8", "#1c2126"),
    Face.WAIT: Paint("#14181c", "#e8d44d"),
    Face.RUN: Paint("#ffffff", "#2f4858"),
    Face.STOP: Paint("#ffffff", "#6a3d9a"),
    Face.SHUT: Paint("#e6e6e6", "#000000"),
    Mark.REFUSED: Paint("#14181c", "#f2f2f2"),
}
PALETTES: Mapping[str, Palette] = {
    BLUE_ORANGE: {
        **_CALM,
        Face.PASS: Paint("#ffffff", "#0058a8"),
        Face.FAIL: Paint("#14181c", "#ff9e1b"),
    },
    GREEN_RED: {
        **_CALM,
        Face.PASS: Paint("#ffffff", "#0b6b2e"),
        Face.FAIL: Paint("#ffffff", "#c4161c"),
    },
    MONO: {
        Face.EMPTY: Paint("#a8a8a8", "#000000"),
        Face.WAIT: Paint("#000000", "#b4b4b4"),
        Face.RUN: Paint("#d8d8d8", "#1e1e1e"),
        Face.PASS: Paint("#ffffff", "#505050"),
        Face.FAIL: Paint("#000000", "#ffffff"),
        Face.STOP: Paint("#000000", "#808080"),
        Face.SHUT: Paint("#8c8c8c", "#000000"),
        Mark.REFUSED: Paint("#ffffff", "#000000"),
    },
}
"""By name; in blue and orange PASS and FAIL are told apart with every common colour vision.

Without colours a FAIL is the brightest, and of the others what waits for somebody.
"""
DEFAULT = BLUE_ORANGE


def hollow(paint: Paint) -> Paint:
    """The same, not filled: its colour on black, with as much white as it takes to be read."""
    shares = (step / 20 for step in range(21))
    inks = (Paint(_whiter(paint.ground, share), "#000000") for share in shares)
    return next(ink for ink in inks if contrast(ink) >= READABLE)


def contrast(paint: Paint) -> float:
    """The contrast of the ink with its ground, 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted(map(_luminance, (paint.ink, paint.ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue as light, 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _whiter(colour: str, share: float) -> str:
    """The colour with so much white in it, 0 to 1."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + share * (255 - part)):02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
