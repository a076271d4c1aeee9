"""Which entries of a station hold now: a fold of all that it entered. Pure."""

from __future__ import annotations

from harness.model.entry import (
    EngineeringBegun,
    EngineeringEnded,
    Entry,
    Locked,
    SignedIn,
    SignedOut,
    Unlocked,
)

PERSON, ENGINEERING = "person", "engineering"


def enforce(in_force: dict[str, Entry], entry: Entry) -> None:
    """Keep an entry for as long as it holds, and no longer the one that it ends."""
    match entry.what:
        case SignedIn():
            in_force[PERSON] = entry
        case SignedOut():
            in_force.pop(PERSON, None)
        case EngineeringBegun():
            in_force[ENGINEERING] = entry
        case EngineeringEnded():
            in_force.pop(ENGINEERING, None)
        case Locked(slot=slot):
            in_force[f"lock {slot}"] = entry
        case Unlocked(slot=slot):
            ends = [f"lock {slot}"] if slot else [k for k in in_force if k.startswith("lock ")]
            for key in ends:
                in_force.pop(key, None)


def locks(in_force: dict[str, Entry]) -> list[Locked]:
    """What keeps slots, or the station, from taking units."""
    return [entry.what for entry in in_force.values() if isinstance(entry.what, Locked)]
