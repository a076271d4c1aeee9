"""How long the measurements of a picture of 12 megapixels take, on one that is decoded already
but for the sharpness and the balance, which begin with the file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from harness.imaging.blemish import STEP, bad_pixels, blemishes
from harness.imaging.chart import Framing, edge_regions, patches, squares
from harness.imaging.chroma import mean_rgb_light
from harness.imaging.colour import Balance, balance
from harness.imaging.framing import framing
from harness.imaging.light import linear
from harness.imaging.lines import bad_lines, banding_percent
from harness.imaging.noise import noise_percent
from harness.imaging.picture import Picture, decode_jpeg
from harness.imaging.region import Region
from harness.imaging.sfr import Sfr, measure
from harness.imaging.sharpness import sharpness
from harness.imaging.uniformity import uniformity_percent
from harness.model.reading import Unknown, Unreadable
from tests.bench.figure import Figure

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

WIDTH, HEIGHT, ROUNDS = 4000, 3000, 7
NOISE_CODES = 2.0


def figures() -> Iterator[Figure]:
    chart, flat = _pictures()
    picture = decode_jpeg(flat)
    assert isinstance(picture, Picture)
    light, rgb = linear(picture.luma), picture.rgb()
    kinds: dict[str, tuple[float | None, Callable[[], object]]] = {
        "mtf50_9_regions_12mp_jpeg": (500.0, partial(_upright_edges, chart)),
        "mtf50_18_regions_12mp_jpeg": (None, partial(_sharpness, chart)),
        "uniformity_12mp": (100.0, partial(uniformity_percent, light)),
        "blemishes_12mp": (300.0, partial(blemishes, light, contrast_percent=2.5)),
        "bad_pixels_12mp": (500.0, partial(bad_pixels, light, step=STEP)),
        "lines_12mp": (None, partial(bad_lines, light)),
        "banding_12mp": (None, partial(banding_percent, light)),
        "noise_12mp": (None, partial(noise_percent, light)),
        "balance_12mp_jpeg": (None, partial(_balance, picture)),
        "patches_12mp": (None, partial(patches, rgb)),
    }
    for name, (at_most, run) in kinds.items():
        run()
        took = median(_ms(run) for _ in range(ROUNDS))
        yield Figure(name, took, "ms", at_most, ROUNDS)


def _ms(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return (time.perf_counter() - begun) * 1000


def _upright_edges(content: bytes) -> None:
    """Decode, find the chart, and MTF50 of one upright edge of each of its nine squares."""
    light, found = _found(content)
    for region in edge_regions(WIDTH, HEIGHT, found).values():
        assert isinstance(measure(region.of(light)), Sfr)


def _sharpness(content: bytes) -> None:
    """The same in both directions: 18 values, of 27 edges."""
    light, found = _found(content)
    for square in sharpness(light, found, squares(WIDTH, HEIGHT)).values():
        assert isinstance(square.mtf50, float)


def _found(content: bytes) -> tuple[NDArray[float32], Framing]:
    picture = decode_jpeg(content)
    assert isinstance(picture, Picture)
    light = linear(picture.luma)
    found = framing(light)
    assert isinstance(found, Framing)
    return light, found


def _balance(picture: Picture) -> None:
    light = mean_rgb_light(picture, Region(0, 0, WIDTH, HEIGHT))
    assert not isinstance(light, Unknown | Unreadable)
    assert isinstance(balance(light), Balance)


def _pictures() -> tuple[bytes, bytes]:
    """A chart and a flat field with the noise of a camera, as JPEG files."""
    import numpy as np
    import simplejpeg

    from tests.imaging.edges import codes
    from tests.imaging.squares import FIELD, Chart

    rng = np.random.default_rng(12)

    def jpeg(rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
        noisy = rgb + NOISE_CODES * rng.standard_normal(rgb.shape, np.float32)
        content: bytes = simplejpeg.encode_jpeg(np.rint(noisy).clip(0, 255).astype(np.uint8), 92)
        return content

    chart = codes(Chart(2.0, WIDTH, HEIGHT).image())
    return jpeg(chart), jpeg(np.full((HEIGHT, WIDTH, 3), FIELD, np.uint8))
