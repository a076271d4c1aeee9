"""Reads single values of a plan; what cannot be read is a problem at its place, and None."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import Node, Scalar
from harness.files.problems import nearest
from harness.model.pattern import compiled
from harness.model.units import UNITS, Quantity, Unit, plain_decimal
from harness.model.value import kept

_LOOSE = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) *(.*)", re.DOTALL)
_LIKE_A_UNIT = re.compile(r"[A-Za-z%][^0-9]*$")
_LONGEST = 40


def text(node: Node | None) -> str | None:
    """The text of a scalar; its shape is the schema's to check."""
    return node.value if node and isinstance(node.value, str) else None


def whole(node: Node | None) -> int | None:
    """The whole number of a scalar, as JSON Schema takes it: 14.0 is one."""
    value = node.value if node else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        return None
    return int(value)


def quantity(node: Node, target: Unit, found: Problems) -> Quantity | None:
    """The quantity that is written, in the unit that is wanted."""
    if not isinstance(node, Scalar):
        return None  # a problem of shape, already told
    if isinstance(node.value, bool) or not isinstance(node.value, str | int | Decimal):
        found.error(node, f"expected a quantity in {target.symbol}; found {node.describe()}")
        return None
    written = node.value if isinstance(node.value, str) else plain_decimal(Decimal(node.value))
    try:
        given = Quantity.parse(written)
    except ValueError as error:
        found.error(node, *_misspelling(written, target, error))
        return None
    if given.unit.symbol == "1" != target.symbol:
        message = f"{node.describe()} has no unit: it is in {target.symbol}"
        found.error(node, message, f"{written} {target.symbol}")
        return None
    try:
        wanted = given.to(target)
    except ValueError as error:
        found.error(node, f"{written}: {error}")
        return None
    return wanted if is_kept(wanted.amount, node, found) else None


def days(measured: Node | None, found: Problems) -> tuple[date | None, date | None]:
    """When values were measured, and the last day on which they hold."""
    at = measured.get("until") if measured else None
    on, until = day(measured.get("on") if measured else None, found), day(at, found)
    if at and on and until and until <= on:
        found.error(at, f"the values hold until a day after {on}, on which they were measured")
    return on, until


def day(node: Node | None, found: Problems) -> date | None:
    """A day of the calendar, written as 2027-04-01."""
    written = text(node)
    if node is None or written is None:
        return None  # a problem of shape, already told
    try:
        return date.fromisoformat(written)
    except ValueError:
        found.error(node, f"no day of the calendar: {node.describe()}")
        return None


def is_kept(amount: Decimal, node: Node, found: Problems) -> bool:
    """Whether a record holds the amount as it is: else it would be judged otherwise again."""
    if not kept(amount):
        found.error(node, f"{node.describe()} has more digits than a record holds (15 to 17)")
        return False
    return True


def _misspelling(written: str, target: Unit, error: ValueError) -> tuple[str, str]:
    """What is wrong with the spelling of a quantity, and what was meant."""
    loose = _LOOSE.fullmatch(written)
    number, symbol = loose.groups() if loose else ("", "")
    if not _LIKE_A_UNIT.match(symbol):
        return f"expected a number, a space and a unit; found {written[:_LONGEST]!r}", ""
    if symbol not in UNITS:
        of_this_kind = [unit.symbol for unit in UNITS.values() if unit.measures == target.measures]
        return f"no unit {symbol[:_LONGEST]!r}", nearest(symbol, [*of_this_kind, *UNITS])
    if written != f"{number} {symbol}":
        return "one space stands between a number and its unit", f"{number} {symbol}"
    return str(error), ""


def expression(node: Node, found: Problems) -> str | None:
    """A regular expression that cannot run away; its classes mean ASCII."""
    pattern = text(node)
    if pattern is None:
        return None
    try:
        compiled(pattern)
    except ValueError as error:
        found.error(node, f"{node.describe()}: {error}")
        return None
    return pattern


def quoted(node: Node, found: Problems) -> None:
    """Identities stand in quotes, so that nothing is read into them."""
    if isinstance(node, Scalar) and not node.quoted:
        found.error(node, f"{node.describe()} is an identity: write it in quotes")


def named_file(node: Node, found: Problems, beside: Path) -> Path | None:
    """The file that is named, by a path relative to the file that names it."""
    name = text(node)
    if not name:
        return None  # a problem of shape, already told
    path = beside.parent / name
    try:
        if name.isprintable() and path.is_file():
            return path
        others = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        found.error(node, f"{node.describe()} cannot be read: {error.strerror}")
        return None
    near = nearest(path.name, others)
    found.error(node, f"no file {str(path)!r}", str(Path(name).parent / near) if near else "")
    return None
