"""A shift through the operator's screen in a terminal: no record is lost, no bad unit passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.outcome import Outcome
from harness.records.chain import verify
from harness.records.query import Reader
from tests.cli.conftest import Cli
from tests.faults.slow_disk import on_slow_disk
from tests.ui.operator.shift import counted, shift, work
from tests.ui.operator.shift_station import SWAPPED

pytestmark = pytest.mark.timeout(180)
UNITS = 13
SYNC_S = 0.1
"""As long as from one drawing to the next (DRAW_S): the screen is drawn while records wait."""


def test_a_shift_with_wrong_scans_swaps_a_stop_rule_an_abort_and_a_killed_screen(
    tmp_path: Path,
) -> None:
    cli = Cli(tmp_path)
    with shift(cli, before=on_slow_disk(cli.folder, cli.store, SYNC_S)) as at:
        work(at, UNITS)
        assert at.open_at_the_kill <= at.passed(), "no slot has noticed that the screen was killed"
    assert at.recorded() == at.expected, "each unit has the records that it must have, no more"
    assert counted(at.recorded())[Outcome.PASS] > UNITS, "and the golden one"
    assert at.held.without_record == []
    assert at.held.passes > UNITS // 2, "tiles behind a question may pass unseen, most do not"
    assert at.held.waited > UNITS // 4, "and before many the disk was seen to be slow"
    assert at.refused == 5 + len(SWAPPED)
    assert at.right_s <= 1.0
    with Reader(cli.store) as reader:
        people = {run.operator for run in reader.runs(limit=100)}
    assert people == {"mei", "wu", "li"}
    assert verify(cli.store) == []
