from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sim.jig import CARRIAGE_S, DWELL_S, JigBehaviour, Reply
from harness.sim.unit import SimUnit


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
    assert "Simulated,Jig,SIMJIG01,1.0" in replies
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
