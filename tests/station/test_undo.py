"""What a run changed on a handset is undone, whoever stopped it, and wherever it was killed."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.model.events import RunEnded, Stamped, StepStarted
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer
from harness.sim.unit import SimUnit
from harness.station.files.config import SlotConfig, StationConfig
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order
from harness.steps import catalogue
from harness.steps.undoing.undo import NOTE
from harness.wiring import open_station
from tests.engine.rig import until
from tests.station.handset_process import HandsetProcess, handset_process, prepare
from tests.station.station_process import stations
from tests.steps.state import state_of

CHUNKS = 6
FEWEST = 30
LATE_IN_PREPARE = 16
"""A command of `prepare` after which the note is written and something is changed."""
PLAN = """
schema: 1
plan: undo
revision: 1
title: Prepare and restore
process: undo
product: {model: A57-4G, part: A57-4G}
setup:
  - {id: prepare, use: handset.prepare, timeout: 20 s}
steps:
  - id: identity
    use: identity.read
    timeout: 20 s
    limits: {serial: {matches: A57.*}, imei1: record only, imei2: record only}
teardown:
  - {id: restore, use: handset.restore, timeout: 20 s}
"""


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def handset() -> Iterator[HandsetProcess]:
    with handset_process() as process:
        yield process


def plan_file(folder: Path, text: str = PLAN) -> Path:
    path = folder / "undo.yaml"
    path.write_text(text, "utf-8")
    return path


def config(address: str) -> StationConfig:
    return StationConfig("bench", "lab", (SlotConfig(1, address),))


def run_words(folder: Path, address: str) -> list[str]:
    """`harness run` of the plan on the handset."""
    station = folder / "station.yaml"
    slots = f"slots: [{{slot: 1, handset: '{address}'}}]"
    station.write_text(f"schema: 1\nstation: bench\n{slots}\n", "utf-8")
    words = ["run", str(plan_file(folder)), "--station", str(station)]
    return [*words, "--serial", "A57A000001", "--records", str(folder / "records.db")]


def restart(folder: Path, handset: HandsetProcess) -> None:
    with open_station(folder / "records.db", config(handset.address)) as opened:
        assert opened.unrestored == {}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_station_that_is_killed_after_any_command_undoes_it_at_its_next_start(
    tmp_path: Path, handset: HandsetProcess, chunk: int
) -> None:
    before = handset.state()
    with stations(run_words(tmp_path, handset.address)) as station:
        station.next()
        handset.watch()
        assert station.go() == 0
        commands = handset.count()
        assert commands > FEWEST
        assert handset.state() == before
        for number in range(1 + chunk, commands + 1, CHUNKS):
            handset.kill(station.next(), number)
            assert station.go() == -9, f"was not killed after command {number}"
            restart(tmp_path, handset)
            assert handset.state() == before, f"killed after command {number}"


CAMERA_PLAN = """
schema: 1
plan: undo
revision: 1
title: Prepare, a picture, restore
process: undo
product: {model: A57-4G, part: A57-4G}
setup:
  - {id: prepare, use: handset.prepare, timeout: 20 s}
steps:
  - id: rear
    use: camera.still
    timeout: 20 s
    with: {camera: rear, within: 3 s}
    limits: {width: {low: 100 px}, height: record only, mean_luma: record only,
             luma_across: record only}
teardown:
  - {id: restore, use: handset.restore, timeout: 20 s}
