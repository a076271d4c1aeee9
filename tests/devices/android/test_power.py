"""Whether the screen is on, and how an app is enabled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.package import read_enabled
from harness.devices.android.power import read_awake
from harness.model.reading import Unreadable

POWER = "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n  mDirty=0x0\n  mWakefulness={}\n"
USER = "    User {}: ceDataInode=131 installed=true hidden=false enabled={} instant=false\n"


@pytest.mark.parametrize(
    ("said", "awake"), [("Awake", True), ("Asleep", False), ("Dozing", False), ("Dreaming", False)]
)
def test_the_screen_is_on_only_when_awake(said: str, awake: bool) -> None:
    assert read_awake(POWER.format(said)) is awake


@pytest.mark.parametrize("out", ["", POWER.format("Napping"), POWER.format("Awake") * 2])
def test_anything_else_is_unreadable(out: str) -> None:
    assert isinstance(read_awake(out), Unreadable)


def test_an_app_is_enabled_as_it_is_for_the_first_user() -> None:
    assert read_enabled(USER.format(10, 3) + USER.format(0, 1)) == 1


def test_the_copy_that_came_with_the_system_does_not_count() -> None:
    hidden = "Hidden system packages:\n" + USER.format(0, 2)
    assert read_enabled("Packages:\n" + USER.format(0, 0) + hidden) == 0


@pytest.mark.parametrize("out", ["", USER.format(0, 7), USER.format(0, 1) * 2, USER.format(10, 0)])
def test_no_clear_state_is_unreadable(out: str) -> None:
    assert isinstance(read_enabled(out), Unreadable)


@given(out=st.text())
def test_any_text_is_read_or_unreadable(out: str) -> None:
    read_awake(out)
    read_enabled(out)
