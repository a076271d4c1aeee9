"""A scanner at a serial port, here a pty, gives whole codes, and comes back after it was away."""

from __future__ import annotations

import os
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ui.scanning.scanner import Found, Lines, Lost, Scanner, Told
from harness.ui.scanning.scans import LATE_S, Bent, Once, Scan

CODES = ("A57A000001;860123450000012", "]d221A57A000001\x1d240A57-PK", "HARNESS:SLOT:3")
LONGEST_WAIT_S = 10.0


class Cradle:
    """A place where a scanner stands, or not: a link to the port of a pty, as udev makes one."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "scanner"
        self._open: tuple[int, int] | None = None

    def plug(self) -> None:
        near, far = os.openpty()
        tty.setraw(far)
        self._open = near, far
        self.port.symlink_to(os.ttyname(far))

    def send(self, data: bytes) -> None:
        assert self._open
        os.write(self._open[0], data)

    def unplug(self) -> None:
        if self._open:
            self.port.unlink()
            for end in self._open:
                os.close(end)
            self._open = None


@pytest.fixture
def cradle(tmp_path: Path) -> Iterator[Cradle]:
    here = Cradle(tmp_path)
    yield here
    here.unplug()


@pytest.fixture
def start(cradle: Cradle) -> Iterator[Callable[[], Scanner]]:
    scanners: list[Scanner] = []

    def begin() -> Scanner:
        scanners.append(Scanner(str(cradle.port), Once()))
        return scanners[-1]

    yield begin
    for scanner in scanners:
        scanner.close()


def taken(scanner: Scanner, count: int) -> list[Told]:
    """The next things that it tells."""
    told: list[Told] = []
    end_s = time.monotonic() + LONGEST_WAIT_S
    while len(told) < count and time.monotonic() < end_s:
        told += scanner.take()
        time.sleep(0.005)
    return told


def short(told: list[Told] | list[Scan | Bent]) -> list[str]:
    words: list[str] = []
    for each in told:
        match each:
            case Scan(text=text):
                words.append(text)
            case Bent(reason=reason):
                words.append(reason.key)
            case Found():
                words.append("found")
            case Lost(fault=fault):
                words.append(fault.code)
    return words


def test_its_lines_are_scans(cradle: Cradle, start: Callable[[], Scanner]) -> None:
    cradle.plug()
    scanner = start()
    assert short(taken(scanner, 1)) == ["found"]
    cradle.send(f"{CODES[0]}\r\n{CODES[1]}\r{CODES[2]}\n".encode())
    assert short(taken(scanner, 3)) == list(CODES)


def test_one_code_read_twice_at_once_counts_once(
    cradle: Cradle, start: Callable[[], Scanner]
) -> None:
    cradle.plug()
    scanner = start()
    taken(scanner, 1)
    cradle.send(f"{CODES[0]}\r{CODES[0]}\r{CODES[1]}\r".encode())
    assert short(taken(scanner, 2)) == [CODES[0], CODES[1]]


def test_it_is_absent_until_it_is_plugged_in(cradle: Cradle, start: Callable[[], Scanner]) -> None:
    scanner = start()
    told = taken(scanner, 1)
    assert short(told) == ["SCANNER-ABSENT"]
    assert isinstance(told[0], Lost)
    assert str(cradle.port) in told[0].fault.message
    assert "scanner" in told[0].fault.remedy
    cradle.plug()
    assert short(taken(scanner, 1)) == ["found"]


def test_it_is_unplugged_within_a_code_and_comes_back(
    cradle: Cradle, start: Callable[[], Scanner]
) -> None:
    cradle.plug()
    scanner = start()
    taken(scanner, 1)
    cradle.send(CODES[0][:7].encode())
    cradle.unplug()
    assert short(taken(scanner, 1))[0] == "SCANNER-LOST"
    cradle.plug()
    while "found" not in short(told := taken(scanner, 1)):
        assert short(told) == ["SCANNER-ABSENT"], "told once, however often it is looked for"
    cradle.send(f"{CODES[1]}\r".encode())
    assert short(taken(scanner, 1)) == [CODES[1]], "and nothing of the half code"


@given(st.lists(st.sampled_from(CODES), max_size=4), st.data())
def test_however_the_bytes_are_cut_the_codes_are_the_same(
    codes: list[str], data: st.DataObject
) -> None:
    sent = "".join(f"{code}\r\n" for code in codes).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    lines, told = Lines(), list[Scan | Bent]()
    for place, (begin, end) in enumerate(zip([0, *cuts], [*cuts, len(sent)], strict=True)):
        told += lines.feed(sent[begin:end], 0.01 * place)
    assert short(told) == codes


def test_what_is_no_code_is_refused() -> None:
    lines = Lines()
    assert short(lines.feed(b"\xc1\x82\xff\r" + b"7" * 300 + b"\rA57\r", 1.0)) == [
        "scan.noise",
        "scan.long",
        "A57",
    ]


def test_the_rest_of_a_code_is_not_taken_for_one() -> None:
    lines = Lines()
    assert lines.feed(b"A57A0", 1.0) == []
    assert lines.feed(b"", 1.0 + LATE_S - 0.01) == []
    assert short(lines.feed(b"", 1.0 + LATE_S)) == ["scan.no_end"]
    assert short(lines.feed(b"00001\r", 2.0)) == ["scan.mixed"]
    assert short(lines.feed(b"A57A000001\r", 2.5)) == ["A57A000001"]


def test_a_code_that_this_pc_read_late_is_whole() -> None:
    lines = Lines()
    assert lines.feed(b"A57A0", 1.0) == []
    assert short(lines.feed(b"00001\r", 1.0 + 2 * LATE_S)) == ["A57A000001"]


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_any_bytes_are_codes_or_refused(chunks: list[bytes]) -> None:
    lines = Lines()
    for place, chunk in enumerate(chunks):
        for each in lines.feed(chunk, 0.01 * place):
            assert isinstance(each, Scan | Bent)
