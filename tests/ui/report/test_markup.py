"""Whatever a jig says stays a text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from harness.ui.report.markup import Markup, el, text, void
from harness.ui.text import printable


def test_texts_are_escaped_once_and_elements_are_not() -> None:
    assert text("<b> & \"'") == "&lt;b&gt; &amp; &quot;&#x27;"
    assert text(text("<b>")) == "&lt;b&gt;"
    assert el("p", "1 < 2 ", el("b", "&")) == "<p>1 &lt; 2 <b>&amp;</b></p>"
    assert isinstance(el("p"), Markup)


def test_attributes_are_spelt_as_html_has_them() -> None:
    made = el("td", "x", class_="a", data_label='"', aria_label="b", viewBox="0 0 1 1", cx=1.5)
    assert made == (
        '<td class="a" data-label="&quot;" aria-label="b" viewBox="0 0 1 1" cx="1.5">x</td>'
    )
    assert void("br") == "<br />"
    assert void("col", style="width: 3%") == '<col style="width: 3%" />'


def test_what_hides_or_turns_text_is_written_out() -> None:
    assert text("a\x00\x1b[2J\u202eb\n") == "a\\x00\\x1b[2J\\u202eb\\n"


@given(st.text(), st.text())
def test_any_text_comes_out_as_it_went_in(inside: str, label: str) -> None:
    read = ET.fromstring(el("p", inside, el("b", inside), title=label))
    assert read.text or not inside
    assert (read.text or "") == printable(inside)
    assert read[0].text == (printable(inside) or None)
    assert read.get("title") == printable(label)
