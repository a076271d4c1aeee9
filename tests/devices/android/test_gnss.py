from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.gnss import Gnss, Received, read_gnss, read_received
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
SAMPLE = (CORPUS / "gnss_a12_metrics.txt").read_text("utf-8")
SETTING = "    Location Setting: true\n"
TYPES = "constellation types: GPS GLONASS BEIDOU "


def read(old: str = "", new: str = "") -> Gnss:
    assert old in SAMPLE
    gnss = read_gnss(SAMPLE.replace(old, new) if old else SAMPLE)
    assert isinstance(gnss, Gnss), gnss
    return gnss


@pytest.mark.parametrize(
    ("printed", "on"),
    [
        (SETTING, True),
        ("    Location Setting: false\n", False),
        ("  Location Mode: true\n", True),
        ("    Location Setting:\n      [u0] true\n      [u999] true\n", True),
        ("    Location Setting:\n      [u0] false\n", False),
    ],
)
def test_location_is_on_or_off(printed: str, on: bool) -> None:
    assert read(SETTING, printed).location_on is on


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("", Unknown),
        ("    Location Setting: maybe\n", Unknown),
        ("    Location Setting:\n      [u0] true\n      [u10] false\n", Unreadable),
        (f"{SETTING}    Location Setting: false\n", Unreadable),
    ],
)
def test_location_that_is_not_told_or_told_twice(printed: str, kind: type) -> None:
    assert isinstance(read(SETTING, printed).location_on, kind)


def test_means_without_a_count_are_not_printed() -> None:
    assert isinstance(read("  TTFF mean (sec): 27.419\n", "").ttff_s, Unknown)
    line = "  Top 4 Avg CN0 mean (dB-Hz): 38.412844036697251\n"
    assert isinstance(read(line, "").cn0_top4_mean, Unknown)
    assert read(line, f"{line}  L5 Top 4 Avg CN0 mean (dB-Hz): 12.0\n").cn0_top4_mean == 38.41


@pytest.mark.parametrize(
    ("printed", "kind"),
    [("NaN", Unknown), ("-1", Unreadable), ("1e9", Unreadable), ("1E9", Unreadable)],
)
def test_a_time_that_is_none(printed: str, kind: type) -> None:
    assert isinstance(read("27.419", printed).ttff_s, kind)


def test_constellations_are_words_of_android() -> None:
    assert read(TYPES, "constellation types: ").constellations == ()
    assert read(TYPES, "constellation types: GALILEO QZSS").constellations == ("GALILEO", "QZSS")
    assert isinstance(read(TYPES, "constellation types: GPS MOON").constellations, Unreadable)


def test_only_what_stands_between_the_two_marks_counts() -> None:
    moved = SAMPLE.replace("GNSS_KPI_START\n", "").replace("GNSS_KPI_END", "GNSS_KPI_START")
    gnss = read_gnss(moved)
    assert isinstance(gnss, Gnss)
    assert isinstance(gnss.reports, Unknown)


@pytest.mark.parametrize("text", ["", "Can't find service: location\n", SAMPLE + SAMPLE])
def test_no_answer_or_two_is_unreadable(text: str) -> None:
    assert isinstance(read_gnss(text), Unreadable)


_OF_10 = (
    "Current Location Manager state:\n"
    "  Current System Time: 03-02 11:59:18.375, Current Elapsed Time: +2h6m19s112ms\n"
    "  Current user: 0 [0]\n  Location mode: true\n"
    "  Battery Saver Location Mode: NO_CHANGE\n  Location Listeners:\n"
)
_OF_11 = (
    "Location Manager State:\n  User Info:\n    current users: [0]\n  Location Settings:\n"
    "    Location Enabled: true\n    Throttling Whitelisted Packages:\n      com.a\n"
    "  Battery Saver Location Mode: NO_CHANGE\n  Location Listeners:\n"
)


@pytest.mark.parametrize("printed", [_OF_10, _OF_11])
def test_the_switch_before_android_12(printed: str) -> None:
    on, off = (read_gnss(text) for text in (printed, printed.replace("true", "false")))
    assert isinstance(on, Gnss)
    assert isinstance(off, Gnss)
    assert (on.location_on, off.location_on) == (True, False)


def received(old: str = "", new: str = "") -> Received:
    assert old in SAMPLE
    seen = read_received(SAMPLE.replace(old, new) if old else SAMPLE)
    assert isinstance(seen, Received), seen
    return seen


def test_what_was_received_is_told_to_the_last_digit() -> None:
    assert received() == Received(
        "+1m2s17ms", Unknown("no one mStarted"), 218, 38.412844036697251, 218
    )


@pytest.mark.parametrize(
    ("printed", "started"),
    [
        ("  mStarted=false\n", False),
        ("      mStarted=true   (changed +3m41s487ms ago)\n", True),
        ("  mStarted=true\n  mStarted=false\n", Unknown("no one mStarted")),
        ("  mStarted=maybe\n", Unknown("no one mStarted")),
    ],
)
def test_whether_somebody_asks(printed: str, started: object) -> None:
    assert received("GNSS_KPI_START\n", f"{printed}GNSS_KPI_START\n").started == started


def test_without_reports_no_mean_is_printed() -> None:
    line = "  Top 4 Avg CN0 mean (dB-Hz): 38.412844036697251\n"
    assert isinstance(received(line, "").cn0_mean, Unknown)
    assert isinstance(received("reports: 218", "reports: x").cn0_reports, Unreadable)


@given(st.lists(st.sampled_from([*SAMPLE.splitlines(), "mStarted=true", ""])).map("\n".join))
def test_any_text_is_received_or_is_not(text: str) -> None:
    assert isinstance(read_received(text), Received | Unreadable)
