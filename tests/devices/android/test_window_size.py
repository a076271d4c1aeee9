from __future__ import annotations

import pytest

from harness.devices.android.window_size import WindowSize, read_window_size
from harness.model.reading import Unknown, Unreadable


def read(text: str) -> WindowSize:
    found = read_window_size(text)
    assert isinstance(found, WindowSize), found
    return found


def test_no_override_is_unknown_and_order_does_not_matter() -> None:
    found = read("Physical density: 560\nPhysical size: 1440x3200\n")
    assert (found.physical, found.density) == ((1440, 3200), 560)
    assert isinstance(found.override, Unknown)
    assert isinstance(found.density_override, Unknown)


@pytest.mark.parametrize(
    "size", ["0x2400", "1080x0", "1080x", "1080", "1080 x 2400", "-1x-1", "reset"]
)
def test_what_is_no_size_is_none(size: str) -> None:
    assert isinstance(read(f"Physical size: {size}\n").physical, Unreadable)


@pytest.mark.parametrize("density", ["0", "-1", "48O", "99999"])
def test_what_is_no_density_is_none(density: str) -> None:
    assert isinstance(read(f"Physical density: {density}\n").density, Unreadable)


def test_a_size_that_is_cut_is_none() -> None:
    assert isinstance(read("Physical density: 560\nPhysical size: 1440x320").physical, Unknown)


def test_two_sizes_are_none() -> None:
    assert isinstance(
        read("Physical size: 1440x3200\nPhysical size: 1080x2400\n").physical, Unreadable
    )
