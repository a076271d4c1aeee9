"""Reads mask files: corners of bounds along the x of a curve.

CSV (RFC 4180, without quotes), in UTF-8: a header that names the columns with their units, such
as `x [cy/px],low [1],high [1]`, then a corner a line. A cell of low or high may be empty, and one
of these columns may be left out. Lines that begin with `#` are comments.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import Node, Scalar
from harness.files.parse import characters, read_bytes
from harness.files.problems import Place, Problem, nearest
from harness.model.mask import MOST_ROWS, Mask, MaskPoint
from harness.model.plan import InputFile
from harness.model.step import Series
from harness.model.units import UNITS, Quantity, Unit
from harness.plans.values import is_kept, named_file, text

_COLUMNS = ("x", "low", "high")
_HEAD = re.compile(r"(.*?) *\[(.*)\]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_LONGEST_NUMBER = 32

_Row = Sequence[Scalar]
_Heads = Mapping[str, tuple[Scalar, Unit]]
_Corner = tuple[Mapping[str, Scalar], MaskPoint]


@dataclass(slots=True)
class Masks:
    """The mask files that limits name, each read once."""

    _tables: dict[Path, _Table] = field(default_factory=dict)
    _named: dict[str, Path] = field(default_factory=dict)

    def read(self, node: Node, beside: Path, series: Series, found: Problems) -> Mask | None:
        """The mask that is named, in the units of a series; None when there is a problem."""
        path, name = named_file(node, found, beside), text(node)
        if path is None or name is None:
            return None
        if self._named.setdefault(name, path) != path:
            found.error(node, f"{node.describe()} is another file than {self._named[name]}")
            return None
        if path not in self._tables:
            self._tables[path] = _Table.of(path)
        return self._tables[path].mask(series)

    @property
    def files(self) -> dict[str, InputFile]:
        """The files by their roles."""
        return {f"mask:{name}": self._tables[path].input for name, path in self._named.items()}

    def problems(self) -> list[Problem]:
        return [problem for table in self._tables.values() for problem in table.found.sorted()]


@dataclass(frozen=True, slots=True)
class _Table:
    """The cells of a mask file by their columns; `heads` is None when they make no sense."""

    input: InputFile
    found: Problems
    heads: _Heads | None
    rows: Sequence[Mapping[str, Scalar]]
    masks: dict[tuple[str, str], Mask | None] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> _Table:
        content, problem = read_bytes(path)
        written, refused = (None, [problem]) if problem else characters(content, str(path))
        found = Problems(str(path), refused)
        heads, rows = _read(written, found) if written is not None else (None, [])
        return cls(InputFile(path, hashlib.sha256(content).hexdigest()), found, heads, rows)

    def mask(self, series: Series) -> Mask | None:
        units = (series.unit, series.x)
        if units not in self.masks:
            self.masks[units] = self._mask(series)
        return self.masks[units]

    def _mask(self, series: Series) -> Mask | None:
        if self.heads is None or not self._fits(self.heads, series):
            return None
        corners = [corner for row in self.rows if (corner := self._corner(row, series))]
        complete = len(corners) == len(self.rows) and not self.found.sorted()
        _tell_misplaced(corners, self.found, complete=complete)
        return None if self.found.sorted() else Mask(tuple(point for _, point in corners))

    def _fits(self, heads: _Heads, series: Series) -> bool:
        """Whether the columns are in units of the quantities that the series is in."""
        fits = True
        for column, (head, unit) in heads.items():
            wanted = _unit(column, series)
            if unit.measures != wanted.measures:
                fits = False
                words = f"{unit.symbol} measures {unit.measures}"
                message = f"{words}; the {_axis(column)} of {series.name!r} is in {wanted.symbol}"
                self.found.error(head, message)
        return fits

    def _corner(self, row: Mapping[str, Scalar], series: Series) -> _Corner | None:
        assert self.heads is not None, "no row is read without them"
        amounts: dict[str, Decimal | None] = dict.fromkeys(_COLUMNS)
        for column, cell in row.items():
            if not cell.text and column != "x":
                continue
            amount = _amount(cell, self.heads[column][1], _unit(column, series), self.found)
            if amount is None:
                return None
            amounts[column] = amount
        x = amounts["x"]
        assert x is not None, "an empty x is no amount"
        return row, MaskPoint(x, amounts["low"], amounts["high"])


def _axis(column: str) -> str:
    return "x" if column == "x" else "value"


def _unit(column: str, series: Series) -> Unit:
    return UNITS[series.x if column == "x" else series.unit]


def _read(written: str, found: Problems) -> tuple[_Heads | None, list[Mapping[str, Scalar]]]:
    """The columns of a mask, and the cells of each corner by column."""
    lines = _lines(written)
    header = next(lines, None)
    if header is None:
        words = "an empty mask: it starts with a line such as x [cy/px],low [1],high [1]"
        found.error(Scalar(Place(1, 1), ""), words)
        return None, []
    heads = _heads(header, found)
    rows = list(_rows(lines, list(heads), found)) if heads else []
    if heads and len(rows) < 2:
        found.error(header[0], f"a mask has 2 to {MOST_ROWS} corners; found {len(rows)}")
    return heads, rows


def _lines(written: str) -> Iterator[_Row]:
    """The cells of each line that is no comment, with their places."""
    for number, line in enumerate(written.split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _cells(number, line.rstrip("\r"))


def _cells(number: int, line: str) -> _Row:
    cells, column = [], 1
    for cell in line.split(","):
        start = column + len(cell) - len(cell.lstrip(" "))
        word = cell.strip(" ")
        cells.append(Scalar(Place(number, start if word else column), word, content=word))
        column += len(cell) + 1
    return cells


def _heads(header: _Row, found: Problems) -> _Heads | None:
    """The columns with their units, in their order."""
    if any(";" in cell.text for cell in header):
        found.error(header[0], "the cells of a mask stand between commas, not semicolons")
        return None
    if len(header) > len(_COLUMNS):
        words = f"a mask has the columns {', '.join(_COLUMNS)}; found {len(header)} columns"
        found.error(header[len(_COLUMNS)], words)
        return None
    heads: dict[str, tuple[Scalar, Unit]] = {}
    for cell in header:
        head = _head(cell, found)
        if head is None:
            return None
        name, unit = head
        if name in heads:
            found.error(cell, f"a second column {name!r}")
            return None
        heads[name] = (cell, unit)
    if "x" not in heads or len(heads) == 1:
        found.error(header[0], f"a mask has x, and low or high or both; found {', '.join(heads)}")
        return None
    return heads


def _head(cell: Scalar, found: Problems) -> tuple[str, Unit] | None:
    parts = _HEAD.fullmatch(cell.text)
    name, symbol = parts.groups() if parts else (cell.text, "")
    if name not in _COLUMNS:
        message = f"expected x, low or high with its unit; found {cell.describe()}"
        found.error(cell, message, nearest(name, _COLUMNS))
    elif parts is None:
        found.error(cell, f"the column {name!r} has no unit: add it, such as {name} [1]")
    elif symbol not in UNITS:
        found.error(cell, f"no unit {symbol[:40]!r}", nearest(symbol, UNITS))
    else:
        return name, UNITS[symbol]
    return None


def _rows(
    lines: Iterator[_Row], columns: Sequence[str], found: Problems
) -> Iterator[Mapping[str, Scalar]]:
    """The cells of each corner by column; lines with too many or too few cells are told."""
    for count, cells in enumerate(lines, start=1):
        if count > MOST_ROWS:
            found.error(cells[0], f"a mask has at most {MOST_ROWS} corners")
            return
        if len(cells) == len(columns):
            yield dict(zip(columns, cells, strict=True))
        else:
            found.error(cells[0], _of_wrong_length(cells, columns))


def _of_wrong_length(cells: _Row, columns: Sequence[str]) -> str:
    words = f"expected {len(columns)} cells ({', '.join(columns)}); found {len(cells)}"
    if any(";" in cell.text for cell in cells):
        return f"{words}: they stand between commas, not semicolons"
    if len(cells) > len(columns):
        return f"{words}: a decimal mark is a point"
    return f"{words}: an empty cell keeps its comma"


def _amount(cell: Scalar, unit: Unit, wanted: Unit, found: Problems) -> Decimal | None:
    if not cell.text:
        found.error(cell, "every corner has an x")
        return None
    if not _NUMBER.fullmatch(cell.text) or len(cell.text) > _LONGEST_NUMBER:
        quote = ", without quotes" if '"' in cell.text else ""
        message = f"expected a plain decimal such as -0.25{quote}; found {cell.describe()}"
        found.error(cell, message)
        return None
    try:
        amount = Quantity(Decimal(cell.text), unit).to(wanted).amount
    except ValueError as error:
        found.error(cell, str(error))
        return None
    return amount if is_kept(amount, cell, found) else None


def _tell_misplaced(corners: Sequence[_Corner], found: Problems, *, complete: bool) -> None:
    """Tell where the corners break a rule of Mask; without all of them, only what is sure."""
    for at, (cells, (x, low, high)) in enumerate(corners):
        if low is not None and high is not None and low > high:
            words = f"low {cells['low'].text} is above high {cells['high'].text}"
            found.error(cells["low"], words)
        if at == 0:
            continue
        before, last = corners[at - 1][1], corners[at - 1][0]["x"].text
        if x < before.x:
            words = f"the x of a mask rise from corner to corner: {cells['x'].text} after {last}"
            found.error(cells["x"], words)
        elif complete and x == before.x:
            if at in (1, len(corners) - 1) or corners[at - 2][1].x == x:
                words = "two corners at one x are a step, with a corner before and after it"
                found.error(cells["x"], words)
        elif complete and None in (before.low, low) and None in (before.high, high):
            words = f"no bound runs from {last} to {cells['x'].text}: both corners need low or high"
            found.error(cells["x"], words)
