"""`battery.health` and `battery.charge` by the real engine: real adb server, real serial driver.

Wanted values are exact: the simulated meter has no noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
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
from harness.model.record import MeasurementRecord, Record
from harness.model.step import StepSpec
from harness.model.units import Quantity
from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.handset.state.answer import Answer, Program, failure, text
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.sim.unit import Defects, SimUnit
from harness.steps import catalogue
from tests.engine.rig import Rig, planned

OPEN = ("current_difference", "gauge_change", "efficiency", "cycles", "full_charge")
"""What only some models tell."""
UEVENT = "/sys/class/power_supply/battery/uevent"
SPEC = catalogue()["battery.charge"]
HEALTH = catalogue()["battery.health"]
HEARD_WHEN_GOOD = [
    "ROUT:OPEN (@1)",
    "SOUR:VOLT 4.9000",
    "OUTP ON",
    "ROUT:CLOS (@1)",
    "MEAS:CURR? (@1)",
    "MEAS:VOLT? (@1)",
    "ROUT:OPEN (@1)",
    "OUTP OFF",
]


@dataclass
class Slot:
    """A slot with one unit in it, and what runs on it."""

    phone: HandsetBehaviour
    bench: Bench
    jig: JigBehaviour
    limits: dict[str, Limit] = field(default_factory=dict)

    def run(self, *, gauge_unit: str = "unsaid", gauge_charges: str = "unsaid") -> Record:
        arguments: dict[str, Any] = {
            "vbus": Quantity.of("4.9", "V"),
            "settle": Quantity.of("0.02", "s"),
            "average": Quantity.of("0.05", "s"),
            "gauge_unit": gauge_unit,
            "gauge_charges": gauge_charges,
        }
        return self._execute(SPEC, "charge", arguments)

    def health(self) -> Record:
        return self._execute(HEALTH, "battery", {})

    def _execute(self, spec: StepSpec, step_id: str, arguments: dict[str, Any]) -> Record:
        limits: dict[str, Limit] = {
            name: RecordOnly(may_be_unknown=name in OPEN) for name in spec.measures
        }
        limits |= self.limits
        step = replace(planned(spec, step_id, timeout_s=30), arguments=arguments, limits=limits)
        rig = Rig([(spec, step)])
        return execute(replace(rig.job, bench=self.bench), rig.log)

    def heard(self) -> list[str]:
        """What the jig was told and what was measured, without repeats and questions of state."""
        told = [
            line
            for line in self.jig.heard
            if line.startswith("MEAS") or ("?" not in line and line != "*CLS")
        ]
        return [line for line, _ in groupby(told)]


MakeSlot = Callable[..., Slot]
SAID = {"gauge_unit": "uA", "gauge_charges": "positive"}


@pytest.fixture
def slot_with(server: AdbServer, handsets: SimHandsets) -> Iterator[MakeSlot]:
    """Makes the slot of a unit; in the end nothing may be on."""
    opened: list[tuple[SerialJig, PtyJig, JigBehaviour]] = []

    def make(
        defects: Defects | None = None, jig_defects: Defects | None = None, **more: Any
    ) -> Slot:
        unit = SimUnit("A57A000001", defects=defects or {}, **more)
        jig = JigBehaviour(unit, defects=jig_defects)
        wire = PtyJig(jig, speed=20)
        driver = SerialJig(wire.path, expected=Expected("SIMJIG01"))
        opened.append((driver, wire, jig))
        address = handsets.add(unit)
        bench = Bench({Handset: AdbHandset(server, address), Jig: driver})
        return Slot(handsets.behaviour(address), bench, jig)

    yield make
    for driver, wire, jig in opened:
        driver.shut()
        wire.close()
        assert jig.safe


def made(record: Record) -> dict[str, MeasurementRecord]:
    return {each.name: each for each in record.steps[0].measurements}


def values(record: Record) -> dict[str, tuple[Any, str]]:
    return {name: (each.value, each.unit) for name, each in made(record).items()}


def test_every_value_is_in_its_unit(slot_with: MakeSlot) -> None:
    record = slot_with().run(**SAID)
    assert record.outcome is Outcome.PASS
    assert values(record) == {
        "current_jig": (0.9, "A"),
        "voltage_jig": (4.9, "V"),
        "current_handset": (0.902052, "A"),
        "current_difference": (pytest.approx(-0.002052), "A"),
        "gauge_change": (pytest.approx(1.014052), "A"),
        "efficiency": (pytest.approx(90.0, abs=1e-3), "%"),
        "voltage": (3.914, "V"),
        "temperature": (27.5, "degC"),
        "level": (62.0, "%"),
    }


def test_the_relay_opens_before_the_supply_goes_off(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.run()
    heard = slot.heard()
    assert heard[: len(HEARD_WHEN_GOOD)] == HEARD_WHEN_GOOD
    assert set(heard[len(HEARD_WHEN_GOOD) :]) <= {"SAFE"}
    assert slot.jig.safe


def test_a_value_on_its_bound_is_inside(slot_with: MakeSlot) -> None:
    slot = slot_with({"battery.weak_charge": {"current_a": 0.45}})
    assert b"STATUS=Discharging\n" in (slot.phone.read(UEVENT) or b"")
    slot.limits = {
        "current_jig": Range(low=Decimal("0.45")),
        "current_handset": Range(low=Decimal("0.395026")),
    }
    record = slot.run()
    assert record.outcome is Outcome.PASS
    assert made(record)["current_jig"].value == 0.45
    assert made(record)["current_handset"].value == 0.395026


@pytest.mark.parametrize(("printed", "value_a"), [("449999", 0.449999), ("-450000", -0.45)])
def test_a_value_below_its_bound_is_not(slot_with: MakeSlot, printed: str, value_a: float) -> None:
    slot = slot_with()
    slot.phone.programs["cat"] = says(f"POWER_SUPPLY_CURRENT_NOW={printed}\n")
    slot.limits = {"current_handset": Range(low=Decimal("0.45"))}
    record = slot.run()
    assert record.outcome is Outcome.FAIL
    assert made(record)["current_handset"].value == value_a
    assert record.fault
    assert record.fault.code == "charge.current_handset:LOW"


DENIED = failure(f"cat: {UEVENT}: Permission denied", 1)
UEVENTS: dict[str, tuple[Program, str, str]] = {
    "denied": (lambda *_: DENIED, "UNREADABLE", "Permission denied"),
    "no pairs": (lambda *_: text("POWER_SUPPLY\n"), "UNREADABLE", "POWER_SUPPLY_"),
    "no number": (
        lambda *_: text("POWER_SUPPLY_CURRENT_NOW=much\n"),
        "UNREADABLE",
        "no whole number",
    ),
    "an error number": (
        lambda *_: text("POWER_SUPPLY_CURRENT_NOW=-61\n"),
        "UNREADABLE",
        "error number",
    ),
    "not said": (lambda *_: text("POWER_SUPPLY_NAME=battery\n"), "UNKNOWN", "CURRENT_NOW"),
    "uA or mA": (lambda *_: text("POWER_SUPPLY_CURRENT_NOW=900\n"), "UNKNOWN", "uA or mA"),
}


@pytest.mark.parametrize(("cat", "reason", "why"), UEVENTS.values(), ids=UEVENTS)
def test_a_current_that_the_handset_does_not_say_never_passes(
    slot_with: MakeSlot, cat: Program, reason: str, why: str
) -> None:
    slot = slot_with()
    slot.phone.programs["cat"] = cat
    record = slot.run()
    gauge = made(record)["current_handset"]
    assert (gauge.value, gauge.outcome, gauge.reason) == (None, Outcome.ERROR, reason)
    assert why in gauge.raw
    assert record.outcome is Outcome.ERROR
    assert not record.dut_failed
    assert made(record)["current_jig"].value == 0.9
    assert slot.heard()[: len(HEARD_WHEN_GOOD)] == HEARD_WHEN_GOOD


def test_a_battery_that_cannot_be_read_never_passes(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.phone.programs["dumpsys battery"] = says("Can't find service: battery\n")
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    for name in ("voltage", "temperature", "level"):
        assert made(record)[name].outcome is Outcome.ERROR
        assert made(record)[name].value is None


def test_what_a_command_printed_that_failed_is_no_reading(slot_with: MakeSlot) -> None:
    slot = slot_with()
    whole = slot.phone.programs["dumpsys battery"]
    slot.phone.programs["dumpsys battery"] = lambda *asked: whole(*asked)._replace(code=1)
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    assert {made(record)[name].value for name in ("voltage", "temperature", "level")} == {None}


def test_a_weak_charge_counts_though_the_handset_cannot_be_asked(slot_with: MakeSlot) -> None:
    slot = slot_with({"battery.weak_charge": {}, "adb.drop": {"on": "dumpsys battery"}})
    slot.limits = {"current_jig": Range(low=Decimal("0.45"))}
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    assert record.dut_failed
    assert record.fault
    assert record.fault.code == "ADB-LOST"
    assert values(record)["current_jig"] == (0.21, "A")
    assert slot.heard()[-1] == "SAFE"
    assert slot.jig.safe


def test_a_jig_that_refuses_to_connect_measures_nothing(slot_with: MakeSlot) -> None:
    slot = slot_with(jig_defects={"jig.refuses": {"on": "ROUT:CLOS (@"}})
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "JIG-REFUSED"
    assert made(record) == {}
    assert slot.jig.safe


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("oppo-mtk", SAID),
        ("oppo-qcom", {"gauge_unit": "uA", "gauge_charges": "negative"}),
        ("samsung", {"gauge_unit": "mA", "gauge_charges": "positive"}),
    ],
)
def test_the_current_into_the_battery_whatever_the_driver_prints(
    slot_with: MakeSlot, profile: str, said: dict[str, str]
) -> None:
    told = made(slot_with(profile=profile).run(**said))
    assert told["current_handset"].value == pytest.approx(0.902, abs=0.001)
    assert told["gauge_change"].value == pytest.approx(1.014, abs=0.001)


@pytest.mark.parametrize("gauge_a", [0.9, -0.112, 0.0])
def test_a_gauge_that_is_stuck_does_not_rise(slot_with: MakeSlot, gauge_a: float) -> None:
    slot = slot_with({"battery.gauge_stuck": {"gauge_a": gauge_a}})
    slot.limits = {"gauge_change": Range(low=Decimal("0.2"))}
    record = slot.run(**SAID)
    assert record.outcome is Outcome.FAIL
    assert record.fault
    assert record.fault.code == "charge.gauge_change:LOW"
    assert made(record)["gauge_change"].value == 0.0
    assert made(record)["current_handset"].value == gauge_a


BOTH_SIDES: dict[str, Limit] = {
    "current_difference": Range(low=Decimal("-0.4"), high=Decimal("0.4")),
    "gauge_change": Range(low=Decimal("0.2")),
    "efficiency": Range(low=Decimal(65), high=Decimal(120)),
}
"""As in the shipped plans."""
LIARS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "reads half": (
        {"defects": {"battery.gauge_half": {}}},
        {"current_difference": "HIGH", "efficiency": "LOW"},
    ),
    "reads 60 %, and the difference does not tell": (
        {"defects": {"battery.gauge_half": {"share": 0.6}}},
        {"efficiency": "LOW"},
    ),
    "reads half more, and the difference tells too": (
        {"gauge_gain": 1.5},
        {"current_difference": "LOW", "efficiency": "HIGH"},
    ),
    "reads 35 % more of a bright screen, and the difference does not tell": (
        {"gauge_gain": 1.35, "load_a": 0.5},
        {"efficiency": "HIGH"},
    ),
    "has the wrong sign": (
        {"gauge_gain": -1.0},
        {"current_difference": "HIGH", "gauge_change": "LOW", "efficiency": "LOW"},
    ),
    "draws, and does not charge": (
        {"charger_efficiency": 0.0},
        {"current_difference": "HIGH", "gauge_change": "LOW", "efficiency": "LOW"},
    ),
    "draws nothing": (
        {"sdp_current_a": 0.0},
        {"gauge_change": "LOW", "efficiency": "LOW"},
    ),
}


@pytest.mark.parametrize(("unit", "found"), LIARS.values(), ids=LIARS)
def test_a_gauge_or_a_charger_that_does_not_do_as_it_says(
    slot_with: MakeSlot, unit: dict[str, Any], found: dict[str, str]
) -> None:
    slot = slot_with(**unit)
    slot.limits = BOTH_SIDES
    record = slot.run(**SAID)
    assert record.outcome is Outcome.FAIL
    bad = {name: each.reason for name, each in made(record).items() if each.reason}
    assert bad == found


@pytest.mark.parametrize("load_a", [0.02, 0.5])
@pytest.mark.parametrize("cell_v", [3.6, 4.2])
def test_the_efficiency_is_the_chargers_whatever_the_handset_takes(
    slot_with: MakeSlot, cell_v: float, load_a: float
) -> None:
    slot = slot_with(cell_v=cell_v, load_a=load_a, charger_efficiency=0.93)
    assert made(slot.run(**SAID))["efficiency"].value == pytest.approx(93, abs=0.01)


def test_without_the_sign_the_change_never_passes_a_limit(slot_with: MakeSlot) -> None:
    slot = slot_with({"battery.gauge_stuck": {}})
    slot.limits = {"gauge_change": Range(low=Decimal("0.2"))}
    record = slot.run()
    assert record.outcome is Outcome.ERROR
    assert made(record)["gauge_change"].reason == "UNKNOWN"


def test_a_healthy_battery(slot_with: MakeSlot) -> None:
    record = slot_with().health()
    assert record.outcome is Outcome.PASS
    assert values(record) == {
        "level": (62.0, "%"),
        "voltage": (3.914, "V"),
        "temperature": (27.5, "degC"),
        "health": ("good", ""),
        "technology": ("Li-ion", ""),
        "cycles": (1.0, "1"),
        "full_charge": (98.0, "%"),
    }


def test_values_that_were_set_by_hand_are_undone_first(slot_with: MakeSlot) -> None:
    slot = slot_with({"battery.hot": {}})
    slot.phone.run("dumpsys battery set temp 250", 0.0)
    assert made(slot.health())["temperature"].value == 52.0


def test_where_two_sources_differ_neither_is_believed(slot_with: MakeSlot) -> None:
    slot = slot_with()
    uevent = (slot.phone.read(UEVENT) or b"").decode().replace("TEMP=275", "TEMP=410")
    slot.phone.programs["cat"] = says(uevent)
    record = slot.health()
    assert record.outcome is Outcome.ERROR
    temperature = made(record)["temperature"]
    assert (temperature.value, temperature.reason) == (None, "UNREADABLE")
    assert "27.5 degC by dumpsys, 41 degC by its driver" in temperature.raw
    assert made(record)["level"].value == 62.0


def test_a_driver_that_nobody_may_read_leaves_its_own_values_open(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.phone.programs["cat"] = lambda *_: DENIED
    told = made(slot.health())
    assert told["temperature"].value == 27.5
    assert told["cycles"].reason == told["full_charge"].reason == "UNREADABLE"


@pytest.mark.parametrize(("code", "word"), [("3", "overheat"), ("4", "dead"), ("8", "code 8")])
def test_the_health_is_androids_word(slot_with: MakeSlot, code: str, word: str) -> None:
    slot = slot_with()
    whole = slot.phone.programs["dumpsys battery"]

    def told(words: list[str], now_s: float) -> Answer:
        answer = whole(words, now_s)
        return answer._replace(out=answer.out.replace(b"health: 2", f"health: {code}".encode()))

    slot.phone.programs["dumpsys battery"] = told
    assert made(slot.health())["health"].value == word


def says(words: str) -> Program:
    return lambda *_: text(words)
