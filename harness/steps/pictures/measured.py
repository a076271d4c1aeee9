"""What is measured of a still, of the flat field and of the chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.errors import DutFault
from harness.imaging.blemish import CONTRAST_PERCENT, STEP, bad_pixels, blemishes, step_over_noise
from harness.imaging.chart import (
    EXACT,
    PATCH_SRGB,
    Framing,
    Patch,
    contrast,
    delta_e_of,
    patch_regions,
    patches,
)
from harness.imaging.chroma import fine_colours
from harness.imaging.colour import Balance, balance
from harness.imaging.exposure import mean_light, stops_over
from harness.imaging.framing import framing
from harness.imaging.lines import bad_lines, banding_percent
from harness.imaging.noise import noise_percent
from harness.imaging.picture import Picture
from harness.imaging.region import Region
from harness.imaging.sfr import Sfr
from harness.imaging.sharpness import Sharpness, sharpness
from harness.imaging.uniformity import GRID, colour_shading_percent, uniformity_percent
from harness.model.ports import Measure
from harness.model.reading import Reading, Unreadable
from harness.model.value import Curve
from harness.steps.pictures.marks import edge_marks, patch_marks, spot_mark
from harness.steps.pictures.usable import Lit

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

EXPOSED_LIGHT = (0.02, 0.9)
"""Linear light of a flat field that can be measured: three stops under the grey card's, and just
not clipped. Outside of it the mean has failed, and what else is measured is noise."""
SFR_POINTS, SFR_STEP = 51, 0.01
"""Of the response that is kept: up to the Nyquist frequency, 0.5 cy/px."""
POINTS = ("centre", "top_left", "top_right", "bottom_left", "bottom_right")
"""The squares at which sharpness is measured."""


def measure_still(measure: Measure, picture: Picture) -> None:
    """The size of a picture, how bright it is, and how its luma runs across it."""
    measure("width", picture.width_px)
    measure("height", picture.height_px)
    measure("mean_luma", picture.mean_luma)
    measure("luma_across", picture.luma_across())


def measure_shot(measure: Measure, picture: Picture) -> None:
    """What the app wrote of it into the file."""
    exposure_s = picture.exif.exposure_s
    measure("exposure_time", 1000 * exposure_s if isinstance(exposure_s, float) else exposure_s)
    measure("iso", picture.exif.iso)


def measure_flat(measure: Measure, lit: Lit) -> None:
    """How clean and even the flat field is; a picture with the spots drawn in is for a failed one.

    Raises: DutFault(CAMERA-EXPOSURE).
    """
    picture, light = lit.picture, lit.light
    _require_exposed(picture)
    measure("uniformity", uniformity_percent(light))
    spots = blemishes(light, contrast_percent=CONTRAST_PERCENT)
    lit.keep_marked([spot_mark(spot, picture) for spot in spots])
    measure("blemishes", float(len(spots)))
    noise = noise_percent(light)
    measure("bad_pixels", float(bad_pixels(light, step=step_over_noise(STEP, noise))))
    measure("lines", bad_lines(light))
    measure("banding", banding_percent(light))
    measure("noise", noise)
    _measure_colours_of_flat(measure, picture)


def measure_chart(measure: Measure, lit: Lit) -> None:
    """Contrast, colours and sharpness of the chart; as `measure_flat` draws what it measured.

    Raises: DutFault(CAMERA-BLURRED) once all else is measured.
    """
    picture, light = lit.picture, lit.light
    lies = framing(light)
    if not isinstance(lies, Framing):
        lies = EXACT  # one that is too blurred to tell is looked at where it should be
    squares = sharpness(light, lies, POINTS)
    colours = patches(picture.rgb(), lies)
    places = patch_regions(picture.width_px, picture.height_px, lies)
    lit.keep_marked([*edge_marks(squares), *patch_marks(places, colours)])
    measure("contrast", contrast(light, lies))
    _measure_colours_of_chart(measure, places["neutral_5"].of(picture.luma), colours)
    _measure_sharpness(measure, squares)


def _require_exposed(picture: Picture) -> None:
    """What is too dark or too bright has failed by its luma; the rest would be noise."""
    light, (dark, bright) = mean_light(picture.luma), EXPOSED_LIGHT
    if not dark <= light <= bright:
        words = (
            f"the flat field has {light:.2%} of full light, measured are {dark:.0%} to {bright:.0%}"
        )
        raise DutFault("CAMERA-EXPOSURE", words, evidence={"light": light})


def _measure_colours_of_flat(measure: Measure, picture: Picture) -> None:
    """The balance of the inner half, and how far colours go off it towards the edges."""
    colours = fine_colours(picture)
    if isinstance(colours, Unreadable):
        for name in ("red_green", "blue_green", "colour_shading"):
            measure(name, colours)
        return
    inner = Region.inner_half(picture.width_px, picture.height_px)
    ratios = balance(colours.mean_light(inner))
    measure("red_green", ratios.red_green if isinstance(ratios, Balance) else ratios)
    measure("blue_green", ratios.blue_green if isinstance(ratios, Balance) else ratios)
    measure("colour_shading", colour_shading_percent(colours.cells(GRID, GRID)))


def _measure_colours_of_chart(
    measure: Measure, grey: NDArray[uint8], colours: Mapping[str, Patch]
) -> None:
    measure("exposure_error", stops_over(grey, PATCH_SRGB["neutral_5"][1]))
    mean, most = delta_e_of(colours)
    measure("delta_e_mean", mean)
    measure("delta_e_max", most)


def _measure_sharpness(measure: Measure, squares: Mapping[str, Sharpness]) -> None:
    blurred = [name for name, square in squares.items() if square.blurred]
    for name, square in squares.items():
        if name not in blurred:
            measure(f"mtf50_{name}", square.mtf50)
            measure(f"mtf50_across_{name}", square.mtf50_across)
            measure(f"mtf50_down_{name}", square.mtf50_down)
    centre = squares["centre"]
    if not centre.blurred:
        measure("sfr", _curve(centre.across))
        measure("sfr_down", _curve(centre.down))
    if blurred:
        words = f"blurred beyond measure: {', '.join(blurred)}"
        raise DutFault("CAMERA-BLURRED", words, evidence={"edges": blurred})


def _curve(seen: Sfr | Unreadable) -> Reading[Curve]:
    if isinstance(seen, Unreadable):
        return seen
    frequencies = [number * SFR_STEP for number in range(SFR_POINTS)]
    return Curve.read(frequencies, map(seen.at, frequencies))
