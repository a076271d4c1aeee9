"""The station file: which handset and jig stand on which slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.settings import load_settings
from harness.files.shapes import SERIAL, VERSION_1, WORD, listing, mapping

MOST_SLOTS = 64
SCHEMA = mapping(
    "schema station slots",
    schema=VERSION_1,
    station=WORD,
    location={"type": "string"},
    slots=listing(
        mapping(
            "slot handset",
            slot={"type": "integer", "minimum": 1, "maximum": MOST_SLOTS},
            handset=SERIAL,
            jig=mapping("port", port=WORD, serial=WORD),
        ),
        least=1,
    ),
)


@dataclass(frozen=True, slots=True)
class JigConfig:
    """Where a jig is (device or pyserial URL), and the serial that it must answer with."""

    port: str
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class SlotConfig:
    """A slot: the adb serial (or address) of its handset, and its jig."""

    number: int
    handset: str
    jig: JigConfig | None = None


@dataclass(frozen=True, slots=True)
class StationConfig:
    name: str
    location: str
    slots: tuple[SlotConfig, ...]


def load_station(path: Path) -> StationConfig:
    """Read a station file.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    data = load_settings(path, SCHEMA, _tell_twins)
    slots = tuple(_slot(entry) for entry in data["slots"])
    return StationConfig(data["station"], data.get("location", ""), slots)


def _tell_twins(root: Node, found: Problems) -> None:
    """A slot, a handset and a port stand once in a station."""
    seen: set[tuple[str, object]] = set()
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        unique = {
            "slot": slot.get("slot"),
            "handset": slot.get("handset"),
            "port": jig.get("port") if jig else None,
        }
        for name, node in unique.items():
            if node is None:
                continue
            if (name, node.value) in seen:
                found.error(node, f"{name} {node.describe()} is written twice")
            seen.add((name, node.value))


def _slot(entry: Mapping[str, Any]) -> SlotConfig:
    jig = entry.get("jig")
    return SlotConfig(
        number=entry["slot"],
        handset=entry["handset"],
        jig=JigConfig(jig["port"], jig.get("serial")) if jig else None,
    )
