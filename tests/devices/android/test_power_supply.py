from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.power_supply import PowerSupply, read_uevent
from harness.model.reading import Unknown, Unreadable


def values(supply: PowerSupply) -> list[object]:
    return [getattr(supply, field.name) for field in fields(supply)]


def with_current(printed: str) -> object:
    return read_uevent(f"POWER_SUPPLY_CURRENT_NOW={printed}\n").current_raw


@pytest.mark.parametrize(("printed", "value"), [("900000", 900000), ("-257109", -257109), ("0", 0)])
def test_current_is_as_printed(printed: str, value: int) -> None:
    assert with_current(printed) == value


@pytest.mark.parametrize("printed", ["-22", "-61", "2147483647", "-2147483648", "n/a", "1e6"])
def test_an_error_number_or_a_sentinel_is_no_current(printed: str) -> None:
    assert isinstance(with_current(printed), Unreadable)


def test_a_voltage_in_another_unit_is_no_voltage() -> None:
    assert isinstance(read_uevent("POWER_SUPPLY_VOLTAGE_NOW=4170\n").voltage_v, Unreadable)
    assert read_uevent("POWER_SUPPLY_VOLTAGE_NOW=4170660\n").voltage_v == 4.17066


def test_what_the_driver_leaves_out_or_calls_unknown_is_unknown() -> None:
    supply = read_uevent("DEVTYPE=power_supply\nPOWER_SUPPLY_HEALTH=Unknown\n")
    assert isinstance(supply.health, Unknown)
    assert isinstance(supply.status, Unknown)


@pytest.mark.parametrize(
    "text", ["", "cat: uevent: Permission denied\n", "POWER_SUPPLY_CAPACITY=50\nPOWER_SUP"]
)
def test_what_is_no_uevent_is_unreadable(text: str) -> None:
    assert all(isinstance(value, Unreadable) for value in values(read_uevent(text)))


def test_two_values_of_one_key_are_unreadable() -> None:
    text = "POWER_SUPPLY_CAPACITY=50\nPOWER_SUPPLY_CAPACITY=60\n"
    assert isinstance(read_uevent(text).capacity_percent, Unreadable)


@given(st.text() | st.text().map(lambda value: f"POWER_SUPPLY_CURRENT_NOW={value}"))
def test_total_on_any_text(text: str) -> None:
    read_uevent(text)
