"""What a camera app writes into a picture about how it was taken (EXIF 2.32, CIPA DC-008)."""

from __future__ import annotations

from typing import NamedTuple

from harness.sim.handset.state.exposure import Exposure

_MAKE, _MODEL, _ORIENTATION, _EXIF_IFD = 0x010F, 0x0110, 0x0112, 0x8769
_EXPOSURE_TIME, _F_NUMBER, _SENSITIVITY, _EXIF_VERSION = 0x829A, 0x829D, 0x8827, 0x9000
_FLASH, _COLOUR_SPACE, _PIXELS_ACROSS, _PIXELS_DOWN = 0x9209, 0xA001, 0xA002, 0xA003
_F_1_8 = (18, 10)
_UPRIGHT = _SRGB = 1


class TakenBy(NamedTuple):
    """The handset, in the words of its build."""

    maker: str
    model: str


def exif(exposure: Exposure, taken_by: TakenBy, size_px: tuple[int, int]) -> bytes:
    """The segment's content, from `Exif` on; the exposure time is in whole microseconds."""
    from PIL.Image import Exif
    from PIL.TiffImagePlugin import IFDRational

    tags = Exif()
    tags.update({_MAKE: taken_by.maker, _MODEL: taken_by.model, _ORIENTATION: _UPRIGHT})
    tags[_EXIF_IFD] = {
        _EXPOSURE_TIME: IFDRational(round(exposure.time_s * 1e6), 1_000_000),
        _F_NUMBER: IFDRational(*_F_1_8),
        _SENSITIVITY: exposure.iso,
        _EXIF_VERSION: b"0232",
        _FLASH: exposure.flash,
        _COLOUR_SPACE: _SRGB,
        _PIXELS_ACROSS: size_px[0],
        _PIXELS_DOWN: size_px[1],
    }
    return tags.tobytes()
