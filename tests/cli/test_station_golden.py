"""Golden units at a station that runs: scanned like any other unit, and counted in nothing."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from harness.model.events import Purpose, RunStarted, Stamped
from harness.model.slot_state import SlotState
from harness.model.station import Message, Obeyed, Refused, SlotChanged, Snapshot
from harness.records.chain import verify
from harness.station.screens.socket import folder_of
from harness.wiring import first_units, load_layout
from harness.wiring.layout import SimulatedStation
from tests.cli.conftest import Cli
from tests.cli.stations import (
    SCENARIO,
    is_recorded,
    label,
    labelled,
    serving,
    until,
    written,
)
from tests.cli.test_station_desk import say
from tests.station.screen import Screen

pytestmark = pytest.mark.timeout(180)
GOLDEN, KNOWN_BAD, GOOD = "A57B000001", "A57B000002", "A57C100001"


@pytest.fixture
def station(cli: Cli) -> Path:
    """A line whose one slot waits for a golden unit, and three registered units."""
    plan = labelled(cli)
    plan.write_text(plan.read_text().replace("settle: 500 ms", "settle: 50 ms"))
    (cli.folder / "golden-plan.yaml").write_text(plan.read_text())
    (cli.folder / "golden.yaml").write_text(
        "schema: 1\ngolden_units: g\nrevision: 1\nunits:\n"
        f"  - {{serial: '{GOLDEN}', kind: golden, plan: golden-plan.yaml, until: 2999-12-31}}\n"
        f"  - {{serial: '{KNOWN_BAD}', kind: known-bad, plan: {plan}, until: 2999-12-31,\n"
        "     fails: ['charge.current_jig:LOW']}\n"
        f"  - {{serial: 'A57C100007', kind: golden, plan: {plan}, until: 2020-12-31}}\n"
    )
    more = "golden_units: golden.yaml\nrules: {golden_every: 12 h}\n"
    path = written(cli, slots=1, plan=plan, more=more)
    (cli.folder / "scenario.yaml").write_text(SCENARIO.replace("speed: 10", "speed: 100"))
    return path


def refused(message: Message) -> bool:
    return isinstance(message, SlotChanged) and message.state is SlotState.REFUSED


def begun(screen: Screen, serial: str) -> RunStarted:
    """How the run of a unit began that is scanned for the first slot, once it is on record."""
    assert say(screen, "Scanned", scans=[label(serial)], slot=1) == Obeyed("Scanned")
    seen = until(screen, lambda m: isinstance(m, Stamped) and isinstance(m.event, RunStarted))
    until(screen, is_recorded)
    assert isinstance(seen, Stamped)
    assert isinstance(seen.event, RunStarted)
    return seen.event


def why_refused(screen: Screen, serial: str) -> str:
    """Why a unit is not tested that is scanned for the first slot: by its scan, or as it comes."""
    answer = say(screen, "Scanned", scans=[label(serial)], slot=1)
    if isinstance(answer, Refused):
        return answer.why
    changed = until(screen, refused)
    assert isinstance(changed, SlotChanged)
    assert changed.slot == 1
    return changed.why


def test_the_golden_unit_opens_a_slot_of_a_station_that_runs(cli: Cli, station: Path) -> None:
    with serving(cli, station, "--json") as (child, screen):
        until(screen, lambda m: isinstance(m, Snapshot))
        for serial, code in ((GOOD, "READY-GOLDEN"), ("A57C100007", "UNIT-GOLDEN")):
            assert code in why_refused(screen, serial)
        purposes = [begun(screen, each).purpose for each in (KNOWN_BAD, GOLDEN, GOOD)]
        assert purposes == [Purpose.GOLDEN, Purpose.GOLDEN, Purpose.REHEARSAL]
        plan = cli.folder / "golden-plan.yaml"
        plan.write_text(plan.read_text().replace("revision: ", "revision: 1", 1))
        otherwise = " was made by another plan, or by other limits"
        assert otherwise in why_refused(screen, "A57C100002")
        (slot,) = cli("ready", "--station", station, "--json").records()
        assert [each["words"].endswith(otherwise) for each in slot["doubts"]] == [True]
        for serial in (GOLDEN, "A57C100003"):
            begun(screen, serial)
        with Screen(folder_of(cli.store)) as late:
            now = until(late, lambda m: isinstance(m, Snapshot))
        assert isinstance(now, Snapshot)
        shown = {each.revision: each.of_units for each in now.plans}
        assert shown == {2: True, 12: False}, "by the plan of the others a known-bad unit was, too"
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    made = [json.loads(line) for line in out.splitlines()]
    assert [(each["purpose"], each["slot"]) for each in made] == [
        ("golden", 1),
        ("golden", 1),
        ("rehearsal", 1),
        ("golden", 1),
        ("rehearsal", 1),
    ]
    for words in (
        "GOLDEN-EXPIRED: the golden unit A57C100007 counted until 2020-12-31",
        f"slot 1  {KNOWN_BAD}  FAIL (golden) charge.current_jig:LOW",
        f"slot 1  {KNOWN_BAD}  it ended as a known-bad unit must",
        f"slot 1  {GOLDEN}  PASS (golden)",
        "2 units: 2 PASS (rehearsal)",
        "golden units besides: 2 PASS (golden), 1 FAIL (golden)",
        "first-pass yield 100.0 % (2 of 2)",
    ):
        assert words in err
    assert err.count(f"slot 1  {GOLDEN}  it ended as a golden unit must") == 2
    assert "closed to production" not in err, "nobody may run production here"
    assert verify(cli.store) == []


def test_golden_units_of_a_scenario_come_besides_those_that_are_asked_for(station: Path) -> None:
    layout = load_layout(station, None)
    assert isinstance(layout, SimulatedStation)
    serials = [unit.label.serial for unit in first_units(layout, 2)]
    assert serials == [GOLDEN, KNOWN_BAD, "A57C100001", "A57C100002"]
    assert first_units(layout, 0) == ()
