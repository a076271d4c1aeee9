"""The light box of a jig: its field and its light, over a real pty."""

from __future__ import annotations

import pytest

from harness.clock import Deadline
from tests.devices.jig.conftest import QUICK, BuildRig


def test_a_field_is_there_when_the_call_returns(rig: BuildRig) -> None:
    bench = rig()
    jig = bench.port()
    for field in ("chart", "flat", "flat"):
        jig.show(field)
        assert bench.unit.sees == field


def test_until_the_carriage_has_arrived_the_old_field_is_before_the_camera(rig: BuildRig) -> None:
    bench = rig(script={"LIGH:FIEL?": ["FLAT", "MOV", "MOV"]})
    bench.port().show("chart")
    assert bench.sim.heard.count("LIGH:FIEL?") >= 4
    assert bench.sim.heard.count("LIGH:FIEL CHAR") == 1


def test_the_light_is_set_and_read_back(rig: BuildRig) -> None:
    bench = rig()
    for level_pct in (0.0, 100.0, 33.3):
        bench.port().light(level_pct)
        assert bench.unit.light_pct == level_pct
    assert list(bench.sim.heard)[-1] == "LIGH:LEV?"


@pytest.mark.parametrize("level_pct", [float("nan"), float("inf"), -0.1, 100.1])
def test_no_level_is_no_level(rig: BuildRig, level_pct: float) -> None:
    bench = rig()
    with pytest.raises(ValueError, match="from 0 to 100"):
        bench.port().light(level_pct)
    assert not bench.sim.heard


def test_no_field_is_no_field(rig: BuildRig) -> None:
    bench = rig()
    with pytest.raises(ValueError, match="chart and flat"):
        bench.port().show("dark")  # type: ignore[arg-type]
    assert not bench.sim.heard


def test_a_carriage_that_does_not_arrive_is_stuck_and_told_once(rig: BuildRig) -> None:
    bench = rig({"jig.stuck_carriage": {}}, dialect=QUICK)
    fault = bench.fault(lambda: bench.port().show("chart"), "JIG-STUCK")
    assert fault.evidence["state"] == "MOV"
    assert bench.sim.heard.count("LIGH:FIEL CHAR") == 1
    assert bench.unit.sees == "flat"


def test_a_light_that_understood_another_level_is_stuck(rig: BuildRig) -> None:
    bench = rig(script={"LIGH:LEV?": ["10.0"] * 1000}, dialect=QUICK)
    bench.fault(lambda: bench.port().light(100.0), "JIG-STUCK")
    assert bench.sim.heard.count("LIGH:LEV 100.0") == 1


@pytest.mark.parametrize("said", ["CHART", "char", "CLOSED", "1", ""])
def test_a_field_that_is_none_is_garbled(rig: BuildRig, said: str) -> None:
    bench = rig(script={"LIGH:FIEL?": [said or " "] * 2}, dialect=QUICK)
    bench.fault(lambda: bench.port().show("flat"), "JIG-GARBLED")


def test_a_jig_without_a_light_box_says_so(rig: BuildRig) -> None:
    bench = rig({"jig.refuses": {"on": "LIGH"}}, dialect=QUICK)
    bench.fault(lambda: bench.port().light(100.0), "JIG-REFUSED")
    bench.fault(lambda: bench.port().show("chart"), "JIG-REFUSED")


def test_an_open_interlock_lets_nothing_move_and_leaves_the_light(rig: BuildRig) -> None:
    bench = rig({"jig.interlock_open": {}})
    bench.fault(lambda: bench.port().show("chart"), "JIG-INTERLOCK")
    assert not any(line.startswith("LIGH") for line in bench.sim.heard)
    bench.port().light(50.0)
    assert bench.unit.light_pct == 50.0


def test_safe_leaves_the_light_box_alone(rig: BuildRig) -> None:
    bench = rig()
    jig = bench.port()
    jig.show("chart")
    jig.light(20.0)
    bench.jig.make_safe(Deadline(10))
    assert (bench.unit.sees, bench.unit.light_pct) == ("chart", 20.0)


def test_a_carriage_that_has_slipped_shows_another_field_than_it_says(rig: BuildRig) -> None:
    bench = rig({"jig.wrong_field": {}})
    bench.port().show("chart")
    assert bench.unit.sees == "flat"


def test_a_garbled_field_is_asked_again_but_told_once(rig: BuildRig) -> None:
    bench = rig(script={"LIGH:FIEL?": ["CH\0R"]}, dialect=QUICK)
    bench.port().show("chart")
    assert bench.unit.sees == "chart"
    assert bench.sim.heard.count("LIGH:FIEL CHAR") == 1
