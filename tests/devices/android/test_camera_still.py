from __future__ import annotations

from pathlib import Path

import pytest

from harness.devices.android.camera_still import Still, read_still
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
FLOW = (CORPUS / "camera_still_capture_flow.txt").read_text("utf-8")
LISTING = FLOW[FLOW.index("total") :]


def read(text: str) -> Still:
    still = read_still(text)
    assert isinstance(still, Still), still
    return still


@pytest.mark.parametrize(
    ("status", "started"), [("ok", True), ("timeout", False), ("gone", None), ("", None)]
)
def test_started_is_what_status_says(status: str, started: bool | None) -> None:
    said = read(FLOW.replace("Status: ok", f"Status: {status}")).started
    assert said is started or (started is None and isinstance(said, Unknown | Unreadable))


def test_an_error_is_no_start() -> None:
    error = "Error: Activity not started, unable to resolve Intent { act=x }\n"
    assert read(error).started is False
    assert isinstance(read(error + FLOW).started, Unreadable)
    warning = "Warning: Activity not started, its current task has been brought to the front\n"
    assert read(warning + FLOW).started is True


def test_a_listing_alone_has_a_newest_file() -> None:
    still = read(LISTING)
    assert (still.newest, still.newest_bytes) == ("IMG20261120100211.jpg", 4718592)
    assert isinstance(still.started, Unknown)


def test_folders_are_no_pictures_and_names_may_hold_blanks() -> None:
    folder = "drwxrwx--- 2 u0_a211 media_rw 3452 2026-11-20 11:00 .thumbnails\n"
    text = LISTING.replace("total 9216\n", f"total 9216\n{folder}")
    assert read(text).newest == "IMG20261120100211.jpg"
    assert read(LISTING.replace("IMG20261120100211.jpg", "a b.jpg")).newest == "a b.jpg"


def test_a_listing_that_is_not_by_time_or_not_one_is_unreadable() -> None:
    total, first, second = LISTING.splitlines(keepends=True)
    assert isinstance(read(total + second + first).newest, Unreadable)
    assert isinstance(read(LISTING + LISTING).newest_bytes, Unreadable)


def test_an_empty_folder_has_no_newest_file() -> None:
    assert isinstance(read("total 0\n").newest, Unknown)
    none = "ls: /sdcard/DCIM/Camera: No such file or directory\n"
    assert isinstance(read(FLOW.partition("total")[0] + none).newest, Unknown)


@pytest.mark.parametrize("text", ["", "Can't find service: activity\n", "hello\n"])
def test_no_flow_is_unreadable(text: str) -> None:
    assert isinstance(read_still(text), Unreadable)
