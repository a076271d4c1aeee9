"""`harness records list` and `show` for people: on a terminal, through a pipe, of a cut run."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import termios
from datetime import timedelta
from pathlib import Path

import pytest

from harness.errors import PlanError, StationFault
from harness.model import events as e
from harness.model.fault import Fault
from harness.model.plan import Phase
from harness.records.recorder import Recorder
from tests.cli.conftest import Cli
from tests.records.runs import MORNING, Life, hand_in, leave_open, lived
from tests.records.test_plan_held import kept, without_first

PASSED, FAILED = "01JD8QGM2R3V5W7X9Y1Z2A4B6C", "01JD8QGM2R8V5W7X9Y1Z2A4B6C"
STOPPED, CUT = "01JD8QKM2R3V5W7X9Y1Z2A4B6C", "01JD8QMM2R3V5W7X9Y1Z2A4B6C"
_STYLING = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def bad_but_stopped() -> Life:
    """A unit that was found bad, before an error decided the run."""
    life = Life(STOPPED, started=MORNING + timedelta(minutes=2))
    life.start(serial="A57A000003", steps=1)
    life.step(0, [0.11, 2.0], fault=Fault.of(PlanError("HANDSET-REFUSED", "it did not")))
    life.end()
    return life


def bad_and_cut() -> Life:
    """A unit that was found bad in a step that never ended, nor did its run."""
    life = Life(CUT, started=MORNING + timedelta(minutes=3))
    life.start(serial="A57A000004", steps=1)
    life.add(e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1))
    life.measure("step_0", "rail_0", 0.11)
    life.measure("step_0", "rail_1", 2.0)
    return life


@pytest.fixture
def store(cli: Cli) -> Path:
    """Four runs: PASS and FAIL of one moment, ERROR of a bad unit, an open one of a bad unit."""
    cli.store.parent.mkdir()
    with Recorder(cli.store) as recorder:
        hand_in(recorder, lived(PASSED, seed=1))
        hand_in(recorder, lived(FAILED, seed=2, bad=True))
        hand_in(recorder, bad_but_stopped())
        leave_open(recorder, bad_and_cut())
    return cli.store


def on_a_terminal(cli: Cli, columns: int, *arguments: str) -> str:
    """What a command prints on a terminal so wide, without its colours."""
    near, far = os.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in _ODD}
    try:
        running = subprocess.Popen(
            cli.command(*arguments),
            cwd=cli.folder,
            stdin=far,
            stdout=far,
            stderr=far,
            env=environment | {"TERM": "xterm-256color"},
        )
        os.close(far)
        said = b"".join(iter(lambda: _read(near), b""))
        assert running.wait(timeout=50) == 0, said
    finally:
        os.close(near)
    return _STYLING.sub("", said.decode()).replace("\r\n", "\n")


_ODD = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")


def _read(descriptor: int) -> bytes:
    """What the other side says; nothing once it has hung up (EIO of pty(7))."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def rows(said: str) -> dict[str, list[str]]:
    """The columns of each run by its serial; two spaces part them."""
    _, *lines = said.splitlines()
    return {row[2]: row for row in (re.split(r" {2,}", line) for line in lines)}


def test_through_a_pipe_everything_is_whole(cli: Cli, store: Path) -> None:
    ran = cli("records", "list")
    assert ran.code == 0, ran.err
    title = ["run", "started (UTC)", "serial", "outcome", "fault", "attempt", "plan", "slot"]
    assert ran.out.splitlines()[0].split("  ")[0] == "run"
    assert re.split(r" {2,}", ran.out.splitlines()[0]) == title
    rest = ["1", "a57-final 14", "2"]
    marked = "unit FAILED, HANDSET-REFUSED"
    assert list(rows(ran.out).values()) == [
        [CUT, "2026-11-22 10:03:00", "A57A000004", "open", "unit FAILED", *rest],
        [STOPPED, "2026-11-22 10:02:00", "A57A000003", "ERROR", marked, *rest],
        [FAILED, "2026-11-22 10:00:00", "A57A000002", "FAIL", "step_0.rail_0:LOW", *rest],
        [PASSED, "2026-11-22 10:00:00", "A57A000001", "PASS", "-", *rest],
    ]


