"""The self-test of jigs by the real engine: real driver, real pty, simulated jigs of every dialect.

Wanted values are exact: the simulated meters have no noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.jig_ports import Jig
from harness.model.limits import Range
from harness.model.plan import Plan
from harness.model.record import Record
from harness.plans.limits.symptoms import reasons
from harness.plans.resolve import resolve
from harness.sim.jig.built import Dialect
from harness.steps.proving.answers import PATTERN, error_pct, nonlinearity_pct, turned
from tests.steps.jig_slot import JIGS, SERIAL, JigSlot, MakeJig, jig_slot
from tests.steps.phone import SPECS, fault, measured

SELFTESTS = Path(__file__).parents[2] / "testplans" / "selftest"
STEPS = [name for name in SPECS if name.startswith("jig_health.")]
NEEDED: dict[str, dict[str, Any]] = {
    "jig_health.rail": {"voltage": 5},
    "jig_health.light": {"full_scale": 1000},
    "jig_health.cycles": {"life": 1000},
}
"""What a plan must say of these steps."""
EQUALS_100 = Range(Decimal(100), Decimal(100))


@pytest.fixture
def jig_with() -> Iterator[MakeJig]:
    """Makes jigs; in the end none may have anything on."""
    slots: list[JigSlot] = []
    with ExitStack() as stack:

        def make(*defects: str, **more: Any) -> JigSlot:
            slots.append(stack.enter_context(jig_slot(*defects, **more)))
            return slots[-1]

        yield make
        assert all(slot.behaviour.safe for slot in slots)


def plan_of(name: str) -> Plan:
    plans, problems = resolve(SELFTESTS / f"{name}.yaml", SPECS)
    assert problems == []
    assert plans
    return plans.any


def told(record: Record) -> str:
    """How a run ended, and by which code."""
    assert record.outcome
    return f"{record.outcome.name} {record.fault.code if record.fault else ''}".rstrip()


def always(slot: JigSlot, query: str, reply: str) -> None:
    """Have the jig reply the same whatever it is like: what is stuck there."""
    slot.core.__dict__["commands"] = {**slot.core.commands, query: lambda *_: reply}


# ---- the shipped plans


@pytest.mark.parametrize("dialect", ["core", "core-framed"])
def test_a_good_jig_passes_its_self_test(jig_with: MakeJig, dialect: Dialect) -> None:
    slot = jig_with(dialect=dialect)
    plan = plan_of("core")
    record = slot.run_all(*plan.steps)
    assert told(record) == "PASS"
    by_step = {
        f"{step.id}.{made.name}": made.value for step in record.steps for made in step.measurements
    }
    assert by_step["identity.serial"] == SERIAL
    assert by_step["rail.error"] == pytest.approx(0)
    assert by_step["rail_high.voltage"] == 5.5
    assert by_step["contact.resistance"] == 0.04
    assert by_step["contact_dcp.resistance"] == 0.036
    assert by_step["light.half"] == 500.2
    assert by_step["relay.followed"] == 100
    assert by_step["calibration.left"] == 265
    assert slot.core.fixture(1e9) == "OPEN"


@pytest.mark.parametrize("dialect", ["shield-tescom", "shield-rs"])
def test_a_good_shield_box_passes_its_self_test(jig_with: MakeJig, dialect: Dialect) -> None:
    record = jig_with(dialect=dialect).run_all(*plan_of("shield").steps)
    assert told(record) == "PASS"
    assert measured(record)["count"] == 12_000


@pytest.mark.parametrize("name", ["core", "shield"])
def test_every_fail_has_words_for_who_mends_the_jig(name: str) -> None:
    plan = plan_of(name)
    by_limit = {
        f"{step.id}.{name}:{reason}"
        for step in plan.steps
        for name, limit in step.limits.items()
        for reason in reasons(limit)
    }
    assert by_limit == plan.symptoms.keys()
    codes = [symptom.code for symptom in plan.symptoms.values()]
    assert len(codes) == len(set(codes))


def test_a_self_test_needs_no_handset() -> None:
    for name in ("core", "shield"):
        ports = {kind for step in plan_of(name).steps for kind in SPECS[step.use].ports.values()}
        assert not {kind.__name__ for kind in ports} & {"Handset", "Usb", "CallBox", "Agent"}
        assert Jig in ports


@pytest.mark.parametrize("path", sorted(JIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_jig_file_names_a_self_test_that_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    _, found, name = text.partition("selftest: ")
    assert found
    assert (path.parent / name.split()[0]).resolve() in sorted(SELFTESTS.glob("*.yaml"))


# ---- what each step finds


LINEAR = {"nonlinearity": 0}
WHO = {"maker": "Example", "model": "Core", "serial": SERIAL, "firmware": "1.0"}
FINDS: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("rail", "jig.rail_low", {}, {}, {"voltage": 4.85, "error": -3}),
    ("rail", "", {"supply_error_pct": 1.5}, {"voltage": 4}, {"voltage": 4.06, "error": 1.5}),
    ("off", "", {"leak_v": 0.2}, {}, {"voltage": 0.2, "through": 0.2}),
    ("contact", "jig.relay_worn", {}, {}, {"insulates": True, "resistance": 0.4}),
    ("contact", "", {}, {"channel": "dcp"}, {"insulates": True, "resistance": 0.036}),
    ("interlock", "", {}, {}, {"refuses_power": True}),
    ("interlock", "jig.interlock_dead", {}, {}, {"refuses_power": False}),
    ("light", "", {}, {}, {"full": 1000.2, "half": 500.2, "dark": 0.2} | LINEAR),
    ("light", "jig.light_weak", {}, {}, {"full": 600.2, "half": 300.2, "dark": 0.2} | LINEAR),
    ("cycles", "", {"cycles": 950}, {}, {"count": 950, "used": 95, "counted": 1}),
    ("calibration", "", {"calibrated_d": 360, "due_d": 5}, {}, {"left": 5, "since": 360}),
    ("calibration", "jig.calibration_over", {}, {}, {"left": -3, "since": 100}),
    ("shield", "", {}, {}, {"opens": True, "closes": True}),
    ("shield", "jig.shield_leaks", {}, {}, {"opens": True, "closes": False}),
    ("self_test", "jig.self_test_fails", {}, {}, {"code": 4}),
    ("identity", "", {}, {}, WHO),
]
"""Of each step: a defect, how the jig is built, what the plan says, what is measured."""


@pytest.mark.parametrize(
    ("name", "defect", "built", "plan", "values"),
    FINDS,
    ids=[f"{name}-{defect or place}" for place, (name, defect, *_) in enumerate(FINDS)],
)
def test_what_a_jig_is_like_is_measured(
    jig_with: MakeJig,
    name: str,
    defect: str,
    built: dict[str, Any],
    plan: dict[str, Any],
    values: dict[str, Any],
) -> None:
    use = f"jig_health.{name}"
    slot = jig_with(*filter(None, [defect]), **built)
    record = slot.run(use, **{**NEEDED.get(use, {}), **plan})
    assert told(record) == "PASS"
    assert measured(record) == values


@pytest.mark.parametrize(("defect", "ahead_s"), [("", 0), ("jig.clock_wrong", 95)])
def test_a_clock_is_right_to_its_second(jig_with: MakeJig, defect: str, ahead_s: float) -> None:
    record = jig_with(*filter(None, [defect])).run("jig_health.clock")
    assert measured(record)["offset"] == pytest.approx(ahead_s, abs=0.9)


@pytest.mark.parametrize(("defect", "errors"), [("", 0), ("jig.echo_garbled", 3)])
def test_a_text_that_does_not_come_back_is_an_error_of_the_line(
    jig_with: MakeJig, defect: str, errors: int
) -> None:
    slot = jig_with(*filter(None, [defect]))
    record = slot.run("jig_health.echo", times=3)
    assert measured(record)["errors"] == errors
    assert 0 < measured(record)["round_trip"] < 1000
    heard = [line for line in slot.core.heard if line.startswith("DIAG:ECHO? ")]
    assert heard == [f"DIAG:ECHO? {turned(PATTERN, turn)}" for turn in range(3)]


def test_a_text_that_comes_back_damaged_is_an_error_too(jig_with: MakeJig) -> None:
    slot = jig_with(settings={"jig.noise": {"on": "DIAG:ECHO", "rate": 1.0}})
    record = slot.run("jig_health.echo", times=2)
    assert told(record) == "PASS"
    assert measured(record)["errors"] == 2


def test_the_text_has_all_that_a_line_can_carry_and_no_command_is_made_of() -> None:
    assert len(PATTERN) == len(set(PATTERN)) == 94 - 5
    assert PATTERN.isascii()
    assert PATTERN.isprintable()
    assert all(len(set(places)) == 89 for places in zip(*_all_turns(), strict=True))
    assert not set(PATTERN) & set(" ;,\"'#")


def _all_turns() -> list[str]:
    return [turned(PATTERN, turn) for turn in range(89)]


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_a_motion_takes_as_long_as_it_takes(jig_with: MakeJig, speed: float) -> None:
    record = jig_with(speed=speed, dwell_s=0.4).run("jig_health.motion", times=1)
    assert measured(record)["close"] >= 0.4 / speed
    assert measured(record)["open"] >= 0.4 / speed
    assert min(measured(record).values()) < 0.4 / speed + 0.3


def test_the_carriage_of_the_light_box_is_timed_there_and_back(jig_with: MakeJig) -> None:
    slot = jig_with(speed=1, carriage_s=0.3)
    slot.run("jig_health.carriage")
    record = slot.run("jig_health.carriage")
    assert measured(record)["chart"] >= 0.3
    assert measured(record)["flat"] >= 0.3
    shown = [line for line in slot.core.heard if line.startswith("LIGH:FIEL ")]
    assert shown == ["LIGH:FIEL FLAT", "LIGH:FIEL CHAR", "LIGH:FIEL FLAT"] * 2


@pytest.mark.parametrize("use", ["jig_health.carriage", "jig_health.motion"])
def test_what_never_arrives_is_stuck(jig_with: MakeJig, use: str) -> None:
    slot = jig_with("jig.stuck_carriage", "jig.stuck_fixture", moves_within_s=0.3)
    assert told(slot.run(use)) == "ERROR JIG-STUCK"


def test_a_fixture_that_stands_closed_is_timed_all_the_same(jig_with: MakeJig) -> None:
    slot = jig_with(speed=2, dwell_s=0.4)
    slot.run("jig.close")
    assert measured(slot.run("jig_health.motion", times=2))["close"] >= 0.2
    moves = [line for line in slot.core.heard if line in ("FIXT:CLOS", "FIXT:OPEN")]
    assert moves == ["FIXT:CLOS", *["FIXT:OPEN", "FIXT:CLOS"] * 2, "FIXT:OPEN"]


def test_a_contact_is_measured_with_the_fixture_closed_and_the_supply_off(
    jig_with: MakeJig,
) -> None:
    slot = jig_with()
    slot.core.power.switch("ON", 0.0)
    assert measured(slot.run("jig_health.contact"))["resistance"] == 0.04
    assert slot.core.fixture(1e9) == "CLOSED"


def test_a_relay_that_is_welded_is_found_and_never_safe() -> None:
    with jig_slot("jig.relay_welded") as slot:
        record = slot.run("jig_health.relay", times=2, followed=EQUALS_100)
    assert measured(record)["followed"] == 50
    assert record.dut_failed
    assert told(record) == "ERROR JIG-UNSAFE"


def test_voltage_through_a_relay_that_says_that_it_is_open_is_found(jig_with: MakeJig) -> None:
    record = jig_with(leak_v=3.0).run("jig_health.relay", times=1, followed=EQUALS_100)
    assert told(record) == "FAIL jig_health_relay.followed:LOW"
    assert measured(record)["followed"] == 50


def test_a_contact_that_is_open_is_no_value(jig_with: MakeJig) -> None:
    slot = jig_with(channel_ohm=(9.9e37,) * 4)
    record = slot.run("jig_health.contact")
    assert told(record) == "ERROR JIG-REFUSED"
    assert measured(record) == {"insulates": True}


def test_an_ohmmeter_that_is_stuck_is_found(jig_with: MakeJig) -> None:
    slot = jig_with()
    always(slot, "MEAS:RES?", "0.040")
    assert measured(slot.run("jig_health.contact")) == {"insulates": False, "resistance": 0.04}


def test_a_counter_that_is_stuck_is_found(jig_with: MakeJig) -> None:
    slot = jig_with()
    always(slot, "DIAG:CYCL?", "7")
    assert measured(slot.run("jig_health.cycles", life=100)) == {
        "count": 7,
        "used": 7,
        "counted": 0,
    }


def test_an_answer_to_an_earlier_text_is_none(jig_with: MakeJig) -> None:
    slot = jig_with()
    always(slot, "DIAG:ECHO?", PATTERN)
    assert measured(slot.run("jig_health.echo", times=5))["errors"] == 4


@pytest.mark.parametrize(
    ("defect", "ends"),
    [
        ("jig.interlock_open", "ERROR JIG-INTERLOCK"),
        ("jig.emergency_stop", "ABORTED JIG-EMERGENCY"),
    ],
)
def test_a_loop_that_is_open_beforehand_proves_nothing(
    jig_with: MakeJig, defect: str, ends: str
) -> None:
    slot = jig_with(settings={defect: {"on": "INT:STAT?"}})
    assert told(slot.run("jig_health.interlock")) == ends
    assert "OUTP ON" not in slot.core.heard
    assert "DIAG:INT OPEN" not in slot.core.heard


def test_after_its_proof_the_loop_is_closed_and_the_supply_off(jig_with: MakeJig) -> None:
    slot = jig_with("jig.interlock_dead")
    slot.run("jig_health.interlock")
    told = [line for line in slot.core.heard if line.startswith(("DIAG", "OUTP ", "SOUR:VOLT "))]
    told[0], volts = told[0].split(" ")
    assert float(volts) == 0
    assert told == ["SOUR:VOLT", "DIAG:INT OPEN", "OUTP ON", "OUTP OFF", "DIAG:INT CLOS"]


@pytest.mark.parametrize("use", ["jig_health.rail", "jig_health.off", "jig_health.relay"])
def test_power_goes_off_on_every_way_out(jig_with: MakeJig, use: str) -> None:
    slot = jig_with(settings={"jig.refuses": {"on": "MEAS:VOLT"}})
    assert told(slot.run(use, **NEEDED.get(use, {}))) == "ERROR JIG-REFUSED"
    assert measured(slot.run("jig_health.self_test")) == {"code": 0}
    assert slot.behaviour.safe


@given(*[st.floats(-1e5, 1e5)] * 3)
def test_a_straight_line_is_linear_whatever_its_slope(a: float, b: float, scale: float) -> None:
    middle = (a + b) / 2
    assert nonlinearity_pct(a, middle, b, abs(scale) + 1) == 0
    assert error_pct(a, a, abs(scale) + 1) == 0


def test_what_is_not_straight_is_told_as_a_share_of_full_scale() -> None:
    assert nonlinearity_pct(1000, 450, 0, 1000) == -5
    assert nonlinearity_pct(0, 0, 0, 1000) == 0


# ---- what a jig cannot do, and what a plan cannot ask


OF_A_BOX = {f"jig_health.{name}" for name in ("identity", "cycles", "motion", "shield")}


@pytest.mark.parametrize("use", sorted({*STEPS} - OF_A_BOX))
def test_a_step_that_asks_too_much_of_a_jig_says_so_and_moves_nothing(
    jig_with: MakeJig, use: str
) -> None:
    slot = jig_with(dialect="shield-tescom")
    record = slot.run(use, **NEEDED.get(use, {}))
    assert told(record) == "ERROR PLAN-DEVICE"
    assert "this one has no " in fault(record).message
    assert set(slot.behaviour.heard) <= {"ID?"}


def test_a_channel_that_a_jig_has_not_is_told(jig_with: MakeJig) -> None:
    record = jig_with().run("jig_health.rail", voltage=5, channel="vsys")
    assert told(record) == "ERROR PLAN-DEVICE"
    assert "the jig has no channel 'vsys'; it has vbus, dcp" in fault(record).message


@pytest.mark.parametrize(
    ("use", "name", "value"),
    [
        ("jig_health.rail", "voltage", 0),
        ("jig_health.off", "voltage", -5),
        ("jig_health.relay", "times", 0),
        ("jig_health.echo", "times", 0),
        ("jig_health.motion", "times", -1),
        ("jig_health.carriage", "times", 0),
        ("jig_health.light", "full_scale", 0),
        ("jig_health.cycles", "life", 0),
    ],
)
def test_a_setting_that_measures_nothing_is_told_and_nothing_is_asked(
    jig_with: MakeJig, use: str, name: str, value: int
) -> None:
    slot = jig_with()
    record = slot.run(use, **{**NEEDED.get(use, {}), name: value})
    assert told(record) == "ERROR STEP-SETTING"
    assert f"{name}: expected more than 0, found {value}" in fault(record).message
    assert "OUTP ON" not in slot.core.heard
    assert "FIXT:CLOS" not in slot.core.heard
