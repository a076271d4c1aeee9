"""The mean colour of a picture's part, finer than the code values that a decoder gives.

A decoder rounds chroma to whole codes. Luma has the camera's noise, so that its mean does not
feel the rounding; chroma at half resolution, with little noise, is rounded alike over a whole even
field, which moves the balance by up to 3 %. The file knows better: to an eighth of what the
table of quantisation has for the mean of a block (ITU-T T.81, A.3.3 and A.3.4). So the picture is
decoded a second time with these tables eight times as large, which gives chroma in eighths.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.imaging.light import linear_of
from harness.imaging.picture import Picture
from harness.imaging.region import Region
from harness.imaging.segments import segments
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import float32, float64, uint8
    from numpy.typing import NDArray

_FINER = 8
_TABLES, _ENTRIES = 0xDB, 64
_ROWS = 64  # what a processor's cache holds
_FROM_CHROMA = ((0.0, 1.402), (-0.344136, -0.714136), (1.772, 0.0))
"""Of Cb and Cr, what is added to Y for red, green and blue (ITU-T T.871, clause 7)."""


@dataclass(frozen=True, slots=True)
class FineColours:
    """A picture's luma, and its Cb and Cr as they are decoded by either table [codes]."""

    luma: NDArray[uint8]
    coarse: NDArray[uint8]
    finer: NDArray[uint8]

    def mean_light(self, part: Region) -> NDArray[float64]:
        """Mean linear light of red, green and blue, each from 0 to 1, in a part of the picture.

        The mean is of the light of pixels, not of their codes: the part need not be even.
        """
        import numpy as np

        luma, coarse, finer = (part.of(each) for each in (self.luma, self.coarse, self.finer))
        sums = np.zeros(3)
        for top in range(0, part.height, _ROWS):
            rows = slice(top, top + _ROWS)
            sums += _sum(luma[rows], _chosen(coarse[rows], finer[rows]))
        return sums / luma.size

    def cells(self, across: int, down: int) -> NDArray[float64]:
        """The mean light of each cell of a grid: rows of columns of red, green and blue.

        The picture has at least a pixel a cell.
        """
        import numpy as np

        rows, columns = (
            [size * n // count for n in range(count + 1)]
            for size, count in zip(self.luma.shape, (down, across), strict=True)
        )
        return np.array(
            [
                [
                    self.mean_light(Region(left, top, right - left, bottom - top))
                    for left, right in pairwise(columns)
                ]
                for top, bottom in pairwise(rows)
            ]
        )


def fine_colours(picture: Picture) -> FineColours | Unreadable:
    """Unreadable where the file's colours are not Y, Cb and Cr."""
    coarse = _chroma(picture.content)
    if isinstance(coarse, Unreadable):
        return coarse
    finer = _chroma(_with_larger_tables(picture.content))
    if isinstance(finer, Unreadable):
        return finer
    return FineColours(picture.luma, coarse, finer)


def mean_rgb_light(picture: Picture, part: Region) -> Reading[NDArray[float64]]:
    """As `FineColours.mean_light`, of a part of a picture that is asked for once."""
    colours = fine_colours(picture)
    return colours if isinstance(colours, Unreadable) else colours.mean_light(part)


def _chroma(content: bytes) -> NDArray[uint8] | Unreadable:
    """Cb and Cr as they are in the file, at the size of the picture."""
    import numpy as np
    from PIL.JpegImagePlugin import JpegImageFile

    try:
        image = JpegImageFile(io.BytesIO(content))
        if image.mode != "RGB":
            return Unreadable(f"a JPEG of {image.mode}, expected is one of colour")
        image.draft("YCbCr", None)
        return np.asarray(image)[..., 1:]
    except (OSError, SyntaxError) as error:
        return Unreadable(f"no colours of Y, Cb and Cr: {error}", content[:16].hex())


def _chosen(coarse: NDArray[uint8], finer: NDArray[uint8]) -> NDArray[float32]:
    """Chroma [codes, 0 for grey]: the finer one where it did not run over, and agrees."""
    import numpy as np

    whole, parts = coarse - np.float32(128), (finer - np.float32(128)) / np.float32(_FINER)
    right = (finer > 0) & (finer < 255) & (np.abs(whole - parts) <= 1)
    chosen: NDArray[float32] = np.where(right, parts, whole)
    return chosen


def _sum(luma: NDArray[uint8], chroma: NDArray[float32]) -> list[float]:
    import numpy as np

    blue, red = chroma[..., 0], chroma[..., 1]
    codes = (luma + np.float32(cb) * blue + np.float32(cr) * red for cb, cr in _FROM_CHROMA)
    return [float(linear_of(each).sum(dtype=np.float64)) for each in codes]


def _with_larger_tables(content: bytes) -> bytes:
    """The file with its tables of quantisation multiplied, as entries of 16 bits (T.81 B.2.4.1)."""
    parts, done = [], 0
    for segment in segments(content):
        if segment.marker == _TABLES:
            parts += [content[done : segment.start], _larger(segment.body)]
            done = segment.end
    return b"".join([*parts, content[done:]])


def _larger(body: bytes) -> bytes:
    """Each table as a segment of its own: a segment has no room for many that are twice as long."""
    tables, at = b"", 0
    while at < len(body):
        size, name = 1 + (body[at] >> 4), body[at] & 15
        entries = [
            int.from_bytes(body[start : start + size], "big")
            for start in range(at + 1, at + 1 + _ENTRIES * size, size)
        ]
        larger = b"".join(min(_FINER * entry, 0xFFFF).to_bytes(2, "big") for entry in entries)
        tables += bytes([0xFF, _TABLES, 0, 3 + len(larger), 1 << 4 | name]) + larger
        at += 1 + _ENTRIES * size
    return tables
