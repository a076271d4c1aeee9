"""`harness plan takt`: told to people and to programs, from the plan alone or from its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.durations import durations
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.steps import catalogue
from tests.cli.conftest import PLAN, ROOT, Cli

FINAL = ROOT / "testplans" / "a57-final.yaml"
BENCH = ROOT / "fixtures" / "stations" / "bench.yaml"  # one slot; the call box is shared


def test_a_person_sees_what_holds_the_station_up(cli: Cli) -> None:
    ran = cli("plan", "takt", FINAL, "--station", BENCH, "--slots", "6", "--units", "30")
    assert (ran.code, ran.err) == (0, "")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "attach 12.0 s `expect` of the plan callbox" in lines
    assert "close 2.5 s a quarter of its timeout" in lines
    assert any(line.endswith("on 6 slots of bench-01") for line in lines)
    assert any(line.endswith("% <- bottleneck") for line in lines)
    assert any(line.startswith("30 units take ") for line in lines)
    assert "no run of this plan has passed here" in ran.out


def test_a_program_is_told_the_numbers(cli: Cli) -> None:
    ran = cli(
        *("plan", "takt", FINAL, "--station", BENCH, "--load", "0.1 min", "--variant", "ae"),
        *("--json", "--units", "3"),
    )
    (told,) = ran.records()
    assert (ran.code, told["variant"], told["slots"], told["load_s"]) == (0, "ae", 1, 6.0)
    takes = {step["id"]: (step["seconds"], step["source"]) for step in told["steps"]}
    assert takes["attach"] == (12.0, "expect")
    assert takes["nfc"] == (3.75, "timeout")
    assert told["seconds_a_unit"] == pytest.approx(told["test_s"] + 6, abs=0.01)
    assert told["makespan_s"] == pytest.approx(3 * told["seconds_a_unit"], abs=0.01)
    assert told["bottleneck"] == "slots"
    assert told["use"]["callbox"] == pytest.approx(32 / told["seconds_a_unit"], abs=0.001)
    assert [each["more"] for each in told["one_more"]] == ["slot"]


def test_what_runs_took_is_known_from_their_records(cli: Cli) -> None:
    assert cli("run", PLAN).code == 0
    arguments = ("plan", "takt", PLAN, "--station", BENCH, "--load", "0 s", "--json")
    (told,) = cli(*arguments).records()
    sha = load_plans(PLAN, catalogue()).any.sha256
    with Reader(cli.store) as reader:
        (head,) = reader.runs()
        record = reader.record(head.run)
        assert reader.step_medians(sha) == durations([record])
    assert {step["source"] for step in told["steps"]} == {"records"}
    assert record.duration_s is not None
    assert (told["runs"], told["between_s"]) == (1, durations([record]).between_s)
    assert told["seconds_a_unit"] == pytest.approx(record.duration_s, abs=0.01)


@pytest.mark.parametrize("load", ["5", "5 V", "-5 s", "soon"])
def test_a_time_is_written_with_its_unit(cli: Cli, load: str) -> None:
    ran = cli("plan", "takt", PLAN, "--station", BENCH, "--load", load)
    assert ran.code == 2
    assert "--load" in ran.err


def test_a_store_that_was_named_must_be_there(cli: Cli) -> None:
    named = ("--records", Path("none.db"))
    ran = cli("plan", "takt", PLAN, "--station", BENCH, *named)
    assert (ran.code, "STORE-ABSENT" in ran.err) == (2, True)
    assert cli("plan", "takt", PLAN, "--station", BENCH, "--variant", "no").code == 2
