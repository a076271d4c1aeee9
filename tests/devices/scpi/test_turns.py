"""The lock of a line: in turns, and again by who has it."""

from __future__ import annotations

import threading
import time

import pytest

from harness.devices.scpi.turns import FairLock
from tests.short import code_of, lease

LONG_S = 20.0


def test_its_holder_may_take_it_again() -> None:
    lock = FairLock()
    assert lock.acquire(timeout=LONG_S)
    assert lock.acquire(timeout=0.0)
    lock.release()
    assert not _taken_by_another(lock)
    lock.release()
    assert _taken_by_another(lock)


def _taken_by_another(lock: FairLock) -> bool:
    """Whether another thread gets it at once; it gives it back."""
    got: list[bool] = []

    def take() -> None:
        got.append(lock.acquire(timeout=0.05))
        if got[0]:
            lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return got[0]


def test_who_waits_gets_it_before_the_one_who_takes_it_again_and_again() -> None:
    lock, over, turns = FairLock(), threading.Event(), [0]

    def greedy() -> None:
        while not over.is_set():
            assert lock.acquire(timeout=LONG_S)
            time.sleep(0.001)
            turns[0] += 1
            lock.release()

    thread = threading.Thread(target=greedy)
    thread.start()
    try:
        for _ in range(50):
            assert lock.acquire(timeout=LONG_S)
            lock.release()
    finally:
        over.set()
        thread.join()
    assert turns[0] <= 60  # one after each of ours


@pytest.mark.parametrize("threads", [2, 5])
def test_one_at_a_time(threads: int) -> None:
    lock, inside, most = FairLock(), [0], [0]

    def work() -> None:
        for _ in range(200):
            with lease().holding(lock, "it"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (inside[0], most[0]) == (0, 1)


def test_who_waits_for_too_long_leaves_the_gate() -> None:
    lock = FairLock()
    assert lock.acquire(timeout=LONG_S)
    codes: list[str] = []

    def impatient() -> None:
        def wait() -> None:
            with lease(0.1).holding(lock, "it"):
                raise AssertionError

        codes.append(code_of(wait))

    thread = threading.Thread(target=impatient)
    thread.start()
    thread.join()
    lock.release()
    assert codes == ["STEP-TIMEOUT"]
    assert _taken_by_another(lock)
