"""The uptime, as Linux prints it, and nothing that only resembles it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.uptime import read_uptime
from harness.model.reading import Unreadable

WHOLE = "350735.47 1234388.90"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_the_first_number_is_how_long_it_runs(end: str) -> None:
    assert read_uptime(WHOLE + end) == 350735.47


def test_what_this_kernel_says() -> None:
    assert isinstance(read_uptime(Path("/proc/uptime").read_text("ascii")), float)


@pytest.mark.parametrize(
    "text", ["", "12.3\n", "350735.47\n", "-1.00 2.00\n", "1e5 2.00\n", f"{WHOLE}\n{WHOLE}\n"]
)
def test_what_is_no_uptime_is_unreadable(text: str) -> None:
    assert isinstance(read_uptime(text), Unreadable)


def test_what_refused_it_is_said() -> None:
    said = "cat: /proc/uptime: Permission denied"
    assert read_uptime(f"{said}\n") == Unreadable(said, f"{said}\n")


@given(st.integers(0, len(WHOLE)))
def test_a_line_that_is_cut_is_never_a_value(length: int) -> None:
    assert isinstance(read_uptime(WHOLE[:length]), Unreadable)


@given(st.text() | st.from_regex(re.compile(r"[0-9.]{1,20} [0-9.]{1,20}\r?\n?"), fullmatch=True))
def test_any_text_has_a_reading(text: str) -> None:
    assert isinstance(read_uptime(text), float | Unreadable)
