"""Flat fields of known shading, spots, bad pixels and noise, in linear light."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from harness.imaging.light import linear
from harness.imaging.picture import Picture, decode_jpeg
from tests.imaging.edges import Light, codes

CARD = 0.181
"""The light of code value 118: a card of 18 % grey."""


def places(width: int, height: int) -> tuple[Light, Light]:
    """How far each pixel is from the middle, over half of the diagonal: x as a row, y a column."""
    half = np.hypot(width, height) / 2
    x = (np.arange(width) + 0.5 - width / 2) / half
    y = (np.arange(height) + 0.5 - height / 2) / half
    return x[None, :], y[:, None]


def flat(width: int = 1280, height: int = 960) -> Light:
    return np.full((height, width), CARD)


def cos4(corner: float, width: int = 1280, height: int = 960) -> Light:
    """Light that falls by the cosine to the fourth to `corner` [share] in the corners."""
    x, y = places(width, height)
    tangent2 = corner**-0.5 - 1
    shaded: Light = CARD * (1 + tangent2 * (x**2 + y**2)) ** -2
    return shaded


def spotted(light: Light, x: float, y: float, sigma_px: float, contrast: float) -> Light:
    """With a Gaussian spot at a place [share of width, height] that takes away `contrast`."""
    rows, columns = light.shape
    across = (np.arange(columns) + 0.5 - x * columns) / sigma_px
    down = (np.arange(rows) + 0.5 - y * rows) / sigma_px
    spot: Light = np.exp(-(across**2) / 2) * np.exp(-(down**2) / 2)[:, None]
    return light * (1 + contrast * spot)


def noisy(light: Light, seed: int, noise_codes: float = 2.0) -> NDArray[np.uint8]:
    """Code values with Gaussian noise of so many."""
    rng = np.random.default_rng(seed)
    sharp = 255 * np.where(
        light <= 0.0031308, 12.92 * light, 1.055 * light.clip(0.0031308) ** (1 / 2.4) - 0.055
    )
    with_noise = sharp + noise_codes * rng.standard_normal(light.shape, np.float32)
    rounded: NDArray[np.uint8] = np.rint(with_noise).clip(0, 255).astype(np.uint8)
    return rounded


def through_jpeg(picture: NDArray[np.uint8], quality: int = 92) -> NDArray[np.float32]:
    """The linear light of a JPEG of these code values."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    decoded = decode_jpeg(file.getvalue())
    assert isinstance(decoded, Picture)
    return linear(decoded.luma)


__all__ = ["CARD", "codes", "cos4", "flat", "noisy", "places", "spotted", "through_jpeg"]
