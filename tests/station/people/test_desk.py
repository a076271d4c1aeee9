"""The desk of a station over a real store: who may do what, and that the chain says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from harness.errors import CommandRefused, OperatorStop, StationFault
from harness.model.entry import (
    EngineeringBegun,
    EngineeringEnded,
    Entered,
    Locked,
    Role,
    SignedIn,
    SignedOut,
    SignInRefused,
    Unlocked,
)
from harness.model.events import Purpose
from harness.model.people import CLOSED_FOR, SHIFT
from harness.model.rules.values import Rules
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.people.badges import Badge, Badges
from harness.station.people.desk import Desk, present
from harness.station.rules import LineRules
from tests.records.runs import StillClock
from tests.short import code_of

HOUR = timedelta(hours=1)
RIGHT = "correct horse"


class Clock(StillClock):
    """A clock that stands; its two hands can be moved apart."""

    def __init__(self) -> None:
        super().__init__()
        self.mono_s = 1000.0

    def monotonic(self) -> float:
        return self.mono_s

    def go(self, by: timedelta) -> None:
        self.now += by
        self.mono_s += by.total_seconds()


@dataclass
class Place:
    """A desk, the recorder that it writes by, and the clock of both."""

    recorder: Recorder
    clock: Clock
    badges: Callable[[], Badges]

    def desk(self) -> Desk:
        """The desk as after a restart."""
        store, enter = self.recorder.path, self.recorder.enter
        return Desk(store, enter, self.badges, self.clock, 8 * HOUR)

    def entered(self) -> list[Entered]:
        """What stands in the chain, oldest first."""
        with Reader(self.recorder.path) as reader:
            return [entry.what for entry in reader.entries()][::-1]


def who(desk: Desk) -> str:
    """Who is signed in; '' when nobody is."""
    return desk.person.person if desk.person else ""


@pytest.fixture(scope="module")
def cheap() -> str:
    """A hash that is quick to check: what it costs is not asked here."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(RIGHT)


@pytest.fixture
def place(tmp_path: Path, cheap: str) -> Iterator[Place]:
    clock = Clock()
    until = clock.now.date()
    people = [
        ("B-1", "mei", Role.OPERATOR, until),
        ("B-2", "leo", Role.LEADER, until),
        ("B-3", "eve", Role.ENGINEER, until),
        ("B-9", "old", Role.ENGINEER, date(2026, 11, 21)),
    ]
    badges = Badges("", {each[0]: Badge(*each, cheap) for each in people})
    with Recorder(tmp_path / "line.db", clock=clock, name="ft-03") as recorder:
        yield Place(recorder, clock, lambda: badges)


MEI, LEO, EVE = (
    SignedIn("mei", Role.OPERATOR),
    SignedIn("leo", Role.LEADER),
    SignedIn("eve", Role.ENGINEER),
)


def test_who_signs_in_is_there_until_somebody_else_comes_or_he_leaves(place: Place) -> None:
    desk = place.desk()
    assert who(desk) == ""
    assert desk.sign_in("B-1", RIGHT) == MEI == desk.person
    desk.sign_in("B-1", RIGHT)
    desk.sign_in("B-2", RIGHT)
    assert desk.person == LEO
    assert present(place.recorder.path, place.clock) == "leo"
    desk.sign_out()
    assert who(desk) == ""
    assert present(place.recorder.path, place.clock) == ""
    assert code_of(desk.sign_out) == "READY-SIGN-IN"
    gone = [SignedOut("mei", "leo signed in"), LEO, SignedOut("leo", "left")]
    assert place.entered() == [MEI, MEI, *gone]
    assert verify(place.recorder.path) == []


@pytest.mark.parametrize(
    ("badge", "secret", "said"),
    [
        ("B-1", "wrong", SignInRefused("B-1", "another password")),
        ("B-1", "", SignInRefused("B-1", "another password")),
        ("B-9", RIGHT, SignInRefused("B-9", "the badge counted until 2026-11-21")),
        ("B-9", "wrong", SignInRefused("B-9", "another password")),
        ("s3cret-word", RIGHT, SignInRefused("", "no badge of this line")),
    ],
)
def test_who_is_refused_is_on_record_and_changes_nothing(
    place: Place, badge: str, secret: str, said: SignInRefused
) -> None:
    desk = place.desk()
    desk.sign_in("B-2", RIGHT)
    assert code_of(lambda: desk.sign_in(badge, secret)) == "SIGN-IN-REFUSED"
    assert place.entered() == [LEO, said]
    assert desk.person == LEO


