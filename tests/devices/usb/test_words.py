from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.usb.words import decode
from harness.model.reading import Unknown, Unreadable


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    raw = text.encode("utf-16-le")
    if len(raw) > 252:
        return
    read = decode(bytes((len(raw) + 2, 3)) + raw)
    assert read == text or (not text and isinstance(read, Unknown))


@given(st.binary(max_size=255))
def test_any_bytes_give_a_text_unknown_or_unreadable(raw: bytes) -> None:
    assert isinstance(decode(raw), str | Unknown | Unreadable)


@pytest.mark.parametrize("raw", [b"", b"\x02", b"\x06\x03A\0", b"\x04\x02A\0", b"\x04\x03\x00\xd8"])
def test_what_is_no_string_descriptor(raw: bytes) -> None:
    assert isinstance(decode(raw), Unreadable)


@pytest.mark.parametrize(
    "raw", [b"\x04\x03A\0", b"\x05\x03A\0x", b"\x06\x03A\0\0\0", b"\x04\x03A\0B\0"]
)
def test_padding_and_what_follows_is_none_of_the_text(raw: bytes) -> None:
    assert decode(raw) == "A"
