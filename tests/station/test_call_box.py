"""The call box of a real station: one instrument, which its slots share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.model.cell import Cell
from harness.model.ports import Agent, CallBox, Handset
from harness.plans.resolve import resolve
from harness.sim.callbox import CallBoxBehaviour
from harness.sim.cell import SimCell
from harness.sim.scenario import Scenario
from harness.sim.tcp import TcpInstrument
from harness.station.station import Station
from harness.steps import catalogue
from harness.wiring import Layout, input_hashes, load_layout, open_station, places
from tests.short import code_of, lease

TODAY = datetime.now(UTC).date()


@pytest.fixture
def box() -> Iterator[TcpInstrument]:
    wire = TcpInstrument(CallBoxBehaviour(SimCell(on=False), speed=20))
    yield wire
    wire.close()


@pytest.fixture
def layout(tmp_path: Path, box: TcpInstrument) -> Layout:
    (tmp_path / "box.yaml").write_text(
        "schema: 1\ninstrument: box\nrevision: 1\nkind: callbox\ndialect: core\n"
        "identity: {maker: Simulated, model: CallBox}\n"
    )
    until = TODAY + timedelta(days=1)
    (tmp_path / "loss.yaml").write_text(
        "schema: 1\npath_loss: p\nrevision: 1\n"
        f"measured: {{by: Mei, on: {TODAY - timedelta(days=9)}, until: {until}}}\n"
        "values:\n"
        "  - {slot: 1, cable: C-1, band: 3, loss: 41.5 dB}\n"
        "  - {slot: 2, cable: C-1, band: 3, loss: 43.5 dB}\n"
    )
    station = tmp_path / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\npath_loss: loss.yaml\n"
        f"instruments: [{{name: callbox, port: '{box.url}', serial: SIMBOX01, file: box.yaml}}]\n"
        "slots:\n"
        "  - {slot: 1, handset: A, rf_cable: C-1}\n"
        "  - {slot: 2, handset: B, rf_cable: C-2}\n"
    )
    return load_layout(station, None)


def call_box(station: Station, slot: int) -> CallBox:
    port = station.slots[slot].bench.port(CallBox, lease())
    assert isinstance(port, CallBox)
    return port


def test_slots_share_a_box_and_have_their_own_paths(tmp_path: Path, layout: Layout) -> None:
    with open_station(tmp_path / "records.db", layout) as station:
        first, second = call_box(station, 1), call_box(station, 2)
        first.serve(Cell("00101", 3, 1650, -53.0))
        assert second.identify().serial == "SIMBOX01"
        assert second.attached() is False
        assert first.path_loss(3).loss_db == 41.5
        assert code_of(lambda: first.path_loss(1)) == "PATH-LOSS-ABSENT"
        assert code_of(lambda: second.path_loss(3)) == "PATH-LOSS-ABSENT"  # the cables are swapped
        assert station.instruments.shared(["callbox"]) == {"callbox"}


def test_losses_that_held_until_yesterday(tmp_path: Path, layout: Layout) -> None:
    path = tmp_path / "loss.yaml"
    until, stale = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    path.write_text(path.read_text().replace(str(until), str(stale)))
    layout = load_layout(tmp_path / "station.yaml", None)
    with open_station(tmp_path / "records.db", layout) as station:
        assert code_of(lambda: call_box(station, 1).path_loss(3)) == "PATH-LOSS-STALE"


def test_what_a_run_is_made_by_has_box_and_losses(layout: Layout) -> None:
    plans, _ = resolve(Path(__file__).parents[2] / "testplans/skeleton.yaml", catalogue())
    assert plans
    roles = input_hashes(plans.any, layout).keys()
    assert {"plan", "station", "path_loss", "instrument:box.yaml"} <= roles


def test_slots_have_what_they_are_wired_to(layout: Layout) -> None:
    for place in places(layout):
        assert place.devices == {Handset, Agent, CallBox}
        assert place.instruments == {"agent", "callbox"}
    (simulated,) = places(Scenario())
    assert {Handset, Agent, CallBox} <= simulated.devices
