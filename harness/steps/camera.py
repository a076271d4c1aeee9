"""Steps that take pictures: of whatever is there, or of the fields of the jig's light box.

What the picture shows is looked at before it is measured: a field that is not there is the
station's fault, not the unit's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from harness.errors import DutFault, StationFault
from harness.imaging.blemish import CONTRAST_PERCENT, STEP, bad_pixels, blemishes
from harness.imaging.chart import (
    EXACT,
    PATCH_SRGB,
    Framing,
    Patch,
    delta_e_of,
    patch_regions,
    patches,
)
from harness.imaging.chroma import mean_rgb_light
from harness.imaging.colour import Balance, balance
from harness.imaging.draw import drawn
from harness.imaging.exposure import light_gain, mean_light, stops_over
from harness.imaging.field import shows_chart
from harness.imaging.framing import framing
from harness.imaging.light import linear
from harness.imaging.picture import Picture, decode_jpeg
from harness.imaging.region import Region
from harness.imaging.sfr import Sfr
from harness.imaging.sharpness import sharpness
from harness.imaging.uniformity import uniformity_percent
from harness.model.ports import Attach, Handset, Jig, Measure, Stopwatch, Wait
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.step import Measurement
from harness.model.units import Duration, seconds
from harness.model.value import Curve
from harness.steps.api import Flag, Numeric, Series, step
from harness.steps.pictures.marks import edge_marks, patch_marks, spot_mark
from harness.steps.pictures.photograph import Photographer

if TYPE_CHECKING:
    from numpy import float32, uint8
    from numpy.typing import NDArray

Camera = Literal["rear", "front"]
Field = Literal["flat", "chart"]
Seen = TypeVar("Seen")

FULL_PCT = 100.0
EXPOSED_LIGHT = (0.02, 0.9)
"""Linear light of a flat field that can be measured: three stops under the grey card's, and just
not clipped. Outside of it the mean has failed, and what else is measured is noise."""
SFR_POINTS, SFR_STEP = 51, 0.01
"""Of the response that is kept: up to the Nyquist frequency, 0.5 cy/px."""

_STILL: tuple[Measurement, ...] = (
    Numeric("width", "px"),
    Numeric("height", "px"),
    Numeric("mean_luma", "1"),
    Series("luma_across", "1", x="%"),
)
_FLAT: tuple[Measurement, ...] = (
    *_STILL,
    Numeric("exposure_time", "ms"),
    Numeric("iso", "1"),
    Numeric("uniformity", "%"),
    Numeric("blemishes", "1"),
    Numeric("bad_pixels", "1"),
    Numeric("red_green", "1"),
    Numeric("blue_green", "1"),
)
_CORNERS = ("centre", "top_left", "top_right", "bottom_left", "bottom_right")
_CHART: tuple[Measurement, ...] = (
    *(Numeric(f"mtf50_{name}", "cy/px") for name in _CORNERS),
    Series("sfr", "1", x="cy/px"),
    Numeric("exposure_error", "1"),
    Numeric("delta_e_mean", "1"),
    Numeric("delta_e_max", "1"),
)
_FLASH: tuple[Measurement, ...] = (Flag("fired"), Numeric("gain", "1"))


@step(measures=_STILL, claims=["camera", "screen"])
def still(
    handset: Handset,
    measure: Measure,
    attach: Attach,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    camera: Camera,
    opens_within: Duration = seconds(8.0),
    settle: Duration = seconds(1.0),
    within: Duration = seconds(10.0),
) -> None:
    """Size [px] and luma [code values, 0 to 255] of one still by the handset's camera app.

    `mean_luma` is of the whole picture; `luma_across` is the mean of each of 32 upright bands
    over the way from the left edge to the right one [%], for a mask that finds a vignette, a half
    that is blocked or a leak of light.

    The app is opened by the still-image intent, must have the right camera open by what the
    camera service says, has `settle` [s] for its exposure, and gets the camera key once. Only a
    file that was not in DCIM before counts, once its size stood still over two looks and as many
    bytes could be pulled. It is attached, and then removed from the handset; no other file is.

    A picture that cannot be decoded is recorded as unreadable (ERROR): whether the camera, the
    app's format or the storage is to blame is not known.

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
    PlanError: CAMERA-OTHER when the app opens another camera, CAMERA-BUSY when an app keeps one
    open, CAMERA-SEVERAL when more than one picture came, HANDSET-UNREADABLE, HANDSET-REFUSED.
    """
    photographer = Photographer(
        handset, attach, wait, stopwatch, camera, settle, within, opens_within
    )
    picture = _or_none(measure, _STILL, decode_jpeg(photographer.take(f"{camera}.jpg")))
    if picture is not None:
        _measure_still(measure, picture)


@step(measures=_FLAT, claims=["camera", "screen"])
def flat(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    jig: Jig,
    measure: Measure,
    attach: Attach,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    camera: Camera,
    opens_within: Duration = seconds(8.0),
    settle: Duration = seconds(1.0),
    within: Duration = seconds(10.0),
) -> None:
    """What `camera.still` measures, and how clean and even the picture of a grey card is.

    The light box shows its flat field at full light. `uniformity` [%] is the darkest field of
    11 x 11 over the brightest one; `blemishes` counts spots that differ by 3 % from what is around
    them, `bad_pixels` the pixels that differ by 5 % of full light from the median about them;
    `red_green` and `blue_green` are ratios of mean light in the inner half of the picture;
    `exposure_time` [ms] and `iso` are what the app wrote into the file. All of linear light by
    sRGB, but for the luma.

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
    CAMERA-EXPOSURE when the picture is so dark or so bright that no more than its luma can be
    measured; StationFault(LIGHTBOX-FIELD) when the chart is seen; PlanError as `camera.still`;
    JigFault.
    """
    photographer = Photographer(
        handset, attach, wait, stopwatch, camera, settle, within, opens_within
    )
    lit = _or_none(measure, _FLAT, _lit_picture(jig, "flat", photographer, f"{camera}-flat.jpg"))
    if lit is None:
        return
    picture, light = lit
    _measure_still(measure, picture)
    exposure_s = picture.exif.exposure_s
    measure("exposure_time", 1000 * exposure_s if isinstance(exposure_s, float) else exposure_s)
    measure("iso", picture.exif.iso)
    _require_exposed(picture)
    measure("uniformity", uniformity_percent(light))
    spots = blemishes(light, contrast_percent=CONTRAST_PERCENT)
    marks = [spot_mark(spot, picture) for spot in spots]
    attach.unless_passed(f"{camera}-flat-marked.jpg", partial(drawn, picture.content, marks))
    measure("blemishes", float(len(spots)))
    measure("bad_pixels", float(bad_pixels(light, step=STEP)))
    _measure_balance(measure, picture)


@step(measures=_CHART, claims=["camera", "screen"])
def chart(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    jig: Jig,
    measure: Measure,
    attach: Attach,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    camera: Camera,
    opens_within: Duration = seconds(8.0),
    settle: Duration = seconds(1.0),
    within: Duration = seconds(10.0),
) -> None:
    """Sharpness in the middle and the corners, and the colours, of a picture of the chart.

    The light box shows the chart `squares-9` (docs/camera.md) at full light. Each `mtf50` [cy/px]
    is of the mean response of the two slanted sides of a square (ISO 12233:2023), `sfr` that of the
    middle one over the frequency [cy/px]. `exposure_error` is how much too bright the grey patch is
    [stops]; `delta_e_mean` and `delta_e_max` are of six patches (CIEDE2000).

    An edge that cannot be measured where the chart is seen is too blurred, which is a fault of the
    unit; or it lies elsewhere, and is unreadable (ERROR).

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
    CAMERA-BLURRED once all else is measured; StationFault(LIGHTBOX-FIELD) when no chart is seen;
    PlanError as `camera.still`; JigFault.
    """
    photographer = Photographer(
        handset, attach, wait, stopwatch, camera, settle, within, opens_within
    )
    lit = _or_none(measure, _CHART, _lit_picture(jig, "chart", photographer, f"{camera}-chart.jpg"))
    if lit is None:
        return
    picture, light = lit
    lies = _framing(light)
    squares = sharpness(light, lies, _CORNERS)
    colours = patches(picture.rgb(), lies)
    places = patch_regions(picture.width_px, picture.height_px, lies)
    marks = [*edge_marks(squares), *patch_marks(places, colours)]
    attach.unless_passed(f"{camera}-chart-marked.jpg", partial(drawn, picture.content, marks))
    _measure_colours(measure, places["neutral_5"].of(picture.luma), colours)
    blurred = [name for name, square in squares.items() if square.blurred]
    for name, square in squares.items():
        if not square.blurred:
            measure(f"mtf50_{name}", square.mtf50)
    if not squares["centre"].blurred:
        measure("sfr", _curve(squares["centre"].response))
    if blurred:
        words = f"blurred beyond measure: {', '.join(blurred)}"
        raise DutFault("CAMERA-BLURRED", words, evidence={"edges": blurred})


@step(measures=_FLASH, claims=["camera", "screen"])
def flash(  # noqa: PLR0913 what a plan may set
    handset: Handset,
    jig: Jig,
    measure: Measure,
    attach: Attach,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    camera: Camera,
    opens_within: Duration = seconds(8.0),
    settle: Duration = seconds(1.0),
    within: Duration = seconds(10.0),
) -> None:
    """Whether the flash fires in the dark, and how it lights the flat field.

    Two pictures: one at the full light of the light box, one with its light off. `fired` is what
    the app wrote into the second one (EXIF). `gain` is the light of the second over that of the
    first, each as mean linear light / (exposure time x ISO): 1 when the flash lights the card as
    the box does at full light. The app must stand on automatic flash, which no intent can ask for.

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
    StationFault(LIGHTBOX-FIELD) when the chart is seen; PlanError as `camera.still`; JigFault.
    """
    photographer = Photographer(
        handset, attach, wait, stopwatch, camera, settle, within, opens_within
    )
    lit = _lit_picture(jig, "flat", photographer, f"{camera}-lit.jpg")
    jig.light(0.0)
    flashed = _or_none(measure, _FLASH, decode_jpeg(photographer.take(f"{camera}-flash.jpg")))
    if flashed is None:
        return
    measure("fired", flashed.exif.flash_fired)
    measure("gain", lit if isinstance(lit, Unreadable) else light_gain(flashed, lit.picture))


class _Lit(NamedTuple):
    """A picture of a lit field, and its linear light."""

    picture: Picture
    light: NDArray[float32]


def _lit_picture(
    jig: Jig, field: Field, photographer: Photographer, name: str
) -> _Lit | Unreadable:
    """Raises: StationFault(LIGHTBOX-FIELD) when another field is seen; as the photographer."""
    jig.show(field)
    jig.light(FULL_PCT)
    picture = decode_jpeg(photographer.take(name))
    if isinstance(picture, Unreadable):
        return picture
    light = linear(picture.luma)
    if shows_chart(light) != (field == "chart"):
        raise _other_field(field)
    return _Lit(picture, light)


def _or_none(
    measure: Measure, declared: tuple[Measurement, ...], seen: Seen | Unreadable
) -> Seen | None:
    """What was seen; None once all that is declared is measured as unreadable in its place."""
    if not isinstance(seen, Unreadable):
        return seen
    for each in declared:
        measure(each.name, seen)
    return None


def _measure_still(measure: Measure, picture: Picture) -> None:
    measure("width", picture.width_px)
    measure("height", picture.height_px)
    measure("mean_luma", picture.mean_luma)
    measure("luma_across", picture.luma_across())


def _require_exposed(picture: Picture) -> None:
    """What is too dark or too bright has failed by its luma; the rest would be noise."""
    light, (dark, bright) = mean_light(picture.luma), EXPOSED_LIGHT
    if not dark <= light <= bright:
        words = (
            f"the flat field has {light:.2%} of full light, measured are {dark:.0%} to {bright:.0%}"
        )
        raise DutFault("CAMERA-EXPOSURE", words, evidence={"light": light})


def _other_field(shown: Field) -> StationFault:
    wanted, seen = ("chart", "no chart") if shown == "chart" else ("flat field", "the chart")
    words = f"the light box says that it shows the {wanted}, the camera sees {seen}"
    return StationFault("LIGHTBOX-FIELD", words)


def _measure_balance(measure: Measure, picture: Picture) -> None:
    inner = Region.inner_half(picture.width_px, picture.height_px)
    light = mean_rgb_light(picture, inner)
    ratios = light if isinstance(light, Unknown | Unreadable) else balance(light)
    measure("red_green", ratios.red_green if isinstance(ratios, Balance) else ratios)
    measure("blue_green", ratios.blue_green if isinstance(ratios, Balance) else ratios)


def _framing(light: NDArray[float32]) -> Framing:
    """How the chart lies; one that is too blurred to tell is looked at where it should be."""
    lies = framing(light)
    return lies if isinstance(lies, Framing) else EXACT


def _measure_colours(measure: Measure, grey: NDArray[uint8], colours: Mapping[str, Patch]) -> None:
    measure("exposure_error", stops_over(grey, PATCH_SRGB["neutral_5"][1]))
    mean, most = delta_e_of(colours)
    measure("delta_e_mean", mean)
    measure("delta_e_max", most)


def _curve(seen: Sfr | Unreadable) -> Reading[Curve]:
    if isinstance(seen, Unreadable):
        return seen
    frequencies = [number * SFR_STEP for number in range(SFR_POINTS)]
    return Curve.read(frequencies, map(seen.at, frequencies))
