"""`harness trace` on a store that the real recorder wrote."""

from __future__ import annotations

import json

import pytest

from harness.model.events import Purpose
from harness.records.recorder import Recorder
from tests.cli.conftest import Cli
from tests.cli.test_records import on_a_terminal
from tests.records.runs import IMEIS, PLAN_SHA256, Life, hand_in, leave_open, lived

SERIAL, OTHER = "A57A000000", "A57A000001"


@pytest.fixture
def traced(cli: Cli) -> Cli:
    """A store with a unit that failed, passed and is open, and another with its IMEIs."""
    with Recorder(cli.store) as recorder:
        hand_in(recorder, lived("01RUN1", bad=True))
        hand_in(recorder, lived("01RUN2"))
        hand_in(recorder, lived("01RUN3", seed=1))
        leave_open(recorder, lived("01RUN4"))
    return cli


def test_a_page_tells_every_run(traced: Cli) -> None:
    ran = traced("trace", SERIAL)
    assert ran.code == 0, ran.err
    assert "01RUN1" in ran.out and "01RUN2" in ran.out and "01RUN4" in ran.out
    assert "01RUN3" not in ran.out
    assert "final-test (production): first FAIL, final open, 3 runs" in ran.out
    assert "step_0.rail_0:LOW" in ran.out
    assert "below the acceptance limit" in ran.out
    assert "2026-11-22 10:00:00 UTC  attempt 1  PASS" in ran.out
    assert "station ft-03, slot 2, jig jig-7, operator 4711" in ran.out
    assert f"plan a57-final revision 14 ({PLAN_SHA256[:12]})" in ran.out
    assert f"IMEI {IMEIS[0]} was shown by 2 serials: {SERIAL}, {OTHER}" in ran.out
    assert ran.out.isascii()


def test_an_imei_tells_both_units(traced: Cli) -> None:
    ran = traced("trace", IMEIS[0], "--json")
    assert ran.code == 0, ran.err
    life = json.loads(ran.out)
    assert life["serials"] == [SERIAL, OTHER]
    assert life["claims"][IMEIS[0]] == [SERIAL, OTHER]
    runs = {run["head"]["run"]: run for run in life["runs"]}
    assert runs["01RUN1"]["head"]["outcome"] == "FAIL"
    assert runs["01RUN1"]["head"]["fault"] == "step_0.rail_0:LOW"
    assert runs["01RUN4"]["head"]["outcome"] is None


def test_a_unit_that_nobody_tested_is_unknown(traced: Cli) -> None:
    ran = traced("trace", "A57A999999")
    assert ran.code == 2
    assert "RECORD-UNKNOWN" in ran.err
    assert ran.out == ""


def test_a_store_that_is_not_there_is_said_to_be_absent(cli: Cli) -> None:
    ran = cli("trace", SERIAL)
    assert ran.code == 2
    assert "STORE-ABSENT" in ran.err


@pytest.mark.parametrize("command", [["trace", SERIAL], ["steps"], ["steps", "battery.charge"]])
@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_whole_words(traced: Cli, command: list[str], columns: int) -> None:
    said = on_a_terminal(traced, columns, *command)
    assert max(map(len, said.splitlines())) <= columns
    assert said.split() == traced(*command).out.split()


def test_the_json_of_a_run_says_its_symptom_and_what_was_chosen(cli: Cli) -> None:
    life = Life("01RUN1")
    life.start(serial=SERIAL, purpose=Purpose.ENGINEERING, only=("step_0", "step_1"))
    life.together([2.0, 2.0], [2.0, 5.0])
    life.end()
    with Recorder(cli.store) as recorder:
        hand_in(recorder, life)
    (run,) = json.loads(cli("trace", SERIAL, "--json").out)["runs"]
    assert run["symptom"] == {"code": "PWR-07", "words": "rail too high", "bin": "B"}
    assert (run["only"], run["marginal"], run["release"]) == (["step_0", "step_1"], [], None)
