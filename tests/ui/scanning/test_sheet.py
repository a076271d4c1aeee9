"""The codes to print, read back by a decoder from what a browser shows of the page."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from harness.model.own_codes import CHECK, Command
from harness.model.screen import LANGUAGES
from harness.ui.board.words import Words
from harness.ui.scanning.codes import Checked, Known, OfBadge, OfCommand, OfSlot, kind
from harness.ui.scanning.sheet import SIZE_MM, codes_of, sheet
from tests.ui.page.browser import browsing

SLOTS = range(1, 17)
BADGES = ("B-0042", "<b>&\"'", "4711/x")
EXPECTED = [
    *(OfSlot(slot) for slot in SLOTS),
    *(OfCommand(each) for each in Command),
    Checked(),
    *(OfBadge(each) for each in BADGES),
]
PX_PER_MM = 96 / 25.4


def made(language: str = "en") -> str:
    return sheet("<s-01>", codes_of(SLOTS, BADGES), Words(language))


def test_each_code_on_the_printed_page_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "codes.html"
    path.write_text(made(), encoding="utf-8")
    with browsing(tmp_path / "profile") as page:
        page.open(path.as_uri(), width=794, height=1123)
        picture = Image.open(io.BytesIO(page.picture()))
        paper = page.ask("Page.printToPDF", {"preferCSSPageSize": True})["data"]
        assert page.said == []
        assert "<b>&\"'" in page.text()
    found = zxingcpp.read_barcodes(picture)
    known = Known(slots=frozenset(SLOTS))
    read = [kind(each.text, known) for each in found]
    assert sorted(map(str, read)) == sorted(map(str, EXPECTED))
    for code in found:
        assert code.ec_level in ("M", "Q", "H"), code.text
        at = code.position
        width_mm = (at.top_right.x - at.top_left.x) / PX_PER_MM
        assert width_mm == pytest.approx(SIZE_MM, abs=1), code.text
    assert len(re.findall(rb"/Type /Page\b", b64decode(paper))) == 1, "16 slots are one sheet of A4"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_has_its_words_in_the_language_of_the_station(language: str) -> None:
    page, words = made(language), Words(language)
    assert f'lang="{language}" dir="{"rtl" if words.right_to_left else "ltr"}"' in page
    captions = re.findall(r"<figcaption><b>(.*?)</b>", page)
    assert len(set(captions)) == len(EXPECTED)
    assert "sheet." not in "".join(captions)
    assert "\\u" not in page, "what keeps a value's direction is not written out"
    assert "&lt;s-01&gt;" in page
    assert "<b>&" not in page


def test_a_code_is_as_large_as_is_asked_for_whatever_it_says() -> None:
    """The quiet zone of 4 modules is beside that: 29 of 21 modules, and 41 of 33."""
    page = sheet("s", codes_of([1], []), Words("en"), 42)
    assert "width: 58.00mm" in page
    assert CHECK.partition('"')[0].replace("'", "&#x27;") in page
    assert f"width: {42 * 41 / 33:.2f}mm" in page
