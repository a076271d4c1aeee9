"""Lines of JSON over a real pipe: read, read late, not read at all, and broken."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.cli.json_lines import JsonLines
from harness.errors import HarnessError, StationFault

LONG = 200_000
"""More than a pipe holds (pipe(7): 65,536 bytes)."""


@dataclass
class Pipe:
    """A pipe, and what was told of it."""

    near: int
    far: int
    told: list[HarnessError] = field(default_factory=list)

    def lines(self, **how: float) -> JsonLines:
        return JsonLines(self.near, _json_of, self.told.append, **how)  # type: ignore[arg-type]

    def read(self) -> bytes:
        """All of it, once nobody writes any more."""
        with open(self.far, "rb", closefd=False) as file:
            return file.read()


def _json_of(run: str) -> bytes:
    if run == "damaged":
        raise StationFault("STORE-DAMAGED", "its JSON is missing")
    if run == "bug":
        raise KeyError(run)
    if run == "unreadable":
        raise OSError(5, "Input/output error")
    return f'"{run}"'.encode() + (b" " * LONG if run == "long" else b"")


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    far, near = os.pipe()
    made = Pipe(near, far)
    yield made
    for end in (near, far):
        if Path(f"/proc/self/fd/{end}").exists():
            os.close(end)


def test_lines_come_in_their_order_and_a_close_waits_for_who_reads(pipe: Pipe) -> None:
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read()))
    lines = pipe.lines()
    for run in ("a", "long", "b"):
        lines.add(run)
    reader.start()
    lines.close()
    os.close(pipe.near)
    reader.join()
    assert [line.strip() for line in got[0].splitlines()] == [b'"a"', b'"long"', b'"b"']
    assert (lines.lost, pipe.told) == (0, [])


def test_a_pipe_that_nobody_reads_holds_up_nobody_and_is_told_once_and_counted(pipe: Pipe) -> None:
    lines = pipe.lines(most=3, patience_s=0.05)
    for run in ("long", *"abcdefgh"):
        lines.add(run)
    (first,) = pipe.told
    assert (first.code, "3 lines wait for a reader" in first.message) == ("OUTPUT-LOST", True)
    lines.close()
    assert lines.lost == 9
    assert (
        "9 of 9 records were not written to stdout: nobody read them in time"
        in pipe.told[1].message
    )
    assert "harness records show RUN --json" in pipe.told[1].remedy
    assert len(pipe.told) == 2


def test_a_pipe_that_broke_ends_the_lines_alone(pipe: Pipe) -> None:
    os.close(pipe.far)
    lines = pipe.lines(patience_s=0.05)
    lines.add("a")
    lines.add("b")
    lines.close()
    assert "2 of 2 records were not written to stdout: BrokenPipeError" in pipe.told[-1].message
    assert lines.lost == 2


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("damaged", "StationFault: STORE-DAMAGED"),
        ("bug", "KeyError: 'bug'"),
        ("unreadable", "OSError: [Errno 5]"),
    ],
)
def test_a_record_that_cannot_be_read_costs_its_own_line_alone(
    pipe: Pipe, bad: str, why: str
) -> None:
    with pipe.lines() as lines:
        for run in ("a", bad, "b"):
            lines.add(run)
    os.close(pipe.near)
    assert pipe.read() == b'"a"\n"b"\n'
    assert f"1 of 3 records were not written to stdout: {why}" in pipe.told[-1].message
    assert "nobody read" not in pipe.told[-1].message


def test_a_pipe_that_does_not_block_is_waited_for_and_loses_nothing(pipe: Pipe) -> None:
    os.set_blocking(pipe.near, False)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read()))
    with pipe.lines() as lines:
        for run in ("long", "a", "long"):
            lines.add(run)
        while not select.select([pipe.far], [], [], 0)[0]:
            pass  # the first piece is there, and a line is more than the pipe holds
        reader.start()
    os.close(pipe.near)
    reader.join()
    assert [line.strip() for line in got[0].splitlines()] == [b'"long"', b'"a"', b'"long"']
    assert (lines.lost, pipe.told) == (0, [])
