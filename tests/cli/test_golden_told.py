"""What a station tells of golden units that have ended, and what it counts them in: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from harness.cli.station_golden import GoldenTold
from harness.cli.station_told import Told
from harness.errors import OperatorStop
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.station.files.config import StationConfig
from harness.station.files.golden_units import GoldenKind, GoldenUnit, GoldenUnits
from harness.station.readiness.jig_plans import JigPlans
from harness.station.readiness.readiness import JigReadiness
from harness.station.slot import RunResult
from harness.station.station import Slot
from harness.steps import catalogue
from tests.cli.conftest import PLAN
from tests.station.ruled import UNIT, RuledLine, ruled_line

GOLDEN = "A57G000001"


@dataclass
class Telling:
    """A line whose golden unit counts today for the last time, and what its station tells."""

    line: RuledLine
    plan: Path
    told: Told

    def golden(self) -> RunResult:
        """The run of the golden unit, by its plan."""
        return RunResult(self.line.run(GOLDEN, purpose=Purpose.GOLDEN), None, golden=True)

    def hear(self, serial: str, result: RunResult) -> None:
        slot: Slot = replace(self.line.station.slots[1], unit=Unit(serial))
        self.told.hear(slot, result)
        self.told.tell()


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN.read_text())
    with ruled_line(tmp_path / "line.db") as line:
        today = line.clock.utc().date()
        entry = GoldenUnit(Unit(GOLDEN), GoldenKind.GOLDEN, plan, line.plan.id, today)
        units, plans = GoldenUnits("g", 1, {GOLDEN: entry}), JigPlans(catalogue())
        # what it runs has the text of what is registered: by that a run is held to its plan
        line.plan = replace(line.plan, canonical=plans.golden(entry).canonical)
        line.station = replace(line.station, golden_units=units)
        config = StationConfig("ft-03", "", (), golden_units=units)
        ready = JigReadiness(line.store, config, plans, line.clock)
        yield Telling(line, plan, Told(line.store, GoldenTold(units, ready), None))


def test_one_that_ends_as_it_must_is_told_so_and_that_its_jig_is_closed(
    telling: Telling, capsys: pytest.CaptureFixture[str]
) -> None:
    telling.hear(GOLDEN, telling.golden())
    err = capsys.readouterr().err
    assert f"slot 1  {GOLDEN}  it ended as a golden unit must" in err
    assert "of slot 1 is closed to production: JIG-UNTESTED" in err
    assert telling.told.outcomes == {Outcome.PASS}


def test_one_whose_plan_was_edited_meanwhile_is_told_to_count_for_nothing(
    telling: Telling, capsys: pytest.CaptureFixture[str]
) -> None:
    result = telling.golden()
    telling.plan.write_text(PLAN.read_text().replace("low: 450 mA", "low: 460 mA"))
    telling.hear(GOLDEN, result)
    err = capsys.readouterr().err
    words = f"golden unit {GOLDEN}: its run was made by another plan, or by other limits"
    assert f"GOLDEN-DIFFERS: {words}" in err
    assert "it ended as" not in err
    assert telling.told.outcomes == {Outcome.ERROR}, "nobody knows what the jig is like"


def test_one_that_ends_after_midnight_of_its_last_day_is_golden_all_the_same(
    telling: Telling, capsys: pytest.CaptureFixture[str]
) -> None:
    result = telling.golden()
    telling.line.clock.ahead = timedelta(days=1)
    telling.hear(GOLDEN, result)
    err = capsys.readouterr().err
    assert "it ended as a golden unit must" in err
    assert "GOLDEN-EXPIRED" not in err
    assert telling.told.heard == 0
    refused = RunResult(None, OperatorStop("UNIT-GOLDEN", "it never ships"), refused=True)
    telling.hear(GOLDEN, refused)
    until = telling.told.golden.units.units[GOLDEN].until
    words = f"GOLDEN-EXPIRED: the golden unit {GOLDEN} counted until {until}"
    assert words in capsys.readouterr().err


def test_one_that_is_refused_is_told_and_counted_nowhere(
    telling: Telling, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = OperatorStop("UNIT-WRONG", "another one is in slot 1")
    refused = RunResult(None, wrong, refused=True)
    telling.hear(GOLDEN, replace(refused, golden=True))
    assert f"slot 1  {GOLDEN}  not tested" in capsys.readouterr().err
    assert (telling.told.heard, telling.told.tally.refused) == (0, {})
    telling.hear(UNIT, refused)
    assert (telling.told.heard, telling.told.tally.refused) == (1, {"UNIT-WRONG": 1})
