from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.wifi_scan import AccessPoint, Scan, list_command, read_scan
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
SAMPLE = (CORPUS / "wifi_scan_a13_chains.txt").read_text("utf-8")
HEADER, FIRST = SAMPLE.splitlines(keepends=True)[:2]
TITLE, NEXT = "Latest native scan results:\n", "Latest native pno scan results:\n"
FLAGS = "[WPA2-PSK-CCMP][ESS]"


def row(
    ssid: str = "LINE", *, rssi: str = "-61(0:-62/1:-67)", age: str = "3.300", mhz: int = 2457
) -> str:
    """A row after the format string of ScanResultUtil.dumpScanResults."""
    padded = ssid + " " * (32 - len(ssid.encode("utf-16-le")) // 2)
    return f"  00:00:5e:00:53:cb  {mhz:9d}  {rssi:>18}   {age:>7}    {padded}  {FLAGS}\n"


def one(line: str) -> AccessPoint:
    scan = read_scan(HEADER + line)
    assert isinstance(scan, Scan), scan
    (point,) = scan.results
    return point


def test_command_by_version() -> None:
    assert list_command(29) == "dumpsys wifiscanner"
    assert list_command(30) == "cmd wifi list-scan-results"


def test_a_level_of_zero_was_not_measured() -> None:
    assert one(row(rssi="0")).rssi == Unknown("RSSI 0")


@pytest.mark.parametrize("rssi", ["-61(0:-62/1:-67)", "-61(0:-62)       ", "-61         ", "-61"])
def test_the_level_stands_before_its_chains(rssi: str) -> None:
    assert one(row(rssi=rssi)).rssi == -61


@pytest.mark.parametrize(
    ("printed", "age_s"),
    [("0.000", 0.0), ("  0.000", 0.0), ("12,345", 12.345), ("999.999", 999.999)],
)
def test_an_age_has_the_decimal_sign_of_the_language(printed: str, age_s: float) -> None:
    assert one(row(age=printed)).age == age_s


@pytest.mark.parametrize("printed", [">1000.0", "___?___"])
def test_an_age_that_is_not_told_is_unknown(printed: str) -> None:
    assert isinstance(one(row(age=printed)).age, Unknown)


@pytest.mark.parametrize(
    "ssid", ["", "  x", "a  [ESS]", "x" * 32, "[WPA2]", "线路", "📶 line", "-47"]
)
def test_an_ssid_may_be_anything(ssid: str) -> None:
    assert one(row(ssid)).ssid == ssid


def test_nothing_heard_is_an_answer() -> None:
    assert read_scan("No scan results\n") == Scan(())
    assert read_scan(f"WifiScanningService\n{TITLE}{NEXT}") == Scan(())


def test_what_adb_says_before_the_table_is_none_of_it() -> None:
    warning = "* daemon started successfully\n"
    assert read_scan(warning + HEADER + FIRST) == read_scan(HEADER + FIRST)
    assert isinstance(read_scan(FIRST + HEADER + FIRST), Unreadable)
    assert isinstance(read_scan(HEADER + FIRST + HEADER + FIRST), Unreadable)


def test_a_table_without_rows_is_cut() -> None:
    assert isinstance(read_scan(HEADER), Unreadable)


def test_in_a_dump_only_the_native_table_counts() -> None:
    other = row(mhz=5180)
    dump = f"Log Begin\nLatest scan results:\n{HEADER}{other}\n{TITLE}{HEADER}{FIRST}{NEXT}"
    assert read_scan(f"{dump}{HEADER}{other}") == read_scan(HEADER + FIRST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "Security exception: no\n",
        FIRST,
        HEADER + "  garbage\n",
        HEADER + FIRST + "\n" + FIRST,
        HEADER + FIRST[:40] + "\n",
        HEADER + row(rssi="-200"),
        HEADER + row(mhz=99),
        HEADER + row(age="soon"),
        TITLE + HEADER + FIRST,
        TITLE + TITLE + HEADER + FIRST + NEXT,
        TITLE + HEADER + FIRST + "Log End\n" + NEXT,
    ],
)
def test_what_is_no_table_or_has_a_row_that_is_none_is_unreadable(text: str) -> None:
    assert isinstance(read_scan(text), Unreadable)


SSIDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"),
    max_size=10,
).filter(lambda ssid: ssid == ssid.rstrip(" "))


@given(
    SSIDS,
    st.integers(-126, 20).filter(bool),
    st.integers(2400, 71000),
    st.floats(0, 1000, allow_nan=False).map(lambda age: round(age, 3)),
)
def test_reads_back_what_is_printed(ssid: str, rssi: int, mhz: int, age_s: float) -> None:
    point = one(row(ssid, rssi=f"{rssi}(0:{rssi:3d})", mhz=mhz, age=f"{age_s:3.3f}"))
    assert (point.ssid, point.rssi, point.freq) == (ssid, rssi, mhz)
    assert point.age == age_s


@given(st.text() | st.text().map(lambda t: SAMPLE + t) | st.text().map(lambda t: TITLE + t))
def test_total_on_any_text(text: str) -> None:
    read_scan(text)


@given(st.data())
def test_a_row_that_is_cut_is_never_another_access_point(data: st.DataObject) -> None:
    line = row("EOL-AP-11").rstrip("\n")
    cut = line[: data.draw(st.integers(1, len(line) - len(FLAGS) - 3))]
    assert isinstance(read_scan(HEADER + cut), Unreadable)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [" ", "  00:", "-61(", "00:00:5e:00:53:cb  2457 "])
def test_long_answers_take_time_by_their_length(piece: str) -> None:
    read_scan(HEADER + "  00:00:5e:00:53:cb" + piece * 200_000)
    read_scan(HEADER + FIRST.rstrip("\n") + piece * 200_000)
