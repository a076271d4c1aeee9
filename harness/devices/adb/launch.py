"""Run as a program: `launch.py PARENT PROGRAM NAME [ARGUMENT ...]` becomes PROGRAM.

PROGRAM is killed by the kernel when the thread that started this file ends (prctl(2),
PR_SET_PDEATHSIG), so that a station that is killed leaves nothing behind. A `preexec_fn` would
run Python between fork and exec of a process with many threads, which may deadlock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, program: str, argv: list[str]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:  # else it died before we asked for the signal
        os.execv(program, argv)  # noqa: S606 (the program and its arguments are ours)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
