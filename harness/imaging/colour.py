"""The balance of a picture's channels, and the difference between two colours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import floating
    from numpy.typing import NDArray

_TO_XYZ = (
    (0.4124, 0.3576, 0.1805),
    (0.2126, 0.7152, 0.0722),
    (0.0193, 0.1192, 0.9505),
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1:1999, clause 5.2)."""
_WHITE = tuple(sum(row) for row in _TO_XYZ)
"""D65 as this table has it, so that no grey has a colour."""
_LINEAR_UP_TO = (6 / 29) ** 3  # CIE 15:2018, clause 8.2.1.1


class Lab(NamedTuple):
    """A colour in CIELAB (CIE 15:2018, clause 8.2.1), for the white of D65 and 2 degrees."""

    lightness: float
    a: float
    b: float


class Balance(NamedTuple):
    """Red and blue over green, of mean linear light; both 1 for grey."""

    red_green: float
    blue_green: float


def balance(light_rgb: NDArray[floating]) -> Reading[Balance]:
    """The balance of linear light, of shape (..., 3). Unreadable when there is no green."""
    import numpy as np

    red, green, blue = light_rgb.reshape(-1, 3).mean(axis=0, dtype=np.float64)
    if not green > 0:
        return Unreadable("no green to hold red and blue against")
    return Balance(float(red / green), float(blue / green))


def lab(red: float, green: float, blue: float) -> Lab:
    """The colour of linear sRGB light, each from 0 to 1."""
    xyz = [sum(k * c for k, c in zip(row, (red, green, blue), strict=True)) for row in _TO_XYZ]
    x, y, z = (_response(value / white) for value, white in zip(xyz, _WHITE, strict=True))
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def mean_lab(light_rgb: NDArray[floating]) -> Lab:
    """The colour of the mean of linear light, of shape (..., 3)."""
    import numpy as np

    red, green, blue = light_rgb.reshape(-1, 3).mean(axis=0, dtype=np.float64)
    return lab(float(red), float(green), float(blue))


def _response(share: float) -> float:
    if share > _LINEAR_UP_TO:
        return float(share ** (1 / 3))
    return share / (3 * (6 / 29) ** 2) + 4 / 29


def delta_e(one: Lab, other: Lab) -> float:
    """How different two colours look: CIEDE2000 with unit weights (ISO/CIE 11664-6).

    In the order of Sharma, Wu and Dalal, Color Research and Application 30 (2005), 21-30: their
    equations 2 to 7 are `_polar`, 10 and 14 `_hues`, the rest is here.
    """
    grey = (math.hypot(one.a, one.b) + math.hypot(other.a, other.b)) / 2
    stretch = 1.5 - _of_high_chroma(grey) / 2
    chroma1, hue1 = _polar(one.a * stretch, one.b)
    chroma2, hue2 = _polar(other.a * stretch, other.b)
    turn, hue = _hues(hue1, hue2) if chroma1 and chroma2 else (0.0, hue1 + hue2)
    chroma = (chroma1 + chroma2) / 2
    off = ((one.lightness + other.lightness) / 2 - 50) ** 2
    by_lightness = (other.lightness - one.lightness) / (1 + 0.015 * off / math.sqrt(20 + off))
    by_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    by_hue = 2 * math.sqrt(chroma1 * chroma2) * _sin(turn / 2)
    by_hue /= 1 + 0.015 * chroma * _of_hue(hue)
    rotation = -2 * _of_high_chroma(chroma) * _sin(60 * math.exp(-(((hue - 275) / 25) ** 2)))
    return math.sqrt(by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue)


def _of_high_chroma(chroma: float) -> float:
    return math.sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _of_hue(hue: float) -> float:
    """The weight T of a hue [degrees]."""
    cosines = (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63)
    return 1 - 0.17 * _cos(hue - 30) + sum(k * _cos(n * hue + off) for k, n, off in cosines)


def _polar(a: float, b: float) -> tuple[float, float]:
    """Chroma, and hue [degrees, 0 to 360]."""
    return math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _hues(one: float, other: float) -> tuple[float, float]:
    """The turn from one hue to the other the short way round, and their mean [degrees]."""
    turn, total = other - one, one + other
    if abs(turn) <= 180:
        return turn, total / 2
    return (turn - math.copysign(360, turn)), (total + (360 if total < 360 else -360)) / 2


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))
