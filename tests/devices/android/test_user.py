"""Whether a shell is root's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.user import read_root
from harness.model.reading import Unreadable


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0\n", True), ("2000\n", False), ("2000\r\n", False), ("0", True), ("10\n", False)],
)
def test_root_is_number_0(text: str, expected: bool) -> None:
    assert read_root(text) is expected


@pytest.mark.parametrize(
    "text", ["", "\n", "root\n", "uid=0(root)\n", "-1\n", "0\n0\n", "\uff10\n"]
)
def test_what_is_no_number_of_a_user_is_unreadable(text: str) -> None:
    assert isinstance(read_root(text), Unreadable)


@given(st.text())
def test_any_text_has_a_reading(text: str) -> None:
    assert isinstance(read_root(text), bool | Unreadable)
