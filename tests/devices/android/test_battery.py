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


def read(text: str) -> Battery:
    battery = read_battery(text)
    assert isinstance(battery, Battery), battery
    return battery


def changed(key: str, value: str) -> Battery:
    """The battery of a section with one other line, added when there is none of that key."""
    own = [line for line in SECTION.splitlines() if not line.startswith(f"  {key}:")]
    return read("\n".join([*own, f"  {key}: {value}", ""]))


@pytest.mark.parametrize(("printed", "millivolts"), [("3914", 3914), ("3914000", 3914.0)])
def test_voltage_in_millivolt_or_microvolt(printed: str, millivolts: float) -> None:
    assert changed("voltage", printed).voltage_mv == millivolts


@pytest.mark.parametrize("printed", ["4", "391400", "3.9", "\uff13\uff19"])
def test_a_voltage_that_makes_no_sense_is_no_number(printed: str) -> None:
    assert isinstance(changed("voltage", printed).voltage_mv, Unreadable)


@pytest.mark.parametrize("printed", ["", "0", "-1", "2147483647", "-2147483648"])
@pytest.mark.parametrize(
    ("key", "name"), [("voltage", "voltage_mv"), ("Charge counter", "charge_counter")]
)
def test_what_the_gauge_does_not_know_is_unknown(printed: str, key: str, name: str) -> None:
    assert isinstance(getattr(changed(key, printed), name), Unknown)


@pytest.mark.parametrize("printed", ["-2732", "-999", "hot", "27.5"])
def test_a_temperature_that_makes_no_sense_is_no_number(printed: str) -> None:
    assert isinstance(changed("temperature", printed).temperature_c, Unreadable)


@pytest.mark.parametrize("printed", ["2147483647", "-2147483648"])
def test_a_temperature_that_nobody_took_is_unknown(printed: str) -> None:
    assert isinstance(changed("temperature", printed).temperature_c, Unknown)


def test_level_counts_by_its_scale() -> None:
    text = SECTION.replace("level: 62", "level: 31").replace("scale: 100", "scale: 50")
    assert (read(text).level, read(text).percent) == (31, 62)
    alone = read(SECTION.replace("  scale: 100\n", ""))
    assert alone.level == 62
    assert isinstance(alone.percent, Unknown)


@pytest.mark.parametrize("printed", ["-2", "101", "62 %"])
def test_level_outside_its_scale_is_no_number(printed: str) -> None:
    assert isinstance(changed("level", printed).level, Unreadable)
    assert isinstance(changed("level", printed).percent, Unreadable)


@pytest.mark.parametrize(
    ("key", "printed", "value"),
    [
        ("status", "5", 5),
        ("status", "1", Unknown),
        ("status", "6", Unreadable),
        ("health", "7", 7),
        ("health", "1", Unknown),
        ("health", "77", Unreadable),
        ("Charging state", "0", Unknown),  # INVALID
        ("Charging state", "1", 1),
        ("Charging policy", "0", Unknown),
        ("Capacity level", "0", Unknown),
        ("Capacity level", "-1", -1),  # UNSUPPORTED
        ("Capacity level", "6", Unreadable),
    ],
)
def test_codes_are_those_that_have_a_meaning(key: str, printed: str, value: object) -> None:
    found = getattr(changed(key, printed), key.replace(" ", "_").lower())
    assert isinstance(found, value) if isinstance(value, type) else found == value


def test_unknown_is_told_from_unreadable() -> None:
    assert isinstance(changed("technology", "").technology, Unknown)
    assert isinstance(changed("present", "yes").present, Unreadable)
    left_out = read(SECTION.replace("  temperature: 275\n", ""))
    assert isinstance(left_out.temperature_c, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        SECTION.replace("\n", "\n  (UPDATES STOPPED -- use 'reset' to restart)\n", 1),
        f"Current OPLUS Battery Service state:\n  UpdatesStopped: true\n\n{SECTION}",
    ],
)
def test_values_set_by_hand_are_no_measurement(text: str) -> None:
    found = read_battery(text)
    assert isinstance(found, Unreadable)
    assert "dumpsys battery reset" in found.why


@pytest.mark.parametrize("maker", ["OPPO", "OPLUS", "Oplus"])
@pytest.mark.parametrize("first", [True, False])
def test_a_makers_section_is_its_own(maker: str, first: bool) -> None:
    theirs = f"Current {maker} Battery Service state:\n  status: 9\n  Charger voltage : 4576\n\n"
    battery = read(theirs + SECTION if first else f"{SECTION}\n{theirs}")
    assert (battery.vendor_block, battery.charger_voltage_mv, battery.status) == (maker, 4576, 2)


