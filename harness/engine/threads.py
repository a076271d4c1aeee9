"""Work in a thread that nobody has to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def in_thread(name: str, work: Callable[[], T]) -> Future[T]:
    """What `work` will give, or raise, in a daemon thread of its own."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 handed on to whoever asks for the result
            done.set_exception(error)

    try:
        threading.Thread(target=run, name=name, daemon=True).start()
    except RuntimeError as error:  # the system has no thread left
        done.set_exception(error)
    return done


def side_by_side(name: str, work: Sequence[Callable[[], T]]) -> list[T]:
    """What each gives, in their order, all at work at once."""
    return [started.result() for started in [in_thread(name, each) for each in work]]
