from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.battery import Battery, read_battery
from harness.model.reading import Unknown, Unreadable

SECTION = """Current Battery Service state:
  USB powered: true
  status: 2
  health: 2
  present: true
  level: 62
  scale: 100
  voltage: 3914
  temperature: 275
  technology: Li-ion
"""


def values(battery: Battery) -> list[object]:
    return [getattr(battery, field.name) for field in fields(battery)]


def changed(key: str, value: str) -> Battery:
    lines = SECTION.splitlines(keepends=True)
    return read_battery(
        "".join(f"  {key}: {value}\n" if line.startswith(f"  {key}:") else line for line in lines)
    )


@pytest.mark.parametrize(("printed", "volts"), [("3914", 3.914), ("3914000", 3.914)])
def test_voltage_in_millivolt_or_microvolt(printed: str, volts: float) -> None:
    assert changed("voltage", printed).voltage_v == volts


@pytest.mark.parametrize(
    "printed", ["0", "4", "391400", "-1", "2147483647", "3.9", "", "\uff13\uff19"]
)
def test_voltage_that_makes_no_sense_is_no_number(printed: str) -> None:
    assert isinstance(changed("voltage", printed).voltage_v, Unknown | Unreadable)


@pytest.mark.parametrize("printed", ["-2732", "-999", "2147483647", "-2147483648", "hot"])
def test_temperature_that_makes_no_sense_is_no_number(printed: str) -> None:
    assert isinstance(changed("temperature", printed).temperature_c, Unreadable)


def test_level_counts_by_its_scale() -> None:
    text = SECTION.replace("level: 62", "level: 31").replace("scale: 100", "scale: 50")
    assert read_battery(text).level_percent == 62


@pytest.mark.parametrize("printed", ["-1", "101", "62 %"])
def test_level_outside_its_scale_is_no_number(printed: str) -> None:
    assert isinstance(changed("level", printed).level_percent, Unreadable)


def test_unknown_is_told_from_unreadable() -> None:
    assert isinstance(changed("health", "1").health, Unknown)
    assert isinstance(changed("health", "77").health, Unreadable)
    assert isinstance(changed("technology", "").technology, Unknown)
    assert isinstance(changed("present", "yes").present, Unreadable)
    left_out = read_battery(SECTION.replace("  temperature: 275\n", ""))
    assert isinstance(left_out.temperature_c, Unknown)


def test_values_set_by_hand_are_no_measurement() -> None:
    title, newline, rest = SECTION.partition("\n")
    stopped = f"{title}{newline}  (UPDATES STOPPED -- use 'reset' to restart)\n{rest}"
    assert all(isinstance(value, Unreadable) for value in values(read_battery(stopped)))


def test_a_key_that_stands_twice_with_two_values_is_unreadable() -> None:
    twice = read_battery(SECTION + "  level: 99\n")
    assert isinstance(twice.level_percent, Unreadable)
    assert twice.voltage_v == 3.914


@pytest.mark.parametrize("text", ["", "Can't find service: battery", SECTION + SECTION])
def test_no_section_or_two_is_unreadable(text: str) -> None:
    assert all(isinstance(value, Unreadable) for value in values(read_battery(text)))


@given(st.text() | st.text().map(lambda tail: SECTION + tail))
def test_total_on_any_text(text: str) -> None:
    read_battery(text)


@given(st.integers(), st.integers(), st.integers())
def test_a_number_is_within_what_batteries_do(level: int, voltage: int, tenths: int) -> None:
    battery = read_battery(
        f"Current Battery Service state:\n  level: {level}\n  scale: 100\n"
        f"  voltage: {voltage}\n  temperature: {tenths}\n"
    )
    if isinstance(battery.level_percent, float):
        assert 0 <= battery.level_percent <= 100
    if isinstance(battery.voltage_v, float):
        assert 1 <= battery.voltage_v <= 20
    if isinstance(battery.temperature_c, float):
        assert -40 <= battery.temperature_c <= 125


def test_an_answer_that_is_cut_in_a_number_is_no_number() -> None:
    whole = "Current Battery Service state:\n  level: 62\n  scale: 100\n  temperature: 275\n"
    assert read_battery(whole).temperature_c == 27.5
    for kept in range(len(whole) - 3, len(whole)):
        assert isinstance(read_battery(whole[:kept]).temperature_c, Unreadable)
