"""A picture with the regions that were measured drawn into it, for a person."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.imaging.region import Region

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_GOOD, _BAD = "#56b4e9", "#e69f00"  # blue and orange, told apart by all eyes (Okabe and Ito)
_LINES_A_PICTURE, _LETTERS_A_PICTURE = 480, 40
_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Mark:
    """A region and what to write at it; a bad one stands out by its colour and a wider line."""

    region: Region
    label: str
    bad: bool


def drawn(content: bytes, marks: Sequence[Mark]) -> bytes:
    """A JPEG of the picture in a JPEG file, with the marks drawn into it.

    Raises: ValueError when the file is no whole JPEG.
    """
    import simplejpeg
    from PIL import Image, ImageDraw

    image = Image.fromarray(simplejpeg.decode_jpeg(content, "RGB", strict=True))
    canvas = ImageDraw.Draw(image)
    for mark in sorted(marks, key=lambda mark: mark.bad):  # a bad one lies on top
        _draw(canvas, mark, image.height)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _draw(canvas: ImageDraw, mark: Mark, height_px: int) -> None:
    line_px = max(1, height_px // _LINES_A_PICTURE) * (2 if mark.bad else 1)
    letter_px = max(10, height_px // _LETTERS_A_PICTURE)
    colour = _BAD if mark.bad else _GOOD
    region = mark.region
    left, top = region.x, region.y
    right, bottom = left + region.width - 1, top + region.height - 1
    canvas.rectangle((left, top, right, bottom), outline=colour, width=line_px)
    below = bottom + line_px
    label_top = below if below + letter_px < height_px else max(0, top - 2 * letter_px)
    canvas.text(
        (left, label_top),
        mark.label,
        colour,
        font_size=letter_px,
        stroke_width=1,
        stroke_fill="black",
    )
