"""Faces, marks, digits in block characters, as large as fits: read from afar, by shape alone.

A dot of a letter is drawn as half a character (about square) times a whole factor, or, where
that is too wide, as a quarter of one. Below that a line of text is left, with the same sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from harness.ui.board.tile import Face, Mark, Seen

Dots = tuple[str, ...]
"""Rows of dots, all of one length; `#` is ink."""

HEIGHT = 5
_LETTERS = """
A  B    C    D    E   F   G    H   I L   M     N    O    P   R    S   T   U    W     Y
.#. ##. .## ##. ### ### .## #.# # #.. #...# #..# .#. ##. ##. .## ### #.# #...# #.#
#.# #.# #.. #.# #.. #.. #.. #.# # #.. ##.## ##.# #.# #.# #.# #.. .#. #.# #...# #.#
### ##. #.. #.# ##. ##. #.# ### # #.. #.#.# #.## #.# ##. ##. .#. .#. #.# #.#.# .#.
#.# #.# #.. #.# #.. #.. #.# #.# # #.. #...# #..# #.# #.. #.# ..# .#. #.# ##.## .#.
#.# ##. .## ##. ### #.. .## #.# # ### #...# #..# .#. #.. #.# ##. .#. ### #...# .#.
"""
_MORE = """
J K    Q    V   X   Z   -
..# #..# .#.. #.# #.# ### ...
..# #.#. #.#. #.# #.# ..# ...
..# ##.. #.#. #.# .#. .#. ###
#.# #.#. #.#. #.# #.# #.. ...
.#. #..# .### .#. #.# ### ...
"""
_DIGITS = """
0 1 2 3 4 5 6 7 8 9
### .#. ##. ##. #.# ### .## ### ### ###
#.# ##. ..# ..# #.# #.. #.. ..# #.# #.#
#.# .#. .#. .#. ### ##. ### .#. ### ###
#.# .#. #.. ..# ..# ..# #.# .#. #.# ..#
### ### ### ##. ..# ##. ### .#. ### ##.
"""
_SIGNS = """
PASS FAIL STOP WAIT RUN EMPTY SHUT REFUSED
......# #...# .###. ##### #.... ..#.. #.#.# .##.
.....## .#.#. ##### .#.#. ###.. ..#.. .#.#. .##.
#...##. ..#.. #...# ..#.. ##### ##### #.#.# .##.
##.##.. .#.#. ##### .#.#. ###.. .###. .#.#. ....
.###... #...# .###. ##### #.... ..#.. #.#.# .##.
"""
TEXT_SIGNS: Mapping[Seen, str] = {
    Face.PASS: "✓",
    Face.FAIL: "✗",
    Face.STOP: "■",
    Face.WAIT: "…",
    Face.RUN: "▶",
    Face.EMPTY: "↓",
    Face.SHUT: "▒",
    Mark.REFUSED: "!",
}
"""The sign of a face or mark in a line of text."""
_HALVES = " ▀▄█"
_QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By which quarters are ink: upper left 1, upper right 2, lower left 4, lower right 8."""


def _font(table: str) -> Mapping[str, Dots]:
    names, *rows = (line.split() for line in table.strip().splitlines())
    return dict(zip(names, zip(*rows, strict=True), strict=True))


FONT = {**_font(_LETTERS), **_font(_MORE), **_font(_DIGITS), " ": ("..",) * HEIGHT}
_SEEN: Mapping[str, Seen] = {seen.value: seen for seen in (*Face, *Mark)}
SIGNS = {_SEEN[name]: dots for name, dots in _font(_SIGNS).items()}


def glyph(face: Face, width: int, height: int) -> tuple[str, ...]:
    """A face for so many columns and lines, all lines of one length: its word with its sign.

    In the largest letters that fit with their sign, drawn beside the word or over it; where only
    the word can be drawn so, the sign is a character; else a line of text; else the sign alone.
    """
    word, sign, mark = dots_of(face.value), SIGNS[face], TEXT_SIGNS[face]
    beside, over = _beside(sign, word), _over(sign, word)
    factor, large = _large(sign, word, width, height)
    if (other := _factor(over, width, height)) > factor:
        return _in_halves(over, other)
    if factor:
        return tuple(_halves(large))
    if factor := _factor(word, width - 2, height):
        return _marked(mark, _in_halves(word, factor))
    if _fits_in_quarters(beside, width, height):
        return tuple(_quarters(beside))
    if _fits_in_quarters(word, width - 2, height):
        return _marked(mark, tuple(_quarters(word)))
    text = f"{mark} {face.value}"
    return (text if len(text) <= width else mark,)


