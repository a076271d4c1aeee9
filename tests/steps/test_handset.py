"""What prepare changes, restore puts back, whatever happened in between."""

from __future__ import annotations

import json

import pytest

from harness.devices.adb import AdbServer
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.steps.handset import NOTE
from tests.steps.phone import Phone, fault, step

PREPARE, RESTORE = step("handset.prepare", "prepare"), step("handset.restore", "restore")
NAMES = ("airplane_mode_on", "wifi_on", "mobile_data", "stay_on_while_plugged_in")


@pytest.fixture
def phone(server: AdbServer, handsets: SimHandsets) -> Phone:
    return Phone(server, handsets, SimUnit("A57A000001"))


def told(phone: Phone, command: str) -> str:
    return phone.behaviour.run(command, 0.0).out.decode()


def settings(phone: Phone) -> dict[str, str]:
    return {name: told(phone, f"settings get global {name}").strip() for name in NAMES}


def passed(record: Record) -> bool:
    return record.outcome is Outcome.PASS


def test_prepare_wakes_keeps_awake_and_undoes_values_set_by_hand(phone: Phone) -> None:
    told(phone, "dumpsys battery unplug")
    assert passed(phone.run(PREPARE))
    assert phone.behaviour.screen.awake
    assert not phone.behaviour.screen.locked
    assert settings(phone)["stay_on_while_plugged_in"] == "7"
    assert "UPDATES STOPPED" not in told(phone, "dumpsys battery")
    assert json.loads(phone.files[NOTE])["stay_on_while_plugged_in"] == "0"


@pytest.mark.parametrize("stay_on", ["put global stay_on_while_plugged_in 3", None])
def test_restore_puts_back_what_prepare_changed(phone: Phone, stay_on: str | None) -> None:
    told(phone, f"settings {stay_on or 'delete global stay_on_while_plugged_in'}")
    before = settings(phone)
    assert passed(phone.run(PREPARE))
    assert settings(phone) != before
    assert phone.behaviour.cameras.granted == phone.behaviour.cameras.needs
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before
    assert phone.behaviour.cameras.granted == set()
    assert NOTE not in phone.files


def test_a_permission_that_was_granted_before_stays(phone: Phone) -> None:
    told(phone, "pm grant com.oplus.camera android.permission.CAMERA")
    phone.run(PREPARE)
    phone.run(RESTORE)
    assert phone.behaviour.cameras.granted == {"android.permission.CAMERA"}


@pytest.mark.parametrize(
    "command",
    ["cmd connectivity airplane-mode enable", "svc wifi enable", "svc data disable"],
)
def test_restore_puts_the_radios_back_as_they_were_found(phone: Phone, command: str) -> None:
    before = settings(phone)
    assert passed(phone.run(PREPARE))
    told(phone, command)
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before


def test_restore_without_prepare_changes_nothing(phone: Phone) -> None:
    told(phone, "svc wifi enable")
    before = settings(phone)
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before


def test_restore_leaves_pictures_alone_and_closes_the_camera_app(phone: Phone) -> None:
    phone.files["/sdcard/DCIM/Camera/IMG_1.jpg"] = b"mine"
    phone.run(PREPARE)
    told(phone, "am start -a android.media.action.STILL_IMAGE_CAMERA")
    assert "(Camera ID: 0" in told(phone, "dumpsys media.camera")
    phone.run(RESTORE)
    assert "(Camera ID: 0" not in told(phone, "dumpsys media.camera")
    assert phone.files["/sdcard/DCIM/Camera/IMG_1.jpg"] == b"mine"


@pytest.mark.parametrize(
    "on", ["input keyevent", "wm dismiss", "settings put", "dumpsys battery", "pm grant"]
)
def test_a_prepare_that_failed_half_way_is_restored(
    server: AdbServer, handsets: SimHandsets, on: str
) -> None:
    unit = SimUnit("A57A000001", defects={"adb.drop": {"on": on}})
    phone = Phone(server, handsets, unit)
    before = settings(phone)
    assert fault(phone.run(PREPARE)).code == "ADB-LOST"
    phone.unit.defects = {}
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before
    assert phone.behaviour.cameras.granted == set()


def test_the_note_of_a_run_that_was_killed_stays_true(phone: Phone) -> None:
    before = settings(phone)
    assert passed(phone.run(PREPARE))
    told(phone, "svc data disable")
    assert passed(phone.run(PREPARE))
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before


def test_a_restore_that_fails_can_be_tried_again(phone: Phone) -> None:
    before = settings(phone)
    phone.run(PREPARE)
    phone.unit.defects = {"adb.drop": {"on": "settings put"}}
    assert fault(phone.run(RESTORE)).code == "ADB-LOST"
    assert NOTE in phone.files
    phone.unit.defects = {}
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before


@pytest.mark.parametrize(
    "note", [b"", b"[]", b'{"x": "1"}', b'{"wifi_on": 1}', b"\xff{", b'{"permission a;b c": null}']
)
def test_a_note_that_is_none_is_an_error(phone: Phone, note: bytes) -> None:
    phone.files[NOTE] = note
    for each in (PREPARE, RESTORE):
        record = phone.run(each)
        assert record.outcome is Outcome.ERROR
        assert fault(record).code == "HANDSET-UNREADABLE"
    assert phone.files[NOTE] == note


def test_a_switch_that_is_refused_is_told(server: AdbServer, handsets: SimHandsets) -> None:
    phone = Phone(server, handsets, SimUnit("A57A000001", android=10))
    phone.run(PREPARE)
    phone.behaviour.radios.set_airplane(True, 0.0)
    record = phone.run(RESTORE)
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "HANDSET-REFUSED"
    assert NOTE in phone.files


def test_wifi_that_does_not_come_back_is_told(server: AdbServer, handsets: SimHandsets) -> None:
    phone = Phone(server, handsets, SimUnit("A57A000001", defects={"wifi.dead": {}}))
    phone.behaviour.radios.set_wifi(True, 0.0)
    phone.run(PREPARE)
    phone.behaviour.radios.set_wifi(False, 0.0)
    assert fault(phone.run(RESTORE)).code == "HANDSET-REFUSED"
