"""The slot of a session: what a run leaves behind keeps the next from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.pytest_plugin.bench import Bench
from harness.station.slot import RunResult
from tests.pytest_plugin.conftest import ROOT
from tests.short import code_of

SCENARIO = ROOT / "fixtures" / "sim" / "good.yaml"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench({"scenario": SCENARIO}, tmp_path)


FULL = StationFault("STORE-FULL", "no space")


@pytest.mark.parametrize(
    ("result", "code"),
    [(RunResult(None, FULL), "STORE-FULL"), (RunResult(None, None, wedged=True), "SLOT-WEDGED")],
)
def test_a_slot_that_a_run_left_unfit_is_not_used_again(
    bench: Bench, tmp_path: Path, result: RunResult, code: str
) -> None:
    plan = bench.plan(ROOT / "testplans" / "skeleton.yaml")
    bench.ended(result)
    assert code_of(lambda: bench.start(plan, ())) == code
    assert code_of(lambda: bench.lend(1)) == code
    assert list(tmp_path.iterdir()) == []


def test_a_handset_that_may_be_changed_still_is_told(bench: Bench) -> None:
    bench.ended(RunResult(None, None, left_changed=StationFault("STORE-FULL", "no space")))
    assert bench.warnings[0].startswith("warning: the handset of slot 1 may not be as it was found")


def test_a_bench_that_was_never_opened_closes(bench: Bench, tmp_path: Path) -> None:
    bench.close()
    assert list(tmp_path.iterdir()) == []