def sign(seen: Seen, width: int, height: int) -> tuple[str, ...]:
    """The sign of a face alone, or a mark, for so many columns and lines, as large as fits."""
    if factor := _factor(SIGNS[seen], width, height):
        return _in_halves(SIGNS[seen], factor)
    if _fits_in_quarters(SIGNS[seen], width, height):
        return tuple(_quarters(SIGNS[seen]))
    return (TEXT_SIGNS[seen],)


def digits(text: str, width: int, height: int) -> tuple[str, ...]:
    """Digits, capitals, hyphens for so many columns and lines, as large as fits; else as is."""
    if text and set(text) <= FONT.keys():
        dots = dots_of(text)
        if factor := _factor(dots, width, height):
            return _in_halves(dots, factor)
        if _fits_in_quarters(dots, width, height):
            return tuple(_quarters(dots))
    return (text[-width:] if width > 0 else "",)


def dots_of(text: str) -> Dots:
    """Letters beside one another, a dot apart."""
    letters = [FONT[char] for char in text]
    return tuple(".".join(row) for row in zip(*letters, strict=True))


def _beside(sign: Dots, word: Dots) -> Dots:
    return tuple(f"{left}..{right}" for left, right in zip(sign, word, strict=True))


def _large(sign: Dots, word: Dots, width: int, height: int) -> tuple[int, Dots]:
    """The word as large as fits beside its sign, which is half as large at least."""
    for factor in range(_factor(word, width, height), 0, -1):
        of_sign = min(factor, (width - factor * len(word[0])) // (len(sign[0]) + 2))
        if 2 * of_sign >= factor:
            high, wide = factor * HEIGHT, of_sign * (len(sign[0]) + 2)
            above = (high - of_sign * HEIGHT) // 2
            blank = ("." * wide,)
            left = [row.ljust(wide, ".") for row in _times(sign, of_sign)]
            rows = (*blank * above, *left, *blank * high)
            return factor, tuple(map(str.__add__, rows, _times(word, factor)))
    return 0, ()


def _over(sign: Dots, word: Dots) -> Dots:
    width = max(len(sign[0]), len(word[0]))
    middle = [row.center(width, ".") for row in (*sign, "", *word)]
    return tuple(row.replace(" ", ".") for row in middle)


def _marked(mark: str, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines, with a character before that in the middle."""
    if not mark:
        return tuple(lines)
    middle = len(lines) // 2
    return tuple(f"{mark if at == middle else ' '} {line}" for at, line in enumerate(lines))


def _factor(dots: Dots, width: int, height: int) -> int:
    """How often larger the dots fit, in halves of characters; 0 where they do not fit at all."""
    return max(0, min(width // len(dots[0]), 2 * height // len(dots)))


def _fits_in_quarters(dots: Dots, width: int, height: int) -> bool:
    return len(dots[0]) <= 2 * width and len(dots) <= 2 * height


def _in_halves(dots: Dots, factor: int) -> tuple[str, ...]:
    return tuple(_halves(_times(dots, factor)))


def _times(dots: Dots, factor: int) -> Dots:
    wide = ["".join(dot * factor for dot in row) for row in dots]
    return tuple(row for row in wide for _ in range(factor))


def _halves(dots: Dots) -> Iterator[str]:
    for upper, lower in _pairs(dots):
        yield "".join(
            _HALVES[(u == "#") + 2 * (v == "#")] for u, v in zip(upper, lower, strict=True)
        )


def _quarters(dots: Dots) -> Iterator[str]:
    for upper, lower in _pairs(dots):
        cells = zip(_by_two(upper), _by_two(lower), strict=True)
        yield "".join(_QUARTERS[_quarter(*u) + 4 * _quarter(*v)] for u, v in cells)


def _quarter(left: str, right: str) -> int:
    return (left == "#") + 2 * (right == "#")


def _by_two(row: str) -> list[tuple[str, str]]:
    return list(zip_longest(row[::2], row[1::2], fillvalue="."))


def _pairs(dots: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip_longest(dots[::2], dots[1::2], fillvalue="." * len(dots[0]))
