"""What may not stand together in the slots and the instruments of a station file."""

from __future__ import annotations

from collections.abc import Iterator

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node
from harness.plans.values import text
from harness.station.files.instrument_file import CALL_BOX


def tell_nameless(root: Node, found: Problems) -> None:
    """Which handset stands on a slot, and which jig, must be plain."""
    for slot in root.get("slots") or ():
        if {key.text for key, _ in slot.items()}.isdisjoint(("handset", "usb")):
            found.error(slot, "missing key 'handset' (or 'usb', for whatever is plugged in there)")
        jig = slot.get("jig")
        if jig and {key.text for key, _ in jig.items()} <= {"file"}:
            found.error(jig, "missing key 'serial', by which its port is found (or 'port')")


def tell_twins(root: Node, found: Problems) -> None:
    """A slot, a handset, a socket, a cable, a port and a jig stand once in a station."""
    seen: set[tuple[str, object]] = set()
    for name, node in _unique(root):
        if node is None:
            continue
        if (name, node.value) in seen:
            found.error(node, f"{name} {node.describe()} is written twice")
        seen.add((name, node.value))


def tell_instruments(root: Node, found: Problems) -> None:
    """Whose an instrument is must be plain: shared by all slots, or of one slot alone."""
    shared = _once(root.get("instruments"), found)
    for slot in root.get("slots") or ():
        own = slot.get("instruments")
        for node in map(_name_of, own or ()):
            if node and node.value in shared:
                found.error(node, f"all slots share the instrument {node.describe()} already")
        _once(own, found)
    for entry in connected(root):
        name = entry.get("name")
        if name and text(name) not in (None, CALL_BOX):
            found.error(name, f"what has a port is the call box, and plans call it {CALL_BOX!r}")


def connected(root: Node) -> Iterator[Node]:
    """The instruments that stand with a port, of the station and of its slots."""
    for owner in (root, *(root.get("slots") or ())):
        for entry in owner.get("instruments") or ():
            if isinstance(entry, MappingNode):
                yield entry


def _unique(root: Node) -> Iterator[tuple[str, Node | None]]:
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        yield from ((name, slot.get(name)) for name in ("slot", "handset", "usb", "rf_cable"))
        yield "port", jig.get("port") if jig else None
        yield "jig", jig.get("serial") if jig else None
    yield from (("port", entry.get("port")) for entry in connected(root))
    screen = root.get("screen")
    yield "port", screen.get("scanner") if screen else None


def _name_of(entry: Node) -> Node | None:
    return entry.get("name") if isinstance(entry, MappingNode) else entry


def _once(entries: Node | None, found: Problems) -> set[object]:
    """The names of a list, each of which stands there once."""
    seen: set[object] = set()
    for node in map(_name_of, entries or ()):
        if node and node.value is not None and node.value in seen:
            found.error(node, f"instrument {node.describe()} is written twice")
        seen.add(node.value if node else None)
    return seen - {None}
