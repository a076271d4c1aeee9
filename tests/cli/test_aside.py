"""What is said on stderr over real pipes: not read, read late, broken; by commands that test."""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import subprocess
import threading
from collections.abc import Iterator

import click
import pytest
from rich.console import Console

from harness.cli.aside import Aside, aside
from harness.model.outcome import Outcome
from harness.records.chain import verify
from tests.cli.conftest import Cli
from tests.cli.stations import is_recorded, recorded, until, written
from tests.station.screen import Screen

LONG = "x" * 200_000
"""More than a pipe holds (pipe(7): 65,536 bytes)."""


@pytest.fixture
def far_and_near() -> Iterator[tuple[int, io.TextIOWrapper]]:
    far, near = os.pipe()
    with os.fdopen(near, "w", encoding="ascii", errors="backslashreplace") as stream:
        yield far, stream
    with contextlib.suppress(OSError):  # a test has closed it
        os.close(far)


def read(far: int) -> str:
    with os.fdopen(far, "rb", closefd=False) as file:
        return file.read().decode()


def test_what_click_and_rich_say_comes_in_its_order_as_the_stream_beneath_can_show_it(
    far_and_near: tuple[int, io.TextIOWrapper],
) -> None:
    far, near = far_and_near
    with contextlib.redirect_stderr(near), aside():
        click.echo("first", err=True)
        click.secho("plain: this is no terminal", err=True, fg="red")
        Console(stderr=True).print("Räder")
    near.close()
    assert read(far) == "first\nplain: this is no terminal\nR\\xe4der\n"


def test_a_reader_that_comes_late_is_told_how_much_was_left_out(
    far_and_near: tuple[int, io.TextIOWrapper],
) -> None:
    far, near = far_and_near
    said = Aside(near, most=2)
    said.write(f"{LONG}\n")
    while not select.select([far], [], [], 0)[0]:
        pass  # it is being written: its place among those that wait is free
    for number in range(5):
        said.write(f"{number}\n")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(read(far)))
    reader.start()
    said.finish()
    near.close()
    reader.join()
    first, *others = got[0].splitlines()
    assert first == LONG
    assert others[:2] == ["0", "1"]
    assert others[2].startswith("OUTPUT-LOST: 3 messages were left out here: nobody read stderr")
    assert "`harness records list`" in others[3]


def test_a_reader_who_never_comes_holds_up_no_word_and_not_the_end(
    far_and_near: tuple[int, io.TextIOWrapper],
) -> None:
    _, near = far_and_near
    said = Aside(near, patience_s=0.05)
    for _ in range(3):
        said.write(LONG)
    said.finish()


def test_a_stream_that_broke_takes_every_word_without_an_error(
    far_and_near: tuple[int, io.TextIOWrapper],
) -> None:
    far, near = far_and_near
    os.close(far)
    with contextlib.redirect_stderr(near), aside():
        for _ in range(3):
            click.echo("nobody hears it", err=True)


@contextlib.contextmanager
def full() -> Iterator[int]:
    """The end for writing of a pipe that has no room, and that nobody reads."""
    far, near = os.pipe()
    os.set_blocking(near, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(near, b"x" * 4096)
    os.set_blocking(near, True)
    yield near
    os.close(near)
    os.close(far)


def test_a_stderr_that_nobody_reads_costs_a_station_neither_units_nor_its_end(cli: Cli) -> None:
    command = cli.command("station", written(cli, slots=2), "--units", "40")
    with full() as near, subprocess.Popen(command, cwd=cli.folder, stderr=near) as child:
        try:
            with Screen(cli.store.with_name("records.db.station")) as screen:
                until(screen, is_recorded)
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=40) == 4
        finally:
            child.kill()
    assert {head.outcome for head in recorded(cli)} - {Outcome.ABORTED}, "none was before the end"
    assert verify(cli.store) == []
