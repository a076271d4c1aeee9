"""How much light a picture was made of, by its code values and what its Exif says of the shot.

What a picture is made of goes with luminance x exposure time x sensitivity / (f-number squared):
the exposure equation of ISO 2720:1974, with the sensitivity as ISO 12232:2019 defines it. The
aperture of a phone's camera does not change.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.imaging.light import linear
from harness.imaging.picture import Picture
from harness.model.reading import Reading, Unknown, Unreadable

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

_CLIPPED = 250
_MOST_CLIPPED = 0.01
"""Share of the pixels; where more have no room left above them, their mean says too little."""


def mean_light(codes: NDArray[uint8]) -> float:
    """Mean of linear light, from 0 to 1."""
    return float(linear(codes).mean(dtype="float64"))


def stops_over(codes: NDArray[uint8], right: int) -> Reading[float]:
    """How many stops brighter codes are than the code value that is right; less than 0 is darker.

    Base-2 logarithm of the ratio of linear light. Unreadable where there is no light.
    """
    import numpy as np

    light = mean_light(codes)
    if not light > 0:
        return Unreadable("no light to tell stops of")
    return math.log2(light / mean_light(np.array([right], np.uint8)))


def light_gain(one: Picture, other: Picture) -> Reading[float]:
    """How much light a scene had in one picture, over what it had in another one.

    Each is the mean of linear light over (exposure time x sensitivity). Unknown where the Exif of
    either has no time or sensitivity; Unreadable where the brighter parts of either are clipped,
    or the other has no light.
    """
    lights = [_scene_light(picture) for picture in (one, other)]
    for light in lights:
        if isinstance(light, Unknown | Unreadable):
            return light
    first, second = (light for light in lights if isinstance(light, float))
    return first / second if second > 0 else Unreadable("no light to hold the other against")


def _scene_light(picture: Picture) -> Reading[float]:
    """In any one unit."""
    exif = picture.exif
    if not isinstance(exif.exposure_s, float):
        return exif.exposure_s
    if not isinstance(exif.iso, float):
        return exif.iso
    clipped = float((picture.luma >= _CLIPPED).mean())
    if clipped > _MOST_CLIPPED:
        return Unreadable(f"{clipped:.0%} of the picture is clipped")
    return mean_light(picture.luma) / (exif.exposure_s * exif.iso)
