"""The station file: which handset, jig and instruments stand on which slot, over which cable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node
from harness.files.problems import Problem
from harness.files.settings import load_settings
from harness.files.shapes import NAME, SERIAL, VERSION, WORD, listing, mapping
from harness.model.plan import InputFile
from harness.plans.values import named_file, text
from harness.station.config_rules import (
    SELFTEST_EVERY,
    TIME,
    selftest_every,
    tell_every,
    tell_kind,
)
from harness.station.golden_file import read_golden_units
from harness.station.golden_units import GoldenUnits
from harness.station.instrument_file import CALL_BOX, InstrumentFile, read_instrument_file
from harness.station.jig_file import JigFile, read_jig_file
from harness.station.path_loss import PathLossTable, read_path_loss
from harness.station.selftest_files import selftest_files

T = TypeVar("T")
Read = dict[str, tuple[InputFile, T | None]]
"""Files of one kind by their paths as written, each with its content unless it has problems."""

MOST_SLOTS = 64
_INSTRUMENT = {
    **mapping("name port file", name=NAME, port=WORD, serial=WORD, file=WORD),
    **NAME,
    "type": ["string", "object"],
    "description": "the name of an instrument, or a mapping with name, port and file",
}
_INSTRUMENTS = {
    **listing(_INSTRUMENT, least=1),
    "description": "a list of instruments, at least one (leave the key out where there are none)",
}
_SOCKET = {
    "type": "string",
    "maxLength": 200,
    "pattern": "^[!-.0-~]+/[12]-[1-9][0-9]{0,2}(\\.[1-9][0-9]{0,2}){0,6}$",
    "description": "a USB socket such as pci-0000:00:14.0/1-4.2 (`harness usb` lists them)",
}
SCHEMA = mapping(
    "schema station",
    schema=VERSION,
    station=WORD,
    location={"type": "string"},
    simulated=WORD,
    selftest_every=TIME,
    adb_key=WORD,
    jig_ports=listing(WORD, least=1),
    instruments=_INSTRUMENTS,
    path_loss=WORD,
    golden_units=WORD,
    slots=listing(
        mapping(
            "slot",
            slot={"type": "integer", "minimum": 1, "maximum": MOST_SLOTS},
            handset=SERIAL,
            usb=_SOCKET,
            jig=mapping("", port=WORD, serial=WORD, file=WORD),
            instruments=_INSTRUMENTS,
            rf_cable=SERIAL,
        ),
        least=1,
    ),
)


@dataclass(frozen=True, slots=True)
class JigConfig:
    """Where a jig is (device or pyserial URL), and who it must be: its serial and its kind.

    One without a port is on whichever port its serial answers.
    """

    port: str | None = None
    serial: str | None = None
    kind: JigFile | None = None

    def __post_init__(self) -> None:
        if not (self.port or self.serial):
            raise ValueError("a jig is known by its port or by its serial")

    @property
    def name(self) -> str:
        """How people call it."""
        return self.serial or self.port or ""


@dataclass(frozen=True, slots=True)
class InstrumentConfig:
    """Where an instrument is (device or pyserial URL), who it must be, and how it speaks."""

    port: str
    serial: str | None
    kind: InstrumentFile


@dataclass(frozen=True, slots=True)
class SlotConfig:
    """A slot: its handset, its jig, its own instruments and among them its own call box.

    The handset is known by its adb serial (or address), by the USB socket in which it stands
    (controller and hub port path), or by both. `rf_cable` is the cable that leads to it.
    """

    number: int
    handset: str | None
    jig: JigConfig | None = None
    instruments: frozenset[str] = frozenset()
    usb: str | None = None
    call_box: InstrumentConfig | None = None
    rf_cable: str | None = None


@dataclass(frozen=True, slots=True)
class StationConfig:
    """A station as its file says.

    `instruments` are those that all slots share, `call_box` is the one among them. `files` are the
    station file, its path-loss table as `path_loss`, and each jig and instrument file and the
    registry of golden units, as `jig:PATH`, `instrument:PATH` and `golden_units:PATH` by the path
    that the station file names it with; of each jig file the plan of its self-test with its limits
    (`selftest:PATH`, `selftest-limits:PATH`), too. `adb_key` is the private key with which it opens
    handsets; None for the one of this user. `jig_ports` are the ports among which jigs are looked
    for, as URLs and patterns of paths; all when it is empty. `simulated` is the scenario of a
    station that is simulated, which says its slots. The self-test of a jig may be as old as
    `selftest_every`.
    """

    name: str
    location: str
    slots: tuple[SlotConfig, ...]
    files: Mapping[str, InputFile] = field(default_factory=dict)
    instruments: frozenset[str] = frozenset()
    adb_key: Path | None = None
    call_box: InstrumentConfig | None = None
    path_loss: PathLossTable | None = None
    jig_ports: tuple[str, ...] = ()
    simulated: Path | None = None
    selftest_every: timedelta = SELFTEST_EVERY
    golden_units: GoldenUnits = field(default_factory=GoldenUnits)


def load_station(path: Path) -> StationConfig:
    """Read a station file, and the jig, instrument and path-loss files that it names.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    jigs: Read[JigFile] = {}
    instruments: Read[InstrumentFile] = {}
    losses: Read[PathLossTable] = {}
    golden: Read[GoldenUnits] = {}

    def meaning(root: Node, found: Problems) -> None:
        tell_kind(root, found)
        tell_every(root, found)
        _tell_nameless(root, found)
        _tell_twins(root, found)
        _tell_instruments(root, found)
        jigs.update(_read_files(path, _jigs(root), read_jig_file, found))
        named = [entry.get("file") for entry in _connected(root)]
        instruments.update(_read_files(path, named, read_instrument_file, found))
        losses.update(_read_files(path, [root.get("path_loss")], read_path_loss, found))
        golden.update(_read_files(path, [root.get("golden_units")], read_golden_units, found))

    data, file = load_settings(path, SCHEMA, meaning)
    return StationConfig(
        name=data["station"],
        location=data.get("location", ""),
        slots=tuple(_slot(entry, jigs, instruments) for entry in data.get("slots", ())),
        files={
            "station": file,
            **{f"jig:{name}": read for name, (read, _) in jigs.items()},
            **selftest_files({name: kind for name, (_, kind) in jigs.items()}),
            **{f"instrument:{name}": read for name, (read, _) in instruments.items()},
            **({"path_loss": losses[data["path_loss"]][0]} if losses else {}),
            **{f"golden_units:{name}": read for name, (read, _) in golden.items()},
        },
        instruments=_names(data),
        adb_key=_beside(path, data.get("adb_key")),
        call_box=_call_box(data, instruments),
        path_loss=losses[data["path_loss"]][1] if losses else None,
        jig_ports=tuple(data.get("jig_ports", ())),
        simulated=_beside(path, data.get("simulated")),
        selftest_every=selftest_every(data),
        golden_units=_registry(data, golden),
    )


