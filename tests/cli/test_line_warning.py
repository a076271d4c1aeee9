"""A line says which handset a run left changed, and what to do about it."""

from __future__ import annotations

import pytest

from harness.cli.line import warn_of
from harness.engine.execute import execute
from harness.errors import OperatorStop
from harness.model.ports import Wait
from harness.station.slot import RunResult
from tests.engine.rig import Rig, planned, spec_of


def test_a_handset_that_stays_changed_is_named_with_the_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def rests(wait: Wait) -> None:
        wait(0)

    spec = spec_of(rests)
    rig = Rig([(spec, planned(spec))])
    record = execute(rig.job, rig.log)
    why = OperatorStop("UNIT-WRONG", "A57A000001 left the slot", remedy="Put it back.")
    warn_of([None, RunResult(record, None), RunResult(record, None, left_changed=why)])
    said = capsys.readouterr().err.splitlines()
    words = f"warning: the handset of slot {record.slot} may not be as it was found: UNIT-WRONG: "
    assert said == [f"{words}A57A000001 left the slot", "  Put it back."]
