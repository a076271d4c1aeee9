"""Framed lines: whatever byte is changed, and however the stream is cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.devices.scpi.codec import Line
from harness.devices.scpi.framing import LAST_SEQ, FramedCodec, crc, framed

TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)


def test_the_checksum_is_the_published_one() -> None:
    """Its check value over the digits 1 to 9 (Rocksoft model, CRC-16/IBM-3740)."""
    assert crc(b"123456789") == 0x29B1


@given(TEXTS, st.integers(0, LAST_SEQ))
def test_a_frame_gives_its_text_and_its_number(text: str, seq: int) -> None:
    (line,) = FramedCodec(b"\n").feed(framed(seq, text).encode() + b"\n")
    assert (line.text, line.seq, line.damage) == (text, seq, "")


@given(TEXTS, st.data())
def test_any_changed_byte_is_damage(text: str, data: st.DataObject) -> None:
    sent = bytearray(framed(7, text).encode())
    at = data.draw(st.integers(0, len(sent) - 1))
    sent[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != sent[at]))
    codec = FramedCodec(b"\n")
    lines = codec.feed(bytes(sent) + b"\n")
    assert all(line.damage for line in lines)


@given(
    st.lists(st.one_of(TEXTS.map(lambda text: framed(3, text).encode()), st.binary(max_size=9))),
    st.lists(st.integers(0, 2000), max_size=8),
)
def test_however_the_stream_is_cut_the_same_lines_come_out(
    pieces: list[bytes], cuts: list[int]
) -> None:
    stream = b"\n".join(pieces)
    whole, cut = FramedCodec(b"\n"), FramedCodec(b"\n")
    expected = whole.feed(stream), whole.flush()
    edges = [0, *sorted(min(at, len(stream)) for at in cuts), len(stream)]
    lines: list[Line] = []
    for start, end in pairwise(edges):
        lines += cut.feed(stream[start:end])
    assert (lines, cut.flush()) == expected


def test_commands_are_numbered_from_one_and_again_from_one_after_the_last() -> None:
    codec = FramedCodec(b"\r")
    assert codec.encode("*IDN?") == framed(1, "*IDN?").encode() + b"\r"
    codec.seq = LAST_SEQ
    assert codec.encode("SAFE").startswith(b"#1 SAFE*")
