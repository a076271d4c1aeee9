"""What a station is made of, before anything of it is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from harness.devices.adb.states import is_address
from harness.devices.jig.dialect import CORE
from harness.errors import StationFault
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.jig_ports import Jig, JigHealth
from harness.model.plan import Plan
from harness.model.ports import Agent, CallBox, Handset, Usb
from harness.sim.line import INSTRUMENTS
from harness.sim.scenario import Scenario, load_scenario
from harness.station.files.config import (
    SlotConfig,
    StationConfig,
    load_station,
)
from harness.station.files.golden_units import GoldenUnits

Layout = StationConfig | Scenario
"""What a station is made of: what a file says, or what is simulated."""


@dataclass(frozen=True, slots=True)
class SimulatedStation(Scenario):
    """A scenario under a station file, which says all that is not of its wires."""

    config: StationConfig = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A slot before it is opened: the unit that is known to stand in it, and what it has."""

    number: int
    unit: Unit
    devices: frozenset[type]
    instruments: frozenset[str]
    """What plans may need of it, by the names that they use."""


def load_layout(station: Path | None, scenario: Path | None) -> Layout:
    """The station of a file, or a simulated one, by a scenario or with one good unit.

    The scenario stands in place of the one that the file of a simulated station names.

    Raises: StationFault(STATION-FILE).
    """
    if not station:
        return load_scenario(scenario) if scenario else Scenario()
    config = load_station(station)
    if config.simulated:
        return _simulated(config, load_scenario(scenario or config.simulated))
    if scenario:
        words = f"{station} is a real station: a scenario is for one with the key `simulated`"
        raise StationFault("STATION-FILE", words)
    return config


def config_of(layout: Layout) -> StationConfig:
    """What a station file says, or would say of a scenario alone."""
    if isinstance(layout, SimulatedStation):
        return layout.config
    return StationConfig("simulated", "", ()) if isinstance(layout, Scenario) else layout


def _simulated(config: StationConfig, scenario: Scenario) -> SimulatedStation:
    of_scenario = {each.name: getattr(scenario, each.name) for each in fields(scenario)}
    files = {**config.files, **scenario.files}
    more = {"files": files, "wanted_slots": config.simulated_slots}
    return SimulatedStation(**{**of_scenario, **more}, config=config)


def load_line(
    path: Path, *, units: int | None = None, seed: int | None = None, held: bool = False
) -> Scenario:
    """The scenario of a file; of its units the first so many, its noise from another seed.

    Raises: StationFault(STATION-FILE), also when it has fewer units, or when its units are to be
    `held` to a verdict and it does not say to which.
    """
    scenario = load_scenario(path, held=held)
    known = len(scenario.units)
    if units is not None and units > known:
        raise StationFault("STATION-FILE", f"{path} has {known} units, not {units}")
    chosen = replace(scenario, units=scenario.units[:units])
    return chosen if seed is None else replace(chosen, seed=seed)


def places(layout: Layout) -> list[Place]:
    """The slots of a station, without touching anything."""
    if isinstance(layout, Scenario):
        every_kind = frozenset({Handset, Agent, Jig, JigHealth, Usb, CallBox})
        labels = [unit.label for unit in layout.units]
        numbers = range(1, layout.slots + 1)
        return [
            Place(n, labels[n - 1] if n <= len(labels) else Unit(), every_kind, INSTRUMENTS)
            for n in numbers
        ]
    return [
        Place(
            slot.number,
            unit_of(slot),
            frozenset(_kinds(slot, layout)),
            instruments_of(slot, layout),
        )
        for slot in layout.slots
    ]


def counted_at(layout: Layout) -> Purpose:
    """What the runs of a station are for that count there."""
    return Purpose.REHEARSAL if isinstance(layout, Scenario) else Purpose.PRODUCTION


def require_real(layout: Layout) -> None:
    """Raises: StationFault(STATION-SIMULATED) for a station that is simulated."""
    if isinstance(layout, Scenario):
        words = f"the station {config_of(layout).name} is simulated: it makes no production records"
        raise StationFault("STATION-SIMULATED", words)


def require_open_to(layout: Layout, purpose: Purpose) -> None:
    """Production is for real stations, a rehearsal for simulated ones, all else for both.

    Raises: StationFault(STATION-SIMULATED | STATION-REAL).
    """
    if purpose is Purpose.PRODUCTION:
        require_real(layout)
    if purpose is Purpose.REHEARSAL and counted_at(layout) is not purpose:
        words = f"the station {config_of(layout).name} is real: what counts there is production"
        raise StationFault("STATION-REAL", words)


def golden_units_of(layout: Layout) -> GoldenUnits:
    """The registered units of a station; a scenario alone has nobody registered."""
    return config_of(layout).golden_units


def input_hashes(plan: Plan, layout: Layout) -> Mapping[str, str]:
    """The SHA-256 of each file that a run is made by, by its role."""
    return {role: file.sha256 for role, file in {**plan.files, **layout.files}.items()}


def unit_of(config: SlotConfig) -> Unit:
    """The unit of a slot, if its handset is named by serial: an address says where, not who."""
    name = config.handset or ""
    return Unit() if is_address(name) else Unit(name)


def instruments_of(slot: SlotConfig, station: StationConfig) -> frozenset[str]:
    """All that plans may need of a slot: what is listed, its socket, and its jig's channels."""
    kind = slot.jig.kind if slot.jig else None
    channels = (kind.dialect if kind else CORE).channels if slot.jig else ()
    socket = ("usb",) if slot.usb else ()
    return station.instruments.union(slot.instruments, channels, socket, ("agent",))


def _kinds(slot: SlotConfig, station: StationConfig) -> Iterator[type]:
    yield Handset
    yield Agent
    if slot.jig:
        yield Jig
        yield JigHealth
    if slot.usb:
        yield Usb
    if slot.call_box or station.call_box:
        yield CallBox
