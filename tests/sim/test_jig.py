"""The simulated core jig, read without any driver or wire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sim.jig import JigBehaviour, JigBuild, Reply, good_build
from harness.sim.jig.watchdog import WAIT_S
from harness.sim.unit import SimUnit

DWELL_S, CARRIAGE_S = JigBuild().dwell_s, JigBuild().carriage_s


def ask(jig: JigBehaviour, line: str, now_s: float = 0.0) -> str | None:
    replies = jig.answer(line, now_s)
    return replies[0].text if replies else None


def powered(unit: SimUnit, noise: float = 0.0) -> JigBehaviour:
    jig = JigBehaviour(unit, noise=noise)
    for line in ("SOUR:VOLT 5", "OUTP ON", "ROUT:CLOS (@1)"):
        assert ask(jig, line) is None
    return jig


def test_the_unit_is_powered_by_supply_and_relay_together() -> None:
    unit = SimUnit("A")
    jig = powered(unit)
    assert (unit.vbus_v, jig.safe) == (5.0, False)
    assert ask(jig, "MEAS:VOLT? (@1)") == "5.000000"
    assert ask(jig, "MEAS:CURR? (@1)") == "0.900000"
    ask(jig, "ROUT:OPEN (@1)")
    assert unit.vbus_v == 0.0
    ask(jig, "ROUT:CLOS (@1)")
    ask(jig, "OUTP OFF")
    assert unit.vbus_v == 0.0
    assert ask(jig, "MEAS:CURR? (@1)") == "0.000000"


def test_a_weak_charger_shows_at_the_meter() -> None:
    unit = SimUnit("A", defects={"battery.weak_charge": {}})
    assert ask(powered(unit), "MEAS:CURR? (@1)") == "0.210000"


def test_a_charger_without_data_takes_the_data_lines_away() -> None:
    unit, told = SimUnit("A"), list[bool]()
    jig = powered(unit)
    jig.watch_data(told.append)
    ask(jig, "ROUT:CLOS (@2)")
    ask(jig, "ROUT:CLOS (@2)")
    assert (unit.dcp, told, ask(jig, "MEAS:CURR? (@1)")) == (True, [False], "1.800000")
    ask(jig, "ROUT:OPEN (@2)")
    assert (unit.dcp, told, ask(jig, "MEAS:CURR? (@1)")) == (False, [False, True], "0.900000")
    ask(jig, "ROUT:CLOS (@2)")
    ask(jig, "SAFE")
    assert (unit.dcp, told[-1]) == (False, True)


def test_the_meters_noise_is_repeatable_and_around_the_truth() -> None:
    jig, again = powered(SimUnit("A"), 0.01), powered(SimUnit("A"), 0.01)
    readings = [ask(jig, "MEAS:CURR? (@1)") for _ in range(200)]
    assert readings == [ask(again, "MEAS:CURR? (@1)") for _ in range(200)]
    numbers = [float(reading or "nan") for reading in readings]
    assert sum(numbers) / 200 == pytest.approx(0.9, rel=0.005)
    assert max(numbers) - min(numbers) > 0.02


@pytest.mark.parametrize("command", ["SAFE", "*RST"])
def test_safe_and_reset_take_the_power_off(command: str) -> None:
    unit = SimUnit("A")
    jig = powered(unit)
    ask(jig, command)
    assert jig.safe
    assert unit.vbus_v == 0.0
    assert ask(jig, "SOUR:VOLT?") == "0.0000"


def test_the_fixture_takes_its_time() -> None:
    jig = JigBehaviour(None)
    assert ask(jig, "FIXT:STAT?", 10.0) == "OPEN"
    ask(jig, "FIXT:CLOS", 10.0)
    assert ask(jig, "FIXT:STAT?", 10.0 + DWELL_S / 2) == "MOVING"
    assert ask(jig, "FIXT:STAT?", 10.0 + DWELL_S) == "CLOSED"
    ask(jig, "FIXT:CLOS", 20.0)
    assert ask(jig, "FIXT:STAT?", 20.0) == "CLOSED"
    ask(jig, "FIXT:OPEN", 30.0)
    assert ask(jig, "FIXT:STAT?", 30.0) == "MOVING"


def test_the_light_box_takes_its_time_with_the_field_and_none_with_the_light() -> None:
    unit = SimUnit("A", sees="chart", light_pct=1.0)
    jig = JigBehaviour(unit)
    jig.insert(unit, 0)
    assert (unit.sees, unit.light_pct) == ("flat", 100.0)
    ask(jig, "LIGH:FIEL CHAR", 10.0)
    assert ask(jig, "LIGH:FIEL?", 10.0 + CARRIAGE_S / 2) == "MOV"
    assert unit.sees == "flat"
    assert ask(jig, "LIGH:FIEL?", 10.0 + CARRIAGE_S) == "CHAR"
    assert unit.sees == "chart"
    ask(jig, "LIGH:LEV 12.5", 20.0)
    assert (ask(jig, "LIGH:LEV?", 20.0), unit.light_pct) == ("12.5", 12.5)
    ask(jig, "SAFE", 21.0)
    assert (unit.sees, unit.light_pct) == ("chart", 12.5)
    another = SimUnit("B")
    jig.insert(another, 0)
    assert (another.sees, another.light_pct) == ("chart", 12.5)


def test_a_carriage_that_slipped_with_one_unit_is_right_again_for_the_next() -> None:
    unit = SimUnit("A", defects={"jig.wrong_field": {}})
    jig = JigBehaviour(None)
    jig.insert(unit, 0)
    ask(jig, "LIGH:FIEL CHAR", 0.0)
    assert (ask(jig, "LIGH:FIEL?", 9.0), unit.sees) == ("CHAR", "flat")
    assert unit.met == {"jig.wrong_field"}
    another = SimUnit("B")
    jig.insert(another, 0)
    ask(jig, "LIGH:FIEL CHAR", 10.0)
    assert (ask(jig, "LIGH:FIEL?", 19.0), another.sees) == ("CHAR", "chart")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("JUMP", '-113,"Undefined header"'),
        ("SOUR:VOLT 99", '-222,"Data out of range;0 to 20 V"'),
        ("SOUR:VOLT nan", '-222,"Data out of range;0 to 20 V"'),
        ("ROUT:CLOS (@9)", '-222,"Data out of range;(@1) to (@4)"'),
        ("LIGH:FIEL DARK", '-222,"Data out of range;CHAR or FLAT"'),
        ("LIGH:LEV 101", '-222,"Data out of range;0 to 100 %"'),
        ("LIGH:LEV nan", '-222,"Data out of range;0 to 100 %"'),
        ("OUTP MAYBE", '-222,"Data out of range;ON or OFF"'),
    ],
)
def test_the_error_queue(line: str, error: str) -> None:
    jig = JigBehaviour(None)
    assert ask(jig, line) is None
    assert ask(jig, "SYST:ERR?") == error
    assert ask(jig, "SYST:ERR?") == '0,"No error"'
    ask(jig, line)
    ask(jig, "*CLS")
    assert ask(jig, "SYST:ERR?") == '0,"No error"'


@given(st.lists(st.one_of(st.text(), st.sampled_from(["OUTP ON", "ROUT:CLOS (@", "MEAS:VOLT?"]))))
def test_it_survives_whatever_is_said_and_safe_is_always_safe(lines: list[str]) -> None:
    jig = JigBehaviour(SimUnit("A"))
    for line in lines:
        jig.answer(line, 0.0)
    jig.answer("SAFE", 0.0)
    assert jig.safe
    assert ask(jig, "*OPC?") == "1"


def test_defects_strike_what_they_name() -> None:
    jig = JigBehaviour(None, defects={"jig.silent": {"on": "MEAS"}})
    assert ask(jig, "MEAS:VOLT? (@1)") is None
    assert ask(jig, "OUTP?") == "0"
    jig = JigBehaviour(None, defects={"jig.late_reply": {"by_s": 0.5, "on": "OUTP"}})
    assert jig.answer("OUTP?", 0.0) == [Reply("0", 0.5)]
    assert jig.answer("*OPC?", 0.0) == [Reply("1")]
    assert JigBehaviour(None, defects={"jig.late_reply": {}}).answer("*OPC?", 0.0)[0].delay_s == 1.5


def test_a_silent_jig_still_hears() -> None:
    jig = JigBehaviour(None, defects={"jig.silent": {}})
    assert jig.answer("OUTP?", 0.0) == []
    jig.answer("OUTP ON", 0.0)
    assert jig.output


def test_a_jig_that_refuses_says_so_and_does_nothing() -> None:
    jig = JigBehaviour(None, defects={"jig.refuses": {}})
    ask(jig, "OUTP ON")
    assert jig.safe
    assert ask(jig, "SYST:ERR?") == '-221,"Settings conflict"'
    assert ask(jig, "*OPC?") == "1"


def test_noise_garbles_the_reply_and_not_the_state() -> None:
    jig = JigBehaviour(None, defects={"jig.noise": {"rate": 0.03}})
    replies = {ask(jig, "*IDN?") for _ in range(50)}
    assert "Example,Core,SIMJIG01,1.0" in replies
    assert len(replies) > 5
    ask(jig, "OUTP ON")
    assert jig.output


def test_an_open_interlock_drops_power_and_refuses_motion() -> None:
    jig = JigBehaviour(None, defects={"jig.interlock_open": {"on": "FIXT:CLOS"}})
    ask(jig, "OUTP ON")
    assert (ask(jig, "INT:STAT?"), jig.output) == ("CLOSED", True)
    ask(jig, "FIXT:CLOS")
    assert (ask(jig, "INT:STAT?"), jig.output) == ("OPEN", False)
    assert ask(jig, "FIXT:STAT?") == "OPEN"
    assert "interlock" in str(ask(jig, "SYST:ERR?"))
    ask(jig, "OUTP ON")
    assert jig.safe


def test_a_stuck_fixture_never_arrives() -> None:
    jig = JigBehaviour(None, defects={"jig.stuck_fixture": {}})
    ask(jig, "FIXT:CLOS")
    assert ask(jig, "FIXT:STAT?", 1e9) == "MOVING"


def test_another_jig_answers() -> None:
    assert "SIMJIG01" in str(ask(JigBehaviour(None), "*IDN?"))
    wrong = JigBehaviour(None, defects={"jig.wrong_identity": {}})
    assert "SIMJIG01" not in str(ask(wrong, "*IDN?"))


def test_a_defect_that_came_with_a_unit_goes_with_it() -> None:
    jig = JigBehaviour(None)
    planted = {"jig.interlock_open": {"on": "*RST"}, "jig.stuck_fixture": {"on": "FIXT:CLOS"}}
    jig.insert(SimUnit("A57A000001", defects=planted), 0)
    ask(jig, "FIXT:CLOS")
    ask(jig, "*RST")
    assert (ask(jig, "INT:STAT?"), ask(jig, "FIXT:STAT?")) == ("OPEN", "MOVING")
    jig.insert(SimUnit("A57A000002"), 0)
    assert (ask(jig, "INT:STAT?"), ask(jig, "FIXT:STAT?")) == ("CLOSED", "OPEN")
    ask(jig, "*RST")
    assert ask(jig, "INT:STAT?") == "CLOSED"


NOW = datetime(2026, 11, 23, 23, 59, 58, tzinfo=UTC)


def test_what_it_says_of_itself() -> None:
    build = JigBuild(cycles=500, calibrated_d=23, due_d=8, clock_off_s=3.0)
    jig = JigBehaviour(None, build=build, utc=lambda: NOW)
    asked = ("*TST?", "DIAG:CYCL?", "CAL:DATE?", "CAL:DUE?", "SYST:DATE?", "SYST:TIME?")
    assert [ask(jig, line) for line in asked] == [
        *("0", "500", "2026,10,31", "2026,12,1"),
        *("2026,11,24", "0,0,1"),  # its clock is ahead
    ]
    assert ask(jig, "DIAG:ECHO? What (you) say") == "What (you) say"
    assert (ask(jig, "SYST:FRAM?"), ask(jig, "SYST:HEAR?")) == ("NONE", "0")


def test_each_closing_of_the_fixture_counts() -> None:
    jig = JigBehaviour(None, build=JigBuild(cycles=7))
    for at, line in enumerate(("FIXT:CLOS", "FIXT:CLOS", "FIXT:OPEN", "FIXT:CLOS")):
        ask(jig, line, 10.0 * at)
    assert ask(jig, "DIAG:CYCL?", 99.0) == "9"


def test_its_shield_closes_with_the_fixture() -> None:
    jig = JigBehaviour(None)
    assert ask(jig, "SHIE:STAT?") == "OPEN"
    ask(jig, "FIXT:CLOS")
    assert [ask(jig, "SHIE:STAT?", at) for at in (0.0, DWELL_S)] == ["MOVING", "CLOSED"]
    leaks = JigBehaviour(None, defects={"jig.shield_leaks": {}})
    ask(leaks, "FIXT:CLOS")
    assert (ask(leaks, "FIXT:STAT?", 9.0), ask(leaks, "SHIE:STAT?", 9.0)) == ("CLOSED", "OPEN")


def test_resistance_is_of_what_is_closed_and_pressed_on_with_the_supply_off() -> None:
    jig = JigBehaviour(None, build=JigBuild(channel_ohm=(0.031, 0.047, 0.05, 0.05)))
    open_loop = "9.9E37"
    assert ask(jig, "MEAS:RES? (@2)") == open_loop
    ask(jig, "ROUT:CLOS (@2)")
    assert ask(jig, "MEAS:RES? (@2)") == open_loop  # the fixture is open
    ask(jig, "FIXT:CLOS")
    assert ask(jig, "MEAS:RES? (@2)", 9.0) == "0.047000"
    assert ask(jig, "MEAS:RES? (@1)", 9.0) == open_loop
    ask(jig, "OUTP ON", 9.0)
    assert ask(jig, "MEAS:RES? (@2)", 9.0) is None
    assert ask(jig, "SYST:ERR?") == '-221,"Settings conflict;the supply is on"'


def test_the_light_is_linear_down_to_what_strays_in() -> None:
    jig = JigBehaviour(None, build=JigBuild(full_light_lx=980, stray_lx=0.5))
    read = []
    for level in ("100", "50", "0"):
        ask(jig, f"LIGH:LEV {level}")
        read.append(ask(jig, "LIGH:MEAS?"))
    assert read == ["980.500000", "490.500000", "0.500000"]


def test_a_supply_that_errs_and_a_relay_that_leaks() -> None:
    unit = SimUnit("A")
    jig = JigBehaviour(unit, build=JigBuild(supply_error_pct=0.1, leak_v=0.002))
    for line in ("SOUR:VOLT 5", "OUTP ON"):
        ask(jig, line)
    assert ask(jig, "MEAS:VOLT? (@1)") == "0.002000"
    ask(jig, "ROUT:CLOS (@1)")
    assert ask(jig, "MEAS:VOLT? (@1)") == "5.005000"
    assert unit.vbus_v == pytest.approx(5.005)
    assert ask(jig, "SOUR:VOLT?") == "5.0000"


def test_good_jigs_are_alike_and_none_is_another() -> None:
    builds = [good_build(f"SIMJIG{n:02}", seed) for n in range(200) for seed in (0, 1)]
    assert builds == [good_build(f"SIMJIG{n:02}", seed) for n in range(200) for seed in (0, 1)]
    assert len(set(builds)) == len(builds)
    for each in builds:
        assert all(0.025 <= ohm <= 0.060 for ohm in each.channel_ohm)
        assert abs(each.supply_error_pct) <= 0.1
        assert 950 < each.full_light_lx < 1050
        assert each.due_d > 0
        assert each.cycles < 100_000
        assert abs(each.clock_off_s) < 0.5


def test_the_test_relay_opens_the_loop_and_a_safe_state_lets_it_go() -> None:
    jig = JigBehaviour(None)
    ask(jig, "OUTP ON")
    ask(jig, "DIAG:INT OPEN")
    assert (ask(jig, "INT:STAT?"), jig.output) == ("OPEN", False)
    for line in ("OUTP ON", "FIXT:CLOS", "LIGH:FIEL CHAR"):
        ask(jig, line)
        assert ask(jig, "SYST:ERR?") == '-221,"Settings conflict;interlock open"'
    assert not jig.output
    ask(jig, "DIAG:INT CLOS")
    ask(jig, "OUTP ON")
    assert (ask(jig, "INT:STAT?"), jig.output) == ("CLOSED", True)
    ask(jig, "DIAG:INT OPEN")
    ask(jig, "SAFE")
    assert ask(jig, "INT:STAT?") == "CLOSED"
    ask(jig, "DIAG:INT AJAR")
    assert "OPEN or CLOS" in str(ask(jig, "SYST:ERR?"))


def test_a_dead_interlock_tells_that_it_is_open_and_gives_power_all_the_same() -> None:
    jig = JigBehaviour(None, defects={"jig.interlock_dead": {}})
    ask(jig, "DIAG:INT OPEN")
    ask(jig, "OUTP ON")
    assert (ask(jig, "INT:STAT?"), ask(jig, "OUTP?"), jig.output) == ("OPEN", "1", True)


def test_an_emergency_stop_drops_power_and_stays_until_the_unit_is_taken_out() -> None:
    unit = SimUnit("A", defects={"jig.emergency_stop": {"on": "MEAS:CURR"}})
    jig = powered(unit)
    ask(jig, "MEAS:CURR? (@1)")
    assert (jig.safe, unit.vbus_v, ask(jig, "INT:STAT?")) == (True, 0.0, "EMERGENCY")
    assert unit.met == {"jig.emergency_stop"}
    ask(jig, "OUTP ON")
    assert "emergency stop" in str(ask(jig, "SYST:ERR?"))
    ask(jig, "SAFE")
    assert ask(jig, "INT:STAT?") == "EMERGENCY"
    jig.insert(SimUnit("B"), 0)
    assert ask(jig, "INT:STAT?") == "CLOSED"


def test_a_welded_relay_is_closed_whatever_it_is_told() -> None:
    unit = SimUnit("A", defects={"jig.relay_welded": {}})
    jig = powered(unit)
    ask(jig, "SAFE")
    assert (ask(jig, "ROUT:CLOS? (@1)"), jig.safe, unit.vbus_v) == ("1", False, 0.0)
    jig.insert(SimUnit("B"), 0)
    assert (ask(jig, "ROUT:CLOS? (@1)"), jig.safe) == ("0", True)
    data = JigBehaviour(None, defects={"jig.relay_welded": {"channel": 2}})
    assert [ask(data, f"ROUT:CLOS? (@{n})") for n in (1, 2)] == ["0", "1"]


@pytest.mark.parametrize(
    ("defect", "lines", "good", "bad"),
    [
        ("rail_low", ("SOUR:VOLT 5", "OUTP ON", "MEAS:VOLT? (@1)"), "5.000000", "4.850000"),
        ("relay_worn", ("MEAS:RES? (@1)",), "0.040000", "0.400000"),
        ("light_weak", ("LIGH:MEAS?",), "1000.200000", "600.200000"),
        ("self_test_fails", ("*TST?",), "0", "4"),
        ("cycles_worn", ("DIAG:CYCL?",), "12001", "600001"),
        ("calibration_over", ("CAL:DUE?",), "2027,8,15", "2026,11,20"),
        ("clock_wrong", ("SYST:TIME?",), "23,59,58", "0,1,33"),
        ("echo_garbled", ("DIAG:ECHO? AbC",), "AbC", "aBc"),
        ("wrong_identity", ("*IDN?",), "Example,Core,SIMJIG01,1.0", "Example,Core,WRONGJIG,1.0"),
    ],
)
def test_what_is_wrong_shows_where_it_is_asked_for(
    defect: str, lines: tuple[str, ...], good: str, bad: str
) -> None:
    for planted, wanted in ((), good), ((f"jig.{defect}",), bad):
        jig = JigBehaviour(None, defects={name: {} for name in planted}, utc=lambda: NOW)
        for line in ("FIXT:CLOS", "ROUT:CLOS (@1)", *lines[:-1]):
            ask(jig, line)
        assert ask(jig, lines[-1], 9.0) == wanted


def test_settings_of_defects_are_taken() -> None:
    planted = {"jig.rail_low": {"low_pct": 10}, "jig.relay_worn": {"ohm": 2, "channel": 2}}
    jig = JigBehaviour(None, defects=planted)
    for line in ("FIXT:CLOS", "ROUT:CLOS (@1)", "ROUT:CLOS (@2)", "SOUR:VOLT 5"):
        ask(jig, line)
    assert [ask(jig, f"MEAS:RES? (@{n})", 9.0) for n in (1, 2)] == ["0.040000", "2.000000"]
    ask(jig, "OUTP ON")
    assert ask(jig, "MEAS:VOLT? (@1)") == "4.500000"


def test_a_weak_lamp_dims_what_the_camera_sees() -> None:
    unit = SimUnit("A", defects={"jig.light_weak": {"light_share": 0.5}})
    jig = JigBehaviour(unit)
    ask(jig, "LIGH:LEV 80")
    assert (unit.light_pct, ask(jig, "LIGH:LEV?")) == (40.0, "80.0")


def test_a_watchdog_is_armed_by_the_first_beat_and_drops_power_after_silence() -> None:
    unit = SimUnit("A")
    jig = powered(unit)
    jig.watchdog.silence(99.0)
    assert jig.output  # nobody has asked it to watch
    assert ask(jig, "SYST:HEAR?") == "0"
    jig.watchdog.silence(WAIT_S - 0.01)
    assert (jig.output, unit.vbus_v) == (True, 5.0)
    jig.watchdog.silence(WAIT_S)
    assert (jig.safe, unit.vbus_v) == (True, 0.0)
    ask(jig, "OUTP ON")
    assert [ask(jig, "SYST:HEAR?") for _ in range(2)] == ["1", "1"]
    jig.watchdog.silence(99.0)
    assert jig.output  # it says that it has tripped, and is not armed
    ask(jig, "SAFE")
    assert ask(jig, "SYST:HEAR?") == "0"


def test_a_watchdog_that_is_mad_drops_power_at_a_beat() -> None:
    jig = JigBehaviour(None, defects={"jig.watchdog": {}})
    ask(jig, "OUTP ON")
    assert (ask(jig, "SYST:HEAR?"), jig.output) == ("1", False)


def test_a_cable_is_pulled_once_as_the_motion_begins() -> None:
    pulls = list[float]()
    jig = JigBehaviour(None, defects={"jig.unplug": {"back_s": 2}})
    jig.cable.watch(pulls.append)
    assert ask(jig, "FIXT:STAT?") == "OPEN"
    ask(jig, "FIXT:CLOS")
    assert pulls == [2.0]
    assert ask(jig, "FIXT:STAT?", 9.0) == "CLOSED"  # it has gone on
    ask(jig, "FIXT:OPEN", 9.0)
    assert pulls == [2.0]
    jig.insert(SimUnit("B"), 0)
    ask(jig, "LIGH:FIEL CHAR", 20.0)
    assert pulls == [2.0, 2.0]
