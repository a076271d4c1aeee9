"""Instruments that slots share: never two holders, nobody waits for ever, nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import Cancel
from harness.engine.dispatch import MOST_OVERTAKEN, Rest, Task
from harness.engine.execute import execute
from harness.engine.reserve import Instruments, Ticket
from harness.errors import LinkFault, OperatorStop
from harness.model.events import Released, Reserved, Waiting
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind, Phase, PlannedStep, Retry
from harness.model.ports import Wait
from harness.model.step import StepSpec
from harness.station.slot import SlotRun
from tests.engine.rig import Rig, planned, spec_of, until

Item = tuple[StepSpec, PlannedStep]
NAMES = ("callbox", "lightbox", "supply")
wants = st.frozensets(st.sampled_from(NAMES), min_size=1)


def item(step_id: str, body: Callable[[], None], *needs: str, **given: object) -> Item:
    body.__name__ = step_id
    spec = spec_of(body)
    return spec, planned(spec, step_id, needs=needs, **given)  # type: ignore[arg-type]


def task(step: str, *names: str, seconds: float = 1.0) -> Task:
    return Task(step, frozenset(names), seconds)


MUCH_LATER = Rest(1000, {"callbox": 1000})


def ask(shared: Instruments, run: str, *names: str) -> Ticket:
    """A ticket for one task that needs all of these."""
    return shared.ask(run, (task("step", *names),))


@contextmanager
def held(instruments: Instruments, *names: str) -> Iterator[Ticket]:
    """Somebody else holds them."""
    ticket = ask(instruments, "other", *names)
    assert ticket.served
    yield ticket
    instruments.give_back(ticket)


def test_all_or_nothing() -> None:
    shared = Instruments(NAMES)
    first = ask(shared, "1", "callbox")
    both = ask(shared, "2", "callbox", "supply")
    assert (first.served, first.missing) == (True, frozenset())
    assert not both.served
    assert both.missing == {"callbox"}
    assert shared.held() == {"callbox"}
    shared.give_back(first)
    assert both.names == {"callbox", "supply"}
    shared.give_back(both)
    assert shared.idle()


def test_nobody_is_overtaken_for_ever() -> None:
    """Two others pass the callbox and the supply from hand to hand, never both free at once."""
    shared = Instruments(NAMES)
    callbox, supply = ask(shared, "1", "callbox"), ask(shared, "2", "supply")
    both = ask(shared, "both", "callbox", "supply")
    turns = 0
    while not both.served:
        shared.give_back(callbox)
        callbox = ask(shared, "1", "callbox")
        shared.give_back(supply)
        supply = ask(shared, "2", "supply")
        turns += callbox.served + supply.served
        assert turns <= MOST_OVERTAKEN
    assert turns == MOST_OVERTAKEN


def test_who_gives_up_makes_room_and_giving_back_twice_takes_nothing_away() -> None:
    shared = Instruments(NAMES)
    first = ask(shared, "1", "callbox")
    gone = ask(shared, "2", "callbox", "supply")
    shared.give_back(gone)
    last = ask(shared, "3", "callbox")
    shared.give_back(first)
    assert not gone.served
    assert last.served
    shared.give_back(first)
    assert shared.held() == {"callbox"}


def test_what_a_run_holds_or_waits_for_is_given_back_together() -> None:
    shared = Instruments(NAMES)
    mine = ask(shared, "1", "callbox")
    with held(shared, "supply") as theirs:
        waits = shared.ask("1", (task("another", "supply"),))
        after = ask(shared, "2", "callbox")
        assert shared.abandon("1") == [mine]
        assert after.served
        assert theirs.served
        assert not waits.served
        assert shared.abandon("1") == []


def ignore(release: threading.Event) -> None:
    release.wait(60)


class Books:
    """Who holds what, kept by the holders themselves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[str] = []
        self.overlaps = 0
        self.turns = 0

    @contextmanager
    def holding(self, names: frozenset[str]) -> Iterator[None]:
        with self._lock:
            self.overlaps += any(name in self._held for name in names)
            self._held += names
        yield
        with self._lock:
            self.turns += 1
            for name in names:
                self._held.remove(name)


