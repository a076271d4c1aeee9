"""What a floor of eight busy slots lives through when its station is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from harness.engine.threads import in_thread
from harness.model.codec import decode
from harness.model.events import RunStarted, Stamped, StepStarted
from harness.model.outcome import Outcome
from harness.model.station import Message, Snapshot
from tests.cli.conftest import ROOT, Cli
from tests.faults.floor import (
    PLAN,
    SLOTS,
    Wires,
    check_lived_through,
    codes,
    floor_on,
)
from tests.station.screen import Screen

pytestmark = pytest.mark.timeout(170)
JIG = ROOT / "fixtures" / "jigs" / "core.yaml"
SCENARIO = "schema: 1\nspeed: 100\ndrawn: {first: A57C100001}\n"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


def station_of(folder: Path, wires: Wires) -> Path:
    """The line's jigs, as the station file of a real station has them."""
    jigs = [
        f"  - slot: {n}\n    handset: '{each.address}'\n"
        f"    jig: {{serial: {each.wires.jig_serial}, file: {JIG}, port: {each.port}}}\n"
        for n, each in wires.wired().items()
    ]
    path = folder / "station.yaml"
    path.write_text("schema: 1\nstation: floor\nslots:\n" + "".join(jigs))
    return path


@contextmanager
def busy(store: Path, wires: Wires) -> Iterator[tuple[subprocess.Popen[str], set[str]]]:
    """A station in a process, once all eight slots have a run and one has begun to attach.

    With the runs that it has said to have begun, also those that it still says.
    """
    wired = store.with_name("wired.json")
    wired.write_text(json.dumps({n: asdict(each) for n, each in wires.wired().items()}))
    command = [sys.executable, "-m", "tests.faults.floor_child", str(store), str(wired)]
    begun = set[str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            for line in child.stdout:
                words = line.split()
                begun |= {words[1]} if words[0] == "begun" else set()
                if len(begun) == len(SLOTS) and words[2] == "attach":
                    break
            yield child, begun
        finally:
            child.kill()
            rest = [line.split() for line in child.stdout if line.endswith("\n")]
            begun |= {words[1] for words in rest if words[0] == "begun"}


def kill_under_power(child: subprocess.Popen[str], wires: Wires) -> None:
    """Kill it once a jig has a voltage on a contact."""
    while not wires.unsafe():
        assert child.poll() is None, "no jig had its supply on"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert wires.unsafe()


def test_a_station_that_is_killed_leaves_eight_closed_records_and_safe_jigs(
    tmp_path: Path, cli: Cli
) -> None:
    """As its service does it: after the kill `harness jig safe`, then the next start."""
    store = tmp_path / "records.db"
    with Wires() as wires:
        with busy(store, wires) as (child, begun):
            kill_under_power(child, wires)
        made_safe = cli("jig", "safe", "--station", station_of(tmp_path, wires))
        assert made_safe.code == 0, made_safe.err
        assert wires.unsafe() == []
        with floor_on(store, wires.wired()) as rig:
            ended = check_lived_through(store, seen=begun, bad=begun, wires=wires)
            assert len(ended) == len(SLOTS)
            assert set(ended.values()) == {Outcome.ABORTED}
            assert codes(rig.test_all()) == dict.fromkeys(SLOTS, "PASS")
            instruments = rig.station.instruments
            check_lived_through(
                store, seen=begun | rig.seen, bad=begun, wires=wires, instruments=instruments
            )


def test_the_next_start_makes_jigs_safe_that_nobody_else_did(tmp_path: Path) -> None:
    store = tmp_path / "records.db"
    with Wires() as wires:
        with busy(store, wires) as (child, begun):
            kill_under_power(child, wires)
        with floor_on(store, wires.wired()):
            check_lived_through(store, seen=begun, bad=begun, wires=wires)


class Busy:
    """`harness station` with eight simulated slots, of which each has a run, and its screen."""

    def __init__(self, cli: Cli) -> None:
        (cli.folder / "scenario.yaml").write_text(SCENARIO)
        self.file = cli.folder / "station.yaml"
        self.file.write_text(
            "schema: 1\nstation: floor\nsimulated: scenario.yaml\nsimulated_slots: 8\n"
            f"plan: {PLAN}\ninstruments: [callbox, lightbox]\n"
        )
        self.begun, self.nearly_done = set[str](), set[str]()

    def ended_by(self, cli: Cli, number: signal.Signals) -> tuple[int, str]:
        """Send it a signal when all slots are busy and one attaches; its exit code, its stdout."""
        child = cli.start("station", self.file, "--units", "24", "--json")
        assert child.stdout
        out = in_thread("stdout", child.stdout.read)  # a full pipe would hold the station up
        try:
            with Screen(cli.store.with_name("records.db.station")) as screen:
                while not self._take(screen.message()) or len(self.begun) < len(SLOTS):
                    pass
                child.send_signal(number)
                self.at_the_signal = self.begun - self.nearly_done
                while line := screen.line():
                    self._take(decode(cast("Any", Message), orjson.loads(line)))
            child.wait(timeout=60)
        finally:
            child.kill()
            said = out.result(30)
            child.communicate()
        return child.returncode, said

    def _take(self, message: Message) -> bool:
        """Note a run that begins or is nearly done; whether an attach begins."""
        if isinstance(message, Snapshot):
            self.begun |= {view.run.run for view in message.slots if view.run}
        if not isinstance(message, Stamped):
            return False
        if isinstance(message.event, RunStarted):
            self.begun.add(message.run)
        step = message.event.step if isinstance(message.event, StepStarted) else ""
        if step == "again":
            self.nearly_done.add(message.run)
        return step == "attach"


def test_sigterm_with_eight_slots_busy_ends_every_run_with_its_teardown(cli: Cli) -> None:
    station = Busy(cli)
    code, out = station.ended_by(cli, signal.SIGTERM)
    assert code == 4
    ended = check_lived_through(cli.store, seen=station.begun, bad=station.at_the_signal)
    printed = {record["run"]: record for record in map(json.loads, out.splitlines())}
    assert printed.keys() == ended.keys()
    assert len(station.at_the_signal) >= len(SLOTS) - 1
    for run in station.at_the_signal:
        notes = {note["event"]["is"] for note in printed[run]["notes"]}
        assert "SafeStateReached" in notes
        assert ended[run] is Outcome.ABORTED


def test_sigkill_with_eight_slots_busy_loses_no_run(cli: Cli) -> None:
    station = Busy(cli)
    code, _ = station.ended_by(cli, signal.SIGKILL)
    assert code == -signal.SIGKILL
    again = cli("station", station.file, "--units", "8", "--json")  # closes what was open
    assert again.code == 0, again.err
    check_lived_through(cli.store, seen=station.begun, bad=station.at_the_signal)
    assert len(station.at_the_signal) >= len(SLOTS) - 1
    assert {record["attempt"] for record in again.records()} == {2}
