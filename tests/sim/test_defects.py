"""The table of defects is whole, and a scenario plants what it says or is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import StationFault, all_codes
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.sim.defect_settings import SETTINGS
from harness.sim.defects import DEFECTS, IN_RUNS, is_of_jig
from harness.sim.jig_defects import IN_JIG_ONLY, SELF_TEST
from harness.sim.planting import expected, planted_by
from harness.sim.scenario import load_scenario, units_with
from harness.sim.unit import Verdict
from harness.steps import catalogue

PLAN = Path(__file__).parents[2] / "testplans" / "a57-final.yaml"
SELF_TEST_PLAN = PLAN.parent / "selftest" / "core.yaml"
MEASURED_TODAY = """
    storage.small sensors.missing thermal.hot
    identity.label_mismatch imei.not_written imei.bad_check_digit imei.duplicate wifi.deaf
    camera.front.missing camera.rear.dark camera.rear.blur camera.rear.tint camera.rear.blemish
    camera.rear.bad_pixels camera.flash_dead camera.still_fails battery.weak_charge battery.hot
    battery.wrong_technology battery.gauge_stuck battery.gauge_half battery.health_bad
    battery.weak_dcp handover.account handover.unencrypted
    lte.no_attach lte.wrong_plmn lte.wrong_band lte.weak lte.attach_slow lte.no_data lte.slow_data
    lte.sim_absent lte.sim_rejected
    adb.unauthorized adb.offline adb.hang adb.drip adb.drop adb.garbage
    usb.full_speed usb.unplug usb.edl
    jig.noise jig.silent jig.late_reply jig.stuck_fixture jig.interlock_open jig.wrong_identity
    jig.rail_low jig.relay_worn jig.unplug
