"""`harness image`: measure a saved picture with the code of the camera steps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click
import orjson

from harness.cli import EXIT_ERROR
from harness.devices.android.decode import plain
from harness.imaging.blemish import CONTRAST_PERCENT, STEP, bad_pixels, blemishes, step_over_noise
from harness.imaging.chart import delta_e_of, patches
from harness.imaging.chroma import mean_rgb_light
from harness.imaging.colour import balance, mean_lab
from harness.imaging.framing import framing
from harness.imaging.light import linear
from harness.imaging.lines import bad_lines, banding_percent
from harness.imaging.noise import BLOCK_PX, noise_percent
from harness.imaging.picture import Picture, decode_jpeg
from harness.imaging.region import Region
from harness.imaging.sfr import measure
from harness.imaging.uniformity import uniformity_percent
from harness.model.reading import Reading, Unknown, Unreadable

if TYPE_CHECKING:
    from numpy import generic
    from numpy.typing import NDArray

    Pixel = TypeVar("Pixel", bound=generic)

Body = Callable[..., None]
_DIGITS = 6  # of a place in a picture
Known = TypeVar("Known")


def _region(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Region | None:
    if value is None:
        return None
    parts = value.split(",")
    whole = all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts)
    if len(parts) != 4 or not whole:
        raise click.BadParameter(
            f"{value!r} is not X,Y,W,H: left, top, width and height in whole pixels, "
            "such as 0,0,200,200"
        )
    region = Region(*map(int, parts))
    if not min(region.width, region.height):
        raise click.BadParameter(f"{region} holds no pixel: W and H are 1 or more")
    return region


def _of_a_picture(body: Body) -> Body:
    """What each of these commands takes."""
    decorators = (
        click.option("--json", "as_json", is_flag=True, help="One object on stdout."),
        click.option(
            "--region",
            metavar="X,Y,W,H",
            callback=_region,
            help="Measure this part [px], in place of what is measured without it.",
        ),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    )
    for decorate in decorators:
        body = decorate(body)
    return body


@click.group()
def image() -> None:
    """Measure a saved picture with the code of the camera steps.

    Example: harness image sfr still.jpg --region 1900,1400,200,200
    """


@image.command()
@_of_a_picture
def sfr(file: Path, region: Region | None, as_json: bool) -> None:
    """Sharpness at one slanted edge of a JPEG: MTF50 [cycles a pixel], after ISO 12233.

    Give a region that holds one straight edge, nearly upright or nearly level, and no more.

    Exit codes: 0 measured, 2 wrong usage, 3 the region has no usable edge, or the file is no
    whole picture (MEAS-UNREADABLE).

    Example: harness image sfr still.jpg --region 1900,1400,200,200 --json
    """
    picture = _picture(file, as_json)
    found = measure(linear(_part(picture.luma, region)))
    if isinstance(found, Unreadable):
        _refuse(file, _without_edge(found, region), as_json)
    curve = {"frequency": found.frequencies.tolist(), "mtf": found.mtf.tolist()}
    value = {"mtf50": plain(found.mtf50), "angle_deg": found.angle_deg, "curve": curve}
    if isinstance(found.mtf50, Unknown | Unreadable):
        _refuse(file, found.mtf50, as_json, value)
    words = f"MTF50 {found.mtf50:.4f} cycles/px   edge {found.angle_deg:+.2f} degrees"
    _say(value, as_json, words)


def _without_edge(found: Unreadable, region: Region | None) -> Unreadable:
    """Where no edge was found, and what to do about it."""
    where = f"region {region}" if region else "the whole picture"
    to_do = "give --region X,Y,W,H about one straight edge that is slanted by 2 to 10 degrees"
    return Unreadable(f"{where}: {found.why}; {to_do}", found.raw)


@image.command()
@_of_a_picture
def uniformity(file: Path, region: Region | None, as_json: bool) -> None:
    """How evenly a flat field comes out: the darkest of 11 x 11 fields over the brightest [%].

    Exit codes: 0 measured, 2 wrong usage, 3 there is no light, or no whole picture
    (MEAS-UNREADABLE).

    Example: harness image uniformity flat.jpg
    """
    light = linear(_part(_picture(file, as_json).luma, region))
    found = _known(file, uniformity_percent(light), as_json)
    _say({"uniformity_percent": found}, as_json, f"uniformity {found:.2f} %")


@image.command()
@_of_a_picture
@click.option(
    "--contrast",
    type=click.FloatRange(0, 100, min_open=True),
    default=CONTRAST_PERCENT,
    show_default=True,
    help="From which contrast on a spot is a blemish [%].",
)
@click.option(
    "--step",
    type=click.FloatRange(0, min_open=True),
    default=STEP,
    show_default=True,
    help="By which share of the light about it a bad pixel differs.",
)
def blemish(file: Path, region: Region | None, as_json: bool, contrast: float, step: float) -> None:
    """Soft spots, bad pixels and lines, bands and noise of a flat field.

    Exit codes: 0 measured, 2 wrong usage, 3 there is no light, or no whole picture
    (MEAS-UNREADABLE).

    Example: harness image blemish flat.jpg --contrast 2.5
    """
    light = linear(_part(_picture(file, as_json).luma, region))
    if min(light.shape) < BLOCK_PX:
        raise click.UsageError(f"a region for noise has {BLOCK_PX} px each way or more")
    spots = blemishes(light, contrast_percent=contrast)
    noise = _known(file, noise_percent(light), as_json)
    value = {
        "blemishes": [asdict(spot) for spot in spots],
        "bad_pixels": bad_pixels(light, step=step_over_noise(step, noise)),
        "lines": _known(file, bad_lines(light), as_json),
        "banding_percent": _known(file, banding_percent(light), as_json),
        "noise_percent": noise,
    }
    lines = [
        f"{len(spots)} blemishes, {value['bad_pixels']} bad pixels, {value['lines']:.0f} lines",
        f"banding {value['banding_percent']:.2f} %   noise {value['noise_percent']:.2f} %",
    ]
    for spot in spots:
        place = f"at {spot.x:6.1%} across, {spot.y:6.1%} down"
        lines.append(f"  {place}: {spot.contrast_percent:+.1f} %, {spot.area_percent:.3f} % large")
    _say(value, as_json, "\n".join(lines))


@image.command()
@_of_a_picture
@click.option("--chart", is_flag=True, help="The colours of the chart's patches, and how far off.")
def colour(file: Path, region: Region | None, as_json: bool, chart: bool) -> None:
    """Balance of red and blue against green, and the mean colour in CIELAB.

    Without a region they are of the inner half of width and height, as in `camera.flat`.

    Exit codes: 0 measured, 2 wrong usage, 3 there is no green, no chart, or no whole picture
    (MEAS-UNREADABLE).

    Example: harness image colour chart.jpg --chart
    """
    if chart and region:
        raise click.UsageError("--chart is of the whole picture: leave --region out")
    picture = _picture(file, as_json)
    if chart:
        _say_patches(file, picture, as_json)
        return
    part = region or Region.inner_half(picture.width_px, picture.height_px)
    _part(picture.luma, part)
    light = _known(file, mean_rgb_light(picture, part), as_json)
    found, mean = _known(file, balance(light), as_json), mean_lab(light)
    words = f"R/G {found.red_green:.4f}   B/G {found.blue_green:.4f}"
    value = {**found._asdict(), "lab": list(mean)}
    _say(value, as_json, f"{words}   Lab {mean.lightness:.2f} {mean.a:+.2f} {mean.b:+.2f}")


def _say_patches(file: Path, picture: Picture, as_json: bool) -> None:
    seen = _known(file, framing(linear(picture.luma)), as_json)
    found = patches(picture.rgb(), seen)
    mean, most = delta_e_of(found)
    lines = [f"delta E (CIEDE2000) mean {mean:.2f}   most {most:.2f}"]
    for name, (lab, delta_e) in found.items():
        values = f"{lab.lightness:6.2f} {lab.a:+7.2f} {lab.b:+7.2f}"
        lines.append(f"  {name:10} Lab {values}   delta E {delta_e:5.2f}")
    each = {name: {"lab": list(lab), "delta_e": off_by} for name, (lab, off_by) in found.items()}
    value = {"delta_e_mean": mean, "delta_e_max": most, "patches": each}
    _say({**value, "framing": seen._asdict()}, as_json, "\n".join(lines))


def _picture(file: Path, as_json: bool) -> Picture:
    return _known(file, decode_jpeg(file.read_bytes()), as_json)


def _part(rows: NDArray[Pixel], region: Region | None) -> NDArray[Pixel]:
    """The region of a picture, or all of it."""
    try:
        return rows if region is None else region.of(rows)
    except ValueError as error:
        raise click.UsageError(f"{error}: choose X,Y,W,H with X + W and Y + H inside") from error


def _known(file: Path, reading: Reading[Known], as_json: bool) -> Known:
    """The value; without one the command ends."""
    if isinstance(reading, Unknown | Unreadable):
        _refuse(file, reading, as_json)
    return reading


def _refuse(
    file: Path,
    reading: Unknown | Unreadable,
    as_json: bool,
    known: Mapping[str, object] | None = None,
) -> NoReturn:
    """Say why there is no value, beside what is `known`, and end."""
    why = reading.why if isinstance(reading, Unreadable) else f"unknown: {reading.said}"
    if as_json:
        told = plain(reading) if known is None else known
        assert isinstance(told, Mapping)
        click.echo(orjson.dumps({"code": "MEAS-UNREADABLE", **told}))
    click.echo(f"MEAS-UNREADABLE: {file}: {why}", err=True)
    sys.exit(EXIT_ERROR)


def _say(value: Mapping[str, object], as_json: bool, words: str) -> None:
    click.echo(orjson.dumps(value) if as_json else words)
