"""What stands below the tiles: who is here, what is run, and how it goes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.model.entry import EngineeringBegun, Entry, SignedIn
from harness.model.in_force import ENGINEERING, PERSON
from harness.model.people import until
from harness.model.station import Counted, PlanShown
from harness.ui.text import printable
from harness.ui.told import Played


@dataclass(frozen=True, slots=True)
class Footer:
    """All texts are printable; times are UTC. What nobody knows is "" or None."""

    station: str
    operator: str
    role: str
    since: datetime | None
    """When the operator signed in."""
    until: datetime | None
    """When the shift is over."""
    plan: str
    revision: int | None
    release: str
    fpy: float | None
    """First-pass yield [%] of what is counted."""
    first: int
    """How many first runs that is of."""
    ended: Mapping[str, int]
    """Runs that count, by the name of their outcome."""
    counted_since: datetime | None
    """Since when that is counted."""
    engineering_until: datetime | None
    engineering_by: str
    lost: int
    """Messages that this screen never got."""
    played: Played | None = None
    """The run that is played, where none of this is so any more."""


def footer_of(
    station: str,
    in_force: Mapping[str, Entry],
    plan: PlanShown | None,
    counted: Counted | None,
    lost: int,
) -> Footer:
    """The footer; `in_force` are the entries that hold (model/in_force.py)."""
    person, engineering = in_force.get(PERSON), in_force.get(ENGINEERING)
    who = person.what if person else None
    begun = engineering.what if engineering else None
    first = counted.first if counted else 0
    return Footer(
        station=printable(station),
        operator=printable(who.person) if isinstance(who, SignedIn) else "",
        role=who.role.value if isinstance(who, SignedIn) else "",
        since=person.at if person else None,
        until=until(person) if person else None,
        plan=printable(plan.id) if plan else "",
        revision=plan.revision if plan else None,
        release=printable(plan.release) if plan else "",
        fpy=100 * counted.first_passed / first if counted and first else None,
        first=first,
        ended=dict(counted.ended) if counted else {},
        counted_since=counted.since if counted else None,
        engineering_until=begun.until if isinstance(begun, EngineeringBegun) else None,
        engineering_by=printable(begun.by) if isinstance(begun, EngineeringBegun) else "",
        lost=lost,
    )