"""
"""Defects that people ask for, of what steps measure by now."""


def test_what_steps_measure_can_be_planted() -> None:
    assert [name for name in MEASURED_TODAY.split() if name not in DEFECTS] == []


@pytest.mark.parametrize("name", DEFECTS)
def test_what_must_be_concluded_can_be(name: str) -> None:
    defect = DEFECTS[name]
    plan = load_plans(PLAN, catalogue()).named("pk")
    known = {step.id: catalogue()[step.use].measures for step in plan.steps}
    codes = {code: blame for code, blame, _ in all_codes()}
    for told in defect.concluded:
        if made := re.fullmatch(r"(\w+)\.(\w+):(LOW|HIGH|MISMATCH|UNREADABLE|UNKNOWN)", told):
            assert made[2] in known[made[1]], told
        else:
            assert told in codes, told
    assert (defect.outcome is Outcome.PASS) is not bool(defect.concluded)
    assert defect.doc == defect.doc.strip().rstrip(".")


@pytest.mark.parametrize("name", SELF_TEST)
def test_what_a_self_test_must_conclude_can_be(name: str) -> None:
    plan = load_plans(SELF_TEST_PLAN, catalogue()).any
    known = {step.id: catalogue()[step.use].measures for step in plan.steps}
    codes = {code for code, *_ in all_codes()}
    must = SELF_TEST[name]
    for told in must.concluded:
        step, _, measure = told.partition(":")[0].partition(".")
        assert measure in known[step] if measure else told in codes, told
    assert (must.outcome is Outcome.PASS) is not bool(must.concluded)
    assert {each for each in DEFECTS if is_of_jig(each)} == SELF_TEST.keys() >= IN_JIG_ONLY


def test_settings_have_words_and_values_and_none_is_of_no_defect() -> None:
    used = {setting for defect in DEFECTS.values() for setting in defect.settings}
    assert used == set(SETTINGS)
    assert all(words for defect in DEFECTS.values() for words in defect.settings.values())


def test_every_unit_of_a_line_is_another_one() -> None:
    units = units_with([[name] for name in IN_RUNS], speed=10).units
    assert [list(unit.defects) for unit in units] == [[name] for name in IN_RUNS]
    assert len({unit.serial for unit in units}) == len(units)
    assert len({imei for unit in units for imei in unit.imei}) == 2 * len(units)


UNIT = "units: [{{serial: A57A000001, imei: ['860123450000012'], defects: [{}]}}]\n"
JIG = "jig: {{defects: [{}]}}\n"
REFUSED = {
    UNIT.format("lte.weal"): "no defect 'lte.weal' (did you mean 'lte.weak'?)",
    UNIT.format("nonsense"): "no defect 'nonsense': `harness sim defects --list` has all",
    UNIT.format("lte.weak, lte.weak"): "lte.weak is planted twice",
    UNIT.format("{}"): "expected a defect, or one with its settings; found a mapping with no keys",
    UNIT.format("{lte.weak: 5}"): "expected a mapping; found 5",
    UNIT.format("{lte.weak: {dbm: -120}}"): "lte.weak has no setting 'dbm': it takes rsrp_dbm",
    UNIT.format("{lte.weak: {rsrp_dbm: weak}}"): "expected a whole number; found 'weak'",
    UNIT.format("{lte.weak: {rsrp_dbm: -90}}"): "expected less than -101; found -90",
    UNIT.format("{lte.weak: , rsrp_dbm: -120}"): "rsrp_dbm is a setting of lte.weak: indent it",
    UNIT.format("{lte.wrong_plmn: {plmn: '00101'}}"): "expected another network than 00101",
    UNIT.format("{lte.no_attach: {reason: rejcted}}"): "(did you mean 'rejected'?)",
    UNIT.format("{lte.sim_rejected: {cause: 11}}"): "or 8; found 11",
    UNIT.format("{adb.hang: {on: ''}}"): "expected a part of a command; found ''",
    UNIT.format("{identity.label_mismatch: {label: A57A000001}}"): "is its own: that is no mism",
    UNIT.format("{identity.label_mismatch: {imei: '860123450000012'}}"): "is its own: that is no",
    UNIT.format("at.late"): "no plan talks to a modem: `harness sim handset --at` has at.late",
    UNIT.format("{battery.weak_charge: {current_a: 0.89}}"): "expected less than 0.45; found 0.89",
    UNIT.format("{camera.rear.half_dark: {light: 0.99}}"): "expected less than 0.75; found 0.99",
    UNIT.format("{lte.attach_slow: {attach_s: 0.5}}"): "expected more than 12; found 0.5",
    JIG.format("lte.weak"): "lte.weak is a defect of a unit: plant it there",
    JIG.format("jig.silence"): "no defect 'jig.silence' (did you mean 'jig.silent'?)",
    JIG.format("{jig.noise: {rate: 3}}"): "expected at most 1; found 3",
    JIG.format("{jig.silent: {on: 'MEAS:CRR'}}"): "jig.silent strikes at nothing: no command has",
    JIG.format("{jig.stuck_fixture: {on: 'MEAS'}}"): "jig.stuck_fixture strikes at nothing",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_plant_nothing_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(f"schema: 1\n{text}")
    with pytest.raises(StationFault) as refused:
        load_scenario(path)
    assert REFUSED[text] in refused.value.message
    assert len(refused.value.evidence["problems"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        UNIT.format("lte.weak, {wifi.deaf: }, {adb.hang: {on: getprop}}, jig.silent"),
        UNIT.format("{identity.label_mismatch: {label: A57A000002, imei: '860123450000020'}}"),
        JIG.format("{jig.silent: {on: 'meas:curr? (@1)'}}, {jig.stuck_fixture: {on: OPEN}}"),
    ],
)
def test_what_plants_something_is_taken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(f"schema: 1\n{text}")
    scenario = load_scenario(path)
    assert scenario.units[0].defects or scenario.jig_defects


WEAK = frozenset({"attach.rsrp:LOW", "attach.rsrp_error:LOW"})
HELD = {
    UNIT.format(""): Verdict(),
    UNIT.format("lte.weak"): Verdict(Outcome.FAIL, concluded=WEAK),
    UNIT.format("{lte.weak: }"): Verdict(Outcome.FAIL, concluded=WEAK),
    UNIT.format("lte.weak").replace("}]", ", expect: {outcome: PASS}}]"): Verdict(),
    JIG.format("jig.silent")
    + UNIT.format("").replace("}]", ", expect: {outcome: ERROR, code: JIG-TIMEOUT}}]"): Verdict(
        Outcome.ERROR, "JIG-TIMEOUT"
    ),
}


@pytest.mark.parametrize("text", HELD)
def test_what_must_be_found_of_a_unit(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(f"schema: 1\n{text}")
    assert [unit.expect for unit in load_scenario(path, held=True).units] == [HELD[text]]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (UNIT.format("{adb.hang: {on: getprop}}"), "2:"),
        (UNIT.format("lte.weak, wifi.deaf"), "2:"),
        (JIG.format("jig.silent") + UNIT.format(""), "3:"),
    ],
)
def test_a_verdict_that_nobody_knows_is_asked_for_where_units_are_held_to_it(
    tmp_path: Path, text: str, place: str
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(f"schema: 1\n{text}")
    with pytest.raises(StationFault, match="say what must be found") as refused:
        load_scenario(path, held=True)
    assert f"scenario.yaml:{place}" in refused.value.message
    load_scenario(path)


def test_a_defect_of_a_call_box_strikes_at_its_commands(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("schema: 1\n" + UNIT.format("{callbox.silent: {on: FIXT}}"))
    with pytest.raises(StationFault, match="strikes at nothing: no command has 'FIXT'"):
        load_scenario(path)
    path.write_text("schema: 1\n" + UNIT.format("{callbox.silent: {on: 'CELL:ATT'}}"))
    load_scenario(path)


def test_of_what_has_settings_nothing_is_expected() -> None:
    assert expected({"lte.weak": {"rsrp_dbm": -118}}) is None
    assert expected({"lte.weak": {}, "wifi.deaf": {}}) is None
    assert expected({"camera.leftover": {}}) == Verdict(concluded=frozenset())


def test_defects_of_a_command_line() -> None:
    assert planted_by(["at.late: {by_s: 2}"], with_modem=True) == {"at.late": {"by_s": 2}}
    assert planted_by(["wifi.deaf", "lte.weak: {rsrp_dbm: -120}"]) == {
        "wifi.deaf": {},
        "lte.weak": {"rsrp_dbm": -120},
    }


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("lte.weal", "lte.weal: no defect 'lte.weal' (did you mean 'lte.weak'?)"),
        ("lte.weak: {rsrp_dbm: 5}", "lte.weak: {rsrp_dbm: 5}: expected less than -101; found 5"),
        ("jig.silent", "jig.silent: a defect of a jig, not of a handset"),
        ("callbox.silent", "callbox.silent: a defect of a call box, not of a handset"),
        ("at.silent", "at.silent: a defect of a modem's AT port: open it with --at"),
        ("wifi.deaf, lte.weak", "at most 1 in the list"),
        ("", "at least 1 in the list"),
        ("]", "not YAML"),
    ],
)
def test_a_wrong_defect_of_a_command_line_is_told(word: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        planted_by([word])