def test_at_80_columns_a_run_is_a_line_that_names_it(cli: Cli, store: Path) -> None:
    said = on_a_terminal(cli, 80, "records", "list")
    lines = said.splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= 80
    found = rows(said)
    assert found["A57A000002"][1:] == [
        "11-22 10:00",
        "A57A000002",
        "FAIL",
        "step_0.rail_0:LOW",
    ]
    assert found["A57A000003"][3:] == ["ERROR", "unit FAILED, HANDSET-REFUSED"]
    assert found["A57A000004"][3:] == ["open", "unit FAILED"]
    for serial, row in found.items():
        (shown,) = cli("records", "show", row[0], "--json").records()
        assert shown["unit"]["serial"] == serial


def test_on_a_wide_terminal_all_is_there(cli: Cli, store: Path) -> None:
    said = on_a_terminal(cli, 150, "records", "list")
    assert rows(said) == rows(cli("records", "list").out)


def test_show_of_a_cut_run_says_what_it_measured_and_that_it_failed(cli: Cli, store: Path) -> None:
    shown = cli("records", "show", CUT)
    assert shown.code == 0, shown.err
    lines = [line.split() for line in shown.out.splitlines()]
    assert ["open", "step_0", "since", "0.0", "s"] in lines
    assert ["rail_0", "0.11", "V", "LOW", "1.01", "to", "3.99", "V"] in lines
    assert ["rail_1", "2", "V", "1.01", "to", "3.99", "V"] in lines
    assert "open: the run goes on, or its process was killed" in shown.out
    assert "the unit FAILED: step_0.rail_0:LOW" in shown.out
    assert "PASS" not in shown.out


def test_a_run_that_recovery_closed_shows_the_same(cli: Cli, store: Path) -> None:
    Recorder(store).close()
    shown = cli("records", "show", CUT)
    lines = [line.split() for line in shown.out.splitlines()]
    assert ["open", "step_0", "since", "0.0", "s"] in lines
    assert ["rail_0", "0.11", "V", "LOW", "1.01", "to", "3.99", "V"] in lines
    at = lines.index(["ABORTED"])
    assert " ".join(lines[at + 1]) == "the unit FAILED: step_0.rail_0:LOW"
    assert lines[at + 2][0] == "RUN-INTERRUPTED"
    assert "unit FAILED, RUN-INTERRUPTED" in cli("records", "list").out


def test_the_json_of_an_open_run_has_the_form_of_one_that_ended(cli: Cli, store: Path) -> None:
    (opened,), (ended,) = (cli("records", "show", run, "--json").records() for run in (CUT, PASSED))
    assert list(opened) == list(ended)
    said = [opened[key] for key in ("previous", "began_after", "outcome")]
    assert said == [None, 3, None]
    assert ended["began_after"] == 0


def test_show_says_the_plan_by_the_hash_that_a_recall_takes(cli: Cli, store: Path) -> None:
    (said,) = cli("records", "show", PASSED, "--json").records()
    assert f"plan {said['plan']['sha256'][:12]}\n" in cli("records", "show", PASSED).out


@pytest.mark.parametrize(("run", "verdict"), [(PASSED, "PASS"), (FAILED, "FAIL")])
def test_a_verdict_that_says_it_all_has_no_mark(
    cli: Cli, store: Path, run: str, verdict: str
) -> None:
    shown = cli("records", "show", run)
    assert verdict in shown.out.splitlines()
    assert "unit FAILED" not in shown.out


def test_show_of_a_bad_unit_marks_the_error(cli: Cli, store: Path) -> None:
    lines = cli("records", "show", STOPPED).out.splitlines()
    at = lines.index("ERROR")
    assert lines[at + 1].strip() == "the unit FAILED: step_0.rail_0:LOW"
    assert lines[at + 2].strip() == "HANDSET-REFUSED (PLAN): it did not"


