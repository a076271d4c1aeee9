"""Which field of the light box a picture shows, and whether its chart is blurred beyond measure."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.imaging import sfr
from harness.imaging.chart import edge_regions
from harness.imaging.field import is_blurred, shows_chart
from harness.imaging.light import linear
from harness.imaging.sfr import Sfr
from harness.imaging.sharpness import SIDES
from tests.imaging.fields import cos4, flat, noisy, spotted
from tests.imaging.squares import Chart

MEASURED = ("centre", "top_left", "top_right", "bottom_left", "bottom_right")
BLURRED_PX = (20.0, 40.0, 60.0)
"""Beyond what an edge can be measured of, at 960 px of height: about 16."""


def seen(chart: Chart) -> NDArray[np.float32]:
    return linear(noisy(chart.image().mean(axis=2), seed=1))


@pytest.mark.parametrize(
    "chart",
    [
        *(Chart(sigma) for sigma in (0.8, 4.0, *BLURRED_PX)),
        *(Chart(moved_px=moved) for moved in ((25.0, 0.0), (0.0, 25.0), (-25.0, -25.0))),
        *(Chart(turned_deg=turned) for turned in (-4.0, 4.0)),
        Chart(width=2304, height=1296),
    ],
    ids=repr,
)
def test_the_chart_is_seen_however_blurred_and_askew(chart: Chart) -> None:
    assert shows_chart(seen(chart))


@pytest.mark.parametrize(
    "light",
    [
        flat(),
        0 * flat(),
        flat() / 50,
        cos4(0.2),
        spotted(flat(), 0.5, 0.5, 60, -0.9),
        np.where(np.arange(1280) < 640, flat(), flat() / 3),
        np.where(np.arange(960)[:, None] < 480, flat(), flat() / 3),
        flat(8, 8),
    ],
    ids=["flat", "black", "dark", "vignette", "blotch", "half", "lower half", "tiny"],
)
def test_no_flaw_of_a_camera_makes_a_chart_of_the_flat_field(light: NDArray[np.float64]) -> None:
    assert not shows_chart(linear(noisy(light, seed=1)))


@pytest.mark.parametrize("sigma_px", BLURRED_PX)
def test_an_edge_that_cannot_be_measured_for_its_blur_is_known(sigma_px: float) -> None:
    light = seen(Chart(sigma_px))
    edges = edge_regions(1280, 960)
    for name in MEASURED:
        found = sfr.measure(edges[name].of(light))
        assert not isinstance(found, Sfr) or isinstance(found.mtf50, float)
        for side in SIDES:
            edge = edge_regions(1280, 960, side=side)[name]
            assert is_blurred(light, edge, side), (name, side)


@pytest.mark.parametrize(
    "chart",
    [
        Chart(),
        Chart(3.0),
        *(Chart(moved_px=moved) for moved in ((35.0, 0.0), (-35.0, 0.0), (0.0, 60.0))),
        *(Chart(turned_deg=turned) for turned in (-6.0, 4.0, 6.0)),
    ],
    ids=repr,
)
def test_a_sharp_edge_that_lies_elsewhere_is_not_called_blurred(chart: Chart) -> None:
    light = seen(chart)
    edges = edge_regions(1280, 960)
    assert [name for name in MEASURED if is_blurred(light, edges[name])] == []
    if abs(chart.turned_deg) <= 2 and chart.moved_px == (0.0, 0.0):
        for side in SIDES:
            edges = edge_regions(1280, 960, side=side)
            assert [name for name in MEASURED if is_blurred(light, edges[name], side)] == []


def test_where_no_edge_is_nothing_is_blurred() -> None:
    light = linear(noisy(flat(), seed=1))
    assert not any(is_blurred(light, edge) for edge in edge_regions(1280, 960).values())
    black = np.zeros((960, 1280), np.float32)
    assert not any(is_blurred(black, edge) for edge in edge_regions(1280, 960).values())
