from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.at_answer import Heard, LineBuffer

SESSION = (
    b'AT+CSQ\r\r\n+CSQ: 21, 99\r\n\xf5\x00\r\n\r\n+COPS: 0,0,"T\xc3\xa9l\xc3\xa9"\r\n\r\nOK\r\n'
)


@given(st.binary(max_size=400) | st.just(SESSION), st.lists(st.integers(1, 40)))
def test_how_bytes_are_cut_does_not_matter(data: bytes, sizes: list[int]) -> None:
    whole, cut = LineBuffer(), LineBuffer()
    dropped = whole.feed(data)
    for size in sizes:
        dropped -= cut.feed(data[:size])
        data = data[size:]
    dropped -= cut.feed(data)
    assert (cut.whole, dropped) == (whole.whole, 0)


def test_lines_that_no_modem_sends_are_dropped_and_counted() -> None:
    lines = LineBuffer()
    assert lines.feed(SESSION) == 1
    assert list(lines.whole) == ["AT+CSQ", "+CSQ: 21, 99", "", '+COPS: 0,0,"Télé"', "OK"]
    assert lines.feed(b"A" * 4097 + b"\r\nOK\r") == 1
    assert list(lines.whole)[5:] == ["", "OK"]


def test_a_line_without_end_takes_little_room_and_time() -> None:
    lines, began = LineBuffer(), time.monotonic()
    for _ in range(2000):
        lines.feed(b"A" * 4096)
    assert lines.feed(b"\n") == 1
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("command", "came", "lines", "unsolicited"),
    [
        ("AT+CSQ", ["late", "OK", "AT+CSQ", "+CSQ: 1", "OK"], ["+CSQ: 1"], ["late", "OK"]),
        (
            "AT+CSQ",
            ["AT+CSQ", "+CREG: 1", "RING", "+CSQ: 1", "OK"],
            ["+CSQ: 1"],
            ["+CREG: 1", "RING"],
        ),
        ("at+csq", ["at+csq", "+CSQ: 1", "OK"], ["+CSQ: 1"], []),
        ("AT+CGSN", ["AT+CGSN", "860123450000012", "OK"], ["860123450000012"], []),
        ("ATI", ["ATI", "+GCAP: +CGSM", "OK"], ["+GCAP: +CGSM"], []),
        (
            "AT+CSQ;+CESQ",
            ["AT+CSQ;+CESQ", "+CSQ: 1", "+CESQ: 2", "OK"],
            ["+CSQ: 1", "+CESQ: 2"],
            [],
        ),
    ],
)
def test_an_answer_is_what_follows_its_echo(
    command: str, came: list[str], lines: list[str], unsolicited: list[str]
) -> None:
    heard = Heard(command, waits_for_echo=True)
    for line in came:
        assert not heard.final
        heard.take(line)
    assert (heard.lines, heard.unsolicited, heard.final) == (lines, unsolicited, "OK")
    assert not heard.spoilt


@pytest.mark.parametrize("line", ["", "AT+COPS?"])
def test_what_spoils_an_answer(line: str) -> None:
    for waits in (True, False):
        heard = Heard("AT+CSQ", waits_for_echo=waits)
        for came in (*(["AT+CSQ"] if waits else []), line, "+CSQ: 1", "OK"):
            heard.take(came)
        assert heard.spoilt
    before = Heard("AT+CSQ", waits_for_echo=True)
    for came in (line, "AT+CSQ", "+CSQ: 1", "OK"):
        before.take(came)
    assert not before.spoilt
