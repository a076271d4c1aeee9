from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.devices.scpi.codec import LONGEST, Line, LineCodec

TERMINATORS = st.sampled_from([b"\n", b"\r", b"\r\n"])
STREAMS = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from([b"\n", b"\r", b"\r\n", b"0.9012", b"\0", b"x" * 3000]),
    ),
    max_size=12,
).map(b"".join)


@given(TERMINATORS, STREAMS, st.lists(st.integers(0, 40000), max_size=8))
def test_however_the_stream_is_cut_the_same_lines_come_out(
    terminator: bytes, stream: bytes, cuts: list[int]
) -> None:
    whole = LineCodec(terminator)
    expected = whole.feed(stream), whole.flush()
    pieces = LineCodec(terminator)
    lines: list[Line] = []
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for start, end in pairwise(edges):
        lines += pieces.feed(stream[start:end])
    assert (lines, pieces.flush()) == expected


@given(st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)))
def test_printable_lines_come_out_as_they_went_in(texts: list[str]) -> None:
    codec = LineCodec(b"\n")
    lines = codec.feed(b"".join(codec.encode(text) for text in texts))
    assert [line.text for line in lines] == texts
    assert not any(line.damage for line in lines)


@given(TERMINATORS, st.binary(max_size=200))
def test_a_line_with_other_bytes_than_text_is_marked(terminator: bytes, garbage: bytes) -> None:
    codec = LineCodec(terminator)
    lines = codec.feed(b"0." + garbage.replace(b"\r", b"").replace(b"\n", b"") + b"\0" + terminator)
    assert [bool(line.damage) for line in lines] == [True]


def test_an_endless_line_is_dropped_and_the_next_one_is_whole() -> None:
    codec = LineCodec(b"\n")
    for _ in range(300):
        assert codec.feed(b"x" * LONGEST) == []
    damaged, good = codec.feed(b"\n0.9\n")
    assert "longer" in damaged.damage
    assert len(damaged.raw) <= 64
    assert good == Line(b"0.9")


def test_the_longest_line_is_kept_and_one_more_byte_is_not() -> None:
    codec = LineCodec(b"\r\n")
    kept, dropped = codec.feed(b"x" * LONGEST + b"\r\n" + b"x" * (LONGEST + 1) + b"\r\n")
    assert (len(kept.raw), kept.damage) == (LONGEST, "")
    assert dropped.damage


def test_blank_lines_and_the_other_half_of_a_line_end_are_no_lines() -> None:
    assert LineCodec(b"\n").feed(b"\r\n\nOPEN\r\n") == [Line(b"OPEN")]
    assert LineCodec(b"\r").feed(b"OK\r\nOPEN\r\n") == [Line(b"OK"), Line(b"OPEN")]


def test_a_line_without_its_end_is_given_up_as_damaged() -> None:
    codec = LineCodec(b"\n")
    assert codec.feed(b"0.90") == []
    assert codec.flush() == Line(b"0.90", "unfinished")
    assert codec.flush() is None
    assert codec.feed(b"0.9\n") == [Line(b"0.9")]
