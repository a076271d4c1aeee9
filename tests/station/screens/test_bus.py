"""The bus: a snapshot and what follows make the whole; nobody holds a slot up."""

from __future__ import annotations

import queue
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest

from harness.model.counting import Counting
from harness.model.entry import Entry, Locked, Role, SignedIn
from harness.model.events import Stamped
from harness.model.fold import RecordBuilder, fold, unfold
from harness.model.head import RunHead
from harness.model.record import Record
from harness.model.slot_state import SlotEvent, SlotState
from harness.model.station import Counted, PlanShown, ScanOrder, SlotChanged, Snapshot
from harness.station.screens.bus import Bus, Subscription, Told
from harness.ui.line_view import LineView
from tests.station.runs import STATION, events, loaded, reload, without_record

RUN = events()
RUN_B = events("02TEST", serial="A57A000002")


def bus() -> Bus:
    return Bus(STATION, [2, 1])


def heard(told: list[Told]) -> Record:
    """What a subscriber makes of a snapshot of one run and what followed."""
    first, *rest = told
    assert isinstance(first, Snapshot)
    run = first.slots[0].run
    builder = RecordBuilder()
    for stamped in [*(unfold(run) if run else ()), *rest]:
        assert isinstance(stamped, Stamped)
        builder.apply(stamped)
    return builder.build()


def snapshot(subscription: Subscription) -> Snapshot:
    (told,) = subscription.take(0)
    assert isinstance(told, Snapshot)
    return told


def test_the_first_message_says_what_every_slot_does() -> None:
    station = bus()
    with station.subscribe() as told:
        first = snapshot(told)
    assert first.station == STATION
    assert first.lost == 0
    assert [(view.slot, view.state, view.run) for view in first.slots] == [
        (1, SlotState.EMPTY, None),
        (2, SlotState.EMPTY, None),
    ]


@pytest.mark.parametrize("before", range(len(RUN)))
def test_a_snapshot_at_any_moment_and_what_follows_is_the_whole_run(before: int) -> None:
    station = loaded(bus())
    for stamped in RUN[:before]:
        station.publish(stamped)
    with station.subscribe() as told:
        messages = told.take(0)
        for stamped in RUN[before:]:
            station.publish(stamped)
        messages += told.take(0)
    assert heard(messages) == fold(RUN)


def test_many_who_join_at_different_moments_are_each_told_what_was_then() -> None:
    station = loaded(bus())
    with ExitStack() as joined:
        told = []
        for stamped in RUN:
            station.publish(stamped)
            told.append(joined.enter_context(station.subscribe()))
        frozen = [station._freeze(0)]
        assert [snapshot(each).slots[0].run for each in told] == [fold(RUN)] * len(RUN)
    station = loaded(bus())
    for stamped in RUN:
        station.publish(stamped)
        frozen.append(station._freeze(0))
    runs = [each.snapshot().slots[0].run for each in frozen]  # in their order
    assert runs[1:] == [fold(RUN[: n + 1]) for n in range(len(RUN))]
    late_first = [each.snapshot().slots[0].run for each in reversed(frozen)]
    assert late_first == runs[::-1]


def test_a_run_is_done_only_when_it_is_recorded() -> None:
    station = loaded(bus())
    for stamped in without_record(RUN):
        station.publish(stamped)
    with station.subscribe() as told:
        view = snapshot(told).slots[0]
        assert view.run
        assert (view.state, view.run.outcome) == (SlotState.RUNNING, fold(RUN).outcome)
    for stamped in RUN[len(without_record(RUN)) :]:
        station.publish(stamped)
    with station.subscribe() as told:
        assert snapshot(told).slots[0].state is SlotState.DONE


def test_a_run_begins_and_ends_by_the_table_of_states() -> None:
    station = bus()
    with pytest.raises(ValueError, match="a slot that is empty cannot have 'begin'"):
        station.publish(RUN[0])
    station = loaded(station)
    for stamped in RUN:
        station.publish(stamped)
    with pytest.raises(ValueError, match="a slot that is done cannot have 'begin'"):
        station.publish(RUN_B[0])


def test_a_quarantined_slot_never_shows_done() -> None:
    station, view = loaded(bus()), LineView()
    with station.subscribe() as told:
        view.apply(told.take(0))
        for stamped in RUN[:-1]:
            station.publish(stamped)
        station.close_slot(1, "SLOT-WEDGED")
        station.publish(RUN[-1])
        view.apply(told.take(0))
    with station.subscribe() as told:
        assert snapshot(told).slots[0].state is SlotState.QUARANTINED
    assert view.slots[1].state is SlotState.QUARANTINED
    assert view.ended.keys() == {RUN[0].run}, "its run is on record all the same"


def test_the_next_run_of_a_slot_takes_the_place_of_the_last() -> None:
    station = loaded(bus())
    for stamped in RUN:
        station.publish(stamped)
    reload(station)
    for stamped in RUN_B[:3]:
        station.publish(stamped)
    with station.subscribe() as told:
        view = snapshot(told).slots[0]
    assert view.run
    assert (view.run.run, view.state) == ("02TEST", SlotState.RUNNING)


def test_runs_of_several_slots_are_told_apart() -> None:
    station = loaded(bus())
    other = events("02TEST", slot=2, serial="A57A000002")
    for pair in zip(RUN, other, strict=True):
        for stamped in pair:
            station.publish(stamped)
    with station.subscribe() as told:
        views = snapshot(told).slots
    assert [view.run for view in views] == [fold(RUN), fold(other)]


