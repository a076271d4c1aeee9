"""How sharp a picture of the chart is: the response of both slanted sides of its squares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from harness.imaging import sfr
from harness.imaging.chart import Framing, edge_regions
from harness.imaging.field import is_blurred
from harness.imaging.region import Region
from harness.imaging.sfr import Sfr
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class Sharpness(NamedTuple):
    """A square's left and right edge, and the mean of their responses.

    One picture's noise moves the mean less than either. Unreadable when either edge is; `blurred`
    then says whether one of these is there, and too blurred to be measured.
    """

    left: Region
    right: Region
    response: Sfr | Unreadable
    blurred: bool

    @property
    def mtf50(self) -> Reading[float]:
        """The lowest frequency at which half of the contrast is left [cycles a pixel]."""
        return self.response if isinstance(self.response, Unreadable) else self.response.mtf50


def sharpness(
    light: NDArray[float32], lies: Framing, names: Iterable[str]
) -> Mapping[str, Sharpness]:
    """Of the squares of these names, in linear light of a picture that shows the chart."""
    height, width = light.shape
    lefts = edge_regions(width, height, lies, "left")
    rights = edge_regions(width, height, lies, "right")
    return {name: _sharpness(light, lefts[name], rights[name]) for name in names}


def _sharpness(light: NDArray[float32], left: Region, right: Region) -> Sharpness:
    one, other = sfr.measure(left.of(light)), sfr.measure(right.of(light))
    if isinstance(one, Sfr) and isinstance(other, Sfr):
        return Sharpness(left, right, sfr.mean(one, other), blurred=False)
    side, edge = ("left", one) if isinstance(one, Unreadable) else ("right", other)
    assert isinstance(edge, Unreadable)
    mirrored = Region(light.shape[1] - left.x - left.width, left.y, left.width, left.height)
    blurred = is_blurred(light, right) or is_blurred(light[:, ::-1], mirrored)
    return Sharpness(left, right, replace(edge, why=f"{side} edge: {edge.why}"), blurred)
