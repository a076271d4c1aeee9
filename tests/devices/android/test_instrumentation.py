from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.instrumentation import (
    Crashed,
    Ended,
    Missing,
    Refused,
    number,
    read_instrumentation,
)
from harness.model.reading import Unknown, Unreadable

DONE = "INSTRUMENTATION_RESULT: thd=0.8\nINSTRUMENTATION_RESULT: run=f0\nINSTRUMENTATION_CODE: -1\n"
ABSENT = (
    "INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: "
    "ComponentInfo{org.harness.agent/org.harness.agent.Tests}\n"
    "INSTRUMENTATION_STATUS: id=ActivityManagerService\nINSTRUMENTATION_STATUS_CODE: -1\n"
)
CRASHED = "INSTRUMENTATION_RESULT: shortMsg=Process crashed.\nINSTRUMENTATION_CODE: 0\n"


def test_the_values_of_the_end() -> None:
    progress = "INSTRUMENTATION_STATUS: at=3\nINSTRUMENTATION_STATUS_CODE: 1\n"
    assert read_instrumentation(progress + DONE) == Ended(-1, {"thd": "0.8", "run": "f0"})
    assert read_instrumentation(DONE.replace("\n", "\r\n")) == Ended(
        -1, {"thd": "0.8", "run": "f0"}
    )


def test_a_value_may_go_on_over_lines() -> None:
    told = read_instrumentation(DONE.replace("0.8", "0.8\nand more"))
    assert told == Ended(-1, {"thd": "0.8\nand more", "run": "f0"})


def test_a_value_that_is_said_twice_is_none() -> None:
    told = read_instrumentation(f"INSTRUMENTATION_RESULT: thd=9.9\n{DONE}")
    assert isinstance(told, Ended)
    assert isinstance(told.values["thd"], Unreadable)


@pytest.mark.parametrize(
    ("out", "kind"),
    [
        (ABSENT, Missing),
        (f"android.util.AndroidException: INSTRUMENTATION_FAILED: a/b\n{ABSENT}", Missing),
        (ABSENT.replace("Unable to find instrumentation info", "Permission Denial"), Refused),
        ("android.util.AndroidException: INSTRUMENTATION_FAILED: a/b\n", Refused),
        (CRASHED, Crashed),
        ("INSTRUMENTATION_ABORTED: System has crashed.\n", Unreadable),
        (DONE.partition("INSTRUMENTATION_CODE")[0], Unreadable),
        (DONE + DONE, Unreadable),
        ("", Unreadable),
        ("Error: Unknown option: -w\n", Unreadable),
    ],
)
def test_what_is_no_end(out: str, kind: type) -> None:
    assert isinstance(read_instrumentation(out), kind)


@pytest.mark.parametrize(
    ("said", "found"), [("0.8", 0.8), ("-58", -58.0), ("1.0E-4", 1e-4), ("+3", 3.0)]
)
def test_a_number(said: str, found: float) -> None:
    assert number({"x": said}, "x") == found


@pytest.mark.parametrize("said", ["", "NaN", "Infinity", "1,5", "0x1", "1e400", "1_0", "\u0663"])
def test_what_is_no_number(said: str) -> None:
    assert isinstance(number({"x": said}, "x"), Unreadable)
    assert isinstance(number({"y": said}, "x"), Unreadable)
    assert isinstance(number({"x": "unknown"}, "x"), Unknown)


LINES = st.sampled_from([*DONE.splitlines(), *ABSENT.splitlines(), *CRASHED.splitlines(), "x", ""])


@given(st.one_of(st.text(), st.lists(LINES).map("\n".join)))
def test_any_text_is_read_or_is_not(out: str) -> None:
    told = read_instrumentation(out)
    assert isinstance(told, Missing | Refused | Crashed | Ended | Unreadable)
