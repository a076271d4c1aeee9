"""The state of the SIM in each slot, as `gsm.sim.state` has it, and what is no state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.sim_card import read_sim_state
from harness.model.reading import Unknown, Unreadable


@pytest.mark.parametrize(
    ("out", "slot", "state"),
    [
        ("LOADED\n", 0, "LOADED"),
        ("ABSENT,LOADED\n", 0, "ABSENT"),
        ("ABSENT,LOADED\n", 1, "LOADED"),
        ("LOADED,ABSENT,\n", 1, "ABSENT"),
        ("PIN_REQUIRED,NOT_READY\r\n", 1, "NOT_READY"),
        ("CARD_IO_ERROR", 0, "CARD_IO_ERROR"),
    ],
)
def test_the_state_of_each_slot(out: str, slot: int, state: str) -> None:
    assert read_sim_state(out, slot) == state


@pytest.mark.parametrize(
    ("out", "slot"),
    [("\n", 0), ("", 0), ("LOADED\n", 1), (",LOADED\n", 0), ("UNKNOWN,LOADED\n", 0), ("READY", -1)],
)
def test_what_the_handset_does_not_know_is_unknown(out: str, slot: int) -> None:
    assert isinstance(read_sim_state(out, slot), Unknown)


@pytest.mark.parametrize("out", ["loaded\n", "2\n", "LOADED LOADED\n", "LOADED\nABSENT\n"])
def test_what_is_no_state_is_unreadable(out: str) -> None:
    assert isinstance(read_sim_state(out, 0), Unreadable)


@given(st.text(), st.integers(-3, 9))
def test_any_text_gives_a_reading(out: str, slot: int) -> None:
    said = read_sim_state(out, slot)
    assert isinstance(said, Unknown | Unreadable) or said.isupper()
    assert not isinstance(said, str) or said in out