@given(st.lists(st.lists(wants, min_size=1, max_size=6), min_size=2, max_size=8))
def test_two_holders_never_overlap_and_everybody_has_his_turn(
    threads: list[list[frozenset[str]]],
) -> None:
    shared, books = Instruments(NAMES), Books()

    def work(run: str, turns: list[frozenset[str]]) -> None:
        for names in turns:
            ticket = ask(shared, run, *names)
            assert shared.wait(ticket, Cancel())
            with books.holding(names):
                pass
            shared.give_back(ticket)

    workers = [
        threading.Thread(target=work, args=(str(n), turns), daemon=True)
        for n, turns in enumerate(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert not any(worker.is_alive() for worker in workers)
    assert books.overlaps == 0
    assert books.turns == sum(map(len, threads))
    assert shared.idle()


def test_a_task_of_ones_own_is_no_longer_held_once_the_run_asks_again() -> None:
    shared = Instruments(NAMES)
    with held(shared, "callbox"):
        own = shared.ask("1", (task("attach", "callbox"), task("own", seconds=0.5)))
        assert (own.served, own.step) == (True, "own")
        assert shared.held() == {"callbox"}
        then = ask(shared, "1", "callbox")
        assert not then.served
    assert shared.abandon("1") == [then]
    assert shared.idle()


def test_who_waits_on_purpose_goes_on_when_what_he_waits_for_is_late() -> None:
    """The callbox should be back at once, and its next task is worth waiting for; it hangs."""
    shared = Instruments(NAMES)
    hangs = shared.ask("other", (task("step", "callbox", seconds=0.2),), MUCH_LATER)
    ticket = shared.ask("1", (task("attach", "callbox"), task("own")))
    assert (hangs.served, ticket.served) == (True, False)
    assert ticket.missing == {"callbox"}
    assert shared.wait(ticket, Cancel())
    assert ticket.step == "own"


def test_who_waits_on_purpose_gets_what_he_waits_for() -> None:
    shared = Instruments(NAMES)
    other = shared.ask("other", (task("step", "callbox", seconds=20),), MUCH_LATER)
    ticket = shared.ask("1", (task("attach", "callbox"), task("own", seconds=300)))
    assert not ticket.served
    shared.give_back(other)
    assert (ticket.served, ticket.step) == (True, "attach")


def told(rig: Rig) -> list[tuple[str, str, str]]:
    return [
        (type(event).__name__, event.step, event.instrument)
        for event in (stamped.event for stamped in rig.published)
        if isinstance(event, Waiting | Reserved | Released)
    ]


def test_waiting_is_on_record_and_costs_no_time_of_the_step() -> None:
    shared = Instruments(NAMES)
    rig = Rig(
        [item("attach", lambda: None, "callbox", "supply", "screwdriver", timeout_s=20)],
        instruments=shared,
    )
    with held(shared, "callbox"):
        running = SlotRun(rig.job, rig.journal, (rig.published.append,))
        running.start()
        until(lambda: ("Waiting", "attach", "callbox") in told(rig))
        assert "StepStarted" not in rig.kinds()
    result = running.supervise()
    assert result.outcome is Outcome.PASS
    assert told(rig) == [
        ("Waiting", "attach", "callbox"),
        ("Reserved", "attach", "callbox"),
        ("Reserved", "attach", "supply"),
        ("Released", "attach", "callbox"),
        ("Released", "attach", "supply"),
    ]
    kinds = rig.kinds()
    assert kinds.index("Waiting") < kinds.index("Reserved") < kinds.index("StepStarted")
    assert shared.idle()


def test_what_nobody_shares_needs_no_ticket() -> None:
    rig = Rig([item("own", lambda: None, "screwdriver")], instruments=Instruments(NAMES))
    assert execute(rig.job, rig.log).outcome is Outcome.PASS
    assert told(rig) == []


@pytest.mark.parametrize("error", [LinkFault("ADB-HANG", "silent"), ValueError("x"), SystemExit(1)])
def test_instruments_are_given_back_after_a_fault_and_before_a_retry(error: BaseException) -> None:
    shared = Instruments(NAMES)
    held_meanwhile: list[frozenset[str]] = []

    def body() -> None:
        held_meanwhile.append(shared.held())
        raise error

    retry = Retry(times=1, on=frozenset({Outcome.ERROR}))
    rig = Rig([item("attach", body, "callbox", retry=retry)], instruments=shared)
    assert execute(rig.job, rig.log).outcome is Outcome.ERROR
    assert held_meanwhile == [{"callbox"}] * 2
    assert [kind for kind, _, _ in told(rig)] == ["Reserved", "Released"] * 2
    assert shared.idle()


def test_an_abort_wakes_who_waits_and_the_step_was_not_started() -> None:
    shared = Instruments(NAMES)
    steps = [item("attach", lambda: None, "callbox"), item("after", lambda: None)]
    rig = Rig([*steps, item("down", lambda: None, phase=Phase.TEARDOWN)], instruments=shared)
    with held(shared, "callbox"):
        running = SlotRun(rig.job, rig.journal, (rig.published.append,))
        running.start()
        until(lambda: bool(told(rig)))
        running.abort("4711", "Ctrl-C")
        result = running.supervise()
        assert shared.held() == {"callbox"}
    assert result.outcome is Outcome.ABORTED
    assert result.record
    assert [(s.id, s.outcome) for s in result.record.steps] == [
        ("attach", Outcome.SKIPPED),
        ("after", Outcome.SKIPPED),
        ("down", Outcome.PASS),
    ]
    assert all("RUN-ABORTED" in step.skipped for step in result.record.steps[:2])
    assert shared.idle()


def test_a_wedged_step_keeps_no_instrument() -> None:
    shared, release = Instruments(NAMES), threading.Event()
    rig = Rig(
        [item("stubborn", lambda: ignore(release), "callbox", timeout_s=0.05)],
        instruments=shared,
    )
    running = SlotRun(rig.job, rig.journal, (rig.published.append,))
    running.start()
    result = running.supervise()
    assert result.wedged
    assert shared.idle()
    assert ("Released", "stubborn", "callbox") in told(rig)
    with held(shared, "callbox"):
        release.set()
        running.join(20)
        assert shared.held() == {"callbox"}  # what it gives back now is no longer its own


def test_any_order_takes_first_what_is_free() -> None:
    shared = Instruments(NAMES)
    group = Group("bench", GroupKind.ANY_ORDER)
    order: list[str] = []
    with held(shared, "callbox") as ticket:

        def light() -> None:
            order.append("light")
            shared.give_back(ticket)

        rig = Rig(
            [
                item("attach", lambda: order.append("attach"), "callbox", group=group),
                item("charge", lambda: order.append("charge"), "supply", group=group),
                item("light", light, "lightbox", group=group),
                item("after", lambda: order.append("after")),
            ],
            instruments=shared,
        )
        record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.PASS
    assert order == ["charge", "light", "attach", "after"]
    assert "Waiting" not in rig.kinds()


def test_many_slots_share_two_instruments_and_none_starves() -> None:
    shared = Instruments(("callbox", "supply"))
    books = Books()

    def using(*names: str) -> Callable[[Wait], None]:
        def body(wait: Wait) -> None:
            with books.holding(frozenset(names)):
                wait(0.001)

        return body

    def rig_of(slot: int) -> Rig:
        each = [("callbox",), ("callbox", "supply"), ("supply",)]
        items = []
        for n, names in enumerate(each):
            body = using(*names)
            body.__name__ = f"s{n}"
            spec = spec_of(body)
            items.append((spec, planned(spec, needs=names, timeout_s=30)))
        return Rig(items, instruments=shared, run=f"01RUN{slot}")

    rigs = [rig_of(slot) for slot in range(16)]
    runs = [SlotRun(rig.job, rig.journal) for rig in rigs]
    for run in runs:
        run.start()
    assert [run.supervise().outcome for run in runs] == [Outcome.PASS] * 16
    assert (books.overlaps, books.turns) == (0, 48)
    assert shared.idle()


def test_any_order_waits_for_whatever_is_free_first() -> None:
    shared = Instruments(NAMES)
    group = Group("bench", GroupKind.ANY_ORDER)
    order: list[str] = []
    items = [
        item("attach", lambda: order.append("attach"), "callbox", group=group),
        item("charge", lambda: order.append("charge"), "supply", group=group),
    ]
    rig = Rig(items, instruments=shared)
    callbox, supply = ask(shared, "other", "callbox"), ask(shared, "another", "supply")
    running = SlotRun(rig.job, rig.journal, (rig.published.append,))
    running.start()
    until(lambda: len(told(rig)) == 2)
    assert order == []
    shared.give_back(supply)
    until(lambda: order == ["charge"])
    shared.give_back(callbox)
    assert running.supervise().outcome is Outcome.PASS
    assert order == ["charge", "attach"]
    assert told(rig)[:3] == [
        ("Waiting", "attach", "callbox"),
        ("Waiting", "charge", "supply"),
        ("Reserved", "charge", "supply"),
    ]
    assert shared.idle()


def test_an_abort_of_who_waits_for_one_of_several_leaves_nothing_behind() -> None:
    shared = Instruments(NAMES)
    group = Group("bench", GroupKind.ANY_ORDER)
    needs = {"attach": "callbox", "charge": "supply"}
    items = [item(name, lambda: None, need, group=group) for name, need in needs.items()]
    rig = Rig(items, instruments=shared)
    with held(shared, "callbox", "supply"):
        running = SlotRun(rig.job, rig.journal, (rig.published.append,))
        running.start()
        until(lambda: len(told(rig)) == 2)
        running.abort("4711", "Ctrl-C")
        result = running.supervise()
    assert result.outcome is Outcome.ABORTED
    assert shared.idle()


def test_a_wait_that_is_aborted_at_once_never_hangs() -> None:
    shared, cancel = Instruments(NAMES), Cancel()
    cancel.set(OperatorStop("RUN-ABORTED", "before"))
    with held(shared, "supply"):
        ticket = ask(shared, "1", "supply")
        assert not shared.wait(ticket, cancel)
        shared.give_back(ticket)
