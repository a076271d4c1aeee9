"""`harness station` end to end: real processes, the real adb server, screens on its socket."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.station_golden import GoldenTold
from harness.cli.station_told import Told
from harness.model.entry import Entry, UnitRefused
from harness.model.events import RunStarted, Stamped, StepStarted
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotState
from harness.model.station import Message, Obeyed, Refused, SlotChanged, Snapshot
from harness.records.chain import verify
from harness.sim.scenario import Scenario
from harness.station.files.golden_units import GoldenUnits
from harness.wiring import jig_readiness
from tests.cli.conftest import PLAN, ROOT, Cli
from tests.cli.stations import is_recorded, label, labelled, recorded, serving, until, written

pytestmark = pytest.mark.timeout(180)
FIXTURES = ("sim1", "sim4", "sim16", "sim64")


def begins(step: str) -> Callable[[Message], bool]:
    return lambda m: (
        isinstance(m, Stamped) and isinstance(m.event, StepStarted) and m.event.step == step
    )


def simulators(station: int) -> list[int]:
    """The processes of the simulated line that a station has started."""
    children = Path(f"/proc/{station}/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    command = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    return [pid for pid, words in command.items() if b"harness.sim.serve" in words]


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("name", FIXTURES)
def test_the_stations_of_the_checkout_can_be_read(cli: Cli, name: str) -> None:
    from harness.wiring import load_layout, places

    layout = load_layout(ROOT / "fixtures" / "stations" / f"{name}.yaml", None)
    assert len(places(layout)) == int(name.removeprefix("sim"))


def test_units_of_a_row_are_tested_and_told_in_one_order_and_summed_up(cli: Cli) -> None:
    ran = cli("station", written(cli, slots=3), "--units", "5", "--json")
    assert ran.code == 1, ran.err
    assert "Station floor runs skeleton revision " in ran.err
    assert "slots 1-3 take units" in ran.err
    records = ran.records()
    assert {r["scanned"]["serial"]: r["outcome"] for r in records} == {
        "A57B000001": "PASS",
        "A57B000002": "FAIL",
        "A57C100001": "PASS",
        "A57C100002": "PASS",
        "A57C100003": "PASS",
    }
    assert {r["purpose"] for r in records} == {"rehearsal"}
    assert {r["station"]["name"] for r in records} == {"floor"}
    serials = "|".join(r["scanned"]["serial"] for r in records)
    told = re.findall(f"slot [0-9]+  ({serials})  ", ran.err)
    assert [r["scanned"]["serial"] for r in records] == told, "in the order in which they are told"
    assert "5 units: 4 PASS (rehearsal), 1 FAIL (rehearsal)" in ran.err
    assert "first-pass yield 80.0 % (4 of 5)" in ran.err
    assert "an hour" in ran.err
    assert "A57B000002  FAIL (rehearsal) charge.current_jig:LOW" in ran.err
    assert verify(cli.store) == []


def test_a_unit_that_failed_and_comes_again_is_tested_by_the_retest_rule(cli: Cli) -> None:
    station = written(cli, slots=1)
    first = cli("station", station, "--units", "2", "--json")
    again = cli("station", station, "--units", "2", "--json")
    attempts = [r["attempt"] for r in first.records() + again.records()]
    assert attempts == [1, 1, 2, 2], again.err
    assert "of 0" not in again.err  # no first attempt: nothing is said of a first-pass yield
    assert "first-pass" not in again.err


def test_sigterm_aborts_what_runs_and_leaves_every_record_closed(cli: Cli) -> None:
    with serving(cli, written(cli, slots=2), "--units", "40", "--json") as (child, screen):
        until(screen, begins("charge"))
        wires = simulators(child.pid)
        assert len(wires) == 1
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 4, err
    records = [json.loads(line) for line in out.splitlines()]
    assert "ABORTED" in {r["outcome"] for r in records}
    assert len(records) < 40
    assert all(r["safe_state"] for r in _safe(records))
    assert verify(cli.store) == []
    assert all(map(gone, wires))


def _safe(records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for record in records:
        kinds = {note["event"]["is"] for note in record["notes"]}
        yield {"safe_state": "SafeStateReached" in kinds}


def test_a_stdout_that_nobody_reads_does_not_hold_up_sigterm(cli: Cli) -> None:
    with serving(cli, written(cli, slots=2), "--units", "40", "--json") as (child, screen):
        assert child.stdout
        fcntl.fcntl(
            child.stdout, fcntl.F_SETPIPE_SZ, 4096
        )  # under a record: the first one fills it
        for _ in range(2):
            until(screen, is_recorded)
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=60) == 4
        assert child.stderr
        err = child.stderr.read()
    ran = len(recorded(cli))
    assert ran >= 2
    told = f"OUTPUT-LOST: {ran} of {ran} records were not written to stdout: nobody read them"
    assert told in err
    assert verify(cli.store) == []


def test_a_row_that_is_stopped_between_two_runs_ends_as_aborted(cli: Cli) -> None:
    """Else it would end as if all that was asked for had been tested."""
    golden = GoldenTold(GoldenUnits(), jig_readiness(cli.store, Scenario()))
    told = Told(cli.store, golden, None, outcomes={Outcome.PASS, Outcome.FAIL}, heard=2)
    assert told.exit_code(3) == 3
    told.stopped = True
    assert told.exit_code(3) == 4
    assert told.exit_code(2) == 1, "all were tested before it was stopped"


def test_a_stdout_that_broke_costs_the_station_no_unit(cli: Cli) -> None:
    far, near = os.pipe()
    os.close(far)
    command = cli.command("station", written(cli, slots=2), "--units", "1", "--json")
    ran = subprocess.run(
        command, cwd=cli.folder, stdout=near, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(near)
    assert ran.returncode == 3, "it would be 0, but what was asked for was not all given"
    assert "1 unit: 1 PASS (rehearsal)" in ran.stderr
    assert "OUTPUT-LOST: 1 of 1 records were not written to stdout: BrokenPipeError" in ran.stderr
    assert [head.outcome for head in recorded(cli)] == [Outcome.PASS]


def test_a_station_that_cannot_go_on_ends_with_3(cli: Cli) -> None:
    station = written(cli, slots=1, plan=labelled(cli))
    with serving(cli, station) as (child, screen):
        screen.send(json.dumps({"is": "Scanned", "scans": [label("A57B000001")]}))
        until(screen, begins("charge"))
        cli.store.unlink()
        _, err = child.communicate(timeout=60)
    assert child.returncode == 3, err
    assert "A57B000001  not tested" in err
    assert "STORE-" in err
    assert "PASS" not in err


def test_a_station_that_is_told_to_end_while_it_opens_begins_nothing(cli: Cli) -> None:
    child = cli.start("station", written(cli, slots=2), "--units", "2")
    end = time.monotonic() + 20
    while not cli.store.exists():
        assert time.monotonic() < end, "it never opens"
        time.sleep(0.01)
    child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 4, err
    assert recorded(cli) == []


def test_sigkill_loses_no_run_and_passes_none(cli: Cli) -> None:
    station = written(cli, slots=2)
    with serving(cli, station, "--units", "40") as (child, screen):
        until(screen, begins("charge"))
        wires = simulators(child.pid)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    end = time.monotonic() + 20
    while not all(map(gone, wires)):
        assert time.monotonic() < end, "the simulators outlive their station"
        time.sleep(0.05)
    listed = json.loads  # what the next start finds open is closed as interrupted
    again = cli("station", station, "--units", "1", "--json")
    assert again.code == 0, again.err
    ran = cli("records", "list", "--json")
    rows = [listed(line) for line in ran.out.splitlines()]
    assert all(row["outcome"] for row in rows)
    assert "ABORTED" in {row["outcome"] for row in rows}
    assert verify(cli.store) == []


def test_without_units_it_serves_scans_until_it_is_told_to_end(cli: Cli) -> None:
    station = written(cli, slots=2, plan=labelled(cli))
    with serving(cli, station) as (child, screen):
        snapshot = screen.message()
        assert isinstance(snapshot, Snapshot)
        assert [view.state for view in snapshot.slots] == [SlotState.EMPTY] * 2
        screen.send(json.dumps({"is": "Scanned", "scans": ["not a label"]}))
        answer = screen.message()
        assert isinstance(answer, Refused)
        assert answer.code == "LABEL-UNREAD"
        scan = "A57B000001;;;A57-4G;A57-PK"
        unit = label(scan)
        screen.send(json.dumps({"is": "Scanned", "scans": [unit]}))
        told = [screen.message(), screen.message()]
        while not is_recorded(told[-1]):
            told.append(screen.message())
        assert Obeyed("Scanned") in told
        started = next(
            m.event for m in told if isinstance(m, Stamped) and isinstance(m.event, RunStarted)
        )
        assert started.unit.serial == "A57B000001"
        put_in = next(m for m in told if isinstance(m, SlotChanged))
        assert (put_in.state, put_in.serial) == (SlotState.LOADED, "A57B000001")
        screen.send(json.dumps({"is": "SignIn", "badge": "1", "secret": "s3cret"}))
        answer = until(screen, lambda m: isinstance(m, Refused))
        assert isinstance(answer, Refused)
        assert answer.code == "COMMAND-NOT-HERE"
        assert "no badges" in answer.why
        assert "s3cret" not in answer.why
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    assert "1 unit: 1 PASS (rehearsal)" in err


def test_a_rule_that_refuses_a_unit_is_told_on_the_socket(cli: Cli) -> None:
    station = written(cli, slots=1, plan=labelled(cli), more="rules: {route: [smt]}\n")
    with serving(cli, station) as (_, screen):
        screen.send(json.dumps({"is": "Scanned", "scans": [label("A57B000001")]}))
        entry = until(screen, lambda m: isinstance(m, Entry))
        assert isinstance(entry, Entry)
        assert isinstance(entry.what, UnitRefused)
        assert entry.what.code.startswith("ROUTE-")
        changed = until(screen, lambda m: isinstance(m, SlotChanged))
        assert isinstance(changed, SlotChanged)
        assert changed.state is SlotState.REFUSED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--units", "3"], "people load a real one"),
        ([], "no key `plan`"),
    ],
)
def test_what_cannot_be_is_wrong_usage(cli: Cli, words: list[str], told: str) -> None:
    bench = (ROOT / "fixtures" / "stations" / "bench.yaml").read_text()
    path = ROOT / "fixtures" / "stations" / "bench.yaml"
    if words:
        path = cli.folder / "bench.yaml"
        text = bench.replace("../", f"{ROOT}/fixtures/")
        path.write_text(text.replace("location: lab", f"location: lab\nplan: {PLAN}"))
    ran = cli("station", path, *words)
    assert ran.code == 2, ran.err
    assert told in ran.err
