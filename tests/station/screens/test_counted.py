"""What counts of a station that starts again: real stores, people who come and go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harness.model.counting import Counting
from harness.model.entry import Role, SignedIn, SignedOut
from harness.model.people import SIGN_INS
from harness.model.station import Counted
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.screens.counted import restore
from tests.records.runs import MORNING, StillClock, hand_in, lived

HOUR = timedelta(hours=1)
MEI, OLA, EVE = (
    SignedIn("mei", Role.OPERATOR),
    SignedIn("ola", Role.OPERATOR),
    SignedIn("eve", Role.ENGINEER),
)


class Floor:
    """A store in which people sign in and runs end, at times."""

    def __init__(self, path: Path) -> None:
        self.clock, self.runs = StillClock(), 0
        self.recorder = Recorder(path, clock=self.clock)
        self.clock.now = MORNING
        self.live = Counting(MORNING)

    def come(self, who: SignedIn | SignedOut, after: timedelta = timedelta()) -> None:
        self.clock.now += after
        self.live.enter(self.recorder.enter(who))

    def end(self, began: timedelta = timedelta()) -> None:
        """A run ends that was begun so long before."""
        self.runs += 1
        hand_in(self.recorder, lived(f"01RUN{self.runs:04}", started=self.clock.now - began))
        with Reader(self.recorder.path) as reader:
            self.live.take(reader.runs(1)[0])

    def again(self) -> Counting:
        """What a station counts that starts now, and has whoever was there."""
        with Reader(self.recorder.path) as reader:
            (newest,) = reader.entries(1, kinds=SIGN_INS)
        counting = Counting(self.clock.now)
        counting.enter(newest)
        restore(counting, self.recorder.path, self.clock.now)
        return counting


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    opened = Floor(tmp_path / "r.db")
    with opened.recorder:
        yield opened


def test_a_station_that_starts_again_counts_as_the_one_before(floor: Floor) -> None:
    floor.come(MEI)
    floor.end()
    floor.come(SignedOut("mei", "ola signed in"), HOUR)
    floor.come(OLA)
    floor.end(began=HOUR / 2)  # of mei's time: it is of who is there when it ends
    floor.come(EVE, HOUR)
    floor.come(OLA, HOUR)
    floor.end()
    assert floor.live.now == Counted(MORNING + HOUR, {"PASS": 2}, 2, 2)
    again = floor.again()
    assert again.now == floor.live.now
    for each in (MEI, EVE, OLA):
        floor.come(each, HOUR)
        with Reader(floor.recorder.path) as reader:
            again.enter(reader.entries(1)[0])
        assert again.now == floor.live.now, each.person


def test_a_shift_goes_on_that_began_long_before_the_station_started_again(floor: Floor) -> None:
    floor.come(MEI)
    floor.end(began=HOUR)  # before anybody came
    floor.come(MEI, 11 * HOUR)
    floor.end()
    floor.clock.now += 2 * HOUR
    assert floor.live.now == Counted(MORNING, {"PASS": 2}, 2, 2)
    assert floor.again().now == floor.live.now


def test_the_shift_of_today_does_not_go_on_from_yesterday(floor: Floor) -> None:
    floor.come(MEI)
    floor.end()
    floor.come(OLA, 11 * HOUR)
    floor.end()
    floor.come(MEI, 13 * HOUR)
    floor.end()
    floor.come(OLA, HOUR)
    assert floor.live.now == Counted(MORNING + 25 * HOUR, {}, 0, 0)
    again = floor.again()
    assert again.now == floor.live.now
    again.enter(floor.recorder.enter(MEI))
    assert again.now == Counted(MORNING + 24 * HOUR, {"PASS": 1}, 1, 1)


def test_a_store_in_which_nobody_came_counts_nothing(floor: Floor) -> None:
    floor.end()
    counting = Counting(MORNING)
    restore(counting, floor.recorder.path, floor.clock.now)
    assert counting.now == Counted(MORNING, {}, 0, 0)
