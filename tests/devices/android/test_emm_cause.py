"""Causes of a network's refusal, in the words of 3GPP TS 24.301, table 9.9.3.9.1."""

from __future__ import annotations

import pytest

from harness.devices.android.emm_cause import CAUSES, OF_SIM_OR_DEVICE, cause_words


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (2, "2 (IMSI unknown in HSS)"),
        (3, "3 (illegal UE)"),
        (6, "6 (illegal ME)"),
        (7, "7 (EPS services not allowed)"),
        (8, "8 (EPS services and non-EPS services not allowed)"),
        (11, "11 (PLMN not allowed)"),
        (99, "99"),
    ],
)
def test_a_cause_with_its_words(cause: int, words: str) -> None:
    assert cause_words(cause) == words


def test_a_cell_that_is_full_or_elsewhere_says_nothing_of_the_sim() -> None:
    assert CAUSES.keys() > OF_SIM_OR_DEVICE
    assert OF_SIM_OR_DEVICE.isdisjoint({11, 12, 13, 14, 15, 17, 22})
