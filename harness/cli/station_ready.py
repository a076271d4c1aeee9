"""What `harness station` foresees: which slots are not ready, as `harness ready` would say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.cli.ready import SlotDoubts, of_plans
from harness.model.plan import Variants
from harness.model.rules.ready import Doubt
from harness.station.people.desk import Desk
from harness.station.readiness.foresight import DoubtsOf, Foresight
from harness.station.station import Station
from harness.wiring import Layout


def foreseeing(layout: Layout, plans: Variants, store: Path, releases: Path) -> DoubtsOf:
    """What stands against runs that count of these plans, slot by slot.

    No device is asked: of a jig that the station file knows by its port alone, whose it may be
    another one by now, nothing is foreseen.
    """
    ask = SlotDoubts.at(layout, store)

    def doubts(slots: Iterable[int]) -> Iterator[tuple[int, list[Doubt]]]:
        of_all = list(of_plans(plans.plans.values(), layout, store, releases))
        for slot in slots:
            yield slot, [*of_all, *ask.of(slot)]

    return doubts


def foresight_of(station: Station, doubts: DoubtsOf, desk: Desk | None) -> Foresight:
    """That of an open station; in engineering mode nothing that is run there counts."""

    def counts() -> bool:
        return not (desk and desk.engineering)

    return Foresight(station.slots, doubts, station.golden_units, counts)
