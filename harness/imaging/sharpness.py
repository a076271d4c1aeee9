"""How sharp a picture of the chart is, both ways: by three slanted edges of each square."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from harness.imaging import sfr
from harness.imaging.chart import Framing, Side, edge_regions, level_side
from harness.imaging.field import is_blurred
from harness.imaging.region import Region
from harness.imaging.sfr import Sfr
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

SIDES: tuple[Side, ...] = ("left", "right", "top", "bottom")


class Sharpness(NamedTuple):
    """How sharp a picture is at one square: across, by its upright edges, and down, by a level one.

    `across` is the mean of the responses of the left and the right edge: one picture's noise moves
    it less than either. A response is Unreadable when an edge of it is; `blurred` then says whether
    one of these is there, and too blurred to be measured.
    """

    regions: Mapping[Side, Region]
    across: Sfr | Unreadable
    down: Sfr | Unreadable
    blurred: bool

    @property
    def mtf50_across(self) -> Reading[float]:
        """The lowest frequency at which half of the contrast is left [cycles a pixel]."""
        return _mtf50(self.across)

    @property
    def mtf50_down(self) -> Reading[float]:
        """The same of what changes from row to row [cycles a pixel]."""
        return _mtf50(self.down)

    @property
    def mtf50(self) -> Reading[float]:
        """The lower one of both directions [cycles a pixel]; without either there is none."""
        across, down = self.mtf50_across, self.mtf50_down
        if not isinstance(across, float):
            return across
        return min(across, down) if isinstance(down, float) else down


def sharpness(
    light: NDArray[float32], lies: Framing, names: Iterable[str]
) -> Mapping[str, Sharpness]:
    """Of the squares of these names, in linear light of a picture that shows the chart."""
    height, width = light.shape
    edges = {side: edge_regions(width, height, lies, side) for side in SIDES}
    return {
        name: _sharpness(
            light, {side: edges[side][name] for side in ("left", "right", level_side(name))}
        )
        for name in names
    }


def _sharpness(light: NDArray[float32], regions: Mapping[Side, Region]) -> Sharpness:
    left, right, level = (_edge(light, regions, side) for side in regions)
    across = left if isinstance(left, Unreadable) else right
    if isinstance(left, Sfr) and isinstance(right, Sfr):
        across = sfr.mean(left, right)
    unreadable = isinstance(across, Unreadable) or isinstance(level, Unreadable)
    blurred = unreadable and any(is_blurred(light, at, side) for side, at in regions.items())
    return Sharpness(regions, across, level, blurred)


def _edge(light: NDArray[float32], regions: Mapping[Side, Region], side: Side) -> Sfr | Unreadable:
    found = sfr.measure(regions[side].of(light))
    if isinstance(found, Unreadable):
        return replace(found, why=f"{side} edge: {found.why}")
    return found


def _mtf50(response: Sfr | Unreadable) -> Reading[float]:
    return response if isinstance(response, Unreadable) else response.mtf50
