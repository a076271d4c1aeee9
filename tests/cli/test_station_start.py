"""What a station says as it starts, of jigs that its file knows by their ports alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.ready import doubts_of
from harness.cli.station_start import tell_start
from harness.plans.resolve import load_plans
from harness.sim.jig.built import SimJig
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.steps import catalogue
from harness.wiring import load_layout, open_station
from tests.cli.conftest import PLAN, ROOT

JIGS = (SimJig(serial="J1"), SimJig(serial="J2"))


def test_the_station_asks_who_they_are_and_says_what_stands_against_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    station, store = tmp_path / "ft-01.yaml", tmp_path / "records.db"
    kind = (ROOT / "fixtures" / "jigs" / "core.yaml").read_text().replace("../..", str(ROOT))
    (tmp_path / "jig-1.yaml").write_text(kind)
    (tmp_path / "jig-2.yaml").write_text(kind.replace("model: Core", "model: Box"))
    with SimLine(Scenario(jigs=JIGS, speed=10), len(JIGS)) as wires:
        slots = "".join(
            f"  - {{slot: {n}, handset: '127.0.0.1:{n}',"
            f" jig: {{port: {slot.port}, file: jig-{n}.yaml}}}}\n"
            for n, slot in wires.slots.items()
        )
        station.write_text(f"schema: 1\nstation: ft-01\nslots:\n{slots}")
        layout = load_layout(station, None)
        with open_station(store, layout) as opened:
            plans = load_plans(PLAN, catalogue())
            tell_start(station, layout, plans, store, tmp_path / "releases", opened)
    err = capsys.readouterr().err
    assert "  slot 1: JIG-UNTESTED: jig J1: no self-test of it is on record here" in err
    assert "  slot 1: READY-GOLDEN: no golden unit is registered that counts today" in err
    assert "  slot 2: JIG-WRONG: " in err
    assert "is not in the station file" not in err
    (first, *_), _ = (against for _, against in doubts_of(layout, store, tmp_path / "releases"))
    assert first.code == "JIG-UNTESTED"
    assert "is not in the station file, so nothing is known of its self-test, golden" in first.words
