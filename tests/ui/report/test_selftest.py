"""The page of a station's self-test: whole, safe, readable by whoever reads or hears it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import harness
from harness.model.readiness import Readiness
from harness.ui.report.selftest import SelfTestReport, selftest_page
from tests.quality.nights import Night
from tests.ui.report.jigs import every_kind, jig_of, lived, report, untested

STYLE = Path(harness.__file__).parent / "ui" / "report" / "page.css"
HOSTILE = "<script>alert(1)</script> \"'& \x00\x1b[2J \u202e"


def read(found: SelfTestReport) -> ET.Element:
    """The page as XML: every element is closed, every text escaped."""
    page = selftest_page(found)
    doctype, _, rest = page.partition("\n")
    assert doctype == "<!DOCTYPE html>"
    return ET.fromstring(rest)


def words(part: ET.Element) -> str:
    return " ".join(" ".join(part.itertext()).split())


def rows(part: ET.Element) -> dict[str, str]:
    """The rows of all tables by their heads."""
    return {words(row[0]): words(row) for row in part.iterfind(".//tbody/tr")}


def section(page: ET.Element, jig: str) -> ET.Element:
    return next(part for part in page.iter("section") if words(part[0]) == f"Jig {jig}")


@pytest.fixture(scope="module")
def page() -> ET.Element:
    return read(every_kind())


def test_the_head_says_station_time_and_result(page: ET.Element) -> None:
    assert page.findtext("head/title") == "3 of 7 jigs open: self-test of ft-03, 2026-11-09"
    said = words(next(page.iter("header")))
    assert "Self-test of the jigs of ft-03" in said
    assert "✗ 3 of 7 jigs open to production" in said
    assert "hall-2, 2026-11-09 01:30:00 UTC, took 74 s" in said
    assert f"harness {harness.__version__}" in said


def test_a_row_a_jig_with_its_state_and_what_failed(page: ET.Element) -> None:
    shown = rows(next(page.iter("table")))
    assert shown["JIG-0001"] == "JIG-0001 1 ✓ PASS ✓ open - stable"
    assert "1 out of control" in shown["JIG-0003"]
    assert "rail.error:LOW" in shown["JIG-0004"]
    assert "✗ closed since 2026-11-09 01:30 UTC: JIG-QUARANTINED" in shown["JIG-0004"]
    assert "JIG-TIMEOUT" in shown["JIG-0005"]
    assert "GOLDEN-DIFFERS" in shown["JIG-0006"]
    assert "JIG-ABSENT" in shown["JIG-0007"]
    assert "JIG-UNTESTED" in shown["JIG-0007"]


def test_a_jig_has_its_measurements_with_limits_drift_and_history(page: ET.Element) -> None:
    shown = section(page, "JIG-0003")
    rail = rows(shown)["rail.error"]
    assert "0.31 %" in rail
    assert "-1 to 1 %" in rail
    assert "✓ PASS" in rail
    assert "⚠ out of control" in rail
    warning = next(part for part in shown.iter("p") if part.get("class") == "warning")
    assert "rail.error = 0.31 %: out of control: beyond its control limits" in words(warning)
    assert "-> Hold supply and meter of the jig against a calibrated meter." in words(warning)
    charted = [row for row in shown.iterfind(".//tbody/tr") if row.find(".//svg") is not None]
    assert len(charted) == 7, "every number has its picture, no word and no flag has"


def test_a_jig_that_failed_says_what_and_what_to_do(page: ET.Element) -> None:
    failed = words(section(page, "JIG-0004"))
    assert "rail.error = -3.1 %, limit -1 to 1 %" in failed
    assert "rail.error:LOW (STATION): " in failed
    assert "-> Mend the jig, then run `harness selftest` for it again." in failed
    silent = words(section(page, "JIG-0005"))
    assert "JIG-TIMEOUT (STATION): no answer to SHIE:STAT? after 500 ms" in silent
    assert "? ERROR" in rows(section(page, "JIG-0005"))["shield"]
    absent = words(section(page, "JIG-0007"))
    assert "closed to production: JIG-UNTESTED" in absent
    assert "JIG-ABSENT: no jig with serial JIG-0007 answers on any port -> " in absent


def test_the_golden_unit_that_stood_in_it(page: ET.Element) -> None:
    shown = rows(section(page, "JIG-0006"))["A57G000001"]
    assert "✗ FAIL (charge.current:LOW)" in shown
    assert "no" in shown
    assert "A57G000001" not in words(section(page, "JIG-0001"))


def test_versions_and_hashes_stand_once_with_the_jigs_they_are_of(page: ET.Element) -> None:
    shown = rows(next(part for part in page.iter("section") if "Versions" in words(part[0])))
    assert "p" * 64 in shown["plan"]
    assert "selftest-core revision 3" in shown["plan"]
    assert "l" * 64 in shown["limits"]
    assert "1a" * 32 in shown["file jig"]
    assert shown["file golden:A57G000001"].endswith("JIG-0006")


def test_a_good_night() -> None:
    good = read(report(jig_of(1, lived("JIG-0001", {}))))
    assert "✓ 1 of 1 jigs open to production" in words(good)
    assert "SIMULATED" not in words(good)
    assert not [part for part in good.iter("p") if part.get("class") in ("finding", "warning")]


def test_no_jig_at_all_is_not_good() -> None:
    assert "✗ 0 of 0 jigs open" in words(read(report()))


def test_what_is_simulated_says_so() -> None:
    run = Night(0, {"rail.error": 0.1}, inputs={"scenario": "s" * 64}).record()
    assert "SIMULATED: no real jig was tested" in words(read(report(jig_of(1, [run]))))


def test_an_open_jig_links_to_its_section(page: ET.Element) -> None:
    places = {part.get("id") for part in page.iter("section")}
    links = [link.get("href", "") for link in page.iter("a")]
    assert len(links) == 7
    assert {link.removeprefix("#") for link in links} <= places


def test_it_loads_nothing_and_runs_nothing(page: ET.Element) -> None:
    for part in page.iter():
        assert part.tag not in ("script", "link", "img", "iframe", "object", "embed", "form")
        assert not {"src", "srcset", "action"} & {*part.keys()}
        assert not [key for key in part.keys() if key.startswith("on")]  # noqa: SIM118
    text = selftest_page(every_kind())
    assert not re.search(r"https?:|//|url\(|@import|javascript:", text)
    policy = page.find("head/meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert "default-src 'none'" in policy.get("content", "")


def test_what_a_jig_says_stays_a_text() -> None:
    jig = untested(1, HOSTILE)
    runs = [Night(0, {"identity.serial": HOSTILE, "echo.errors": 0.0}).record()]
    state = Readiness(HOSTILE, "JIG-QUARANTINED", HOSTILE)
    found = report(jig, replace(jig_of(2, runs), readiness=state))
    shown = read(replace(found, station=replace(found.station, name=HOSTILE)))
    assert not list(shown.iter("script"))
    assert "<script>alert(1)</script>" in words(shown)
    assert "\x1b" not in selftest_page(found)
    assert "\u202e" not in selftest_page(found)


def test_every_table_can_be_heard(page: ET.Element) -> None:
    for table in page.iter("table"):
        assert words(table[0])
        titles = [words(cell) for cell in table.iterfind("thead/tr/th[@scope='col']")]
        assert all(titles)
        for row in table.iterfind("tbody/tr"):
            assert row[0].get("scope") == "row"
            labels = [cell.get("data-label") for cell in row[1:]]
            assert labels == titles[1:]
            assert all(words(cell) for cell in row)
    for picture in page.iter("svg"):
        assert picture.findtext("title") or picture.get("aria-hidden") == "true"
    assert page.get("lang") == "en"


def test_no_colour_says_anything_alone(page: ET.Element) -> None:
    for part in page.iter("span"):
        if "mark" in part.get("class", ""):
            sign, said = words(part[0]), words(part)
            assert len(sign) == 1
            assert said.removeprefix(sign).strip()


def luminance(colour: str) -> float:
    """Relative luminance of a colour (WCAG 2.2, 2.2 "relative luminance")."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palettes() -> Iterator[dict[str, str]]:
    for block in re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.DOTALL):
        if found := dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)):
            yield found


def test_the_measure_of_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_texts_can_be_read_by_day_by_night_and_on_paper() -> None:
    """4.5 for text, 3 for what is drawn (WCAG 2.2, success criteria 1.4.3 and 1.4.11)."""
    shown = list(palettes())
    assert len(shown) == 3
    for colours in shown:
        for ground in ("paper", "bad-row", "warned-row", "band"):
            for text in ("ink", "quiet", "link", "pass", "fail", "warn"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
            for line in ("limit", "control", "course"):
                assert contrast(colours[line], colours[ground]) >= 3, (line, ground)