@pytest.mark.parametrize("columns", [80, 120])
def test_show_on_a_terminal_breaks_no_word(cli: Cli, store: Path, columns: int) -> None:
    said = on_a_terminal(cli, columns, "records", "show", FAILED)
    assert max(map(len, said.splitlines())) <= columns
    assert said.split() == cli("records", "show", FAILED).out.split()


def test_show_says_where_the_unit_goes_and_that_nothing_counts(cli: Cli) -> None:
    life = Life("01JD8QNM2R3V5W7X9Y1Z2A4B6C")
    life.start(purpose=e.Purpose.ENGINEERING)
    life.together([2.0, 2.0], [2.0, 5.0], parent="rails")
    life.end()
    cli.store.parent.mkdir()
    with Recorder(cli.store) as recorder:
        hand_in(recorder, life)
    lines = [line.strip() for line in cli("records", "show", "01JD8QN").out.splitlines()]
    at = lines.index("FAIL (engineering)")
    assert lines[at + 1 : at + 3] == [
        "bin B  PWR-07  rail too high",
        "step_1.rail_1 = 5 V, limit 1.01 to 3.99 V",
    ]
    assert "ENGINEERING run: it does not count" in lines
    assert any(line.endswith("in rails") for line in lines)
    listed = rows(cli("records", "list").out)["A57A000002"]
    assert listed[3:6] == ["FAIL", "engineering", "step_1.rail_1:HIGH"]


def test_a_beginning_of_several_ids_prints_the_candidates(cli: Cli, store: Path) -> None:
    shown = cli("records", "show", PASSED[:10])
    assert shown.code == 2
    assert shown.out == ""
    assert PASSED in shown.err
    assert FAILED in shown.err
    assert STOPPED not in shown.err
    assert "A57A000002" in shown.err


def test_an_id_that_is_none_says_so(cli: Cli, store: Path) -> None:
    shown = cli("records", "show", "01ZZ")
    assert shown.code == 2
    assert "RECORD-UNKNOWN: no such run: '01ZZ'" in shown.err


def test_the_json_of_an_open_run_has_the_form_of_a_finished_one(cli: Cli, store: Path) -> None:
    (cut,) = cli("records", "show", CUT, "--json").records()
    (done,) = cli("records", "show", FAILED, "--json").records()
    assert list(cut) == list(done)
    assert cut["schema"] == done["schema"] == 1
    assert cut["previous"] is None
    assert (cut["outcome"], cut["ended"], cut["dut_failed"]) == (None, None, True)
    assert list(cut["steps"][0]) == list(done["steps"][0])
    assert cut["steps"][0]["outcome"] is None


def test_what_a_handset_said_moves_no_cursor(cli: Cli) -> None:
    life = Life("01JD8QNM2R3V5W7X9Y1Z2A4B6C")
    life.start(steps=1)
    life.step(0, [2.0, 2.0], fault=Fault.of(StationFault("ENGINE-BUG", "\x1b[2J[bold]\rPASS")))
    life.end()
    cli.store.parent.mkdir()
    with Recorder(cli.store) as recorder:
        hand_in(recorder, life)
    shown = cli("records", "show", "01JD8QN")
    assert "\x1b" not in shown.out
    assert "[bold]" in shown.out
    assert "PASS" not in shown.out.splitlines()


@pytest.mark.parametrize("command", [("list",), ("verify",), ("show", PASSED)])
def test_a_store_that_is_no_file_is_refused_at_once(cli: Cli, command: tuple[str, ...]) -> None:
    cli.store.parent.mkdir()
    os.mkfifo(cli.store)
    refused = cli("records", *command)
    assert refused.code == 3
    assert "STORE-DAMAGED" in refused.err
    assert "no file" in refused.err


def test_verify_holds_records_against_their_plans(cli: Cli) -> None:
    cli.store.parent.mkdir()
    assert kept(cli.store, without_first)
    said = cli("records", "verify")
    assert said.code == 3
    assert "are not those of its plan" in said.out
