from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.files import Files, command, new_files, read_files
from harness.model.reading import Unreadable

DCIM = "/sdcard/DCIM"
ONE, TWO = f"{DCIM}/Camera/IMG_1.jpg", f"{DCIM}/Camera/IMG_2.jpg"


def test_the_command_asks_for_the_root_first() -> None:
    assert command("/sdcard", "DCIM") == (
        "test -d /sdcard/. && find /sdcard/DCIM -type f -exec stat -c '%s %n' {} +"
    )


def test_files_by_size_and_path() -> None:
    spaces = f"{DCIM}/My Album/a  b.jpg"
    out = f"4718592 {ONE}\r\n0 {TWO}\n12 {spaces}\n"
    assert read_files(out, "", 0) == {ONE: 4718592, TWO: 0, spaces: 12}
    assert read_files("", "", 0) == {}


def test_a_folder_that_is_not_there_is_empty() -> None:
    assert read_files("", f"find: {DCIM}: No such file or directory\n", 1) == {}


def test_a_file_that_left_while_it_was_listed_is_left_out() -> None:
    gone = f"stat: '{TWO}': No such file or directory\n"
    assert read_files(f"7 {ONE}\n", gone, 1) == {ONE: 7}


@pytest.mark.parametrize(
    ("out", "err", "code"),
    [
        ("", "", 1),
        (f"7 {ONE}\n", f"find: {DCIM}/Camera: Permission denied\n", 1),
        ("", "/system/bin/sh: find: inaccessible or not found\n", 127),
        ("", f"find: {DCIM}: Transport endpoint is not connected\n", 1),
        (f"7 {ONE}\n", "find: bad arg\n", 0),
        (f"x {ONE}\n", "", 0),
        ("7 IMG_1.jpg\n", "", 0),
        (f"7 {DCIM}/a\nb.jpg\n", "", 0),
        (f"7 {ONE}\n\n8 {TWO}\n", "", 0),
    ],
)
def test_any_other_listing_is_unreadable(out: str, err: str, code: int) -> None:
    assert isinstance(read_files(out, err, code), Unreadable)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ({ONE: 7}, {ONE: 7, TWO: 9}, {TWO: 9}),
        ({ONE: 7}, {ONE: 9}, {}),
        ({}, {f"{DCIM}/Camera/.pending-176-IMG_1.jpg": 7}, {}),
        ({}, {f"{DCIM}/.thumbnails/1.jpg": 7}, {}),
        ({f"{DCIM}/Camera/.pending-176-IMG_1.jpg": 7}, {ONE: 9}, {}),
        ({f"{DCIM}/Camera/.pending-176-IMG_1.jpg": 7}, {ONE: 9, TWO: 9}, {TWO: 9}),
    ],
)
def test_what_is_new(before: Files, after: Files, new: Files) -> None:
    assert new_files(before, after) == new


@given(st.text(), st.text(), st.integers(0, 255))
def test_total_on_any_text(out: str, err: str, code: int) -> None:
    read_files(out, err, code)


@given(st.dictionaries(st.text(), st.integers()), st.dictionaries(st.text(), st.integers()))
def test_nothing_that_was_there_is_new(before: Files, after: Files) -> None:
    assert not new_files(before, after).keys() & before.keys()