def _registry(data: Mapping[str, Any], read: Read[GoldenUnits]) -> GoldenUnits:
    _, units = read.get(data.get("golden_units", ""), (None, None))
    return units or GoldenUnits()


def _beside(station: Path, name: str | None) -> Path | None:
    return None if name is None else station.parent / os.path.expanduser(name)  # noqa: PTH111 (Path raises)


def _tell_nameless(root: Node, found: Problems) -> None:
    """Which handset stands on a slot, and which jig, must be plain."""
    for slot in root.get("slots") or ():
        if {key.text for key, _ in slot.items()}.isdisjoint(("handset", "usb")):
            found.error(slot, "missing key 'handset' (or 'usb', for whatever is plugged in there)")
        jig = slot.get("jig")
        if jig and {key.text for key, _ in jig.items()} <= {"file"}:
            found.error(jig, "missing key 'serial', by which its port is found (or 'port')")


def _jigs(root: Node) -> Iterator[Node | None]:
    """Where slots name the files of their jigs."""
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        yield jig.get("file") if jig else None


def _connected(root: Node) -> Iterator[Node]:
    """The instruments that stand with a port, of the station and of its slots."""
    for owner in (root, *(root.get("slots") or ())):
        for entry in owner.get("instruments") or ():
            if isinstance(entry, MappingNode):
                yield entry


def _read_files(
    path: Path,
    nodes: Iterable[Node | None],
    read: Callable[[Path], tuple[InputFile, T | None, list[Problem]]],
    found: Problems,
) -> Iterator[tuple[str, tuple[InputFile, T | None]]]:
    """Each file once, by its path as it is written."""
    seen = set[str]()
    for node in nodes:
        name = text(node)
        if node is None or name is None or name in seen:
            continue
        seen.add(name)
        if named := named_file(node, found, beside=path):
            file, content, problems = read(named)
            found.add(problems)
            yield name, (file, content)


def _tell_twins(root: Node, found: Problems) -> None:
    """A slot, a handset, a socket, a cable, a port and a jig stand once in a station."""
    seen: set[tuple[str, object]] = set()
    for name, node in _unique(root):
        if node is None:
            continue
        if (name, node.value) in seen:
            found.error(node, f"{name} {node.describe()} is written twice")
        seen.add((name, node.value))


def _unique(root: Node) -> Iterator[tuple[str, Node | None]]:
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        yield from ((name, slot.get(name)) for name in ("slot", "handset", "usb", "rf_cable"))
        yield "port", jig.get("port") if jig else None
        yield "jig", jig.get("serial") if jig else None
    yield from (("port", entry.get("port")) for entry in _connected(root))


def _tell_instruments(root: Node, found: Problems) -> None:
    """Whose an instrument is must be plain: shared by all slots, or of one slot alone."""
    shared = _once(root.get("instruments"), found)
    for slot in root.get("slots") or ():
        own = slot.get("instruments")
        for node in map(_name_of, own or ()):
            if node and node.value in shared:
                found.error(node, f"all slots share the instrument {node.describe()} already")
        _once(own, found)
    for entry in _connected(root):
        name = entry.get("name")
        if name and text(name) not in (None, CALL_BOX):
            found.error(name, f"what has a port is the call box, and plans call it {CALL_BOX!r}")


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


def _slot(
    entry: Mapping[str, Any], jigs: Read[JigFile], instruments: Read[InstrumentFile]
) -> SlotConfig:
    jig = entry.get("jig")
    return SlotConfig(
        number=entry["slot"],
        handset=entry.get("handset"),
        usb=entry.get("usb"),
        jig=_jig(jig, jigs) if jig else None,
        instruments=_names(entry),
        call_box=_call_box(entry, instruments),
        rf_cable=entry.get("rf_cable"),
    )


def _jig(entry: Mapping[str, Any], jigs: Read[JigFile]) -> JigConfig:
    kind = jigs[entry["file"]][1] if "file" in entry else None
    return JigConfig(entry.get("port"), entry.get("serial"), kind)


def _names(owner: Mapping[str, Any]) -> frozenset[str]:
    entries = owner.get("instruments", ())
    return frozenset(each if isinstance(each, str) else each["name"] for each in entries)


def _call_box(
    owner: Mapping[str, Any], instruments: Read[InstrumentFile]
) -> InstrumentConfig | None:
    for entry in owner.get("instruments", ()):
        if not isinstance(entry, str) and (kind := instruments[entry["file"]][1]):
            return InstrumentConfig(entry["port"], entry.get("serial"), kind)
    return None
