from __future__ import annotations

import pytest

from harness.devices.android.thermal import Thermal, read_thermal
from harness.model.reading import Unknown, Unreadable

HEAD = "IsStatusOverride: false\nThermal Status: 1\nCached temperatures:\n"
CACHED = "\tTemperature{mValue=99.0, mType=3, mName=skin, mStatus=0}\n"
LIVE = "HAL Ready: true\nHAL connection:\n\tThermalHAL 2.0 connected: yes\n"
CURRENT = "Current temperatures from HAL:\n"
END = "Current cooling devices from HAL:\n\tCoolingDevice{mValue=0, mType=2, mName=cpu}\n"


def row(value: str, name: str = "skin", kind: int = 3) -> str:
    return f"\tTemperature{{mValue={value}, mType={kind}, mName={name}, mStatus=0}}\n"


def read(*rows: str, end: str = END) -> Thermal:
    thermal = read_thermal(HEAD + CACHED + LIVE + CURRENT + "".join(rows) + end)
    assert isinstance(thermal, Thermal), thermal
    return thermal


def one(value: str, kind: int = 3, name: str = "skin") -> object:
    current = read(row(value, name, kind)).current
    assert isinstance(current, dict), current
    return current[name]


def test_live_temperatures_by_name_not_the_cached_ones() -> None:
    found = read(row("31.5"), row("3.0E1", "CPU0", 0))
    assert (found.status, found.hal_ready) == (1, True)
    assert found.current == {"skin": 31.5, "CPU0": 30.0}


@pytest.mark.parametrize("printed", ["-99.9", "-273.15", "-3.4028235E38", "NaN", "0.0", "-0.0"])
def test_no_reading_is_unknown(printed: str) -> None:
    assert isinstance(one(printed), Unknown)


@pytest.mark.parametrize("printed", ["25000.0", "-70.0", "Infinity", "1E999", "warm", "2147483647"])
def test_what_makes_no_sense_is_no_temperature(printed: str) -> None:
    assert isinstance(one(printed), Unreadable)


@pytest.mark.parametrize("kind", [6, 7, 8])
def test_a_voltage_a_current_or_a_charge_is_no_temperature(kind: int) -> None:
    assert isinstance(one("4.2", kind, "vbat"), Unknown)
    assert one("24.0", kind, "TYPE_POWER_AMPLIFIER") == 24.0


def test_one_name_with_two_values_is_unreadable() -> None:
    current = read(row("31.5"), row("32.5"), row("30.0", "CPU0", 0)).current
    assert isinstance(current, dict)
    assert isinstance(current["skin"], Unreadable)
    assert current["CPU0"] == 30.0


def test_a_list_without_its_end_or_with_another_row_is_unreadable() -> None:
    assert isinstance(read(row("31.5"), end="").current, Unreadable)
    assert isinstance(read(row("31.5"), "\tTemperature{mValue=3\n").current, Unreadable)
    assert isinstance(read(row("31.5"), end=END + CURRENT + END).current, Unreadable)


def test_without_a_hal_nothing_is_live() -> None:
    found = read_thermal(HEAD + CACHED + "HAL Ready: false\n" + CURRENT + row("31.5") + END)
    assert isinstance(found, Thermal)
    assert found.hal_ready is False
    assert isinstance(found.current, Unknown)


@pytest.mark.parametrize("status", ["7", "-1", "none"])
def test_a_status_is_one_of_seven(status: str) -> None:
    found = read_thermal(f"Thermal Status: {status}\n")
    assert isinstance(found, Thermal)
    assert isinstance(found.status, Unreadable)


def test_a_row_of_an_unknown_type_may_be_of_any_unit() -> None:
    assert isinstance(one("100.0", -1, "battery_cycle"), Unknown)
    assert isinstance(one("-0.98", -1, "USB-MINUS-CHARGER"), Unknown)
    assert one("31.5", -1, "TYPE_SKIN") == 31.5  # of a maker who numbers its types otherwise
