"""`harness run` of a plan that asks the operator, answered in its terminal; the run, replayed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.cli.replay import played
from harness.model.events import Answered, Recorded, Stamped
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.station import Snapshot
from harness.records.chain import verify
from harness.records.query import Reader
from harness.station.stopping import operator
from harness.ui.board.board import Board
from harness.ui.board.tile import Face
from tests.cli.conftest import PLAN, Cli, Ran
from tests.cli.test_station_screens import ASKS
from tests.engine.rig import until
from tests.ui.operator.terminal import Drawn

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def plan(cli: Cli) -> Path:
    """One step, which asks."""
    path = cli.folder / "plan.yaml"
    before, after = PLAN.read_text().split("  - id: identity\n")
    path.write_text(before + ASKS + after.partition("teardown:\n")[2])
    return path


def run(cli: Cli, plan: Path, typed: str) -> tuple[Ran, Record]:
    ran = subprocess.run(
        cli.command("run", plan),
        cwd=cli.folder,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verify(cli.store) == []
    with Reader(cli.store) as reader:
        (head,) = reader.runs(1)
        return Ran(ran.returncode, ran.stdout, ran.stderr), reader.record(head.run)


def test_a_line_of_stdin_is_the_answer_and_the_run_is_played_again(cli: Cli, plan: Path) -> None:
    ran, record = run(cli, plan, "perhaps\nYES\n")
    assert ran.code == 0, ran.err
    assert "asks    look             Is the glass clean?  [yes / no, within 30 s]" in ran.err
    assert "'perhaps' is no answer to look: there are yes, no" in ran.err
    assert record.outcome is Outcome.PASS
    answers = [n.event for n in record.notes if isinstance(n.event, Answered)]
    assert answers == [Answered("look", "yes", operator())]
    shown = cli("records", "show", record.run)
    assert f"yes, said {operator()}" in shown.out

    link = played(cli.store, record.run[:12], speed=1e9)
    told = link.take()
    snapshot = next(each for each in told if isinstance(each, Snapshot))
    assert [step.id for step in snapshot.plans[0].steps] == ["close", "look", "open"]

    def over() -> bool:
        told.extend(link.take())
        return isinstance(last := told[-1], Stamped) and isinstance(last.event, Recorded)

    until(over)
    board = Board()
    board.apply(told, 0.0)
    assert board.tile(record.slot, 0.0).face is Face.PASS
    unknown = cli("replay", "01ZZZ")
    assert unknown.code == 2
    assert "RECORD-UNKNOWN" in unknown.err


def test_nobody_at_stdin_is_no_answer(cli: Cli, plan: Path) -> None:
    plan.write_text(plan.read_text().replace("within: 30 s", "within: 100 ms"))
    ran, record = run(cli, plan, "")
    assert ran.code == 3, ran.err
    assert record.fault
    assert record.fault.code == "PROMPT-UNANSWERED"
    assert "-> Answer at the station's screen" in ran.err


def test_a_terminal_shows_the_run_until_its_operator_leaves(cli: Cli, plan: Path) -> None:
    ran, record = run(cli, plan, "no\n")
    assert ran.code == 1, ran.err
    assert "needs a terminal" in cli("replay", record.run).err
    with Drawn(cli.command("replay", record.run, "--speed", "1000"), cli.folder) as screen:
        screen.see("look.answer")
        screen.type("\x11")  # ctrl+q
        assert screen.end() == 0
