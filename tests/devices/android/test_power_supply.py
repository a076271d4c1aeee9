from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.power_supply import PowerSupply, read_uevent
from harness.model.reading import Unknown, Unreadable

FOLDER = "/sys/class/power_supply"


def read(text: str) -> PowerSupply:
    supply = read_uevent(text)
    assert isinstance(supply, PowerSupply), supply
    return supply


def printed(**values: object) -> str:
    return "".join(f"POWER_SUPPLY_{key}={value}\n" for key, value in values.items())


@pytest.mark.parametrize(("said", "value"), [("900000", 900000), ("-257109", -257109), ("0", 0)])
def test_current_is_as_printed(said: str, value: int) -> None:
    assert read(printed(CURRENT_NOW=said)).current_now_raw == value


@pytest.mark.parametrize("said", ["-22", "-61", "99999999999", "n/a", "1e6"])
def test_an_error_number_is_no_current(said: str) -> None:
    assert isinstance(read(printed(CURRENT_NOW=said)).current_now_raw, Unreadable)


@pytest.mark.parametrize("said", ["2147483647", "-2147483648", ""])
def test_a_sentinel_is_no_current(said: str) -> None:
    assert isinstance(read(printed(CURRENT_NOW=said)).current_now_raw, Unknown)


@pytest.mark.parametrize("said", ["30000", "-257109", "2900000"])
def test_a_current_that_is_too_large_for_ma_is_in_ua(said: str) -> None:
    supply = read(printed(STATUS="Charging", CURRENT_NOW=said))
    assert supply.current_unit == "uA"
    assert supply.charging_current_ma == abs(int(said)) / 1000


@pytest.mark.parametrize("said", ["300", "-29999", "0"])
def test_a_current_that_may_be_either_has_no_unit(said: str) -> None:
    supply = read(printed(STATUS="Charging", CURRENT_NOW=said))
    assert isinstance(supply.current_unit, Unknown)
    assert isinstance(supply.charging_current_ma, Unknown)


@pytest.mark.parametrize("status", ["Discharging", "Full", "Not charging", "Unknown"])
def test_only_a_battery_that_charges_has_a_charging_current(status: str) -> None:
    supply = read(printed(STATUS=status, CURRENT_NOW=900000))
    assert isinstance(supply.charging_current_ma, Unknown)


def test_a_voltage_in_another_unit_is_no_voltage() -> None:
    assert isinstance(read(printed(VOLTAGE_NOW=4170)).voltage_mv, Unreadable)
    assert read(printed(VOLTAGE_NOW=4170660)).voltage_mv == 4170.66


@pytest.mark.parametrize("said", ["-22", "2500", "warm"])
def test_a_temperature_that_makes_no_sense_is_none(said: str) -> None:
    assert isinstance(read(printed(TEMP=said)).temperature_c, Unreadable)


@pytest.mark.parametrize(
    ("full", "design", "percent"),
    [
        (2855000, 2980000, 95.8),
        (3000000, 2980000, 100.7),
        (6555000, 655000, Unknown),
        (29000, 2980000, Unreadable),
        (2855, 2980, Unreadable),  # mAh
        (0, 2980000, Unknown),
        (2855000, "", Unknown),
    ],
)
def test_health_is_full_by_design(full: object, design: object, percent: object) -> None:
    found = read(printed(CHARGE_FULL=full, CHARGE_FULL_DESIGN=design)).health_pct
    assert isinstance(found, percent) if isinstance(percent, type) else found == percent


def test_what_the_driver_leaves_out_or_calls_unknown_is_unknown() -> None:
    supply = read("DEVTYPE=power_supply\nPOWER_SUPPLY_HEALTH=Unknown\n")
    assert isinstance(supply.health, Unknown)
    assert isinstance(supply.status, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cat: uevent: Permission denied\n",
        "POWER_SUPPLY_CAPA",
        printed(NAME="usb", ONLINE=1, VOLTAGE_NOW=5000000),
        printed(NAME="battery", TYPE="USB", VOLTAGE_NOW=5000000),
        printed(NAME="wacom_battery", TYPE="Battery", SCOPE="Device", CAPACITY=10),
        printed(NAME="bms", CAPACITY=50) + printed(NAME="bat0", CAPACITY=60),
    ],
)
def test_what_is_no_battery_is_unreadable(text: str) -> None:
    assert isinstance(read_uevent(text), Unreadable)


@pytest.mark.parametrize("name", ["battery", "bms", "BAT0", "max170xx_battery", "main-bat"])
def test_an_old_kernel_names_a_battery_without_its_type(name: str) -> None:
    assert read(printed(NAME=name, CAPACITY=50)).capacity == 50


@pytest.mark.parametrize("name", ["battery", "Battery"])
def test_of_several_supplies_the_battery_is_read(name: str) -> None:
    text = (
        printed(NAME="ac", ONLINE=0)
        + printed(NAME=name, TYPE="Battery", VOLTAGE_NOW=4000000)
        + printed(NAME="maxfg", TYPE="Battery", VOLTAGE_NOW=3900000)
        + printed(NAME="usb", TYPE="USB", VOLTAGE_NOW=5000000, CURRENT_NOW=500000)
    )
    assert read(text).voltage_mv == 4000
    assert isinstance(read(text).current_now_raw, Unknown)


def test_single_files_as_grep_prints_them() -> None:
    text = (
        f"grep: {FOLDER}/battery/device: Is a directory\n"
        f"{FOLDER}/battery/capacity:82\n{FOLDER}/battery/current_now:-257109\n"
        f"{FOLDER}/battery/status:Charging\n{FOLDER}/battery/type:Battery\n"
        f"{FOLDER}/battery/uevent:POWER_SUPPLY_TEMP=242\n"
        f"{FOLDER}/usb/current_now:500000\n{FOLDER}/usb/type:USB\n"
    )
    supply = read(text)
    assert (supply.capacity, supply.charging_current_ma) == (82, 257.109)
    assert supply.temperature_c == 24.2


def test_two_values_of_one_key_are_unreadable() -> None:
    assert isinstance(read(printed(CAPACITY=50) + printed(CAPACITY=60)).capacity, Unreadable)


def test_a_line_that_is_cut_has_no_value() -> None:
    supply = read("POWER_SUPPLY_CAPACITY=50\nPOWER_SUPPLY_TEMP=24")
    assert supply.capacity == 50
    assert isinstance(supply.temperature_c, Unreadable)


@given(st.text() | st.text().map(lambda value: f"POWER_SUPPLY_CURRENT_NOW={value}"))
def test_total_on_any_text(text: str) -> None:
    read_uevent(text)


def test_what_a_driver_says_of_no_battery_is_unknown() -> None:
    told = {"STATUS": "Charging", "HEALTH": "Good", "TECHNOLOGY": "Li-ion", "CAPACITY": 50}
    told |= {"VOLTAGE_NOW": 4_000_000, "TEMP": 250, "CURRENT_NOW": 900_000}
    there, gone = read(printed(PRESENT=1, **told)), read(printed(PRESENT=0, **told))
    assert (there.capacity, there.charging_current_ma) == (50, 900)
    assert gone.present is False
    for name in (
        *("status", "health", "technology", "capacity", "charging_current_ma"),
        *("voltage_mv", "temperature_c"),
    ):
        assert getattr(gone, name) == Unknown("no battery"), name
