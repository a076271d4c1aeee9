"""Events of real runs on a bench in memory, for any slot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.engine.execute import execute
from harness.model.events import RunEnded, RunStarted, Stamped
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.ports import Measure
from harness.model.refs import StationRef
from harness.model.slot_state import SlotEvent
from harness.model.station import Snapshot
from harness.station.screens.bus import Bus
from harness.steps.api import Numeric
from tests.engine.rig import Rig, planned, spec_of

STATION = StationRef("line", "uuid")


def probe(jig: Jig, measure: Measure) -> None:
    """Two readings."""
    measure("current", jig.current_a("vbus"))
    measure("voltage", jig.voltage_v("vbus"))


def events(run: str = "01TEST", slot: int = 1, serial: str = "A57A000001") -> list[Stamped]:
    """All events of a run of three steps that passes, from RunStarted to Recorded."""
    spec = spec_of(probe, measures=[Numeric("current", "A"), Numeric("voltage", "V")])
    rig = Rig([(spec, planned(spec, name)) for name in ("first", "second", "third")])
    execute(rig.job, rig.log)
    return [_moved(stamped, run, slot, serial) for stamped in rig.published]


def _moved(stamped: Stamped, run: str, slot: int, serial: str) -> Stamped:
    event = stamped.event
    if isinstance(event, RunStarted):
        event = replace(event, run=run, slot=slot, unit=Unit(serial), station=STATION)
    return replace(stamped, run=run, event=event)


def loaded(station: Bus) -> Bus:
    """The bus, with a unit in each of its slots, of which no run has begun."""
    with station.subscribe() as told:
        (snapshot,) = told.take(0)
    assert isinstance(snapshot, Snapshot)
    for view in snapshot.slots:
        station.change(view.slot, SlotEvent.PUT_IN)
    return station


def reload(station: Bus, slot: int = 1) -> None:
    """Have the unit of a slot taken out, and the next one put in."""
    station.change(slot, SlotEvent.TAKEN_OUT)
    station.change(slot, SlotEvent.PUT_IN)


def without_record(given: Iterable[Stamped]) -> list[Stamped]:
    """The events up to and with RunEnded: the record is not on disk yet."""
    kept = list(given)
    end = next(at for at, stamped in enumerate(kept) if isinstance(stamped.event, RunEnded))
    return kept[: end + 1]
