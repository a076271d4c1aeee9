from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest

from harness.errors import HarnessError, StationFault
from harness.model.events import Purpose, SafeStateReached, Stamped
from harness.records.worker import Worker
from harness.records.writer import Answer, CountAttempts, Group

ASK = CountAttempts("serial", "process", Purpose.PRODUCTION)


def event(run: str, seq: int) -> Stamped:
    return Stamped(run, seq, datetime(2026, 11, 22, tzinfo=UTC), seq, SafeStateReached())


def test_what_comes_while_a_commit_runs_shares_the_next_one() -> None:
    entered, go_on = Event(), Event()
    groups: list[Group] = []

    def commit(group: Group) -> Sequence[Answer]:
        groups.append(group)
        entered.set()
        assert go_on.wait(20)
        return [7] * len(group.requests)

    worker = Worker(commit)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(worker.ask, ASK)
        assert entered.wait(20)
        for seq in range(3):
            worker.add_event(event("r1", seq), urgent=False)
            worker.add_event(event("r2", seq), urgent=seq == 1)
        go_on.set()
        assert first.result(20) == 7
    worker.close()
    assert [(group.durable, sorted(group.events)) for group in groups] == [
        (True, []),
        (True, ["r1", "r2"]),
    ]
    assert groups[1].events["r1"] == [event("r1", seq) for seq in range(3)]


def test_a_refusal_reaches_only_who_asked() -> None:
    answers: list[list[Answer]] = [[StationFault("ENGINE-BUG", "no")], [7]]
    worker = Worker(lambda group: answers.pop(0))
    with pytest.raises(HarnessError, match="ENGINE-BUG: no"):
        worker.ask(ASK)
    assert worker.ask(ASK) == 7
    assert worker.failure is None
    worker.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("error", "code"),
    [(StationFault("STORE-FULL", "full"), "STORE-FULL"), (KeyError("a bug"), "STORE-FAILED")],
)
def test_when_the_thread_dies_nobody_is_left_waiting(error: Exception, code: str) -> None:
    entered, queued = Event(), Event()

    def commit(group: Group) -> Sequence[Answer]:
        entered.set()
        assert queued.wait(20)
        raise error

    worker = Worker(commit)

    def ask() -> str:
        with pytest.raises(HarnessError) as caught:
            worker.ask(ASK)
        return caught.value.code

    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(ask)]
        assert entered.wait(20)
        waiting += [pool.submit(ask) for _ in range(5)]
        while len(worker._waiting) < 5:
            time.sleep(0.001)
        queued.set()
        assert {waiter.result(20) for waiter in waiting} == {code}
    assert worker.failure
    assert worker.failure.code == code
    worker.add_event(event("r1", 1), urgent=True)
    worker.close()
    assert worker.failure.code == code


def test_closing_writes_what_is_queued_and_then_refuses() -> None:
    events: dict[str, list[Stamped]] = {}

    def commit(group: Group) -> Sequence[Answer]:
        events.update(group.events)
        return []

    worker = Worker(commit)
    worker.add_event(event("r1", 1), urgent=False)
    worker.close()
    assert events == {"r1": [event("r1", 1)]}
    with pytest.raises(HarnessError, match="closed"):
        worker.ask(ASK)
