"""A decoded still, and what is measured on the whole of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.imaging.exif import Exif, read_exif
from harness.model.reading import Reading, Unreadable
from harness.model.value import Curve

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

BANDS = 32
"""Into how many upright bands a picture is cut."""

_MOST_PIXELS = 1 << 28  # the largest phone sensors have 200 million; a forged header asks for 4e9


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's luma, as rows of code values from 0 to 255, and the JPEG file that it is of.

    Luma is the Y of JFIF (ITU-T T.871 clause 7: ITU-R BT.601 weights, full range), taken from
    the file as it is, without a way through RGB.
    """

    luma: NDArray[uint8]
    content: bytes = field(repr=False)

    @property
    def width_px(self) -> int:
        return int(self.luma.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.luma.shape[0])

    def rgb(self) -> NDArray[uint8]:
        """Red, green and blue of each pixel [code values, 0 to 255], decoded anew at each call.

        They are taken as sRGB: a colour profile in the file is not applied.
        """
        import simplejpeg

        decoded: NDArray[uint8] = simplejpeg.decode_jpeg(self.content, "RGB", strict=True)
        return decoded

    @property
    def colour_space(self) -> str:
        """How the file holds its colours: `YCbCr`, as cameras write; `Gray`, `RGB`, `CMYK`."""
        import simplejpeg

        return str(simplejpeg.decode_jpeg_header(self.content)[2])

    @property
    def exif(self) -> Exif:
        """What the camera wrote into the file of the shot."""
        return read_exif(self.content)

    @property
    def mean_luma(self) -> float:
        """Arithmetic mean of the luma [code values, 0 to 255]."""
        return float(self.luma.mean())

    def luma_across(self) -> Reading[Curve]:
        """Mean luma of `BANDS` upright bands over the place of each one's middle.

        Luma [code values, 0 to 255] over the way from the left edge to the right one [%], so
        that a vignette, a half that is blocked or a leak of light shows. Unreadable when the
        picture is narrower than two bands.
        """
        width = self.width_px
        bands = min(BANDS, width)
        edges = [band * width // bands for band in range(bands + 1)]
        columns = self.luma.mean(axis=0)
        spans = list(pairwise(edges))
        middles = [50 * (start + end) / width for start, end in spans]
        return Curve.read(middles, (columns[start:end].mean() for start, end in spans))


def decode_jpeg(content: bytes) -> Picture | Unreadable:
    """The picture of a JPEG file (ITU-T T.81), if all of it is there and undamaged.

    Strict: libjpeg fills what is missing with grey and only warns, so that half a picture with
    an end marker would have a mean; here a warning makes it Unreadable. Bytes after the end
    marker, which makers put there, are allowed.
    """
    import simplejpeg

    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(content)
        if width * height > _MOST_PIXELS:
            return Unreadable(f"a JPEG of {width} x {height} px", content[:16].hex())
        luma = simplejpeg.decode_jpeg(content, colorspace="GRAY", strict=True)[:, :, 0]
        return Picture(luma, content)
    except ValueError as error:
        return Unreadable(f"no whole JPEG of {len(content)} bytes: {error}", content[:16].hex())
