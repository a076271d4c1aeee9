"""The glyphs: each fits where it is drawn, and is told from the others by its shape alone."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from harness.ui.board.glyphs import FONT, HEIGHT, SIGNS, TEXT_SIGNS, digits, glyph, sign
from harness.ui.board.tile import Face, Mark
from harness.ui.text import printable

SIZES = st.tuples(st.integers(1, 200), st.integers(1, 60))
PAINTED = set("█▀▄▘▝▖▌▞▛▗▚▐▜▙▟")
# A tile of 64, 16, 4 slots on 80x24 and 120x40, and of one on a wall screen, less its other lines.
TILES = [(8, 1), (10, 2), (10, 3), (18, 3), (28, 5), (38, 7), (58, 12), (198, 40)]


@given(st.sampled_from(list(Face)), SIZES)
def test_a_face_fits_into_any_tile_in_lines_of_one_length(
    face: Face, size: tuple[int, int]
) -> None:
    width, height = size
    lines = glyph(face, width, height)
    assert 1 <= len(lines) <= height
    assert {cell_len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= width
    assert all(printable(line) == line for line in lines)
    assert "".join(lines).strip()


@given(st.text("0123456789AP", min_size=1, max_size=8), SIZES)
def test_digits_fit_into_any_tile(text: str, size: tuple[int, int]) -> None:
    width, height = size
    lines = digits(text, width, height)
    assert len(lines) <= height
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= width
    assert len(lines) > 1 or text.endswith(lines[0])


def test_digits_that_have_no_glyph_stay_as_they_are() -> None:
    assert digits("x-1", 100, 30) == ("x-1",)
    assert digits("", 100, 30) == ("",)


@pytest.mark.parametrize("size", TILES)
def test_faces_are_told_apart_without_colour(size: tuple[int, int]) -> None:
    for one, other in combinations(Face, 2):
        first, second = (cells(glyph(face, *size), size) for face in (one, other))
        differ = sum(a != b for a, b in zip(first, second, strict=True))
        ink = min(sum(char != " " for char in each) for each in (first, second))
        assert differ >= 0.4 * ink, f"{one} and {other} at {size}"


@pytest.mark.parametrize("size", [(1, 1), (4, 3), (30, 3), (60, 5)])
def test_a_mark_has_a_sign_that_no_face_has_at_any_size(size: tuple[int, int]) -> None:
    for mark in Mark:
        shapes = {sign(face, *size) for face in Face}
        assert sign(mark, *size) not in shapes
        lines = cells(sign(mark, *size), size)
        for face in Face:
            other = cells(sign(face, *size), size)
            differ = sum(a != b for a, b in zip(lines, other, strict=True))
            assert differ >= min(2, size[0]), f"{mark} and {face} at {size}"


def cells(lines: tuple[str, ...], size: tuple[int, int]) -> str:
    width, height = size
    return "".join(line.ljust(width) for line in lines).ljust(width * height)


@pytest.mark.parametrize("size", TILES)
def test_pass_has_a_tick_and_fail_a_cross_in_every_size(size: tuple[int, int]) -> None:
    for face in (Face.PASS, Face.FAIL):
        text = "\n".join(glyph(face, *size))
        painted = len(glyph(face, *size)) > 1
        assert TEXT_SIGNS[face] in text or painted
        if painted and TEXT_SIGNS[face] not in text:
            assert has_sign(face, size), text


def has_sign(face: Face, size: tuple[int, int]) -> bool:
    """Whether there is more ink than the word alone has, by as much as the sign has."""
    dots = [dot for letter in face.value for row in FONT[letter] for dot in row]
    sign = "".join(SIGNS[face]).count("#")
    lines = glyph(face, *size)
    quarters = {"█": 4, **dict.fromkeys("▛▜▙▟", 3), **dict.fromkeys("▀▄▌▐▞▚", 2)}
    ink = sum(quarters.get(char, 1) for line in lines for char in line if char in PAINTED)
    dot = 1 if set("".join(lines)) & set("▘▝▖▗▌▐▚▞▛▜▙▟") else 2
    return ink >= dot * (dots.count("#") + sign)


def test_a_slot_on_a_wall_screen_is_larger_than_one_of_many() -> None:
    areas = [len(lines) * len(lines[0]) for lines in (glyph(Face.PASS, *size) for size in TILES)]
    assert areas == sorted(areas)
    assert len(glyph(Face.PASS, 198, 40)) >= 15


def test_letters_and_digits_have_shapes_of_their_own() -> None:
    shapes = [dots for char, dots in FONT.items() if char not in "O0S5"]
    assert len(set(shapes)) == len(shapes)
    for dots in (*FONT.values(), *SIGNS.values()):
        assert len(dots) == HEIGHT
        assert len({len(row) for row in dots}) == 1
    ten = [FONT[digit] for digit in "0123456789"]
    assert len(set(ten)) == 10


def test_a_face_on_a_large_tile_looks_so() -> None:
    assert glyph(Face.PASS, 24, 3) == (
        "     ▄█  █▀▄ ▄▀▄ ▄▀▀ ▄▀▀",
        "█▄ ▄█▀   █▀  █▀█  ▀▄  ▀▄",
        " ▀▀▀     ▀   ▀ ▀ ▀▀  ▀▀ ",
    )
    assert glyph(Face.FAIL, 10, 1) == ("✗ FAIL",)
    assert glyph(Face.PASS, 5, 1) == ("✓",)
