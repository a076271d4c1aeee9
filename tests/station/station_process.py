"""Stations that may be killed: `harness run` of a plan, in a fork of a process that is warm.

python -m tests.station.station_process run PLAN --station FILE ...
> 4711                     a station, which waits
< go                       it runs
> -9                       how it ended: its exit code, or less a signal
< next                     the next one, please
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Stations:
    """The process, from its parent."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child

    def next(self) -> int:
        """A station that waits; its process id."""
        return int(self._line())

    def go(self) -> int:
        """Let it run; its exit code, or less the signal that ended it."""
        self._say("go")
        ended = int(self._line())
        self._say("next")
        return ended

    def _say(self, word: str) -> None:
        assert self._child.stdin
        self._child.stdin.write(word + "\n")
        self._child.stdin.flush()

    def _line(self) -> str:
        assert self._child.stdout
        return self._child.stdout.readline()


@contextmanager
def stations(words: Sequence[str]) -> Iterator[Stations]:
    """Stations that run `harness WORDS`, one after another."""
    command = [sys.executable, "-m", "tests.station.station_process", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        try:
            yield Stations(child)
        finally:
            child.kill()


PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """A station in the middle of a run must not outlive a test that failed (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # it died before we asked for the signal


def told() -> None:
    """Take one line from the parent, and no byte more: the next one is for somebody else."""
    while (byte := os.read(0, 1)) != b"\n":
        if not byte:
            os._exit(0)  # the parent is gone


def main() -> None:
    from harness.cli import main as harness
    from harness.cli.run import run  # noqa: F401 (whose import takes most of a start)

    parent = os.getpid()
    while True:
        station = os.fork()
        if not station:
            die_with(parent)
            told()
            os.dup2(2, 1)  # only the parent of the stations speaks on stdout
            harness()
        sys.stdout.write(f"{station}\n")
        sys.stdout.flush()
        status = os.waitstatus_to_exitcode(os.waitpid(station, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()
        told()


if __name__ == "__main__":
    main()
