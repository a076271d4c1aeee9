"""`battery.charge_dcp` by the real engine: adb is really lost, and found again.

Real adb server and serial driver; a handset, its jig and its socket of a simulated line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.jig.jig import SerialJig
from harness.devices.scpi.exchange import Expected
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.model.jig_ports import Jig
from harness.model.judgement import Limit
from harness.model.limits import Range, RecordOnly
from harness.model.outcome import Outcome
from harness.model.ports import Handset
from harness.model.record import Record
from harness.model.units import Quantity
from harness.sim.handset import HandsetBehaviour
from harness.sim.jig.core import JigBehaviour
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.steps import catalogue
from tests.engine.rig import Rig, planned
from tests.steps.phone import fault, measured

SPEC = catalogue()["battery.charge_dcp"]
LIMITS: dict[str, Limit] = {
    "current_jig": Range(low=Decimal("1.5")),
    "current_difference": Range(low=Decimal("-0.7"), high=Decimal("0.6")),
    "efficiency": Range(low=Decimal(65), high=Decimal(120)),
    "current_counter": RecordOnly(may_be_unknown=True),
}
TMP = "/data/local/tmp/"
HEARD = [
    "ROUT:OPEN (@1)",
    "SOUR:VOLT 5.0000",
    "OUTP ON",
    "ROUT:CLOS (@2)",
    "ROUT:CLOS (@1)",
    "MEAS:CURR? (@1)",
    "MEAS:VOLT? (@1)",
    "ROUT:OPEN (@1)",
    "ROUT:OPEN (@2)",
    "ROUT:CLOS (@1)",
    "ROUT:OPEN (@1)",
    "OUTP OFF",
]


@dataclass
class Slot:
    """A slot of a simulated line with one unit in it."""

    line: SimLine
    unit: SimUnit
    bench: Bench

    @property
    def phone(self) -> HandsetBehaviour:
        address = self.line.slots[1].address
        assert address
        return self.line._handsets.behaviour(address)

    def run(self, **given_s: str) -> Record:
        lasts_s = {"settle": "0.02", "hold": "1.2", "off": "0.05", "back_within": "15", **given_s}
        arguments: dict[str, Any] = {
            "vbus": Quantity.of("5", "V"),
            "gauge_unit": "uA",
            "gauge_charges": "positive",
            **{name: Quantity.of(value, "s") for name, value in lasts_s.items()},
        }
        limits = dict.fromkeys(SPEC.measures, RecordOnly()) | LIMITS
        step = replace(planned(SPEC, "dcp", timeout_s=50), arguments=arguments, limits=limits)
        rig = Rig([(SPEC, step)])
        return execute(replace(rig.job, bench=self.bench), rig.log)

    def heard(self) -> list[str]:
        """What the jig was told and what was measured, without repeats and questions of state."""
        heard = self.line.slots[1].behaviour.heard
        told = [
            said
            for said in heard
            if said.startswith("MEAS") or ("?" not in said and said != "*CLS")
        ]
        return [said for said, _ in groupby(told)]


MakeSlot = Callable[..., Slot]


@pytest.fixture
def slot_with(server: AdbServer) -> Iterator[MakeSlot]:
    """Makes the slot of a unit; in the end nothing may be on."""
    with ExitStack() as stack:

        def make(*defects: str, **more: Any) -> Slot:
            line = stack.enter_context(SimLine(Scenario(speed=10), 1))
            unit = SimUnit("A57A000001", defects={name: {} for name in defects}, **more)
            address = line.insert(1, unit)
            slot = line.slots[1]
            jig = SerialJig(slot.port, expected=Expected(slot.jig.serial))
            stack.callback(jig.shut)
            stack.callback(lambda: _require_safe(line))
            return Slot(line, unit, Bench({Handset: AdbHandset(server, address), Jig: jig}))

        yield make


def _require_safe(line: SimLine) -> None:
    assert line.slots[1].behaviour.safe
    assert line.slots[1].has_data


def left(slot: Slot) -> list[str]:
    return [path for path in slot.phone.files if path.startswith(TMP)]


def test_the_handset_tells_afterwards_what_it_did_on_the_charger(slot_with: MakeSlot) -> None:
    slot = slot_with()
    record = slot.run()
    assert record.outcome is Outcome.PASS, record.fault
    told = measured(record)
    assert (told["current_jig"], told["voltage_jig"], told["charger"]) == (1.8, 5.0, "AC")
    into_battery_a = 5.0 * 1.8 * slot.unit.charger_efficiency / slot.unit.cell_v - slot.unit.load_a
    assert told["current_handset"] == pytest.approx(into_battery_a, abs=1e-5)
    assert told["current_difference"] == pytest.approx(1.8 - into_battery_a, abs=1e-5)
    assert told["gauge_change"] == pytest.approx(into_battery_a + slot.unit.load_a, abs=1e-5)
    assert told["efficiency"] == pytest.approx(90.0, abs=0.01)
    assert told["current_counter"] is None  # it counts whole percents
    assert told["log_points"] >= 2
    assert 0 < told["gap"] < 1.2
    assert slot.heard()[: len(HEARD)] == HEARD
    assert left(slot) == []


def test_a_gauge_that_reads_half_is_found_without_the_sdp_test(slot_with: MakeSlot) -> None:
    record = slot_with("battery.gauge_half").run()
    assert record.outcome is Outcome.FAIL
    bad = {each.name: each.reason for each in record.steps[0].measurements if each.reason}
    assert bad == {"current_difference": "HIGH", "efficiency": "LOW", "current_counter": "UNKNOWN"}


def test_a_charger_that_is_taken_for_a_port_is_found(slot_with: MakeSlot) -> None:
    record = slot_with("battery.weak_dcp").run()
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "dcp.current_jig:LOW"
    assert measured(record)["current_jig"] == 0.9


def core_jig(slot: Slot) -> JigBehaviour:
    jig = slot.line.slots[1].behaviour
    assert isinstance(jig, JigBehaviour)
    return jig


def test_a_handset_that_restarts_on_the_charger_is_found_out(slot_with: MakeSlot) -> None:
    slot = slot_with()
    lead = core_jig(slot)

    def restart(data: bool) -> None:
        slot.line._lead(slot.line.slots[1], data)
        if not data:
            slot.phone.system.boot(0.0)

    lead.watch_data(restart)
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "ADB-RESTARTED"


def test_a_handset_that_stays_away_is_lost(slot_with: MakeSlot) -> None:
    slot = slot_with("battery.weak_dcp")
    core_jig(slot).watch_data(lambda _: slot.line._lead(slot.line.slots[1], data=False))
    record = slot.run(back_within="0.5")
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "ADB-LOST"
    assert record.dut_failed
    slot.line._lead(slot.line.slots[1], data=True)


def test_a_relay_that_leaves_the_data_lines_is_the_jigs_fault(slot_with: MakeSlot) -> None:
    slot = slot_with()
    core_jig(slot).watch_data(lambda _: None)
    record = slot.run(hold="0.3")
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "JIG-DATA-STAYS"
    assert measured(record) == {}


def test_a_log_that_the_handset_did_not_write_leaves_its_values_open(slot_with: MakeSlot) -> None:
    slot = slot_with()
    written = slot.phone.programs["cat"]
    slot.phone.programs["cat /proc/uptime"] = lambda words, now_s: (
        written(["/nothing"], now_s)._replace(code=0)
        if slot.unit.dcp
        else slot.phone.system.programs()["cat /proc/uptime"](words, now_s)
    )
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    values = measured(record)
    assert values["current_jig"] == 1.8
    of_the_log = (
        "current_handset",
        "efficiency",
        "current_counter",
        "charger",
        "log_points",
        "gap",
    )
    assert {values[name] for name in of_the_log} == {None}
