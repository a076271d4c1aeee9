"""A screen that joins in the middle of a question shows what is left of its time: real sockets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.model.events import Answered, Prompted, Stamped
from harness.model.slot_state import SlotEvent
from harness.model.station import Snapshot
from harness.station.screens.bus import Bus
from harness.station.screens.socket import StationSocket
from harness.ui.board.board import Board
from harness.ui.link import StationLink
from harness.ui.page.watch import Watch, Watched
from tests.engine.rig import until
from tests.station.runs import STATION
from tests.ui.operator.line import run

ASKED = Prompted("first", "Is the glass clean?", ("yes", "no"), 30.0, "01TEST-1")


def asking() -> list[Stamped]:
    """The events of a run up to a question, 4 s after it began."""
    begun = run()[:2]
    return [*begun, replace(begun[-1], seq=begun[-1].seq + 1, at_ms=4000, event=ASKED)]


def joined(folder: Path, now_s: float) -> Board:
    """A board that joins a station at this time of its own clock [s]."""
    board = Board()
    with StationLink(folder) as link:

        def hears() -> bool:
            board.apply(link.take(), now_s)
            return not board.gone

        until(hears)
    return board


def test_what_is_left_is_counted_from_when_the_station_asked(tmp_path: Path) -> None:
    clock_s = [1000.0]
    bus = Bus(STATION, [1], monotonic=lambda: clock_s[0])
    with StationSocket(tmp_path / "station", bus, lambda _: ()):
        bus.change(1, SlotEvent.PUT_IN)
        for stamped in asking():
            bus.publish(stamped)
        for after_s, left_s in ((0.0, 30.0), (12.5, 17.5), (40.0, 0.0)):
            clock_s[0] = 1000.0 + after_s
            board = joined(tmp_path / "station", now_s=5.0)
            (prompt,) = board.prompts(5.0)
            assert (prompt.left_s, prompt.question) == (left_s, "01TEST-1")
            assert board.tile(1, 5.0).left_s == left_s
            assert board.prompts(6.0)[0].left_s == max(0.0, left_s - 1)


def test_a_page_that_begins_counts_down_the_same(tmp_path: Path) -> None:
    clock_s = [1000.0]
    bus = Bus(STATION, [1], monotonic=lambda: clock_s[0])
    with StationSocket(tmp_path / "station", bus, lambda _: ()):
        bus.change(1, SlotEvent.PUT_IN)
        for stamped in asking():
            bus.publish(stamped)
        clock_s[0] += 12.5
        with StationLink(tmp_path / "station") as link:
            watched = Watched("station", link)
            watch = Watch([watched], lambda: 5.0)

            def told() -> bool:
                watch.look()
                return 1 in watched.tiles

            until(told)
            assert watched.tiles[1].ends_s == 5.0 + 17.5


def test_the_longest_question_is_first_on_a_screen_that_joins_too() -> None:
    clock_s = [0.0]
    bus = Bus(STATION, [1, 2], monotonic=lambda: clock_s[0])
    for slot, name in ((2, "02"), (1, "01")):
        clock_s[0] += 10.0
        bus.change(slot, SlotEvent.PUT_IN)
        begun = run(name=name, slot=slot)[:2]
        asked = replace(ASKED, question=name)
        for stamped in [*begun, replace(begun[-1], seq=begun[-1].seq + 1, event=asked)]:
            bus.publish(stamped)
    board = Board()
    with bus.subscribe() as subscription:
        board.apply(subscription.take(0), 100.0)
    assert [(each.slot, each.left_s) for each in board.prompts(100.0)] == [(2, 20.0), (1, 30.0)]


def test_a_run_that_has_gone_on_since_its_last_event_is_as_old_on_every_screen() -> None:
    clock_s = [0.0]
    bus = Bus(STATION, [1], monotonic=lambda: clock_s[0])
    bus.change(1, SlotEvent.PUT_IN)
    events = asking()
    for stamped in events:
        bus.publish(stamped)
    clock_s[0] = 2.0
    bus.publish(replace(events[-1], seq=9, at_ms=6000, event=Answered("first", "yes", "mei")))
    clock_s[0] = 3.5
    with bus.subscribe() as subscription:
        (snapshot,) = subscription.take(0)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.slots[0].ran_ms == 7500
