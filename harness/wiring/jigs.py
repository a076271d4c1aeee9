"""Jigs to talk to by hand, without a run; and how those of a real station are reached."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.finding import JigFinder
from harness.devices.jig.jig import SerialJig
from harness.devices.jig.who import Answer
from harness.devices.scpi.exchange import Expected
from harness.devices.serial_ports import ports_among, ports_of_this_pc
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.station.files.config import JigConfig, StationConfig
from harness.station.files.jig_file import JigFile
from harness.wiring.layout import Layout
from harness.wiring.simulated import jig_kind


@dataclass(frozen=True, slots=True)
class JigAt:
    """A jig, what a station file says of it, and its slot; None for one on a bare port."""

    jig: SerialJig
    config: JigConfig
    slot: int | None = None

    @property
    def dialect(self) -> Dialect:
        return _dialect(self.config)

    @property
    def port(self) -> str:
        """Where it is, or was last; `-` before it was found."""
        return "-" if self.jig.port == self.config.serial else self.jig.port


def jig_configs(layout: Layout) -> dict[int, JigConfig]:
    """What is known of the jigs of a station or of a scenario, by their slots."""
    if isinstance(layout, Scenario):
        return {n: _simulated(layout, n) for n in range(1, layout.slots + 1)}
    return {slot.number: slot.jig for slot in layout.slots if slot.jig}


def slots_named(names: Collection[str], configs: Mapping[int, JigConfig]) -> list[int]:
    """The slots of the jigs with these names, a slot, a serial or a port each; without names, all.

    Raises: ValueError when there is no such jig, or none at all.
    """
    known = {n: (str(n), config.serial, config.port) for n, config in configs.items()}
    there = ", ".join(f"{config.name} (slot {n})" for n, config in configs.items())
    for name in names:
        if not any(name in each for each in known.values()):
            raise ValueError(f"no jig {name!r:.60}; this station has {there or 'none'}")
    if not known:
        raise ValueError("this station has no jigs")
    return [n for n, each in known.items() if not names or not set(names).isdisjoint(each)]


@contextmanager
def open_jigs(layout: Layout) -> Iterator[list[JigAt]]:
    """The jigs of a station or of a scenario, by their slots; nothing is spoken to yet."""
    with ExitStack() as stack:
        if isinstance(layout, Scenario):
            line = stack.enter_context(SimLine(layout, layout.slots))
            finder = JigFinder(line.ports)
        else:
            finder = jig_finder(layout)
        configs = jig_configs(layout).items()
        yield [JigAt(_opened(config, finder, stack), config, slot) for slot, config in configs]


@contextmanager
def open_jig(config: JigConfig) -> Iterator[JigAt]:
    """A jig that no station file names: on a bare port, or found among all of this PC's."""
    with ExitStack() as stack:
        yield JigAt(_opened(config, JigFinder(ports_of_this_pc), stack), config)


def who_answers(kind: JigFile | None) -> list[Answer]:
    """Who answers on each serial port of this PC that nobody holds, asked as this kind is."""
    return JigFinder(ports_of_this_pc).look(kind.dialect if kind else CORE)


def jig_finder(station: StationConfig) -> JigFinder:
    """Looks for the jigs of a station, and leaves the ports alone that its file names."""
    boxes = [station.call_box, *(slot.call_box for slot in station.slots)]
    named = [slot.jig.port for slot in station.slots if slot.jig and slot.jig.port]
    return JigFinder(
        ports_among(station.jig_ports), apart=[*named, *(box.port for box in boxes if box)]
    )


def jig_of(config: JigConfig, finder: JigFinder) -> SerialJig:
    """The jig of an entry of the station file: on its port, or on whichever its serial answers."""
    kind, dialect = config.kind, _dialect(config)
    expected = Expected(config.serial, *((kind.maker, kind.model) if kind else ()))
    if config.port:
        return SerialJig(config.port, dialect, expected=expected)
    opening = partial(finder.open, config.name, dialect)
    return SerialJig(config.name, dialect, expected=expected, open_link=opening)


def _opened(config: JigConfig, finder: JigFinder, stack: ExitStack) -> SerialJig:
    jig = jig_of(config, finder)
    stack.callback(jig.shut)
    return jig


def _dialect(config: JigConfig) -> Dialect:
    return config.kind.dialect if config.kind else CORE


def _simulated(scenario: Scenario, slot: int) -> JigConfig:
    """What a station file would say of a simulated jig."""
    jig = scenario.jig_of(slot)
    return JigConfig(serial=jig.serial, kind=jig_kind(jig.dialect))
