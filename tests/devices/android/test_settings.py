from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.settings import get, put, read_setting
from harness.model.reading import Unknown, Unreadable


def test_commands() -> None:
    assert get("global wifi_on") == "settings get global wifi_on"
    assert put("global wifi_on", "1") == "settings put global wifi_on 1"
    assert put("global wifi_on", None) == "settings delete global wifi_on"


@pytest.mark.parametrize("out", ["1\n", "1\r\n", "1"])
def test_a_value(out: str) -> None:
    assert read_setting(out) == "1"


def test_one_that_was_never_set_is_unknown() -> None:
    assert isinstance(read_setting("null\n"), Unknown)


@pytest.mark.parametrize("out", ["", "\n", "1\n2\n", "cmd: Failure calling service", "\x00\n"])
def test_anything_else_is_unreadable(out: str) -> None:
    assert isinstance(read_setting(out), Unreadable)


@given(st.text())
def test_total_on_any_text(out: str) -> None:
    read_setting(out)