def test_nobody_learns_which_badges_there_are(place: Place) -> None:
    desk, told = place.desk(), set[str]()
    for badge in ("B-1", "B-404"):
        with pytest.raises(OperatorStop) as caught:
            desk.sign_in(badge, "wrong")
        told.add(caught.value.message)
    assert len(told) == 1


def test_no_secret_is_in_the_store_nor_in_a_fault(place: Place) -> None:
    desk = place.desk()
    for badge, secret in (("B-1", "s3cret-word"), ("s3cret-word", "x")):
        with pytest.raises(OperatorStop) as caught:
            desk.sign_in(badge, secret)
        assert "s3cret" not in f"{caught.value!r} {caught.value.evidence} {caught.value.remedy}"
        assert caught.value.__cause__ is None
    with Reader(place.recorder.path) as reader:
        assert "s3cret" not in str(reader.entries())


@pytest.mark.parametrize("badge", ["B-1", "nobody's"])
def test_five_refusals_close_a_badge_also_over_a_restart(place: Place, badge: str) -> None:
    desk = place.desk()
    for _ in range(4):
        assert code_of(lambda: desk.sign_in(badge, "wrong")) == "SIGN-IN-REFUSED"
    assert len(place.entered()) == 4
    desk = place.desk()
    desk.sign_in("B-2", RIGHT)
    assert code_of(lambda: desk.sign_in(badge, "wrong")) == "SIGN-IN-REFUSED"
    with pytest.raises(OperatorStop, match="is closed until 12:05:00"):
        desk.sign_in(badge, RIGHT)
    assert len(place.entered()) == 6, "while it is closed nothing more is entered"
    desk = place.desk()
    place.clock.go(CLOSED_FOR - timedelta(seconds=1))
    with pytest.raises(OperatorStop, match="is closed until"):
        desk.sign_in(badge, RIGHT)
    place.clock.go(timedelta(seconds=1))
    if badge == "B-1":
        assert desk.sign_in(badge, RIGHT) == MEI
        assert code_of(lambda: desk.sign_in(badge, "wrong")) == "SIGN-IN-REFUSED"
        assert desk.sign_in(badge, RIGHT) == MEI
    else:
        with pytest.raises(OperatorStop, match="nobody has this badge and this password"):
            desk.sign_in(badge, RIGHT)


def test_a_shift_ends_by_itself(place: Place) -> None:
    desk = place.desk()
    desk.sign_in("B-1", RIGHT)
    place.clock.go(SHIFT - timedelta(seconds=1))
    desk.expire()
    assert desk.person == place.desk().person == MEI
    place.clock.go(timedelta(seconds=1))
    assert who(desk) == ""
    assert who(place.desk()) == ""
    desk.expire()
    desk.expire()
    assert place.entered() == [MEI, SignedOut("mei", "12 h are over")]


@pytest.mark.parametrize(
    ("badge", "slot", "code"),
    [
        (None, 1, "READY-SIGN-IN"),
        ("B-1", 1, "ROLE-NEEDED"),
        ("B-2", 1, "ROLE-NEEDED"),
        ("B-3", 1, ""),
        ("B-2", None, "ROLE-NEEDED"),
        ("B-3", None, ""),
    ],
)
def test_an_engineer_alone_unlocks(
    place: Place, badge: str | None, slot: int | None, code: str
) -> None:
    desk = place.desk()
    place.recorder.enter(Locked("STOP-STREAK", "three", 1))
    place.recorder.enter(Locked("STOP-FPY", "few pass"))
    if badge:
        desk.sign_in(badge, RIGHT)
    unlock = partial(desk.unlock, slot, " probe mended ")
    if code:
        assert code_of(unlock) == code
        assert not [what for what in place.entered() if isinstance(what, Unlocked)]
        return
    unlock()
    assert place.entered()[-1] == Unlocked("eve", "probe mended", slot)
    with pytest.raises(CommandRefused, match=r"COMMAND-LATE: .* locked"):
        unlock()


def test_what_is_not_locked_cannot_be_unlocked_nor_without_grounds(place: Place) -> None:
    desk = place.desk()
    desk.sign_in("B-3", RIGHT)
    place.recorder.enter(Locked("STOP-FPY", "few pass"))
    with pytest.raises(CommandRefused, match="COMMAND-LATE: slot 2 is not locked"):
        desk.unlock(2, "why not")
    with pytest.raises(CommandRefused, match="COMMAND-UNFIT: say why"):
        desk.unlock(None, "  ")
    desk.unlock(None, "new limits")
    place.recorder.enter(Locked("STOP-STREAK", "three", 2))
    desk.unlock(None, "and again")
    with pytest.raises(CommandRefused, match="COMMAND-LATE: nothing is locked"):
        desk.unlock(None, "once more")


