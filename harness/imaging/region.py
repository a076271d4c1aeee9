"""A rectangle in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from numpy import generic
    from numpy.typing import NDArray

    Pixel = TypeVar("Pixel", bound=generic)


@dataclass(frozen=True, slots=True)
class Region:
    """Its left and top pixel, and its size [px]."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.width},{self.height}"

    def of(self, array: NDArray[Pixel]) -> NDArray[Pixel]:
        """The part of a picture, given as rows of pixels, that lies in it.

        Raises: ValueError when it is empty or ends outside of the picture.
        """
        rows, columns = array.shape[:2]
        starts_inside = min(self.x, self.y) >= 0 and min(self.width, self.height) > 0
        if not starts_inside or self.x + self.width > columns or self.y + self.height > rows:
            raise ValueError(f"region {self} is not within a picture of {columns} x {rows} px")
        return array[self.y : self.y + self.height, self.x : self.x + self.width]

    @classmethod
    def inner_half(cls, width_px: int, height_px: int) -> Region:
        """The middle of a picture of this size, half of it each way: there its balance is taken."""
        return cls(width_px // 4, height_px // 4, max(width_px // 2, 1), max(height_px // 2, 1))

    @classmethod
    def about(cls, x: float, y: float, width: float, height: float) -> Region:
        """The region of this size [px] whose middle is nearest to a place [px]."""
        size = round(width), round(height)
        return cls(round(x - size[0] / 2), round(y - size[1] / 2), *size)