@pytest.mark.parametrize(
    ("printed", "saved"),
    [
        ("97", 97),
        ("[86]", 86),
        ("-1", Unknown),
        ("[-1]", Unknown),
        ("", Unknown),
        ("x", Unreadable),
    ],
)
def test_samsungs_estimate_may_stand_in_brackets(printed: str, saved: object) -> None:
    found = read(f"{SECTION}BatteryInfoBackUp\n  mSavedBatteryAsoc: {printed}\n").saved_asoc
    assert isinstance(found, saved) if isinstance(saved, type) else found == saved


def test_oplus_leaves_a_line_blank_and_prints_what_it_cannot_know() -> None:
    battery = read(
        "Current OPLUS Battery Service state:\n  Charger voltage : 4757\n"
        "  Battery current : -1589\n  ChargerTechnology: -2147483648\n\n"
        "  mUsbStatus: 0\n  PhoneTemp: 330\n"
        f"{SECTION}  Charging state: 0\n  Charging policy: 0\n"
    )
    assert (battery.vendor_block, battery.battery_current_ma, battery.level) == ("OPLUS", -1589, 62)
    assert isinstance(battery.charger_technology, Unknown)
    assert isinstance(battery.charging_state, Unknown)


@pytest.mark.parametrize("after", ["", "\n", "[EventLogBuffer]\n"])
def test_what_comes_after_the_section_is_not_the_battery(after: str) -> None:
    battery = read(f"{SECTION}{after}LLB MAN: \n  level: 12\n  current now: -450\n")
    assert battery.level == 62
    assert isinstance(battery.current_now_ma, Unknown)


def test_remarks_indented_less_do_not_end_the_section() -> None:
    remark = " The last voltage value sent via the battery changed broadcast: 3588\n"
    battery = read(SECTION.replace("  temperature", f"{remark}  temperature"))
    assert (battery.voltage_mv, battery.temperature_c, battery.technology) == (3914, 27.5, "Li-ion")


def test_indented_further_is_another_thing() -> None:
    battery = read(SECTION.replace("  scale", "    level: 12\n  odd line\n  scale"))
    assert (battery.level, battery.scale) == (62, 100)


def test_a_key_that_stands_twice_with_two_values_is_unreadable() -> None:
    twice = read(SECTION + "  level: 99\n")
    assert isinstance(twice.level, Unreadable)
    assert twice.voltage_mv == 3914


@pytest.mark.parametrize("text", ["", "Can't find service: battery", SECTION + SECTION])
def test_no_section_or_two_is_unreadable(text: str) -> None:
    assert isinstance(read_battery(text), Unreadable)


@given(st.text() | st.text().map(lambda tail: SECTION + tail))
def test_total_on_any_text(text: str) -> None:
    read_battery(text)


@given(st.integers(), st.integers(), st.integers())
def test_a_number_is_within_what_batteries_do(level: int, voltage: int, tenths: int) -> None:
    battery = read(
        f"Current Battery Service state:\n  level: {level}\n  scale: 100\n"
        f"  voltage: {voltage}\n  temperature: {tenths}\n"
    )
    if isinstance(battery.percent, float):
        assert 0 <= battery.percent <= 100
    if isinstance(battery.voltage_mv, float | int):
        assert 1_000 <= battery.voltage_mv <= 20_000
    if isinstance(battery.temperature_c, float):
        assert -40 <= battery.temperature_c <= 125


def test_an_answer_that_is_cut_in_a_number_has_no_such_number() -> None:
    whole = "Current Battery Service state:\n  level: 62\n  scale: 100\n  temperature: 275\n"
    assert read(whole).temperature_c == 27.5
    for kept in range(len(whole) - 3, len(whole)):
        assert isinstance(read(whole[:kept]).temperature_c, Unreadable)
        assert read(whole[:kept]).level == 62


def test_every_field_is_one_of_the_dump() -> None:
    told = [getattr(read(SECTION), field.name) for field in fields(Battery)]
    assert sum(not isinstance(value, Unknown) for value in told) == SECTION.count(":") - 1


def test_what_a_gauge_says_of_no_battery_is_unknown() -> None:
    there = changed("present", "true")
    gone = changed("present", "false")
    assert (there.level, gone.present, gone.usb) == (62, False, True)
    for name in ("status", "health", "level", "percent", "voltage_mv", "temperature_c"):
        assert getattr(gone, name) == Unknown("no battery"), name
    assert gone.technology == Unknown("no battery")


def test_the_word_unknown_is_no_technology() -> None:
    assert isinstance(changed("technology", "Unknown").technology, Unknown)
