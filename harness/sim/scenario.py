"""Scenario files: which simulated units and jig a station has, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.settings import load_settings
from harness.files.shapes import SERIAL, VERSION, WORD, Shape, listing, mapping
from harness.model.identity import luhn_digit
from harness.model.outcome import Outcome
from harness.model.plan import InputFile
from harness.sim.drawn import Drawn
from harness.sim.jig import DIALECTS, JigBuild, SimJig, good_build
from harness.sim.jig.built import SERIAL_PATTERN
from harness.sim.planting import (
    DEFECTS_SHAPE,
    expected,
    planted,
    tell_unexpected,
    tell_wrong_defects,
    tell_wrong_shares,
)
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit, Verdict

MOST_SLOTS = 64
_JIG_SERIAL = {
    "type": "string",
    "pattern": SERIAL_PATTERN,
    "description": "a serial of a jig: 1 to 64 printable ASCII characters without space and comma",
}
_JIG: dict[str, Shape] = {
    "dialect": {"enum": list(DIALECTS)},
    "noise": {"type": "number", "minimum": 0},
    "dwell_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 60},
    "defects": DEFECTS_SHAPE,
}
_AS_WRITTEN = ("sku", "android", "profile", "build", "agent")
_DRAWN = mapping(
    "first",
    first=SERIAL,
    defects={
        "type": "object",
        "additionalProperties": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "description": "defects, each with its share of the units",
    },
)
SCHEMA = mapping(
    "schema",
    schema=VERSION,
    seed={"type": "integer"},
    speed={"type": "number", "exclusiveMinimum": 0},
    jig=mapping("", **_JIG),
    drawn=_DRAWN,
    jigs={**listing(mapping("", serial=_JIG_SERIAL, **_JIG), least=1), "maxItems": MOST_SLOTS},
    units=listing(
        mapping(
            "serial",
            serial=SERIAL,
            imei=listing({"type": ["string", "integer"]}),
            sku=WORD,
            android={"type": "integer", "minimum": 9, "maximum": 15},
            profile={"enum": list(PROFILES)},
            build={"enum": ["user", "userdebug"]},
            agent={"type": "boolean"},
            defects=DEFECTS_SHAPE,
            expect=mapping(
                "outcome",
                outcome={"enum": [o.name for o in Outcome if o is not Outcome.SKIPPED]},
                code=WORD,
            ),
        ),
        least=1,
    ),
)


def _one_good_unit() -> tuple[SimUnit, ...]:
    return (SimUnit("A57A000001"),)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Simulated units and their jigs. `speed` divides the simulators' own dwell times.

    The jig of slot N is the Nth of `jigs`; where these are fewer, one like `jig`, with a serial of
    its own.
    """

    units: tuple[SimUnit, ...] = field(default_factory=_one_good_unit)
    seed: int = 0
    speed: float = 1.0
    jig: SimJig = field(default_factory=SimJig)
    jigs: tuple[SimJig, ...] = ()
    drawn: Drawn | None = None
    """Units beside those, as many as are wanted."""
    wanted_slots: int | None = None
    files: Mapping[str, InputFile] = field(default_factory=dict)
    jig_met: set[str] = field(default_factory=set)
    """Of the defects of its jigs, those that have struck."""

    @property
    def slots(self) -> int:
        """How many slots there are: as many as somebody wants, else one a unit, one a jig."""
        return self.wanted_slots or max(len(self.units), len(self.jigs))

    def first_units(self, count: int) -> tuple[SimUnit, ...]:
        """So many units: those that are told one by one, then drawn ones.

        Raises: ValueError when there are not so many.
        """
        told = self.units[:count]
        if len(told) == count:
            return told
        if self.drawn is None:
            raise ValueError(f"the scenario has {len(self.units)} units, not {count}")
        serials = islice(self.drawn.serials(), count - len(told))
        return (*told, *(self._drawn_unit(self.drawn, serial) for serial in serials))

    def unit_with(self, serial: str) -> SimUnit:
        """The unit of this serial as it was told, else a drawn one.

        Raises: ValueError when there is none.
        """
        for unit in self.units:
            if unit.label.serial == serial:
                return deepcopy(unit)
        if self.drawn is None:
            raise ValueError(f"the scenario has no unit {serial}")
        return self._drawn_unit(self.drawn, serial)

    def _drawn_unit(self, drawn: Drawn, serial: str) -> SimUnit:
        defect = drawn.defect_of(serial, self.seed)
        defects = planted([defect] if defect else [])
        return unit_of_serial(serial, defects=defects, seed=self.seed, expect=expected(defects))

    def jig_of(self, slot: int) -> SimJig:
        """The jig of a slot, counted from 1."""
        if slot <= len(self.jigs):
            return self.jigs[slot - 1]
        return replace(self.jig, serial=_jig_serial(slot))

    @property
    def jig_defects(self) -> list[str]:
        """What is planted in its jigs."""
        planted = (name for jig in (self.jig, *self.jigs) for name in jig.defects)
        return list(dict.fromkeys(planted))


