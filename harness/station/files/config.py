"""The station file: which handset, jig and instruments stand on which slot, over which cable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem
from harness.files.settings import load_settings
from harness.files.shapes import NAME, SERIAL, VERSION, WORD, listing, mapping
from harness.model.plan import InputFile
from harness.model.rules.values import Rules
from harness.model.station import ScanOrder
from harness.plans.values import named_file, text
from harness.station.files.config_rules import (
    SELFTEST_EVERY,
    TIME,
    selftest_every,
    tell_every,
    tell_kind,
)
from harness.station.files.config_screen import (
    SCREEN_SCHEMA,
    ScreenConfig,
    screen_of,
    tell_screen,
)
from harness.station.files.config_slots import (
    connected,
    tell_instruments,
    tell_nameless,
    tell_twins,
)
from harness.station.files.decides import deciding
from harness.station.files.golden_file import read_golden_units
from harness.station.files.golden_units import GoldenUnits
from harness.station.files.instrument_file import InstrumentFile, read_instrument_file
from harness.station.files.jig_file import JigFile, read_jig_file
from harness.station.files.path_loss import PathLossTable, read_path_loss
from harness.station.files.rules_file import RULES_SCHEMA, rules_of, tell_rules
from harness.station.files.selftest_files import golden_files, selftest_files

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
    simulated_slots={"type": "integer", "minimum": 1, "maximum": MOST_SLOTS},
    plan=WORD,
    loading={"enum": [each.value for each in ScanOrder]},
    selftest_every=TIME,
    adb_key=WORD,
    jig_ports=listing(WORD, least=1),
    instruments=_INSTRUMENTS,
    path_loss=WORD,
    golden_units=WORD,
    rules=RULES_SCHEMA,
    badges=WORD,
    screen=SCREEN_SCHEMA,
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
    that the station file names it with; of each jig file the plan of its self-test with all that
    it names (`selftest:PATH`, `selftest-limits:PATH` ...), and so the plan of each registered unit
    (`golden-plan:PATH` ..., by its path from the registry), too. `adb_key` is the private key with
    which it opens handsets; None for the one of this user. `jig_ports` are the ports among which
    jigs are looked for, as URLs and patterns of paths; all when it is empty. `simulated` is the
    scenario of a station that is simulated; it has `simulated_slots`, or as many as that has units
    and jigs. `plan` is what it runs on each unit that is put into it, `loading` how they come. The
    self-test of a jig may be as old as `selftest_every`. `badges` is the file of those who may sign
    in, which is read when somebody does. `screen` is what the operator's screen is where no option
    says otherwise. `decides` is what two people sign of the file, as written.
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
    simulated_slots: int | None = None
    plan: Path | None = None
    loading: ScanOrder = ScanOrder.SCAN_THEN_INSERT
    selftest_every: timedelta = SELFTEST_EVERY
    golden_units: GoldenUnits = field(default_factory=GoldenUnits)
    rules: Rules = field(default_factory=Rules)
    badges: Path | None = None
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    decides: Mapping[str, Any] = field(default_factory=dict)


def load_station(path: Path) -> StationConfig:
    """Read a station file, and the jig, instrument and path-loss files that it names.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    named = _Named(path)
    data, file = load_settings(path, SCHEMA, named.read)
    return StationConfig(
        name=data["station"],
        location=data.get("location", ""),
        slots=tuple(_slot(entry, named) for entry in data.get("slots", ())),
        files={"station": file, **named.files()},
        instruments=_names(data),
        adb_key=_beside(path, data.get("adb_key")),
        call_box=_call_box(data, named.instruments),
        path_loss=next((table for _, table in named.losses.values()), None),
        jig_ports=tuple(data.get("jig_ports", ())),
        simulated=_beside(path, data.get("simulated")),
        simulated_slots=data.get("simulated_slots"),
        plan=_beside(path, data.get("plan")),
        loading=ScanOrder(data.get("loading", ScanOrder.SCAN_THEN_INSERT)),
        selftest_every=selftest_every(data),
        golden_units=next((units for _, units in named.golden.values() if units), GoldenUnits()),
        rules=rules_of(data),
        badges=_beside(path, data.get("badges")),
        screen=screen_of(data),
        decides=deciding(data),
    )


@dataclass(slots=True)
class _Named:
    """The files that a station file names, each with what it says, unless it has problems."""

    station: Path
    jigs: Read[JigFile] = field(default_factory=dict)
    instruments: Read[InstrumentFile] = field(default_factory=dict)
    losses: Read[PathLossTable] = field(default_factory=dict)
    golden: Read[GoldenUnits] = field(default_factory=dict)

    def read(self, root: Node, found: Problems) -> None:
        """Tell what is wrong with a station file, and read what it names."""
        for tell in (
            tell_kind,
            tell_every,
            tell_rules,
            tell_nameless,
            tell_twins,
            tell_instruments,
            tell_screen,
        ):
            tell(root, found)
        path, boxes = self.station, [entry.get("file") for entry in connected(root)]
        self.jigs.update(_read_files(path, _jigs(root), read_jig_file, found))
        self.instruments.update(_read_files(path, boxes, read_instrument_file, found))
        self.losses.update(_read_files(path, [root.get("path_loss")], read_path_loss, found))
        self.golden.update(_read_files(path, [root.get("golden_units")], read_golden_units, found))

    def files(self) -> dict[str, InputFile]:
        """What a run is made by of them, by role."""
        return {
            **{f"jig:{name}": read for name, (read, _) in self.jigs.items()},
            **selftest_files({name: kind for name, (_, kind) in self.jigs.items()}),
            **{f"instrument:{name}": read for name, (read, _) in self.instruments.items()},
            **({"path_loss": next(iter(self.losses.values()))[0]} if self.losses else {}),
            **{f"golden_units:{name}": read for name, (read, _) in self.golden.items()},
            **golden_files(self.golden.values()),
        }


def _beside(station: Path, name: str | None) -> Path | None:
    return None if name is None else station.parent / os.path.expanduser(name)  # noqa: PTH111 (Path raises)


def _jigs(root: Node) -> Iterator[Node | None]:
    """Where slots name the files of their jigs."""
    for slot in root.get("slots") or ():
        jig = slot.get("jig")
        yield jig.get("file") if jig else None


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


def _slot(entry: Mapping[str, Any], named: _Named) -> SlotConfig:
    jig = entry.get("jig")
    return SlotConfig(
        number=entry["slot"],
        handset=entry.get("handset"),
        usb=entry.get("usb"),
        jig=_jig(jig, named.jigs) if jig else None,
        instruments=_names(entry),
        call_box=_call_box(entry, named.instruments),
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