def test_a_closed_slot_says_why() -> None:
    station = bus()
    with station.subscribe() as told:
        told.take(0)
        station.close_slot(2, "SLOT-WEDGED")
        assert told.take(0) == [SlotChanged(2, SlotState.QUARANTINED, "SLOT-WEDGED")]
        assert told.take(0) == []
    with station.subscribe() as told:
        view = snapshot(told).slots[1]
    assert (view.state, view.why) == (SlotState.QUARANTINED, "SLOT-WEDGED")


def test_one_that_is_too_slow_is_told_what_it_lost_and_gets_a_snapshot() -> None:
    station = loaded(bus())
    with station.subscribe(most_waiting=4) as slow, station.subscribe() as quick:
        slow.take(0)
        quick.take(0)
        for stamped in RUN:
            station.publish(stamped)
        (now,) = slow.take(0)
        assert isinstance(now, Snapshot)
        assert now.lost == len(RUN)
        assert now.slots[0].run == fold(RUN)
        assert quick.take(0) == RUN
        reload(station)
        assert len(slow.take(0)) == 2
        for stamped in RUN_B[:3]:
            station.publish(stamped)
        assert slow.take(0) == RUN_B[:3]


def test_one_that_never_takes_costs_no_memory_and_no_time() -> None:
    station = loaded(bus())
    with station.subscribe(most_waiting=10) as dead:
        dead.take(0)
        for _ in range(200):
            for stamped in RUN:
                station.publish(stamped)
            reload(station)
        assert len(dead._waiting) <= 10
        assert snapshot(dead).lost == 200 * (len(RUN) + 2)


def test_who_waits_is_woken_by_an_event_and_by_the_end() -> None:
    station = loaded(bus())
    told = station.subscribe()
    told.take(0)
    got: queue.SimpleQueue[list[Told]] = queue.SimpleQueue()
    waiting = threading.Thread(target=_take_twice, args=[told, got])
    waiting.start()
    station.publish(RUN[0])
    assert got.get(timeout=20) == [RUN[0]]
    told.end()
    assert got.get(timeout=20) == []
    waiting.join(20)
    assert told.ended
    station.publish(RUN[1])
    assert told.take(0) == []


def _take_twice(told: Subscription, got: queue.SimpleQueue[list[Told]]) -> None:
    for _ in range(2):
        got.put(told.take())


def test_events_of_many_slots_at_once_all_arrive_in_the_order_of_their_run() -> None:
    slots = range(1, 17)
    station = loaded(Bus(STATION, slots))
    runs = {slot: events(f"{slot:02}RUN", slot) for slot in slots}
    with station.subscribe() as told:
        told.take(0)
        threads = [threading.Thread(target=_publish, args=[station, run]) for run in runs.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        messages = told.take(0)
    for slot, run in runs.items():
        name = f"{slot:02}RUN"
        assert [m for m in messages if isinstance(m, Stamped) and m.run == name] == run


def _publish(station: Bus, run: list[Stamped]) -> None:
    for stamped in run:
        station.publish(stamped)


def test_a_plan_is_told_once_until_another_runs_and_stands_last_in_the_snapshot() -> None:
    station = bus()
    one, other = PlanShown("1" * 64, "one", 1), PlanShown("2" * 64, "other", 1)
    again = replace(one, release="8")
    with station.subscribe() as told:
        snapshot(told)
        for plan in (one, one, other, other, again):
            station.show(plan)
        assert told.take(0) == [one, other, again]
    with station.subscribe() as told:
        assert snapshot(told).plans == (other, again)


def test_what_counts_is_told_after_each_record_and_of_whoever_comes() -> None:
    counting = Counting(RUN[0].utc)
    station = Bus(STATION, [1], ScanOrder.INSERT_THEN_SCAN, counting)
    run = replace(RunHead.of(fold(RUN)), purpose="rehearsal")
    signed = Entry("01", RUN[0].utc, STATION, SignedIn("mei", Role.OPERATOR), 1)
    with station.subscribe() as told:
        first = snapshot(told)
        assert (first.loading, first.counted) == (
            ScanOrder.INSERT_THEN_SCAN,
            Counted(RUN[0].utc, {}, 0, 0),
        )
        station.count(run)
        station.enter(signed)
        station.count(run)
        station.enter(replace(signed, what=Locked("STOP-STREAK", "three", 1)))
        one, none = Counted(RUN[0].utc, {"PASS": 1}, 1, 1), Counted(RUN[0].utc, {}, 0, 0)
        assert [m for m in told.take(0) if isinstance(m, Counted)] == [one, none, one]
    with station.subscribe() as told:
        assert snapshot(told).counted == one


def test_a_bus_that_counts_nothing_says_nothing() -> None:
    station = bus()
    with station.subscribe() as told:
        first = snapshot(told)
        station.count(RunHead.of(fold(RUN)))
        assert (first.counted, first.loading, first.plans) == (None, None, ())
        assert told.take(0) == []


def test_a_unit_that_is_run_again_shows_the_new_run() -> None:
    station = loaded(bus())
    for stamped in RUN:
        station.publish(stamped)
    station.change(1, SlotEvent.AGAIN)
    again = events("03TEST")
    for stamped in again[:4]:
        station.publish(stamped)
    with station.subscribe() as told:
        run = snapshot(told).slots[0].run
    assert run == fold(again[:4])
    with pytest.raises(KeyError):
        station.publish(RUN[-1])