def load_scenario(path: Path, *, held: bool = False) -> Scenario:
    """Read a scenario file, whose units can be `held` to what must be found of each.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    data, file = load_settings(path, SCHEMA, partial(_tell, held=held))
    seed, common = data.get("seed", 0), data.get("jig", {})
    units = tuple(_unit(entry, seed) for entry in data.get("units", ()))
    drawn = data.get("drawn")
    return Scenario(
        units=units or (() if drawn else _one_good_unit()),
        drawn=Drawn(drawn["first"], drawn.get("defects", {})) if drawn else None,
        seed=seed,
        speed=float(data.get("speed", 1)),
        jig=_jig(common, JigBuild()),
        jigs=tuple(_own_jig(n, common, own, seed) for n, own in enumerate(data.get("jigs", ()), 1)),
        files={"scenario": file},
    )


def _own_jig(number: int, common: Mapping[str, Any], own: Mapping[str, Any], seed: int) -> SimJig:
    """A jig that is told by itself; what is said of all holds where nothing is said of it."""
    told = {**common, **own}
    told["defects"] = [*common.get("defects", ()), *own.get("defects", ())]
    serial = own.get("serial", _jig_serial(number))
    return replace(_jig(told, good_build(serial, seed)), serial=serial)


def _jig(told: Mapping[str, Any], build: JigBuild) -> SimJig:
    return SimJig(
        dialect=told.get("dialect", "core"),
        noise=float(told.get("noise", 0)),
        defects=planted(told.get("defects", ())),
        build=replace(build, dwell_s=float(told.get("dwell_s", build.dwell_s))),
    )


def _jig_serial(slot: int) -> str:
    return f"SIMJIG{slot:02}"


def _tell(root: Node, found: Problems, *, held: bool) -> None:
    tell_wrong_defects(root, found)
    tell_wrong_shares(root.get("drawn"), found)
    _tell_twins(root, found)
    if held and not found.sorted():
        tell_unexpected(root, found)


def _tell_twins(root: Node, found: Problems) -> None:
    """A jig is known by its serial; a planted twin has a wire of its own."""
    serials = dict(enumerate((jig.get("serial") for jig in root.get("jigs") or ()), start=1))
    taken = {_jig_serial(slot): slot for slot in range(1, MOST_SLOTS + 1) if not serials.get(slot)}
    told = set[object]()
    for serial in filter(None, serials.values()):
        if serial.value in told:
            found.error(serial, f"jig {serial.describe()} is written twice")
        elif slot := taken.get(str(serial.value)):
            found.error(serial, f"jig {serial.describe()} is that of slot {slot}")
        told.add(serial.value)


def _unit(entry: Mapping[str, Any], seed: int) -> SimUnit:
    given: dict[str, Any] = {name: entry[name] for name in _AS_WRITTEN if name in entry}
    if "imei" in entry:
        given["imei"] = tuple(str(number) for number in entry["imei"])
    if wanted := entry.get("expect"):
        given["expect"] = Verdict(Outcome[wanted["outcome"]], wanted.get("code", ""))
    defects = planted(entry.get("defects", ()))
    given.setdefault("expect", expected(defects))
    return unit_of_serial(entry["serial"], defects=defects, seed=seed, **given)


def unit_of_serial(serial: str, **given: Any) -> SimUnit:
    """A unit whose IMEIs, unless they are given, follow from its serial."""
    return SimUnit(serial, **{"imei": _imeis_of(serial), **given})


def units_with(planted: Sequence[Sequence[str]], *, speed: float) -> Scenario:
    """A line of units, each with the defects of these names and their default settings.

    The serial of a unit, which seeds its noise, follows from its defects alone.
    """
    units = tuple(
        unit_of_serial(
            f"A57D{crc32(' '.join(names).encode()) % 1_000_000:06}",
            defects={name: {} for name in names},
        )
        for names in planted
    )
    return Scenario(units, speed=speed)


def _imeis_of(serial: str) -> tuple[str, str]:
    """Two IMEIs of the line's TAC that the digits at the end of a serial give, and no other's."""
    number = int("0" + "".join(char for char in serial if char.isdigit())[-6:])
    first, second = (f"86012345{(2 * number + n - 1) % 1_000_000:06}" for n in (0, 1))
    return first + str(luhn_digit(first)), second + str(luhn_digit(second))
