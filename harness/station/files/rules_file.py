"""The rules of a line under the key `rules` of a station file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.shapes import NAME, Shape, listing, mapping
from harness.model.rules.values import FpyFloor, Item, Offline, Rules
from harness.model.units import UNITS, Quantity
from harness.plans.values import quantity, text

_DAYS_31 = "2678400"
_RANGES = {
    "golden_every": ("s", _DAYS_31, "a time such as 12 h, at most 31 d"),
    "clock_within": ("s", "60", "a time such as 500 ms, at most 1 min"),
    "disk_free": ("B", "1000000000000", "a size such as 5 GB, at most 1000 GB"),
    "engineering_for": ("s", "86400", "a time such as 8 h, at most 24 h"),
    "floor": ("%", "100", "a yield such as 95 %, at most 100 %"),
}
"""The unit of each quantity, the most that it may be in it, and what it is; it is more than 0."""


def _quantity(name: str) -> Shape:
    return {"type": "string", "description": _RANGES[name][2]}


def _count(least: int, most: int, what: str) -> Shape:
    words = f"{what}, a whole number from {least} to {most}"
    return {"type": "integer", "minimum": least, "maximum": most, "description": words}


RULES_SCHEMA = mapping(
    "",
    route=listing(NAME),
    offline={"enum": [each.value for each in Offline]},
    streak=_count(0, 100, "how many fails in a row lock a slot (0: none do)"),
    fpy=mapping("floor over", floor=_quantity("floor"), over=_count(1, 10_000, "so many units")),
    golden_every=_quantity("golden_every"),
    contacts=_count(1, 10_000_000, "so many closings"),
    clock_within=_quantity("clock_within"),
    disk_free=_quantity("disk_free"),
    sign_in={"type": "boolean"},
    engineering_for=_quantity("engineering_for"),
    waived=listing({"enum": [item.value for item in Item]}),
)


def tell_rules(root: Node, found: Problems) -> None:
    """Every quantity of the rules makes sense, and no process stands twice in the route."""
    rules = root.get("rules")
    if rules is None:
        return
    for name, node in _quantities(rules):
        _tell_range(name, node, found)
    seen: set[object] = set()
    for node in rules.get("route") or ():
        if node.value in seen:
            found.error(node, f"process {node.describe()} is written twice")
        seen.add(node.value)
    for node in rules.get("waived") or ():
        asked = rules.get(text(node) or "")
        if asked and asked.value is not False:
            found.error(node, f"{node.describe()} is asked for and waived")


def rules_of(data: Mapping[str, Any]) -> Rules:
    """The rules that a station file without problems says; what it does not say is the default."""
    written = data.get("rules", {})
    return Rules(**{name: _MEANS.get(name, _as_written)(said) for name, said in written.items()})


def _quantities(rules: Node) -> Iterator[tuple[str, Node]]:
    for owner in (rules, rules.get("fpy")):
        for name in _RANGES if owner else ():
            if owner and (node := owner.get(name)):
                yield name, node


def _tell_range(name: str, node: Node, found: Problems) -> None:
    symbol, most, what = _RANGES[name]
    given = quantity(node, UNITS[symbol], found)
    if given and not 0 < given.amount <= Decimal(most):
        found.error(node, f"expected {what}; found {node.describe()}")


def _amount(name: str, written: str) -> Decimal:
    return Quantity.parse(written).to(UNITS[_RANGES[name][0]]).amount


def _time(name: str) -> Callable[[str], timedelta]:
    return lambda written: timedelta(seconds=float(_amount(name, written)))


def _as_written(said: Any) -> Any:
    return said


_MEANS: Mapping[str, Callable[[Any], Any]] = {
    "route": tuple,
    "waived": lambda items: frozenset(map(Item, items)),
    "offline": Offline,
    "streak": lambda length: length or None,
    "fpy": lambda fpy: FpyFloor(float(_amount("floor", fpy["floor"])), fpy["over"]),
    "disk_free": lambda written: int(_amount("disk_free", written)),
    **{name: _time(name) for name in ("golden_every", "clock_within", "engineering_for")},
}