def test_engineering_mode_makes_what_counts_engineering_until_it_is_ended(place: Place) -> None:
    desk = place.desk()
    desk.sign_in("B-2", RIGHT)
    begin = partial(desk.begin_engineering, "new fixture", 2 * HOUR)
    assert code_of(begin) == "ROLE-NEEDED"
    desk.sign_in("B-3", RIGHT)
    for length in (timedelta(), 9 * HOUR):
        with pytest.raises(CommandRefused, match=r"COMMAND-UNFIT: .* at most 8 h"):
            desk.begin_engineering("new fixture", length)
    assert desk.purpose(Purpose.PRODUCTION) is Purpose.PRODUCTION
    begin()
    for each in (desk, place.desk()):
        assert each.purpose(Purpose.PRODUCTION) is Purpose.ENGINEERING
        assert each.purpose(Purpose.REHEARSAL) is Purpose.ENGINEERING
        assert each.purpose(Purpose.GOLDEN) is Purpose.GOLDEN
        assert len(each.in_force) == 2
    desk.end_engineering()
    assert desk.purpose(Purpose.PRODUCTION) is Purpose.PRODUCTION
    begun = EngineeringBegun("eve", "new fixture", place.clock.now + 2 * HOUR)
    assert place.entered()[-2:] == [begun, EngineeringEnded("eve")]
    with pytest.raises(CommandRefused, match=r"COMMAND-LATE: .* is not on"):
        desk.end_engineering()


def _both(place: Place) -> None:
    place.clock.go(2 * HOUR)


def _monotonic(place: Place) -> None:
    place.clock.go(2 * HOUR)
    place.clock.now -= 2 * HOUR


def _utc(place: Place) -> None:
    place.clock.now += 2 * HOUR


@pytest.mark.parametrize("passes", [_both, _monotonic, _utc])
def test_engineering_mode_expires_by_either_clock_and_says_so(
    place: Place, passes: Callable[[Place], None]
) -> None:
    desk = place.desk()
    desk.sign_in("B-3", RIGHT)
    desk.begin_engineering("new fixture", 2 * HOUR)
    passes(place)
    assert desk.purpose(Purpose.REHEARSAL) is Purpose.REHEARSAL
    assert EngineeringEnded("station") in place.entered()


def test_a_clock_that_went_back_does_not_end_engineering_mode(place: Place) -> None:
    desk = place.desk()
    desk.sign_in("B-3", RIGHT)
    desk.begin_engineering("new fixture", 2 * HOUR)
    place.clock.now -= timedelta(seconds=2)
    for each in (desk, place.desk()):
        assert each.purpose(Purpose.PRODUCTION) is Purpose.ENGINEERING
    place.clock.go(2 * HOUR)
    assert desk.purpose(Purpose.PRODUCTION) is Purpose.PRODUCTION, "by the monotonic clock"
    assert EngineeringEnded("station") in place.entered()


@pytest.mark.timeout(120)
def test_what_is_older_than_many_entries_is_not_forgotten(place: Place) -> None:
    desk = place.desk()
    place.recorder.enter(Locked("STOP-STREAK", "three", 1))
    for _ in range(5):
        assert code_of(lambda: desk.sign_in("B-1", "wrong")) == "SIGN-IN-REFUSED"
    for _ in range(51):
        place.recorder.enter(Locked("STOP-STREAK", "three", 2))
        place.recorder.enter(Unlocked("eve", "probe mended", 2))
    for _ in range(500):
        place.recorder.enter(LEO)
    with pytest.raises(OperatorStop, match="is closed until"):
        desk.sign_in("B-1", RIGHT)
    rules = LineRules(place.recorder.path, Rules(), place.recorder.enter)
    assert rules.locked(1)
    assert {e.what.slot for e in rules.locks() if isinstance(e.what, Locked)} == {1, 2}
    desk.sign_in("B-3", RIGHT)
    desk.unlock(1, "probe mended")
    assert not rules.locked(1)


def test_what_cannot_be_entered_has_not_happened(place: Place) -> None:
    desk = place.desk()
    desk.sign_in("B-3", RIGHT)
    place.recorder.close()
    for act in (
        partial(desk.sign_in, "B-1", RIGHT),
        partial(desk.begin_engineering, "new fixture", HOUR),
        desk.sign_out,
    ):
        with pytest.raises(StationFault):
            act()
    assert desk.person == EVE
    assert desk.purpose(Purpose.REHEARSAL) is Purpose.REHEARSAL
