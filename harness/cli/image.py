"""`harness image`: measure a saved picture with the code of the camera steps."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from harness.cli import EXIT_ERROR
from harness.devices.android.decode import plain
from harness.imaging.light import linear
from harness.imaging.picture import decode_jpeg
from harness.imaging.sfr import Sfr, measure
from harness.model.reading import Unreadable

Region = tuple[int, int, int, int]
"""Where in a picture: left, top, width, height [px]."""


def _region(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Region | None:
    if value is None:
        return None
    parts = value.split(",")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise click.BadParameter(f"{value!r} is not X,Y,W,H in whole pixels, such as 0,0,200,200")
    left, top, width, height = map(int, parts)
    return left, top, width, height


@click.group()
def image() -> None:
    """Measure a saved picture with the code of the camera steps.

    Example: harness image sfr still.jpg --region 1900,1400,200,200
    """


@image.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--region",
    metavar="X,Y,W,H",
    callback=_region,
    help="The region of one edge; the whole picture else.",
)
@click.option("--json", "as_json", is_flag=True, help="One object on stdout, with the curve.")
def sfr(file: Path, region: Region | None, as_json: bool) -> None:
    """Sharpness at one slanted edge of a JPEG: MTF50 [cycles a pixel], after ISO 12233.

    Exit codes: 0 measured, 2 wrong usage, 3 the region has no usable edge, or the file is no
    whole picture (MEAS-UNREADABLE).

    Example: harness image sfr still.jpg --region 1900,1400,200,200 --json
    """
    found = _measured(file, region)
    if as_json:
        click.echo(orjson.dumps(_as_object(found)))
    elif isinstance(found, Sfr) and isinstance(found.mtf50, float):
        click.echo(f"MTF50 {found.mtf50:.4f} cycles/px   edge {found.angle_deg:+.2f} degrees")
    if why := _why_not(found):
        click.echo(f"MEAS-UNREADABLE: {file}: {why}", err=True)
        sys.exit(EXIT_ERROR)


def _measured(file: Path, region: Region | None) -> Sfr | Unreadable:
    picture = decode_jpeg(file.read_bytes())
    if isinstance(picture, Unreadable):
        return picture
    left, top, width, height = region or (0, 0, picture.width_px, picture.height_px)
    if left + width > picture.width_px or top + height > picture.height_px:
        words = f"the picture has {picture.width_px} x {picture.height_px} px"
        raise click.UsageError(f"the region ends outside: {words}")
    return measure(linear(picture.luma[top : top + height, left : left + width]))


def _why_not(found: Sfr | Unreadable) -> str:
    reading = found.mtf50 if isinstance(found, Sfr) else found
    return reading.why if isinstance(reading, Unreadable) else ""


def _as_object(found: Sfr | Unreadable) -> object:
    if isinstance(found, Unreadable):
        return {"code": "MEAS-UNREADABLE", **plain(found)}
    code = {"code": "MEAS-UNREADABLE"} if _why_not(found) else {}
    return {
        **code,
        "mtf50": plain(found.mtf50),
        "angle_deg": found.angle_deg,
        "curve": {"frequency": found.frequencies.tolist(), "mtf": found.mtf.tolist()},
    }
