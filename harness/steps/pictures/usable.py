"""Pictures that can be measured, of the field that the light box was told to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from harness.errors import DutFault, StationFault
from harness.imaging.chart import LEAST_HEIGHT_PX, RATIOS
from harness.imaging.draw import Mark, drawn
from harness.imaging.field import shows_chart
from harness.imaging.light import linear
from harness.imaging.picture import Picture, decode_jpeg
from harness.model.jig_ports import Jig
from harness.model.reading import Unreadable
from harness.steps.pictures.photograph import Photographer

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

Field = Literal["flat", "chart"]
FULL_PCT = 100.0
_COLOURS = "YCbCr"


class Lit(NamedTuple):
    """A picture of a lit field, its linear light, and how to keep it with marks drawn in."""

    picture: Picture
    light: NDArray[float32]
    keep_marked: Callable[[Sequence[Mark]], None]
    """Keeps it so unless the unit passes."""


@dataclass(frozen=True, slots=True)
class LightBox:
    """The jig's light box, and what takes pictures before it."""

    jig: Jig
    photographer: Photographer

    def picture(self, field: Field, name: str) -> Lit:
        """A picture of a field at full light, attached as `CAMERA-NAME.jpg`.

        With marks it is kept as `CAMERA-NAME-marked.jpg`.

        Raises: DutFault(CAMERA-SHAPE) of one in which the chart has no place; StationFault(
        LIGHTBOX-FIELD) when another field is seen; as `usable` and the photographer.
        """
        self.jig.show(field)
        self.jig.light(FULL_PCT)
        picture = self._taken(name)
        if field == "chart":
            _require_shape_of_chart(picture)
        light = linear(picture.luma)
        if shows_chart(light) != (field == "chart"):
            raise _other_field(field)
        return Lit(picture, light, partial(self._keep_marked, name, picture))

    def in_the_dark(self, name: str) -> Picture:
        """A picture with the light off; the field stays.

        Raises: as `usable` and the photographer.
        """
        self.jig.light(0.0)
        return self._taken(name)

    def _taken(self, name: str) -> Picture:
        return usable(self.photographer.take(self._file(name)))

    def _keep_marked(self, name: str, picture: Picture, marks: Sequence[Mark]) -> None:
        draw = partial(drawn, picture.content, marks)
        self.photographer.attach.unless_passed(self._file(f"{name}-marked"), draw)

    def _file(self, name: str) -> str:
        return f"{self.photographer.camera}-{name}.jpg"


def usable(content: bytes) -> Picture:
    """The picture of a file that was read to its end.

    Raises: DutFault: CAMERA-DAMAGED when it is no whole JPEG, CAMERA-SHAPE when it is under 240 px
    high or wide, CAMERA-GREY when its colours are not Y, Cb and Cr.
    """
    picture = decode_jpeg(content)
    if isinstance(picture, Unreadable):
        evidence = {"begins": picture.raw, "bytes": len(content)}
        raise DutFault("CAMERA-DAMAGED", picture.why, evidence=evidence)
    if min(picture.width_px, picture.height_px) < LEAST_HEIGHT_PX:
        raise _shape(picture, f"{LEAST_HEIGHT_PX} px each way or more")
    if (space := picture.colour_space) != _COLOURS:
        words = f"a picture whose colours are {space}, expected are {_COLOURS}"
        raise DutFault("CAMERA-GREY", words, evidence={"colours": space})
    return picture


def _require_shape_of_chart(picture: Picture) -> None:
    least, most = RATIOS
    if not least <= picture.width_px / picture.height_px <= most:
        raise _shape(picture, f"landscape ones, {least:g} to {most:g} times as wide as high")


def _shape(picture: Picture, measured: str) -> DutFault:
    size = f"{picture.width_px} x {picture.height_px} px"
    words = f"a picture of {size}; measured are those of {measured}"
    return DutFault("CAMERA-SHAPE", words, evidence={"size": size})


def _other_field(shown: Field) -> StationFault:
    wanted, seen = ("chart", "no chart") if shown == "chart" else ("flat field", "the chart")
    words = f"the light box says that it shows the {wanted}, the camera sees {seen}"
    return StationFault("LIGHTBOX-FIELD", words)
