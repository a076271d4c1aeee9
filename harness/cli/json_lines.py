"""Records as lines of JSON on stdout, which hold up nobody."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

import click

from harness.cli import show_error
from harness.cli.writer import PATIENCE_S, Writer
from harness.errors import HarnessError, StationFault
from harness.records.query import Reader

MOST_WAITING = 10_000
"""How many runs may wait for a reader; more are left out."""

JsonOf = Callable[[str], bytes]
"""The native JSON of a run. Raises: StationFault when it cannot be read."""


class JsonLines:
    """Writes the records of runs to the descriptor `out`, in the order of `add`.

    It keeps the ids of runs alone, and reads each record when its turn comes. What a reader does
    not take is counted, told once by `tell`, and lost to nobody: it is in the store.
    """

    def __init__(
        self,
        out: int,
        json_of: JsonOf,
        tell: Callable[[HarnessError], object],
        *,
        most: int = MOST_WAITING,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._most, self._tell = most, tell
        self._told = False
        self._writer = Writer[str](out, lambda run: json_of(run) + b"\n", most, patience_s)

    @property
    def lost(self) -> int:
        """How many records have not been written whole by now."""
        return self._writer.lost

    def add(self, run: str) -> None:
        """Have the record of a run written; returns at once."""
        if not self._writer.put(run):
            words = f"{self._most} lines wait for a reader; more are left out until it reads"
            self._say_once(words)
        if failed := self._writer.failed:
            self._say_once(f"{failed}; the station goes on")

    def close(self) -> None:
        """Let what waits be written, as long as somebody reads; then tell what was not."""
        writer = self._writer
        writer.close()
        if writer.lost:
            words = f"{writer.lost} of {writer.asked} records were not written to stdout"
            self._tell(_lost(f"{words}: {writer.why}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say_once(self, words: str) -> None:
        if not self._told:
            self._told = True
            self._tell(_lost(f"stdout: {words}"))


def on_stdout(store: Path) -> JsonLines:
    """The lines of a store's records on stdout.

    Raises: click.UsageError when there is no stdout.
    """
    if sys.stdout is None:
        raise click.UsageError("--json writes to stdout, which is closed")

    def json_of(run: str) -> bytes:
        with Reader(store) as reader:
            return reader.json(run)

    return JsonLines(sys.stdout.fileno(), json_of, show_error)


def _lost(words: str) -> StationFault:
    remedy = "Have stdout read; `harness records show RUN --json` prints what was left out."
    return StationFault("OUTPUT-LOST", words, remedy=remedy)
