from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.getprop import command, read_properties, read_property
from harness.model.reading import Unknown, Unreadable

NAMES = st.from_regex(r"[a-z][a-z0-9._-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=40)


def test_one_property() -> None:
    assert command("ro.serialno") == "getprop ro.serialno"
    assert read_property("A57A000001\n") == "A57A000001"
    assert read_property("two\nlines\n") == "two\nlines"
    assert isinstance(read_property("\n"), Unknown)


def test_a_value_may_end_its_line_with_a_bracket() -> None:
    assert read_properties("[a]: [x]\ny]\n[b]: [z]\n") == {"a": "x]\ny", "b": "z"}


def test_what_is_cut_or_no_list_is_unreadable() -> None:
    assert isinstance(read_properties(""), Unreadable)
    assert isinstance(read_properties("sh: getprop: not found\n"), Unreadable)
    assert isinstance(read_properties("[a]: [x]\n[b]: [y"), Unreadable)


def test_a_name_that_stands_twice_with_two_values_is_unreadable() -> None:
    properties = read_properties("[a]: [x]\n[a]: [y]\n")
    assert isinstance(properties, dict)
    assert isinstance(properties["a"], Unreadable)


@given(st.dictionaries(NAMES, VALUES.filter(lambda v: "]\n[" not in v), min_size=1))
def test_reads_back_what_is_printed(properties: dict[str, str]) -> None:
    printed = "".join(f"[{name}]: [{value}]\n" for name, value in properties.items())
    assert read_properties(printed) == properties


@given(st.text())
def test_total_on_any_text(text: str) -> None:
    read_property(text)
    read_properties(text)
