from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.wifi_networks import join, read_networks
from harness.model.reading import Unreadable

HEADER = "Network Id      SSID                         Security type\n"


def test_a_network_has_a_row_for_each_security() -> None:
    assert read_networks("No networks\n") == {}
    said = (
        f"{HEADER}0            221 - IoT                        wpa2-psk\n"
        "0            221 - IoT                        wpa3-sae^\n"
        '3            "In quotes"                      open/owe^\n'
        "11           Firm                             wpa2\r\n"
    )
    assert read_networks(said) == {0: "221 - IoT", 3: "In quotes", 11: "Firm"}


@pytest.mark.parametrize("said", ["", "garbage\n", f"{HEADER}x\n", "Security exception: no\n"])
def test_what_is_no_table(said: str) -> None:
    assert isinstance(read_networks(said), Unreadable)


def test_what_a_plan_names_is_one_word_of_the_shell() -> None:
    assert join("Line 5", "wpa2", "it's $x") == (
        "cmd wifi connect-network 'Line 5' wpa2 'it'\"'\"'s $x'"
    )
    assert join("Line", "open", "") == "cmd wifi connect-network Line open"


@given(st.text(alphabet=st.sampled_from('0 1\tax^-/\n"')))
def test_any_text_is_read_or_is_not(rows: str) -> None:
    assert isinstance(read_networks(HEADER + rows), dict | Unreadable)
