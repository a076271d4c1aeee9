"""Slanted edges of known blur."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float64]


@dataclass(frozen=True)
class Edge:
    """A step in linear light, blurred by a Gaussian, `sigma_px` wide, along the edge's normal.

    Without `aperture` each pixel is a point; with it, the mean over the pixel's square.
    """

    sigma_px: float
    angle_deg: float = 5.0
    dark: float = 0.15
    bright: float = 0.6
    off_px: float = 0.0
    aperture: bool = False

    def image(self, side: int = 120) -> Light:
        fine = 8 if self.aperture else 1
        places = (np.arange(side * fine) + 0.5) / fine - side / 2
        slant = math.radians(self.angle_deg)
        way = (places - self.off_px) * math.cos(slant) - places[:, None] * math.sin(slant)
        light = self.dark + (self.bright - self.dark) * normal(way / self.sigma_px)
        pixels: Light = light.reshape(side, fine, side, fine).mean(axis=(1, 3))
        return pixels

    def mtf(self, frequencies: Light) -> Light:
        """The response of the blur (a Gaussian's transform), and of the pixel's square."""
        response: Light = np.exp(-2 * (math.pi * self.sigma_px * frequencies) ** 2)
        if self.aperture:
            slant = math.radians(self.angle_deg)
            response *= np.sinc(frequencies * math.cos(slant))
            response *= np.sinc(frequencies * math.sin(slant))
        return response

    @property
    def mtf50(self) -> float:
        frequencies = np.linspace(0, 1, 100_001)
        return float(frequencies[np.argmax(self.mtf(frequencies) < 0.5)])


def of_mtf50(cycles_per_px: float, **more: object) -> Edge:
    """An edge whose Gaussian leaves half of the contrast there (0.1874/sigma)."""
    return Edge(math.sqrt(math.log(2) / 2) / math.pi / cycles_per_px, **more)  # type: ignore[arg-type]


def codes(light: Light) -> NDArray[np.uint8]:
    """The 8-bit sRGB code values of linear light (IEC 61966-2-1)."""
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    rounded: NDArray[np.uint8] = np.rint(255 * curve).clip(0, 255).astype(np.uint8)
    return rounded


_WAYS = np.linspace(-8, 8, 160_001)
_SHARES = np.array([0.5 + 0.5 * math.erf(way / math.sqrt(2)) for way in _WAYS[::16]])


def normal(way: Light) -> Light:
    shares: Light = np.interp(way, _WAYS[::16], _SHARES)
    return shares
