from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.nfc import read_nfc
from harness.model.reading import Unknown, Unreadable

REST = "mAlwaysOnState=off\nmScreenState=ON_UNLOCKED\nmTechMask: 0\n"


@pytest.mark.parametrize("state", ["off", "turning on", "on", "turning off"])
def test_the_state(state: str) -> None:
    assert read_nfc(f"mState={state}\n{REST}") == state
    assert read_nfc(f"State: {state}\r\n{REST}") == state


def test_no_service_is_none() -> None:
    assert isinstance(read_nfc("", "Can't find service: nfc\n"), Unknown)
    assert isinstance(read_nfc("Can't find service: nfc\n"), Unknown)


@pytest.mark.parametrize(
    ("out", "err"),
    [
        ("", ""),
        (REST, ""),
        ("", "Can't find service: nfc2\n"),
        (f"mState=<error>\n{REST}", ""),
        (f"mState=on\nmState=off\n{REST}", ""),
        ("mState=o", ""),
        ("Permission Denial: can't dump nfc from from pid=1, uid=2\n", ""),
    ],
)
def test_what_is_no_answer(out: str, err: str) -> None:
    assert isinstance(read_nfc(out, err), Unreadable)


@given(st.text(), st.text())
def test_any_text_is_read_or_is_not(out: str, err: str) -> None:
    assert isinstance(read_nfc(out, err), str | Unknown | Unreadable)
