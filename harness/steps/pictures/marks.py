"""What is drawn into a picture that is kept because its unit did not pass."""

from __future__ import annotations

from collections.abc import Mapping

from harness.imaging.blemish import Blemish
from harness.imaging.chart import Patch
from harness.imaging.draw import Mark
from harness.imaging.picture import Picture
from harness.imaging.region import Region
from harness.imaging.sharpness import Sharpness


def spot_mark(spot: Blemish, picture: Picture) -> Mark:
    """A box about a blemish, three times as wide as a circle of its area."""
    width, height = picture.width_px, picture.height_px
    side = min(3 * (spot.area_percent / 100 * width * height) ** 0.5, width / 2, height / 2)
    x, y = (
        min(max(spot.x * width, side / 2), width - side / 2),
        min(max(spot.y * height, side / 2), height - side / 2),
    )
    return Mark(Region.about(x, y, side, side), f"{spot.contrast_percent:+.1f} %", bad=True)


def edge_marks(squares: Mapping[str, Sharpness]) -> list[Mark]:
    """A box about each edge of the squares, with its MTF50; one without a value stands out.

    Which of the others fail is for the limits to say, so that none of them is drawn as bad.
    """
    marks = []
    for name, square in squares.items():
        for side, region in square.regions.items():
            mtf50 = square.mtf50_across if side in ("left", "right") else square.mtf50_down
            label = f"{mtf50:.3f}" if isinstance(mtf50, float) else name
            told = "" if side == "left" else label  # once for both upright edges
            marks.append(Mark(region, told, bad=not isinstance(mtf50, float)))
    return marks


def patch_marks(places: Mapping[str, Region], colours: Mapping[str, Patch]) -> list[Mark]:
    """A box about each patch of the chart, with how far its colour is off (delta E)."""
    return [
        Mark(places[name], f"{patch.delta_e:.1f}", bad=False) for name, patch in colours.items()
    ]
