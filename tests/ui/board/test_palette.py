"""The palettes: every face is read, and told from the others with every common colour vision."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from harness.model import screen
from harness.ui.board.palette import (
    DEFAULT,
    PALETTES,
    READABLE,
    Paint,
    Palette,
    contrast,
    hollow,
    linear,
)
from harness.ui.board.tile import Face, Mark

_VISIONS = {
    # Machado, Oliveira, Fernandes 2009, table of severity 1.0
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(colour: str, vision: str) -> tuple[float, ...]:
    light = linear(colour)
    return tuple(sum(m * c for m, c in zip(row, light, strict=True)) for row in _VISIONS[vision])


def test_a_station_file_knows_the_same_palettes() -> None:
    assert tuple(PALETTES) == screen.PALETTES


@pytest.mark.parametrize("name", PALETTES)
def test_every_face_is_painted_and_read(name: str) -> None:
    palette = PALETTES[name]
    assert palette.keys() == {*Face, *Mark}
    for face, paint in palette.items():
        assert contrast(paint) >= READABLE, f"{face} in {name}"


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("face", [Face.PASS, Face.FAIL])
def test_a_verdict_that_is_not_filled_is_read_and_looks_like_no_other(
    name: str, face: Face
) -> None:
    empty = hollow(PALETTES[name][face])
    assert contrast(empty) >= READABLE
    assert empty.ground == "#000000"
    assert empty not in [PALETTES[name][other] for other in Face]


def test_as_little_white_as_it_takes_makes_a_colour_readable() -> None:
    assert hollow(Paint("#14181c", "#ff9e1b")).ink == "#ff9e1b"
    assert hollow(Paint("#ffffff", "#000000")).ink == "#808080"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(Paint("#000000", "#ffffff")) == pytest.approx(21)
    assert contrast(Paint("#777777", "#ffffff")) == pytest.approx(4.48, abs=0.01)
    assert contrast(Paint("#123456", "#123456")) == 1


@pytest.mark.parametrize("vision", _VISIONS)
def test_pass_and_fail_in_blue_and_orange_differ_for_every_vision(vision: str) -> None:
    def apart(palette: Palette) -> float:
        grounds = (seen(palette[face].ground, vision) for face in (Face.PASS, Face.FAIL))
        return math.dist(*grounds)

    assert apart(PALETTES["blue-orange"]) > 0.4
    if vision == "deutan":
        assert apart(PALETTES["green-red"]) < apart(PALETTES["blue-orange"]) / 2, "why it is not it"


@pytest.mark.parametrize("name", ["blue-orange", "green-red"])
def test_no_two_faces_have_one_colour(name: str) -> None:
    for one, other in combinations(PALETTES[name].values(), 2):
        assert math.dist(linear(one.ground), linear(other.ground)) > 0.01


def test_without_colours_a_fail_is_the_brightest_by_far() -> None:
    mono = PALETTES["mono"]
    for face, paint in mono.items():
        if face is not Face.FAIL:
            assert contrast(Paint(mono[Face.FAIL].ground, paint.ground)) > 2, face


def test_the_default_is_for_every_vision() -> None:
    assert DEFAULT == "blue-orange"
