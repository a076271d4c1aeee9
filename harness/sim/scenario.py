"""Scenario files: which simulated units and jig a station has, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import Node, Scalar
from harness.files.problems import nearest
from harness.files.settings import load_settings
from harness.files.shapes import SERIAL, VERSION_1, WORD, listing, mapping
from harness.model.identity import luhn_digit
from harness.model.outcome import Outcome
from harness.model.plan import InputFile
from harness.sim.profiles import PROFILES
from harness.sim.unit import Defects, SimUnit, Verdict

UNIT_DEFECTS: Mapping[str, frozenset[str]] = {
    "adb.absent": frozenset(),
    "adb.offline": frozenset(),
    "adb.unauthorized": frozenset(),
    "adb.hang": frozenset({"on"}),
    "adb.drip": frozenset({"on"}),
    "adb.drop": frozenset({"on"}),
    "adb.garbage": frozenset({"on"}),
    "battery.weak_charge": frozenset({"current_a"}),
    "camera.app_ignores_facing": frozenset(),
    "camera.cut_file": frozenset(),
    "camera.front.missing": frozenset(),
    "camera.no_service": frozenset(),
    "camera.leftover": frozenset(),
    "camera.rear.dark": frozenset({"luma"}),
    "camera.rear.half_dark": frozenset({"light"}),
    "camera.rear.vignette": frozenset({"falloff"}),
    "camera.still_fails": frozenset(),
    "identity.label_mismatch": frozenset({"label", "imei"}),
    "imei.not_written": frozenset(),
    "lte.attach_slow": frozenset({"attach_s"}),
    "lte.no_attach": frozenset({"reason"}),
    "lte.no_detach": frozenset(),
    "lte.weak": frozenset({"rsrp_dbm"}),
    "lte.wrong_plmn": frozenset({"plmn"}),
    "wifi.dead": frozenset(),
    "wifi.deaf": frozenset(),
}
JIG_DEFECTS: Mapping[str, frozenset[str]] = {
    "jig.silent": frozenset({"on"}),
    "jig.late_reply": frozenset({"on", "by_s"}),
    "jig.noise": frozenset({"on", "rate"}),
    "jig.refuses": frozenset({"on"}),
    "jig.interlock_open": frozenset({"on"}),
    "jig.stuck_fixture": frozenset({"on"}),
    "jig.wrong_identity": frozenset({"on"}),
}
"""Every defect that can be planted, with its settings."""

_AS_WRITTEN = ("sku", "android", "profile")
_DEFECTS = listing({"type": ["string", "object"], "description": "a defect, or one with settings"})
SCHEMA = mapping(
    "schema",
    schema=VERSION_1,
    seed={"type": "integer"},
    speed={"type": "number", "exclusiveMinimum": 0},
    jig=mapping(
        "",
        dialect={"enum": ["core"]},
        noise={"type": "number", "minimum": 0},
        defects=_DEFECTS,
    ),
    units=listing(
        mapping(
            "serial",
            serial=SERIAL,
            imei=listing({"type": ["string", "integer"]}),
            sku=WORD,
            android={"type": "integer", "minimum": 9, "maximum": 15},
            profile={"enum": list(PROFILES)},
            defects=_DEFECTS,
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


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    data, file = load_settings(path, SCHEMA, _tell_unknown_defects)
    jig = data.get("jig", {})
    seed = data.get("seed", 0)
    units = tuple(_unit(entry, seed) for entry in data.get("units", ()))
    return Scenario(
        units=units or _one_good_unit(),
        seed=seed,
        speed=float(data.get("speed", 1)),
        jig_noise=float(jig.get("noise", 0)),
        jig_defects=_defects(jig.get("defects", ())),
        files={"scenario": file},
    )


def _tell_unknown_defects(root: Node, found: Problems) -> None:
    jig = root.get("jig")
    for name, settings in _named(jig.get("defects") if jig else None):
        _tell_unknown(name, settings, JIG_DEFECTS, found)
    for unit in root.get("units") or ():
        for name, settings in _named(unit.get("defects")):
            _tell_unknown(name, settings, UNIT_DEFECTS, found)


def _named(defects: Node | None) -> Iterator[tuple[Scalar, Node | None]]:
    for entry in defects or ():
        if isinstance(entry, Scalar):
            yield entry, None
        else:
            yield from entry.items()


def _tell_unknown(
    name: Scalar, settings: Node | None, known: Mapping[str, frozenset[str]], found: Problems
) -> None:
    if name.text not in known:
        found.error(name, f"no defect {name.text!r}", nearest(name.text, known))
        return
    for key, _ in settings.items() if settings else ():
        if key.text not in known[name.text]:
            settable = ", ".join(sorted(known[name.text])) or "nothing"
            message = f"{name.text} has no setting {key.text!r}: it takes {settable}"
            found.error(key, message, nearest(key.text, known[name.text]))


def _unit(entry: Mapping[str, Any], seed: int) -> SimUnit:
    given: dict[str, Any] = {name: entry[name] for name in _AS_WRITTEN if name in entry}
    if "imei" in entry:
        given["imei"] = tuple(str(number) for number in entry["imei"])
    else:
        given["imei"] = _imeis_of(entry["serial"])
    if wanted := entry.get("expect"):
        given["expect"] = Verdict(Outcome[wanted["outcome"]], wanted.get("code", ""))
    defects = _defects(entry.get("defects", ()))
    return SimUnit(entry["serial"], defects=defects, seed=seed, **given)


def _imeis_of(serial: str) -> tuple[str, str]:
    """Two IMEIs of the line's TAC that the digits at the end of a serial give, and no other's."""
    number = int("0" + "".join(char for char in serial if char.isdigit())[-6:])
    first, second = (f"86012345{(2 * number + n - 1) % 1_000_000:06}" for n in (0, 1))
    return first + str(luhn_digit(first)), second + str(luhn_digit(second))


def _defects(entries: Sequence[str | Mapping[str, Any]]) -> Defects:
    defects: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        named = {entry: None} if isinstance(entry, str) else entry
        defects.update({name: settings or {} for name, settings in named.items()})
    return defects
