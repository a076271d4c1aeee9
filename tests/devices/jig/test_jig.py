"""What a step may do with a jig, over a real pty."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from harness.devices.jig.dialect import CORE
from harness.devices.jig.jig import SerialJig
from harness.errors import PlanError
from harness.model.backing import Device
from harness.model.jig_ports import Jig, JigIdentity
from tests.devices.jig.conftest import BuildRig
from tests.short import code_of, lease

SLOW = {name: replace(verb, limit_s=25.0) for name, verb in CORE.verbs.items()}


def test_it_is_a_jig(rig: BuildRig) -> None:
    bench = rig()
    device: Device = bench.jig
    port: Jig = bench.port()
    assert isinstance(device.under(lease()), Jig)
    assert isinstance(port, Jig)


def test_a_whole_visit(rig: BuildRig) -> None:
    bench = rig(noise=0.001)
    jig = bench.port()
    assert jig.identify() == JigIdentity("Example", "Core", "SIMJIG01", "1.0")
    jig.close()
    assert "FIXT:CLOS" in bench.sim.heard
    jig.supply(5.0)
    assert jig.voltage_v("vbus") == 0.0
    jig.connect("vbus")
    assert bench.unit.vbus_v == 5.0
    assert jig.voltage_v("vbus") == pytest.approx(5.0, rel=0.02)
    assert jig.current_a("vbus") == pytest.approx(0.9, rel=0.02)
    jig.disconnect("vbus")
    assert bench.unit.vbus_v == 0.0
    assert jig.current_a("vbus") == 0.0
    jig.supply_off()
    assert not bench.sim.output
    jig.open()
    assert bench.sim.safe


def test_motion_returns_when_the_fixture_has_arrived(rig: BuildRig) -> None:
    bench = rig(script={"FIXT:STAT?": ["OPEN", "MOVING", "MOVING"]})
    bench.port().close()
    assert bench.sim.heard.count("FIXT:STAT?") >= 4
    assert bench.sim.heard.count("FIXT:CLOS") == 1


def test_the_output_goes_on_after_the_voltage_was_read_back(rig: BuildRig) -> None:
    bench = rig()
    bench.port().supply(9.0)
    heard = [line for line in bench.sim.heard if line.startswith(("SOUR", "OUTP"))]
    assert heard[:3] == ["SOUR:VOLT 9.0000", "SOUR:VOLT?", "OUTP ON"]


@pytest.mark.parametrize("voltage_v", [float("nan"), float("inf")])
def test_no_voltage_is_no_voltage(rig: BuildRig, voltage_v: float) -> None:
    bench = rig()
    with pytest.raises(ValueError, match="no voltage"):
        bench.port().supply(voltage_v)
    assert not bench.sim.heard


def test_a_channel_that_the_jig_has_not_is_the_plans_fault(rig: BuildRig) -> None:
    with pytest.raises(PlanError) as caught:
        rig().port().voltage_v("vbat")
    assert caught.value.code == "PLAN-DEVICE"
    assert "vbus" in caught.value.message


def test_a_jig_opens_nothing_before_it_is_used() -> None:
    jig = SerialJig("/dev/no-such-port")
    jig.shut()


def test_shut_leaves_the_port_to_a_thread_that_does_not_come_back(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": "MEAS"}}, dialect=replace(CORE, verbs=SLOW))
    until = lease()
    owner = threading.Thread(
        target=lambda: code_of(lambda: bench.jig.under(until).voltage_v("vbus"))
    )
    owner.start()
    while not any(line.startswith("MEAS") for line in bench.sim.heard):
        time.sleep(0.001)
    started = time.monotonic()
    bench.jig.shut()
    assert time.monotonic() - started < 10
    assert owner.is_alive()
    until.end()
    owner.join()


def test_shut_gives_the_port_back(rig: BuildRig) -> None:
    bench = rig()
    bench.port().identify()
    other = SerialJig(str(bench.link))
    held = bench.fault(lambda: other.under(lease()).identify(), "JIG-ABSENT")
    assert "another program" in held.message
    assert "other program" in held.remedy
    bench.jig.shut()
    assert other.under(lease()).identify().serial == "SIMJIG01"
    other.shut()
    assert bench.port().identify().serial == "SIMJIG01"
