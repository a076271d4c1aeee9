"""Steps that take pictures: of whatever is there, or of the fields of the jig's light box.

What the picture shows is looked at before it is measured: a field that is not there is the
station's fault, not the unit's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from harness.imaging.exposure import light_gain
from harness.model.jig_ports import Jig
from harness.model.ports import Attach, Handset, Measure, Stopwatch, Wait
from harness.model.step import Measurement
from harness.model.units import Duration, seconds
from harness.steps.api import Body, Flag, Numeric, Series, Text, step
from harness.steps.asking.answers import listed as words_of
from harness.steps.pictures.listed import listed_cameras
from harness.steps.pictures.measured import (
    POINTS,
    measure_chart,
    measure_flat,
    measure_shot,
    measure_still,
)
from harness.steps.pictures.photograph import Photographer, cameras_of
from harness.steps.pictures.usable import LightBox, usable

Camera = Literal["rear", "front"]
_BeforeLightBox = Callable[[LightBox, Measure], None]
"""What a step does with a picture of a field."""

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
    Numeric("lines", "1"),
    Numeric("banding", "%"),
    Numeric("noise", "%"),
    Numeric("red_green", "1"),
    Numeric("blue_green", "1"),
    Numeric("colour_shading", "%"),
)
_CHART: tuple[Measurement, ...] = (
    *(Numeric(f"mtf50_{name}", "cy/px") for name in POINTS),
    *(Numeric(f"mtf50_across_{name}", "cy/px") for name in POINTS),
    *(Numeric(f"mtf50_down_{name}", "cy/px") for name in POINTS),
    Series("sfr", "1", x="cy/px"),
    Series("sfr_down", "1", x="cy/px"),
    Numeric("contrast", "1"),
    Numeric("exposure_error", "1"),
    Numeric("delta_e_mean", "1"),
    Numeric("delta_e_max", "1"),
)
_FLASH: tuple[Measurement, ...] = (Flag("fired"), Numeric("gain", "1"))


def _before_light_box(measures: tuple[Measurement, ...]) -> Callable[[_BeforeLightBox], Body]:
    """Make what is done before the light box a step, with the ports and settings of all of them."""

    def mark(done: _BeforeLightBox) -> Body:
        def body(  # noqa: PLR0913 what a plan may set
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
            photographer = Photographer(
                handset, attach, wait, stopwatch, camera, opens_within, settle, within
            )
            done(LightBox(jig, photographer), measure)

        body.__name__, body.__doc__ = done.__name__, done.__doc__
        return step(measures=measures, claims=["camera", "screen"], needs=["lightbox"])(body)

    return mark


@step(measures=[Text("ids"), Numeric("back", "1"), Numeric("front", "1")])
def listed(handset: Handset, measure: Measure) -> None:
    """Which cameras the handset lists, and how many face back and front (`dumpsys media.camera`).

    `ids` are those of all cameras that the camera service describes, hidden ones too, such as
    `0, 1, 2`, or `none`. A camera is listed when its driver found it at the start; whether it takes
    pictures is another matter.

    Raises: DutFault(CAMERA-SERVICE) when there is no camera service; PlanError(HANDSET-UNREADABLE).
    """
    cameras = listed_cameras(cameras_of(handset))
    measure("ids", words_of(cameras.ids) if isinstance(cameras.ids, tuple) else cameras.ids)
    measure("back", cameras.back)
    measure("front", cameras.front)


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

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
    CAMERA-DAMAGED, CAMERA-SHAPE and CAMERA-GREY when the picture cannot be measured;
    PlanError: CAMERA-OTHER when the app opens another camera, CAMERA-BUSY when an app keeps one
    open, CAMERA-SEVERAL when more than one picture came, HANDSET-UNREADABLE, HANDSET-REFUSED.
    """
    photographer = Photographer(
        handset, attach, wait, stopwatch, camera, opens_within, settle, within
    )
    measure_still(measure, usable(photographer.take(f"{camera}.jpg")))


@_before_light_box(_FLAT)
def flat(box: LightBox, measure: Measure) -> None:
    """What `camera.still` measures, and how clean and even the picture of a grey card is.

    The light box shows its flat field at full light. `uniformity` [%] is the darkest field of
    11 x 11 over the brightest one; `colour_shading` [%] by how much red/green or blue/green of one
    is off that of the middle one. `blemishes` counts spots that differ by 3 % from what is around
    them, `bad_pixels` the pixels that differ by 20 % from the median about them, `lines` the rows
    and columns that differ by 1.5 % from those beside them. `banding` [%] is the amplitude of the
    strongest ripple, `noise` [%] the standard deviation of the pixels over their mean. `red_green`
    and `blue_green` are ratios of mean light in the inner half of the picture; `exposure_time`
    [ms] and `iso` are what the app wrote into the file. All of linear light by sRGB, but for the
    luma.

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE,
    CAMERA-DAMAGED, CAMERA-SHAPE, CAMERA-GREY as `camera.still`; CAMERA-EXPOSURE when the picture is
    so dark or so bright that no more than its luma can be measured; PlanError as `camera.still`;
    StationFault(LIGHTBOX-FIELD) when the chart is seen; JigFault.
    """
    lit = box.picture("flat", "flat")
    measure_still(measure, lit.picture)
    measure_shot(measure, lit.picture)
    measure_flat(measure, lit)


@_before_light_box(_CHART)
def chart(box: LightBox, measure: Measure) -> None:
    """Sharpness in the middle and the corners, contrast and colours, of a picture of the chart.

    The light box shows the chart `squares-9` (docs/camera.md) at full light. `mtf50_across` [cy/px]
    is of the mean response of the two upright slanted edges of a square, `mtf50_down` that of a
    level one (ISO 12233:2023), and `mtf50` the lower one of both; `sfr` and `sfr_down` are the
    responses in the middle over the frequency [cy/px]. `contrast` is the light of the grey field
    over that of the squares, the least of the nine. `exposure_error` is how much too bright the
    grey patch is [stops]; `delta_e_mean` and `delta_e_max` are of six patches (CIEDE2000).

    An edge that cannot be measured where the chart is seen is too blurred, which is a fault of the
    unit; or it lies elsewhere, and is unreadable (ERROR).

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE,
    CAMERA-DAMAGED, CAMERA-GREY as `camera.still`; CAMERA-SHAPE also for a picture that is not
    landscape; CAMERA-BLURRED once all else is measured; PlanError as `camera.still`;
    StationFault(LIGHTBOX-FIELD) when no chart is seen; JigFault.
    """
    measure_chart(measure, box.picture("chart", "chart"))


@_before_light_box(_FLASH)
def flash(box: LightBox, measure: Measure) -> None:
    """Whether the flash fires in the dark, and how it lights the flat field.

    Two pictures: one at the full light of the light box, one with its light off. `fired` is what
    the app wrote into the second one (EXIF). `gain` is the light of the second over that of the
    first, each as mean linear light / (exposure time x ISO): 1 when the flash lights the card as
    the box does at full light. The app must stand on automatic flash, which no intent can ask for.

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE,
    CAMERA-DAMAGED, CAMERA-SHAPE, CAMERA-GREY as `camera.still`; PlanError as `camera.still`;
    StationFault(LIGHTBOX-FIELD) when the chart is seen; JigFault.
    """
    lit = box.picture("flat", "lit")
    flashed = box.in_the_dark("flash")
    measure("fired", flashed.exif.flash_fired)
    measure("gain", light_gain(flashed, lit.picture))
