from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sim.handset.behaviour import UEVENT, HandsetBehaviour
from harness.sim.handset.prints.parcel import security_reply, string_reply
from harness.sim.handset.state.answer import Answer, together
from harness.sim.unit import SimUnit

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
PACKAGE = "s16 com.android.shell"


def told(command: str, unit: SimUnit | None = None) -> Answer:
    return HandsetBehaviour(unit or SimUnit("A57A000001")).run(command, now_s=0.0)


@pytest.mark.parametrize(
    ("command", "out", "code"),
    [
        ("", "", 0),
        ("echo a  b", "a b\n", 0),
        ("echo 'a  b;c' \"&& d\" ;", "a  b;c && d\n", 0),
        ("echo a;echo b", "a\nb\n", 0),
        ("false && echo a; echo b", "b\n", 0),
        ("true && echo a && false", "a\n", 1),
        ("nope", "", 127),
        ("cat /none; cat /x", "", 1),
        ("echo 'open", "", 1),
        ("; echo a", "", 1),
        ("echo a &&", "", 1),
    ],
)
def test_the_shell(command: str, out: str, code: int) -> None:
    answer = told(command)
    assert (answer.out.decode(), answer.code) == (out, code)
    assert bool(answer.err) == (code in (1, 127) and "false" not in command)


def test_an_unknown_command_says_what_android_says() -> None:
    assert told("nope 1").err == b"/system/bin/sh: nope: inaccessible or not found\n"


def test_no_program_is_given_twice() -> None:
    one, other = {"id": lambda *_: Answer()}, {"df": lambda *_: Answer(code=1)}
    assert together(one, other) == {**one, **other}
    with pytest.raises(ValueError, match="twice: df, id"):
        together(one, other, {**other, **one})


def test_properties() -> None:
    unit = SimUnit("A57A000007", android=12, profile="samsung")
    assert told("getprop ro.serialno", unit).out == b"A57A000007\n"
    assert told("getprop ro.build.version.sdk", unit).out == b"31\n"
    assert told("getprop no.such", unit).out == b"\n"
    assert b"[ro.product.manufacturer]: [samsung]\n" in told("getprop", unit).out


def test_the_battery_follows_the_charger() -> None:
    unit = SimUnit("A57A000001", level_percent=41, temperature_c=-3.5, cell_v=3.7)
    idle = told("dumpsys battery", unit).out.decode().splitlines()
    assert {"  USB powered: false", "  status: 3", "  level: 41", "  voltage: 3700"} <= set(idle)
    assert "  temperature: -35" in idle
    unit.vbus_v = 5.0
    charged = told("dumpsys battery", unit).out.decode().splitlines()
    assert {"  USB powered: true", "  status: 2"} <= set(charged)


def test_the_gauge_follows_the_charger() -> None:
    unit = SimUnit("A57A000001", vbus_v=5.0, defects={"battery.weak_charge": {}})
    gauge = told(f"cat {UEVENT}", unit).out.decode().splitlines()
    expected = {"CURRENT_NOW=129441", "STATUS=Charging", "VOLTAGE_NOW=3914000", "TEMP=275"}
    assert {f"POWER_SUPPLY_{line}" for line in expected} <= set(gauge)
    unit.vbus_v = 0.0
    gauge = told(f"cat {UEVENT}", unit).out.decode().splitlines()
    assert {"POWER_SUPPLY_CURRENT_NOW=-112000", "POWER_SUPPLY_STATUS=Discharging"} <= set(gauge)


@pytest.mark.parametrize(("android", "code"), [(9, 3), (10, 3), (11, 4), (13, 4), (14, 4), (15, 4)])
def test_the_imei_has_its_code_by_version(android: int, code: int) -> None:
    unit = SimUnit("A57A000001", imei=("004999010001013", "860123450000020"), android=android)
    sample = (CORPUS / "iphonesubinfo_a11_slot0_ok.txt").read_bytes()
    ask = "service call iphonesubinfo"
    assert told(f"{ask} {code} i32 0 {PACKAGE}", unit).out == sample
    assert told(f"{ask} 1 {PACKAGE}", unit).out == sample
    second = told(f"{ask} {code} i32 1 {PACKAGE}", unit).out.decode()
    assert second == string_reply("860123450000020")
    wrong = told(f"{ask} {7 - code} i32 0 {PACKAGE}", unit).out
    assert wrong == b'Result: Parcel(Error: 0xffffffffffffffb6 "Not a data message")\n'


@pytest.mark.parametrize(
    ("unit", "slot"),
    [
        (SimUnit("A57A000001", imei=("860123450000012",)), 1),
        (SimUnit("A57A000001", defects={"imei.not_written": {}}), 0),
    ],
)
def test_an_imei_that_is_not_there_is_null(unit: SimUnit, slot: int) -> None:
    answer = told(f"service call iphonesubinfo 4 i32 {slot} {PACKAGE}", unit)
    assert answer == Answer(b"Result: Parcel(00000000 ffffffff   '........')\n")


def test_another_package_is_denied_as_android_does() -> None:
    sample = (CORPUS / "iphonesubinfo_root_adbd_denied.txt").read_text()
    assert security_reply("Package com.android.shell does not belong to 0") == sample
    assert b"ffffffff" in told("service call iphonesubinfo 1 s16 com.evil").out


def test_a_service_that_is_not_there() -> None:
    assert told("service call nope 1").code == 10
    assert told("dumpsys nope").err == b"Can't find service: nope\n"


@given(st.text())
def test_any_command_has_an_answer(command: str) -> None:
    assert 0 <= told(command).code <= 255
