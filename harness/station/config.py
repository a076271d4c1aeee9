"""The station file: which handset, jig and instruments stand on which slot."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.settings import load_settings
from harness.files.shapes import NAME, SERIAL, VERSION, WORD, listing, mapping
from harness.model.plan import InputFile
from harness.plans.values import named_file, text
from harness.station.jig_file import JigFile, read_jig_file

MOST_SLOTS = 64
_INSTRUMENTS = listing(NAME, least=1)
_SOCKET = {
    "type": "string",
    "maxLength": 200,
    "pattern": "^[!-.0-~]+/[12]-[1-9][0-9]{0,2}(\\.[1-9][0-9]{0,2}){0,6}$",
    "description": "a USB socket such as pci-0000:00:14.0/1-4.2 (`harness usb` lists them)",
}
SCHEMA = mapping(
    "schema station slots",
    schema=VERSION,
    station=WORD,
    location={"type": "string"},
    adb_key=WORD,
    instruments=_INSTRUMENTS,
    slots=listing(
        mapping(
            "slot",
            slot={"type": "integer", "minimum": 1, "maximum": MOST_SLOTS},
            handset=SERIAL,
            usb=_SOCKET,
            jig=mapping("port", port=WORD, serial=WORD, file=WORD),
            instruments=_INSTRUMENTS,
        ),
        least=1,
    ),
)


@dataclass(frozen=True, slots=True)
class JigConfig:
    """Where a jig is (device or pyserial URL), and who it must be: its serial and its kind."""

    port: str
    serial: str | None = None
    kind: JigFile | None = None


@dataclass(frozen=True, slots=True)
class SlotConfig:
    """A slot: its handset, its jig, and its own instruments.

    The handset is known by its adb serial (or address), by the USB socket in which it stands
    (controller and hub port path), or by both.
    """

    number: int
    handset: str | None
    jig: JigConfig | None = None
    instruments: frozenset[str] = frozenset()
    usb: str | None = None


@dataclass(frozen=True, slots=True)
class StationConfig:
    """A station as its file says.

    `instruments` are those that all slots share. `files` are the station file and each jig file,
    as `jig:PATH` by the path that the station file names it with. `adb_key` is the private key
    with which it opens handsets; None for the one of this user.
    """

    name: str
    location: str
    slots: tuple[SlotConfig, ...]
    files: Mapping[str, InputFile] = field(default_factory=dict)
    instruments: frozenset[str] = frozenset()
    adb_key: Path | None = None


def load_station(path: Path) -> StationConfig:
    """Read a station file and the jig files that it names.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    jigs: dict[str, tuple[InputFile, JigFile | None]] = {}

    def meaning(root: Node, found: Problems) -> None:
        _tell_nameless(root, found)
        _tell_twins(root, found)
        _tell_instruments(root, found)
        jigs.update(_read_jig_files(path, root, found))

    data, file = load_settings(path, SCHEMA, meaning)
    return StationConfig(
        name=data["station"],
        location=data.get("location", ""),
        slots=tuple(_slot(entry, jigs) for entry in data["slots"]),
        files={"station": file} | {f"jig:{name}": read for name, (read, _) in jigs.items()},
        instruments=frozenset(data.get("instruments", ())),
        adb_key=_beside(path, data.get("adb_key")),
    )


def _beside(station: Path, name: str | None) -> Path | None:
    return None if name is None else station.parent / os.path.expanduser(name)  # noqa: PTH111 (Path raises)


def _tell_nameless(root: Node, found: Problems) -> None:
    """Which handset stands on a slot must be plain."""
    for slot in root.get("slots") or ():
        if {key.text for key, _ in slot.items()}.isdisjoint(("handset", "usb")):
            found.error(slot, "missing key 'handset' (or 'usb', for whatever is plugged in there)")


def _read_jig_files(
    path: Path, root: Node, found: Problems
) -> Iterator[tuple[str, tuple[InputFile, JigFile | None]]]:
    """Each jig file once, by its path as it is written."""
    named: dict[str, Path | None] = {}
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        node = jig.get("file") if jig else None
        name = text(node)
        if node is None or name is None or name in named:
            continue
        named[name] = jig_path = named_file(node, found, beside=path)
        if jig_path:
            file, kind, problems = read_jig_file(jig_path)
            found.add(problems)
            yield name, (file, kind)


def _tell_twins(root: Node, found: Problems) -> None:
    """A slot, a handset, a socket and a port stand once in a station."""
    seen: set[tuple[str, object]] = set()
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        unique = {
            "slot": slot.get("slot"),
            "handset": slot.get("handset"),
            "usb": slot.get("usb"),
            "port": jig.get("port") if jig else None,
        }
        for name, node in unique.items():
            if node is None:
                continue
            if (name, node.value) in seen:
                found.error(node, f"{name} {node.describe()} is written twice")
            seen.add((name, node.value))


def _tell_instruments(root: Node, found: Problems) -> None:
    """Whose an instrument is must be plain: shared by all slots, or of one slot alone."""
    shared = _once(root.get("instruments"), found)
    for slot in root.get("slots") or ():
        own = slot.get("instruments")
        for node in own or ():
            if node.value in shared:
                found.error(node, f"all slots share the instrument {node.describe()} already")
        _once(own, found)


def _once(names: Node | None, found: Problems) -> set[object]:
    """The names of a list, each of which stands there once."""
    seen: set[object] = set()
    for node in names or ():
        if node.value is not None and node.value in seen:
            found.error(node, f"instrument {node.describe()} is written twice")
        seen.add(node.value)
    return seen - {None}


def _slot(
    entry: Mapping[str, Any], jigs: Mapping[str, tuple[InputFile, JigFile | None]]
) -> SlotConfig:
    jig = entry.get("jig")
    return SlotConfig(
        number=entry["slot"],
        handset=entry.get("handset"),
        usb=entry.get("usb"),
        jig=_jig(jig, jigs) if jig else None,
        instruments=frozenset(entry.get("instruments", ())),
    )


def _jig(
    entry: Mapping[str, Any], jigs: Mapping[str, tuple[InputFile, JigFile | None]]
) -> JigConfig:
    kind = jigs[entry["file"]][1] if "file" in entry else None
    return JigConfig(entry["port"], entry.get("serial"), kind)
