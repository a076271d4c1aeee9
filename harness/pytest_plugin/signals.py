"""What stops pytest, while jigs may have power on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from harness.station.stopping import STOP_SIGNALS, stopping


@contextmanager
def like_ctrl_c() -> Iterator[None]:
    """While the block runs, whatever stops a process stops pytest as Ctrl-C does: it tears down.

    Left alone, SIGTERM and a closed terminal end it at once, and leave the jig as it is.
    """
    before = {number: signal.signal(number, signal.default_int_handler) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held() -> Iterator[None]:
    """What stops pytest while the block runs is a KeyboardInterrupt after it."""
    caught: list[str] = []
    with stopping(lambda _, why: caught.append(why)) as poll:
        try:
            yield
        finally:
            poll()
    if caught:
        raise KeyboardInterrupt
