"""Runs in columns: whole where there is room, else cut so that each run is still told apart."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.ui.runs import run_lines
from tests.records.runs import MORNING

IDS = ("01JD8QGM2R3V5W7X9Y1Z2A4B6C", "01JD8QGM2R3V5W9X9Y1Z2A4B6C", "01JD8QGM2S3V5W7X9Y1Z2A4B6C")


def head(
    run: str, outcome: Outcome | None, fault: str | None = None, *, bad: bool = False
) -> RunHead:
    return RunHead(
        run=run,
        serial="A57A000001",
        station="s",
        slot=3,
        jig=None,
        plan="a57-final",
        revision=14,
        plan_sha256="0" * 64,
        process="final-test",
        purpose="production",
        attempt=2,
        started=MORNING,
        ended=None if outcome is None else MORNING + timedelta(seconds=9),
        outcome=outcome,
        dut_failed=bad,
        fault=fault,
        operator="4711",
    )


HEADS = [
    head(IDS[0], Outcome.PASS),
    head(IDS[1], Outcome.FAIL, "charge.current_jig:LOW", bad=True),
    head(IDS[2], Outcome.ABORTED, "RUN-INTERRUPTED", bad=True),
]


def plain(width: int) -> list[str]:
    return [line.plain for line in run_lines(HEADS, width)]


@pytest.mark.parametrize("width", range(76, 200))
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    assert max(map(len, plain(width))) <= width


@pytest.mark.parametrize("width", range(1, 200, 7))
def test_each_run_is_told_apart_and_keeps_verdict_and_mark(width: int) -> None:
    lines = plain(width)[1:]
    named = [line.split()[0] for line in lines]
    assert [run for run, name in zip(IDS, named, strict=True) if run.startswith(name)] == list(IDS)
    assert len(set(named)) == len(IDS)
    assert "PASS" in lines[0]
    assert "FAIL" in lines[1]
    assert "ABORTED  unit FAILED" in lines[2]


def test_columns_go_from_the_last_one_on() -> None:
    wide = ["run", "started (UTC)", "serial", "outcome", "fault", "attempt", "plan", "slot"]
    seen = [len(re.split(r" {2,}", plain(width)[0])) for width in range(200, 79, -1)]
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == {8, 7, 6, 5}
    for width in range(80, 200):
        titles = re.split(r" {2,}", plain(width)[0])
        assert titles == wide[: len(titles)]


def test_what_is_cut_has_a_mark() -> None:
    assert plain(80)[3].endswith("unit FAILED, RUN-INTERRU...")
    assert plain(80)[2].endswith("charge.current_jig:LOW")
    assert plain(83)[3].endswith("unit FAILED, RUN-INTERRUPTED")


def test_runs_that_do_not_count_are_marked_at_any_width() -> None:
    heads = [HEADS[0], replace(HEADS[1], purpose="engineering")]
    for width in range(40, 200):
        titles, counted, uncounted = (line.plain for line in run_lines(heads, width))
        assert titles.split().index("purpose") > titles.split().index("outcome")
        assert re.search(r"PASS +production", counted)
        assert re.search(r"FAIL +engineering", uncounted)
    assert "purpose" not in plain(200)[0]


def test_a_control_character_in_a_serial_is_written_out() -> None:
    lines = run_lines([head("r\x1b[2J", None)])
    assert "\x1b" not in lines[1].plain


def test_without_runs_there_are_only_titles() -> None:
    assert [line.plain.split()[0] for line in run_lines([], 80)] == ["run"]
