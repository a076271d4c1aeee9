"""Finds cells that no call box can serve: a channel that is not of the band named with it."""

from __future__ import annotations

from collections.abc import Iterable

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.model.lte_bands import DOWNLINK, band_of
from harness.model.ports import CallBox
from harness.plans.entries import Entry
from harness.plans.values import whole

_PARAMS = {"band", "earfcn"}


def tell_wrong_channels(entries: Iterable[Entry], found: Problems) -> None:
    """Tell each EARFCN that its step gives a call box with another band than its own."""
    for entry in entries:
        spec, given = entry.spec, entry.node.get("with")
        if spec and given and CallBox in spec.ports.values() and spec.params.keys() >= _PARAMS:
            _tell(given, found)


def _tell(given: Node, found: Problems) -> None:
    node = given.get("earfcn")
    band, earfcn = whole(given.get("band")), whole(node)
    if node is None or band is None or earfcn is None:
        return  # told where arguments are read
    channels = DOWNLINK.get(band)
    if channels is None:
        found.warning(
            given.get("band") or node, f"no LTE band {band} is known to check channels by"
        )
    elif earfcn not in channels:
        own = band_of(earfcn)
        of_own = f"; {earfcn} is of band {own}" if own else ""
        words = f"band {band} has the downlink channels {channels[0]} to {channels[-1]}"
        found.error(node, f"{words}{of_own}; found {node.describe()}")