"""


class OnBench:
    """A handset of this process in a slot, and runs on it."""

    def __init__(self, folder: Path, handsets: SimHandsets) -> None:
        self._records = folder / "records.db"
        self._plan = load_plans(plan_file(folder, CAMERA_PLAN), catalogue()).named("")
        self.unit = SimUnit("A57A000001")
        self.address = handsets.add(self.unit)
        self.behaviour = handsets.behaviour(self.address)
        prepare(self.behaviour)
        self.before = state_of(self.behaviour)

    def run(
        self,
        step: str = "",
        then: Callable[[SlotRun], None] = lambda _: None,
        at_end: Callable[[], object] = lambda: None,
    ) -> RunResult:
        """A run; once the step has started, `then` is done to it, and `at_end` once it is over."""
        started: set[str] = set()

        def listen(stamped: Stamped) -> None:
            if isinstance(stamped.event, StepStarted):
                started.add(stamped.event.step)
            if isinstance(stamped.event, RunEnded):
                at_end()

        with open_station(self._records, config(self.address)) as opened:
            running = opened.run(Order(self._plan), opened.slots[1], (listen,))

            def poll() -> None:
                if step in started:
                    started.clear()
                    then(running)

            running.start()
            return running.supervise(poll)


@pytest.fixture
def handsets() -> Iterator[SimHandsets]:
    with SimHandsets(speed=10) as handsets:
        yield handsets


@pytest.fixture
def bench(tmp_path: Path, handsets: SimHandsets) -> OnBench:
    return OnBench(tmp_path, handsets)


def abort(running: SlotRun) -> None:
    running.abort("Mei", "wrong cable")


def abort_twice(running: SlotRun) -> None:
    abort(running)
    abort(running)


def restored(result: RunResult) -> bool:
    """Whether the run itself put everything back."""
    assert result.record
    return any(
        step.use == "handset.restore" and step.outcome is Outcome.PASS
        for step in result.record.steps
    )


def test_a_run_that_passes_leaves_nothing(bench: OnBench) -> None:
    result = bench.run()
    assert result.outcome is Outcome.PASS
    assert state_of(bench.behaviour) == bench.before


@pytest.mark.parametrize("stop", [abort, abort_twice])
def test_an_abort_undoes_also_when_it_cuts_the_teardown(
    bench: OnBench, stop: Callable[[SlotRun], None]
) -> None:
    bench.unit.defects = {"adb.hang": {"on": "dumpsys media.camera"}}
    result = bench.run("rear", stop)
    assert result.outcome is Outcome.ABORTED
    assert restored(result) == (stop is abort)
    assert result.left_changed is None
    assert state_of(bench.behaviour) == bench.before


def test_an_abort_in_the_middle_of_the_restore_undoes_the_rest(bench: OnBench) -> None:
    programs = bench.behaviour.programs
    works, hung = programs["pm default-state"], threading.Event()

    def hang(_words: list[str], _now_s: float) -> Answer:
        hung.set()
        return Answer(takes_s=math.inf)

    def abort_there(running: SlotRun) -> None:
        assert hung.wait(20)
        programs["pm default-state"] = works
        abort_twice(running)

    programs["pm default-state"] = hang
    result = bench.run("restore", abort_there)
    assert not restored(result)
    assert result.left_changed is None
    assert state_of(bench.behaviour) == bench.before


def test_what_could_not_be_put_back_is_told_and_done_by_the_next_run(bench: OnBench) -> None:
    bench.unit.defects = {"adb.hang": {"on": "keyevent 3"}}
    result = bench.run("restore", abort_twice)
    assert result.left_changed is not None
    assert result.left_changed.code == "ADB-HANG"
    assert NOTE in bench.behaviour.files
    bench.unit.defects = {}
    assert bench.run().outcome is Outcome.PASS
    assert state_of(bench.behaviour) == bench.before


def test_a_lost_link_is_undone_once_the_handset_is_back(
    bench: OnBench, handsets: SimHandsets
) -> None:
    bench.unit.defects = {"adb.hang": {"on": "dumpsys media.camera"}}
    result = bench.run("rear", lambda _: handsets.unplug(bench.address))
    assert result.outcome is Outcome.ERROR
    assert state_of(bench.behaviour) != bench.before
    bench.unit.defects = {}
    handsets.replug(bench.address)
    assert bench.run().outcome is Outcome.PASS
    assert state_of(bench.behaviour) == bench.before


def test_a_step_that_fails_is_undone(bench: OnBench) -> None:
    bench.unit.defects = {"camera.still_fails": {}}
    assert bench.run().outcome is Outcome.FAIL
    assert state_of(bench.behaviour) == bench.before


def kill_late_in_prepare(folder: Path, handset: HandsetProcess) -> None:
    """When the note is written, something is changed, and the record is on disk."""
    with stations(run_words(folder, handset.address)) as station:
        victim = station.next()
        handset.watch()
        handset.hold(LATE_IN_PREPARE)

        def kill() -> None:
            until(lambda: handset.count() >= LATE_IN_PREPARE and noted(folder / "records.db"))
            os.kill(victim, signal.SIGKILL)

        killing = threading.Thread(target=kill)
        killing.start()
        assert station.go() == -9
        killing.join()


def noted(store: Path) -> bool:
    """Whether the journal on disk has the note of what was found."""
    with Reader(store) as reader:
        return any(reader.record(head.run).attachments for head in reader.runs())


def test_a_damaged_note_is_replaced_by_that_of_the_record(
    tmp_path: Path, handset: HandsetProcess
) -> None:
    before = handset.state()
    kill_late_in_prepare(tmp_path, handset)
    assert handset.state() != before
    handset.damage()
    restart(tmp_path, handset)
    assert handset.state() == before


def test_a_damaged_note_alone_is_told(tmp_path: Path, handset: HandsetProcess) -> None:
    kill_late_in_prepare(tmp_path, handset)
    handset.damage()
    for file in (tmp_path / "records.db.files").rglob("*"):
        if file.is_file():
            file.unlink()
    with open_station(tmp_path / "records.db", config(handset.address)) as opened:
        assert opened.unrestored[1].code == "HANDSET-NOTE"


@pytest.mark.parametrize("copy", [True, False])
def test_another_unit_in_the_slot_is_left_alone_and_the_one_that_is_away_is_named(
    tmp_path: Path, handset: HandsetProcess, handsets: SimHandsets, copy: bool
) -> None:
    kill_late_in_prepare(tmp_path, handset)
    if not copy:
        for file in (tmp_path / "records.db.files").rglob("*"):
            if file.is_file():
                file.unlink()
    address = handsets.add(SimUnit("A57A000999"))
    before = state_of(handsets.behaviour(address))
    with open_station(tmp_path / "records.db", config(address)) as opened:
        why = opened.unrestored[1]
    assert why.code == "UNIT-WRONG"
    assert "A57A000001 left the slot" in why.message
    assert "A57A000001" in why.remedy
    assert state_of(handsets.behaviour(address)) == before


def test_an_abort_undoes_by_the_record_when_the_note_is_gone(bench: OnBench) -> None:
    bench.unit.defects = {"adb.hang": {"on": "dumpsys media.camera"}}

    def wipe_and_abort(running: SlotRun) -> None:
        bench.behaviour.files.pop(NOTE)
        abort_twice(running)

    result = bench.run("rear", wipe_and_abort)
    assert not restored(result)
    assert result.left_changed is None
    assert state_of(bench.behaviour) == bench.before


def test_an_abort_after_which_another_unit_is_in_the_slot_is_told(
    bench: OnBench, handsets: SimHandsets
) -> None:
    bench.unit.defects = {"adb.hang": {"on": "dumpsys media.camera"}}

    def swap() -> None:
        handsets.swap(bench.address, SimUnit("A57A000999"))

    result = bench.run("rear", abort_twice, at_end=swap)
    assert result.left_changed is not None
    assert result.left_changed.code == "UNIT-WRONG"
