"""The battery of a simulated handset, set by hand and not, and the files of its driver."""

from __future__ import annotations

import pytest

from harness.devices.android.battery import Battery, read_battery
from harness.devices.android.power_supply import PowerSupply, read_uevent
from harness.model.reading import Unreadable
from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.behaviour import UEVENT
from harness.sim.handset.state.gauge import FOLDER
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

BATTERY = "dumpsys battery"


def said(phone: HandsetBehaviour, command: str = BATTERY) -> str:
    answer = phone.run(command, 0.0)
    assert answer.code == 0
    return answer.out.decode()


def live(phone: HandsetBehaviour) -> Battery:
    found = read_battery(said(phone))
    assert isinstance(found, Battery), found
    return found


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("change", ["unplug", "unplug -f", "set level 5", "set -f usb 0"])
def test_what_is_set_by_hand_is_no_measurement_until_it_is_reset(profile: str, change: str) -> None:
    phone = HandsetBehaviour(SimUnit("A57A000001", profile=profile, vbus_v=5.0))
    assert said(phone, f"{BATTERY} {change}") == ""
    assert isinstance(read_battery(said(phone)), Unreadable)
    assert said(phone, f"{BATTERY} reset") == ""
    assert (live(phone).level, live(phone).usb) == (62, True)


def test_values_set_by_hand_show_and_stand_still() -> None:
    unit = SimUnit("A57A000001", profile="pixel", vbus_v=5.0)
    phone = HandsetBehaviour(unit)
    said(phone, f"{BATTERY} set level 5; {BATTERY} set ac 1")
    unit.temperature_c, unit.vbus_v = 48.0, 0.0
    shown = said(phone).splitlines()
    assert {"  level: 5", "  AC powered: true", "  USB powered: true"} <= set(shown)
    assert "  temperature: 275" in shown
    said(phone, f"{BATTERY} unplug")
    assert {"  AC powered: false", "  USB powered: false", "  status: 2"} <= set(
        said(phone).splitlines()
    )


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("set nope 1", "Unknown set option: nope\n"),
        ("set level x", "Bad value: x\n"),
        ("nope", "Battery service (battery) commands:\n"),
    ],
)
def test_what_cannot_be_set_changes_nothing(words: str, answer: str) -> None:
    phone = HandsetBehaviour(SimUnit("A57A000001"))
    assert said(phone, f"{BATTERY} {words}") == answer
    assert live(phone).level == 62


def test_a_full_battery_at_a_charger_says_so() -> None:
    unit = SimUnit("A57A000001", level_percent=100, vbus_v=5.0)
    phone = HandsetBehaviour(unit)
    assert live(phone).status == 5
    supply = read_uevent(said(phone, f"cat {UEVENT}"))
    assert isinstance(supply, PowerSupply)
    assert supply.status == "Full"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("android", [9, 15])
def test_every_file_of_the_driver_holds_what_its_uevent_says(profile: str, android: int) -> None:
    phone = HandsetBehaviour(SimUnit("A57A000001", profile=profile, android=android, vbus_v=5.0))
    pairs = [
        line.removeprefix("POWER_SUPPLY_").split("=", 1)
        for line in said(phone, f"cat {UEVENT}").splitlines()
        if line.startswith("POWER_SUPPLY_")
    ]
    files = {key: said(phone, f"cat {FOLDER}/{key.lower()}") for key, _ in pairs[1:]}
    assert files == {key: f"{value}\n" for key, value in pairs[1:]}
    assert len(files) >= 12


def test_files_follow_the_charger() -> None:
    unit = SimUnit("A57A000001", profile="oppo-qcom")
    phone = HandsetBehaviour(unit)
    path = f"cat {FOLDER}/current_now"
    assert said(phone, path) == "112000\n"
    unit.vbus_v = 5.0
    assert said(phone, path) == "-922747\n"
