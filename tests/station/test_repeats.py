"""Steps that an engineer has run again on the unit in a slot: on the floor, with real runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.errors import CommandRefused, JigFault
from harness.model.events import Purpose, RunStarted, Stamped
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Plan
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.model.station import Abort, RunSteps, SlotChanged, SlotView, Snapshot
from harness.station.floor import Floor, OrderGolden
from harness.station.line import Row
from harness.station.repeats import Repeats
from harness.station.screens.bus import Bus, Told
from harness.station.station import Order, Slot, Station
from tests.engine.rig import MemoryJournal, Rig, planned, spec_of
from tests.station.runs import STATION
from tests.station.test_floor import SPEC, OnTheFloor

SERIAL, NEXT = "A57A000001", "A57A000002"


def wait() -> None:
    """A step that does nothing."""


WAIT = spec_of(wait)
STEPS = [(SPEC, planned(SPEC, "read")), (WAIT, planned(WAIT, "wait"))]
PLAN: Plan = Rig(STEPS).job.plan
ORDER = Order(PLAN, Purpose.ENGINEERING)
Poll = Callable[[Floor, "Scene"], None]


class Scene:
    """A floor of one slot whose unit stays until the next is added, and all that it told."""

    def __init__(self) -> None:
        on = OnTheFloor(lambda _: self.order)
        self.order = ORDER
        self.golden: Order | None = None
        self.counts = False
        self.heard = on.heard
        self.insert = on.insert
        self.taken_out = on.taken_out
        self.keeps = True
        self.row: Row = on.row([SERIAL], stays_open=True, keeps=lambda: self.keeps)
        journal = MemoryJournal()
        self.records: list[Record] = journal.records
        slots = {1: on.slots[1]}
        self.station: Station = replace(on.station, slots=slots, journal=journal)
        self.station = replace(self.station, catalogue=type(self.station.catalogue)([SPEC, WAIT]))
        self.told: list[Told] = []
        self.shown: SlotView | None = None
        self._heard, self._order_of = on, on.order_of

    def run(self, poll: Poll) -> None:
        """Until `poll` stops the floor."""
        bus = Bus(STATION, self.station.slots)
        heard = self._heard.heard
        hear = lambda slot, result: heard.append((slot.number, slot.unit.serial, result))  # noqa: E731

        def golden_of(slot: Slot) -> OrderGolden | None:
            order = self.golden
            return (lambda: (order, slot)) if order else None

        floor = Floor(
            self.station, self._order_of, bus, self.row, hear, lambda: self.counts, golden_of
        )
        with bus.subscribe() as told:
            told.take(0)

            def each_poll() -> None:
                self.told += told.take(0)
                poll(floor, self)

            floor.run(each_poll)
            self.told += told.take(0)
        with bus.subscribe() as told:
            (snapshot,) = told.take(0)
        assert isinstance(snapshot, Snapshot)
        (self.shown,) = snapshot.slots

    @property
    def state(self) -> SlotState:
        changes = [each for each in self.told if isinstance(each, SlotChanged)]
        return changes[-1].state if changes else SlotState.EMPTY

    @property
    def begun(self) -> list[RunStarted]:
        events = [each.event for each in self.told if isinstance(each, Stamped)]
        return [event for event in events if isinstance(event, RunStarted)]


def repeating(command: RunSteps, runs: int) -> Poll:
    """Asks for steps once the first run is over; stops the floor after so many runs."""
    asked = False

    def poll(floor: Floor, scene: Scene) -> None:
        nonlocal asked
        if scene.records and not asked:
            asked = True
            floor.repeat(command)
        elif len(scene.records) == runs:
            floor.stop("test", "enough")

    return poll


def test_the_steps_are_run_so_often_each_time_a_run_of_its_own() -> None:
    scene = Scene()
    poll = repeating(RunSteps(1, ("read",), 3), runs=4)
    scene.run(poll)
    first, *again = scene.records
    assert first.outcome is Outcome.PASS
    assert [r.outcome for r in again] == [Outcome.ABORTED] * 3, "a part of a plan is no verdict"
    assert {r.plan.only for r in again} == {("read",)}
    assert [event.unit.serial for event in scene.begun] == [SERIAL] * 4
    assert {r.purpose for r in scene.records} == {Purpose.ENGINEERING}
    assert len(scene.heard) == 1, "it is one unit of the line"


def test_all_steps_are_the_whole_plan() -> None:
    scene = Scene()
    poll = repeating(RunSteps(1, ("read", "wait")), runs=2)
    scene.run(poll)
    assert [r.outcome for r in scene.records] == [Outcome.PASS] * 2
    assert scene.records[1].plan.only == ()


def test_an_abort_ends_the_repeating_and_the_unit_stays() -> None:
    scene = Scene()
    stages: list[str] = []

    def poll(floor: Floor, scene: Scene) -> None:
        if scene.records and not stages:
            stages.append("asked")
            floor.repeat(RunSteps(1, ("wait",), 1000))
        elif len(scene.records) > 2 and len(stages) == 1:
            try:
                floor.abort(Abort(1, "eve", "seen enough"))
            except CommandRefused:  # between two runs
                return
            stages.append("aborted")
        elif len(stages) == 2 and scene.records[-1].notes and scene.state is SlotState.LOADED:
            stages.append(str(len(scene.records)))
        elif len(stages) == 3:
            floor.stop("test", "enough")

    scene.run(poll)
    assert 3 < len(scene.records) < 1000
    last = scene.records[-1]
    assert last.fault
    assert last.fault.code == "RUN-ABORTED"


def test_the_next_unit_takes_the_place_of_one_that_stands_and_its_wishes() -> None:
    scene = Scene()
    stages: list[str] = []

    def poll(floor: Floor, scene: Scene) -> None:
        if scene.records and not stages:
            stages.append("added")
            scene.row.add(scene.insert(NEXT))
        elif len(scene.records) == 2:
            floor.stop("test", "enough")

    scene.run(poll)
    assert [record.scanned.serial for record in scene.records] == [SERIAL, NEXT]
    assert scene.taken_out[0] == SERIAL


def test_a_unit_stays_no_longer_than_engineering_mode() -> None:
    scene = Scene()

    def poll(floor: Floor, scene: Scene) -> None:
        if scene.records:
            scene.keeps = False
        if scene.taken_out:
            with pytest.raises(CommandRefused, match=r"REPEAT-ABSENT: .* stands in slot 1"):
                floor.repeat(RunSteps(1, ("read",)))
            floor.stop("test", "enough")

    scene.run(poll)
    assert scene.taken_out == [SERIAL]
    assert len(scene.records) == 1


@pytest.mark.parametrize("before", [1, 3])
def test_when_engineering_mode_ends_nothing_is_run_again_and_the_last_verdict_stays(
    before: int,
) -> None:
    scene = Scene()
    stages: list[str] = []

    def poll(floor: Floor, scene: Scene) -> None:
        if scene.records and not stages:
            stages.append("asked")
            scene.counts = before == 1
            floor.repeat(RunSteps(1, ("read",), 1000))
        elif len(scene.records) >= before and stages == ["asked"]:
            scene.counts = True
            stages.append("over")
        elif stages == ["asked", "over"] and not floor._repeats.waits(1):
            stages.append(str(len(scene.records)))
            floor.stop("test", "enough")

    scene.run(poll)
    assert 1 <= len(scene.records) < 1000
    assert stages[-1] == str(len(scene.records)), "none came after it"
    assert scene.shown
    assert (scene.shown.state, scene.shown.why) == (SlotState.DONE, "")
    assert scene.shown.run == scene.records[-1]
    assert SlotState.REFUSED not in {e.state for e in scene.told if isinstance(e, SlotChanged)}


def test_a_repeat_that_is_refused_shows_no_verdict_of_the_run_before() -> None:
    """By a plan that wants what does not stand there."""
    scene = Scene()
    refused: list[str] = []

    def poll(floor: Floor, scene: Scene) -> None:
        if scene.records and not refused:
            refused.append("")
            wanting = replace(PLAN.steps[0], needs=("callbox",))
            scene.order = replace(ORDER, plan=replace(PLAN, steps=(wanting, *PLAN.steps[1:])))
            floor.repeat(RunSteps(1, ("read",), 5))
        elif scene.state is SlotState.REFUSED:
            with pytest.raises(CommandRefused, match=r"REPEAT-ABSENT: .* stands in slot 1"):
                floor.repeat(RunSteps(1, ("read",)))
            floor.stop("test", "enough")

    scene.run(poll)
    assert len(scene.records) == 1
    assert scene.shown
    assert scene.shown.run is None


@pytest.mark.parametrize("counts", [False, True])
def test_a_golden_unit_is_run_again_by_its_own_plan_and_for_engineering(*, counts: bool) -> None:
    scene = Scene()
    own = Rig([(SPEC, planned(SPEC, "probe")), (WAIT, planned(WAIT, "look"))]).job.plan
    scene.golden = Order(own, Purpose.GOLDEN)
    asked: list[str] = []

    def poll(floor: Floor, scene: Scene) -> None:
        if scene.records and not asked:
            asked.append("")
            scene.counts = counts
            floor.repeat(RunSteps(1, ("look",)))
        elif len(scene.records) == 2 or (asked and not floor._repeats.waits(1) and counts):
            with pytest.raises(CommandRefused, match=r"slot 1|no step"):
                floor.repeat(RunSteps(1, ("read",)))  # of the plan of the others
            floor.stop("test", "enough")

    scene.run(poll)
    runs = [(record.purpose, record.plan.only, record.plan.sha256) for record in scene.records]
    first, again = (Purpose.GOLDEN, (), own.sha256), (Purpose.ENGINEERING, ("look",), own.sha256)
    assert runs == ([first] if counts else [first, again])
    ((_, _, result),) = scene.heard
    assert result.golden


def test_a_slot_that_fails_is_closed_and_the_others_are_not() -> None:
    scene = Scene()
    broken = JigFault("JIG-LOST", "the cable is out")
    poll = repeating(RunSteps(1, ("read",), 1000), runs=999)
    stations = [scene.station]

    def breaking(floor: Floor, scene: Scene) -> None:
        journal = stations[0].journal
        assert isinstance(journal, MemoryJournal)
        if len(scene.records) > 1:
            journal.failure = broken
        poll(floor, scene)

    scene.run(breaking)
    assert scene.state is SlotState.QUARANTINED


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (RunSteps(1, ()), "^COMMAND-UNFIT: say which steps, and how often"),
        (RunSteps(1, ("read",), 0), "^COMMAND-UNFIT: .* 1 to 1000 times"),
        (RunSteps(1, ("read",), 1001), "^COMMAND-UNFIT: .* 1 to 1000 times"),
        (RunSteps(2, ("read",)), "^REPEAT-ABSENT: no unit that was tested stands in slot 2"),
        (RunSteps(1, ("reed",)), "^COMMAND-UNFIT: .* did you mean 'read'"),
    ],
)
def test_what_cannot_be_run_again_is_refused(command: RunSteps, words: str) -> None:
    repeats = Repeats()
    repeats.stands(1, PLAN)
    with pytest.raises(CommandRefused, match=words):
        repeats.ask(command)
    assert not repeats.waits(1)


def test_one_wish_waits_at_a_time_and_goes_with_its_unit() -> None:
    repeats = Repeats()
    repeats.stands(1, PLAN)
    repeats.ask(RunSteps(1, ("read",)))
    with pytest.raises(CommandRefused, match=r"REPEAT-BUSY: .* already"):
        repeats.ask(RunSteps(1, ("wait",)))
    assert repeats.waits(1)
    repeats.left(1)
    assert not repeats.waits(1)
    assert repeats.take(1) is None


def test_a_wish_is_taken_so_often_as_it_is_to_be_run() -> None:
    repeats = Repeats()
    repeats.stands(1, PLAN)
    repeats.ask(RunSteps(1, ("read",), 2))
    assert repeats.take(1) == ("read",)
    with pytest.raises(CommandRefused, match="REPEAT-BUSY: slot 1 has steps to run again already"):
        repeats.ask(RunSteps(1, ("wait",)))
    assert repeats.take(1) == ("read",)
    assert repeats.take(1) is None
    repeats.ask(RunSteps(1, ("wait",), 3))
    assert repeats.take(1) == ("wait",)
    repeats.enough(1)
    assert not repeats.waits(1)


def test_the_unit_that_is_announced_for_its_slot_is_the_one_that_is_run_again() -> None:
    scene = Scene()
    poll = repeating(RunSteps(1, ("read",)), runs=2)
    scene.run(poll)
    assert {record.scanned for record in scene.records} == {Unit(SERIAL)}
