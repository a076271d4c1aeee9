"""Deadlines are total, cancelling wakes, and a lease that ended moves nothing."""

from __future__ import annotations

import gc
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.clock import Cancel, Deadline, Lease, SystemClock
from harness.errors import OperatorStop, StationFault, StepBug
from tests.short import code_of

LONG_S = 30.0
"""Longer than any of these tests waits when all is well [s]."""
STOP = OperatorStop("RUN-ABORTED", "smoke", evidence={"by": "4711"})
SECOND = StationFault("SLOT-WEDGED", "too late")


class HandClock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def utc(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)


@contextmanager
def in_thread(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """Run `work` beside the block; joined at the end."""
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(LONG_S)
        assert not thread.is_alive()


# ---- SystemClock


def test_the_clock_tells_utc_to_the_millisecond() -> None:
    clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.utc()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs((now - before).total_seconds()) < LONG_S
    assert clock.monotonic() <= clock.monotonic()


# ---- Deadline


def test_a_deadline_is_total() -> None:
    clock = HandClock()
    deadline = Deadline(5.0, clock)
    assert (deadline.left_s(), deadline.expired(), deadline.limit_s) == (5.0, False, 5.0)
    clock.now_s += 4.0
    assert (deadline.left_s(), deadline.expired()) == (1.0, False)
    clock.now_s += 1.0
    assert (deadline.left_s(), deadline.expired()) == (0.0, True)
    clock.now_s += 1.0
    assert (deadline.left_s(), deadline.expired()) == (-1.0, True)


spans = st.integers(-10, 100).map(float)


@settings(deadline=None)
@given(spans, spans, st.none() | spans)
def test_sooner_is_never_later(limit_s: float, passed_s: float, call_s: float | None) -> None:
    clock = HandClock()
    deadline = Deadline(limit_s, clock)
    clock.now_s += passed_s
    call = deadline.sooner(call_s)
    left = deadline.left_s()
    assert call.left_s() == (left if call_s is None else min(left, call_s))
    if call_s is None or call_s >= left:
        assert call is deadline


def test_sooner_goes_by_the_same_clock() -> None:
    clock = HandClock()
    call = Deadline(5.0, clock).sooner(2.0)
    clock.now_s += 2.0
    assert call.expired()


def test_a_limit_that_is_no_number_leaves_no_time() -> None:
    assert Deadline(math.nan).expired()
    assert Deadline(LONG_S).sooner(math.nan).expired()
    assert not Deadline(math.inf).expired()


# ---- Cancel


def test_cancelling_reaches_all_below_and_nothing_above() -> None:
    station = Cancel()
    slot, other = station.child(), station.child()
    run = slot.child()
    step = run.child()
    run.set(STOP)
    assert (run.reason, step.reason) == (STOP, STOP)
    assert (station.reason, slot.reason, other.reason) == (None, None, None)
    station.set(SECOND)
    assert (station.reason, slot.reason, other.reason) == (SECOND, SECOND, SECOND)
    assert (run.reason, step.reason) == (STOP, STOP)


def test_the_first_reason_stays_and_wakes_once() -> None:
    cancel, woken = Cancel(), list[str]()
    with cancel.waking(lambda: woken.append("once")):
        cancel.set(STOP)
        cancel.set(SECOND)
    assert cancel.reason is STOP
    assert woken == ["once"]


def test_a_child_of_what_is_cancelled_is_cancelled() -> None:
    cancel = Cancel()
    cancel.set(STOP)
    assert cancel.child().reason is STOP
    assert cancel.child().wait(LONG_S)


def test_what_is_already_cancelled_wakes_at_once() -> None:
    cancel, woken = Cancel(), list[str]()
    cancel.set(STOP)
    with cancel.waking(lambda: woken.append("now")):
        assert woken == ["now"]
    assert woken == ["now"]


def test_nobody_is_woken_after_leaving() -> None:
    cancel, woken = Cancel(), list[str]()
    wake = lambda: woken.append("late")  # noqa: E731 one object, registered twice
    with cancel.waking(wake):
        with cancel.waking(wake):
            pass
        with pytest.raises(KeyError), cancel.waking(wake):
            raise KeyError
    cancel.set(STOP)
    assert woken == []


def test_the_same_call_registered_twice_leaves_one_at_a_time() -> None:
    cancel, woken = Cancel(), list[str]()

    def wake() -> None:
        woken.append("x")

    with cancel.waking(wake):
        with cancel.waking(wake):
            pass
        cancel.set(STOP)
    assert woken == ["x"]


def test_whoever_leaves_waits_for_the_waking_to_end() -> None:
    cancel = Cancel()
    inside, waking, go_on, left = (threading.Event() for _ in range(4))

    def wake() -> None:
        waking.set()
        assert go_on.wait(LONG_S)

    def own() -> None:
        with cancel.waking(wake):
            inside.set()
            assert waking.wait(LONG_S)
        left.set()

    with in_thread(own):
        assert inside.wait(LONG_S)
        with in_thread(lambda: cancel.set(STOP)):
            assert waking.wait(LONG_S)
            too_early = left.wait(0.1)
            go_on.set()
            assert left.wait(LONG_S)
    assert not too_early


def test_no_race_wakes_anybody_who_has_left() -> None:
    late = 0
    for _ in range(200):
        cancel, state = Cancel(), {"inside": True, "late": 0}
        ready = threading.Barrier(2)

        def wake(state: dict[str, int | bool] = state) -> None:
            time.sleep(0)  # lets the owner run on, if nothing holds it
            state["late"] += not state["inside"]

        def stop(cancel: Cancel = cancel, ready: threading.Barrier = ready) -> None:
            ready.wait(LONG_S)
            cancel.set(STOP)

        with in_thread(stop):
            with cancel.waking(wake):
                ready.wait(LONG_S)
            state["inside"] = False
        late += state["late"]
    assert late == 0


def test_a_waker_that_fails_keeps_nobody_asleep() -> None:
    station, woken = Cancel(), list[str]()
    slots = [station.child() for _ in range(3)]

    def broken() -> None:
        raise RuntimeError("a bug in a driver")

    def gone() -> None:
        raise OSError("not connected")

    with (
        slots[0].waking(lambda: woken.append("before")),
        slots[1].waking(gone),
        slots[1].waking(broken),
        slots[1].waking(lambda: woken.append("beside")),
        slots[2].waking(lambda: woken.append("after")),
        pytest.raises(RuntimeError, match="a bug in a driver"),
    ):
        station.set(STOP)
    assert woken == ["before", "beside", "after"]
    assert [slot.reason for slot in slots] == [STOP] * 3


def test_a_link_that_is_gone_needs_no_waking() -> None:
    def gone() -> None:
        raise OSError("not connected")

    cancel = Cancel()
    with cancel.waking(gone):
        cancel.set(STOP)
    with cancel.waking(gone):
        pass


def test_a_detached_child_is_left_alone_and_let_go() -> None:
    parent = Cancel()
    child, kept = parent.child(), parent.child()
    child.detach()
    parent.set(STOP)
    assert (child.reason, kept.reason) == (None, STOP)
    for cancelled in (False, True):
        parent = Cancel()
        child = parent.child()
        if cancelled:
            parent.set(STOP)
        else:
            child.detach()
        gone = weakref.ref(child)
        del child
        gc.collect()
        assert gone() is None


def test_waiting_sleeps_until_cancelled() -> None:
    cancel = Cancel()
    assert not cancel.wait(0.01)
    assert not cancel.wait(-1.0)
    with in_thread(lambda: cancel.set(STOP)):
        assert cancel.wait(LONG_S)


# ---- Lease


def a_lease(limit_s: float = LONG_S) -> tuple[Cancel, Lease]:
    run = Cancel()
    return run, Lease(Deadline(limit_s), run.child())


def test_a_lease_holds_until_it_ends() -> None:
    run, lease = a_lease()
    lease.check()
    lease.end()
    assert code_of(lease.check) == "LEASE-ENDED"
    assert code_of(lambda: lease.sleep(0.0)) == "LEASE-ENDED"
    lease.end(SECOND)
    assert code_of(lease.check) == "LEASE-ENDED"
    assert run.reason is None


def test_a_lease_ends_with_the_reason_it_is_given() -> None:
    _, lease = a_lease()
    lease.end(SECOND)
    assert code_of(lease.check) == "SLOT-WEDGED"


def test_a_cancelled_run_ends_the_use_of_devices() -> None:
    run, lease = a_lease()
    run.set(STOP)
    with pytest.raises(OperatorStop) as caught:
        lease.check()
    assert caught.value is not STOP, "each thread raises an exception of its own"
    assert (caught.value.code, caught.value.evidence) == ("RUN-ABORTED", {"by": "4711"})


def test_what_ended_says_so_even_if_the_run_is_then_cancelled() -> None:
    run, lease = a_lease()
    lease.end()
    run.set(STOP)
    assert code_of(lease.check) == "LEASE-ENDED"


def test_a_lease_that_ended_leaves_the_run() -> None:
    run, lease = a_lease()
    lease.end()
    gone = weakref.ref(lease.cancel)
    del lease
    gc.collect()
    assert gone() is None
    assert run.reason is None


def test_a_passed_deadline_is_the_callers_to_name() -> None:
    _, lease = a_lease(0.0)
    lease.check()
    assert lease.deadline.expired()


def test_a_call_has_no_more_time_than_its_step() -> None:
    clock = HandClock()
    lease = Lease(Deadline(5.0, clock), Cancel())
    assert lease.within(2.0).deadline.left_s() == 2.0
    assert lease.within(9.0).deadline is lease.deadline
    assert lease.within(None).deadline is lease.deadline


def test_a_call_ends_with_its_step() -> None:
    _, lease = a_lease()
    call = lease.within(1.0)
    call.check()
    lease.end(SECOND)
    assert code_of(call.check) == "SLOT-WEDGED"


def test_a_call_is_cancelled_with_its_run() -> None:
    run, lease = a_lease()
    call = lease.within(None)
    run.set(STOP)
    assert code_of(call.check) == "RUN-ABORTED"


def test_sleeping_takes_its_time() -> None:
    _, lease = a_lease()
    before = time.monotonic()
    lease.sleep(0.12)
    assert time.monotonic() - before >= 0.12


def test_a_lock_is_held_for_the_block_and_given_back() -> None:
    _, lease = a_lease()
    lock = threading.Lock()
    with lease.holding(lock, "the line"):
        assert lock.locked()
    assert not lock.locked()


def test_a_lock_that_stays_with_another_is_a_fault_of_the_step() -> None:
    _, lease = a_lease(0.05)
    lock = threading.Lock()
    with (
        lock,
        pytest.raises(StepBug, match="the line was busy") as caught,
        lease.holding(lock, "the line"),
    ):
        pass
    assert caught.value.code == "STEP-TIMEOUT"


def test_whoever_waits_for_a_lock_wakes_when_stopped() -> None:
    run, lease = a_lease()
    lock = threading.Lock()
    with (
        lock,
        in_thread(lambda: run.set(STOP)),
        pytest.raises(OperatorStop, match="smoke"),
        lease.holding(lock, "the line"),
    ):
        pass


def test_a_lock_is_not_held_under_a_lease_that_has_ended() -> None:
    _, lease = a_lease()
    lock = threading.Lock()
    lease.end()
    with pytest.raises(StepBug) as caught, lease.holding(lock, "the line"):
        pass
    assert caught.value.code == "LEASE-ENDED"
    assert not lock.locked()


def test_sleeping_past_the_deadline_is_a_fault_of_the_step() -> None:
    _, lease = a_lease(0.05)
    before = time.monotonic()
    with pytest.raises(StepBug) as caught:
        lease.sleep(LONG_S)
    assert caught.value.code == "STEP-TIMEOUT"
    assert time.monotonic() - before < LONG_S / 2


@pytest.mark.parametrize("code", ["RUN-ABORTED", "LEASE-ENDED"])
def test_a_sleeper_wakes_when_stopped(code: str) -> None:
    run, lease = a_lease()
    asleep = threading.Event()

    def stop() -> None:
        assert asleep.wait(LONG_S)
        if code == "RUN-ABORTED":
            run.set(STOP)
        else:
            lease.end()

    with in_thread(stop):
        before = time.monotonic()
        asleep.set()
        assert code_of(lambda: lease.sleep(LONG_S)) == code
        assert time.monotonic() - before < LONG_S / 2


def test_ending_a_lease_wakes_whoever_is_blocked_under_it() -> None:
    _, lease = a_lease()
    woken = threading.Event()
    with lease.cancel.waking(woken.set):
        lease.end(SECOND)
    assert woken.is_set()
