"""Scenario files: which simulated units and jig a station has, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.settings import load_settings
from harness.files.shapes import SERIAL, VERSION, WORD, listing, mapping
from harness.model.identity import luhn_digit
from harness.model.outcome import Outcome
from harness.model.plan import InputFile
from harness.sim.planting import (
    DEFECTS_SHAPE,
    expected,
    planted,
    tell_unexpected,
    tell_wrong_defects,
)
from harness.sim.profiles import PROFILES
from harness.sim.unit import Defects, SimUnit, Verdict

_AS_WRITTEN = ("sku", "android", "profile", "build", "agent")
SCHEMA = mapping(
    "schema",
    schema=VERSION,
    seed={"type": "integer"},
    speed={"type": "number", "exclusiveMinimum": 0},
    jig=mapping(
        "",
        dialect={"enum": ["core"]},
        noise={"type": "number", "minimum": 0},
        defects=DEFECTS_SHAPE,
    ),
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
    """Simulated units and their jigs. `speed` divides the simulators' own dwell times."""

    units: tuple[SimUnit, ...] = field(default_factory=_one_good_unit)
    seed: int = 0
    speed: float = 1.0
    jig_noise: float = 0.0
    jig_defects: Defects = field(default_factory=dict)
    files: Mapping[str, InputFile] = field(default_factory=dict)
    jig_met: set[str] = field(default_factory=set)
    """Of the defects of its jigs, those that have struck."""


def load_scenario(path: Path, *, held: bool = False) -> Scenario:
    """Read a scenario file, whose units can be `held` to what must be found of each.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    data, file = load_settings(path, SCHEMA, _tell_unheld if held else tell_wrong_defects)
    jig = data.get("jig", {})
    seed = data.get("seed", 0)
    units = tuple(_unit(entry, seed) for entry in data.get("units", ()))
    return Scenario(
        units=units or _one_good_unit(),
        seed=seed,
        speed=float(data.get("speed", 1)),
        jig_noise=float(jig.get("noise", 0)),
        jig_defects=planted(jig.get("defects", ())),
        files={"scenario": file},
    )


def _tell_unheld(root: Node, found: Problems) -> None:
    tell_wrong_defects(root, found)
    if not found.sorted():
        tell_unexpected(root, found)


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
