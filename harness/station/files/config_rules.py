"""What a station file says of its kind and of its self-tests, and what may not stand together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node
from harness.files.shapes import Shape
from harness.model.units import UNITS, Quantity
from harness.plans.values import quantity

SELFTEST_EVERY = timedelta(hours=24)
"""How old the self-test of a jig may be, unless the station file says it."""
TIME: Shape = {"type": "string", "description": "a time with its unit, such as 24 h"}
_LONGEST = timedelta(days=31)
_OF_REAL_ONES = ("slots", "adb_key", "jig_ports", "path_loss")
_OF_SIMULATED_ONES = ("simulated_slots",)


def tell_kind(root: Node, found: Problems) -> None:
    """A station has slots, or is simulated by a scenario, which has them."""
    simulated = root.get("simulated")
    if simulated is None and root.get("slots") is None:
        found.error(root, "missing key 'slots' (or 'simulated', with the file of a scenario)")
    for key, _ in root.items() if simulated else ():
        if key.text in _OF_REAL_ONES:
            words = f"a simulated station has no key {key.text!r}: its scenario says it all"
            found.error(key, words)
    for key, _ in root.items() if simulated is None else ():
        if key.text in _OF_SIMULATED_ONES:
            found.error(key, f"only a simulated station has the key {key.text!r}")
    for entry in (root.get("instruments") or ()) if simulated else ():
        if isinstance(entry, MappingNode):
            words = "an instrument of a simulated station is a name alone: it has no port"
            found.error(entry, words)


def tell_every(root: Node, found: Problems) -> None:
    """How old a self-test may be is a time that makes sense."""
    node = root.get("selftest_every")
    given = quantity(node, UNITS["s"], found) if node else None
    if node and given and not 0 < given.amount <= _LONGEST.total_seconds():
        most = f"more than 0 h, at most {_LONGEST.days} d"
        found.error(node, f"{node.describe()} is no such time: {most}")


def selftest_every(data: dict[str, Any]) -> timedelta:
    """How old the self-test of a jig may be, of a file without problems."""
    if "selftest_every" not in data:
        return SELFTEST_EVERY
    return timedelta(seconds=float(Quantity.parse(data["selftest_every"]).to(UNITS["s"]).amount))
