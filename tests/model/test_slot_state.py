"""The states of a slot: each event in each state leads somewhere, or is refused on purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.slot_state import TRANSITIONS, SlotEvent, SlotState, after

LEGAL = """
empty:       put in > loaded
loaded:      taken out > empty, refuse > refused, begin > running
refused:     taken out > empty, refuse > refused
running:     put in > running, taken out > running, end > done
done:        taken out > empty, again > loaded
quarantined: put in > quarantined, taken out > quarantined, end > quarantined
"""
EXPECTED = {
    (state.strip(), event.strip()): to.strip()
    for state, row in (line.split(":") for line in LEGAL.strip().splitlines())
    for event, to in (each.split(">") for each in row.split(","))
}


@pytest.mark.parametrize("event", SlotEvent)
@pytest.mark.parametrize("state", SlotState)
def test_every_event_in_every_state(state: SlotState, event: SlotEvent) -> None:
    if event is SlotEvent.QUARANTINE:
        assert after(state, event) is SlotState.QUARANTINED
    elif to := EXPECTED.get((state.value, event.value)):
        assert after(state, event) is SlotState(to)
    else:
        with pytest.raises(ValueError, match=f"{state}.*{event}"):
            after(state, event)


def test_the_table_has_a_row_for_each_state() -> None:
    assert set(TRANSITIONS) == set(SlotState)


@given(st.lists(st.sampled_from(SlotEvent)))
def test_a_run_begins_only_with_a_unit_that_was_put_in_after_the_last_verdict(
    events: list[SlotEvent],
) -> None:
    state, fresh = SlotState.EMPTY, False
    for event in events:
        try:
            state = after(state, event)
        except ValueError:
            continue
        if event is SlotEvent.BEGIN:
            assert fresh
            fresh = False
        elif event is SlotEvent.PUT_IN and state is SlotState.LOADED:
            fresh = True
