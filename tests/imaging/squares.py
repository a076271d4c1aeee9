"""The chart "squares-9" as a camera of known blur and framing sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from harness.imaging.light import linear
from tests.imaging.edges import Light, normal

FIELD, SQUARE = 118, 60
COLOURS = (
    *((243, 243, 242), (122, 122, 121), (175, 54, 60)),
    *((70, 148, 73), (56, 61, 150), (231, 199, 31)),
)
"""Row by row: white, neutral 5, red, green, blue, yellow of the ColorChecker Classic."""
SIXTHS = (1 / 6, 3 / 6, 5 / 6)


@dataclass(frozen=True)
class Chart:
    """Blurred by a Gaussian of `sigma_px`; moved right and down [px], turned counter-clockwise."""

    sigma_px: float = 0.8
    width: int = 1280
    height: int = 960
    moved_px: tuple[float, float] = (0.0, 0.0)
    turned_deg: float = 0.0

    def image(self) -> Light:
        """Linear light of red, green and blue."""
        light = np.tile(_light((FIELD,) * 3), (self.height, self.width, 1))
        for y, x in product(SIXTHS, SIXTHS):
            self._lay(light, (x, y), 0.2, 5.0, (SQUARE,) * 3)
        for (y, x), colour in zip(product(SIXTHS, (1 / 3, 2 / 3)), COLOURS, strict=True):
            self._lay(light, (x, y), 0.12, 0.0, colour)
        return light

    def _lay(
        self,
        light: Light,
        at: tuple[float, float],
        side: float,
        slant_deg: float,
        colour: tuple[int, int, int],
    ) -> None:
        """A square under the blur is the product of two steps up and down, one along each side."""
        x, y = self._seen(*at)
        half = side * self.height / 2
        turn = math.radians(slant_deg + self.turned_deg)
        reach = int(1.2 * half + 6 * self.sigma_px)
        rows = slice(max(0, int(y) - reach), int(y) + reach)
        columns = slice(max(0, int(x) - reach), int(x) + reach)
        right = np.arange(self.width)[columns] + 0.5 - x
        down = (np.arange(self.height)[rows] + 0.5 - y)[:, None]
        share = self._inside(right * math.cos(turn) - down * math.sin(turn), half)
        share *= self._inside(right * math.sin(turn) + down * math.cos(turn), half)
        part = light[rows, columns]
        part += (_light(colour) - _light((FIELD,) * 3)) * share[..., None]

    def _inside(self, way: Light, half: float) -> Light:
        return normal((way + half) / self.sigma_px) - normal((way - half) / self.sigma_px)

    def _seen(self, x: float, y: float) -> tuple[float, float]:
        turn = math.radians(self.turned_deg)
        right, down = (x - 0.5) * self.width, (y - 0.5) * self.height
        return (
            self.width / 2 + right * math.cos(turn) + down * math.sin(turn) + self.moved_px[0],
            self.height / 2 - right * math.sin(turn) + down * math.cos(turn) + self.moved_px[1],
        )


def _light(colour: tuple[int, int, int]) -> Light:
    return np.asarray(linear(np.array(colour, np.uint8)), np.float64)
