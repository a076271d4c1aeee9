"""The states of a slot that takes unit after unit, and what may happen in each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SlotState(StrEnum):
    """What a slot is doing; whether it is locked stands beside this."""

    EMPTY = "empty"
    """No unit is in it."""
    LOADED = "loaded"
    """A unit is in it and no run of it has begun."""
    REFUSED = "refused"
    """The unit in it will not be tested: it is to be taken out."""
    RUNNING = "running"
    """A run is on; whether the unit is still in it is held against the run."""
    DONE = "done"
    """The run is over; its verdict is shown until the unit is taken out."""
    QUARANTINED = "quarantined"
    """Wedged, or its run has no record: nothing more until the station is started again."""


class SlotEvent(StrEnum):
    """What happens to a slot."""

    PUT_IN = "put in"
    TAKEN_OUT = "taken out"
    REFUSE = "refuse"
    """A rule of the line, or who the unit is, forbids the run."""
    BEGIN = "begin"
    END = "end"
    AGAIN = "again"
    """In engineering mode somebody has the unit run once more."""
    QUARANTINE = "quarantine"


TRANSITIONS: Mapping[SlotState, Mapping[SlotEvent, SlotState]] = {
    SlotState.EMPTY: {
        SlotEvent.PUT_IN: SlotState.LOADED,
    },
    SlotState.LOADED: {
        SlotEvent.TAKEN_OUT: SlotState.EMPTY,
        SlotEvent.REFUSE: SlotState.REFUSED,
        SlotEvent.BEGIN: SlotState.RUNNING,
    },
    SlotState.REFUSED: {
        SlotEvent.TAKEN_OUT: SlotState.EMPTY,
        SlotEvent.REFUSE: SlotState.REFUSED,  # for another reason
    },
    SlotState.RUNNING: {
        SlotEvent.PUT_IN: SlotState.RUNNING,
        SlotEvent.TAKEN_OUT: SlotState.RUNNING,
        SlotEvent.END: SlotState.DONE,
    },
    SlotState.DONE: {
        SlotEvent.TAKEN_OUT: SlotState.EMPTY,
        SlotEvent.AGAIN: SlotState.LOADED,
    },
    SlotState.QUARANTINED: {
        SlotEvent.PUT_IN: SlotState.QUARANTINED,
        SlotEvent.TAKEN_OUT: SlotState.QUARANTINED,
        SlotEvent.END: SlotState.QUARANTINED,  # its run was closed for it
    },
}
"""What comes of each event; one that is not there is illegal. QUARANTINE may come in each state."""


def after(state: SlotState, event: SlotEvent) -> SlotState:
    """The state that an event leads to.

    Raises: ValueError when it cannot happen in this state: whoever saw it is mistaken.
    """
    if event is SlotEvent.QUARANTINE:
        return SlotState.QUARANTINED
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        legal = ", ".join(each.value for each in TRANSITIONS[state])
        words = f"a slot that is {state} cannot have {event.value!r}, only: {legal}, quarantine"
        raise ValueError(words) from None
