"""What prepare changes, restore puts back, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.errors import Blame
from harness.model.outcome import Outcome
from harness.model.plan import PlannedStep
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer
from harness.sim.unit import SimUnit
from harness.steps.handset import ODD_NOTE
from harness.steps.undoing.found import Note, read_note
from harness.steps.undoing.left import KEPT_NOTE
from harness.steps.undoing.shelf import SHELF
from harness.steps.undoing.undo import NOTE
from tests.steps.phone import Phone, fault, step
from tests.steps.state import state_of

PREPARE, RESTORE = step("handset.prepare", "prepare"), step("handset.restore", "restore")
NAMES = ("airplane_mode_on", "wifi_on", "mobile_data", "stay_on_while_plugged_in")


@pytest.fixture
def phone(server: AdbServer, handsets: SimHandsets) -> Phone:
    return Phone(server, handsets, SimUnit("A57A000001"))


def told(phone: Phone, command: str) -> str:
    return phone.behaviour.run(command, 0.0).out.decode()


def settings(phone: Phone) -> dict[str, str]:
    return {name: told(phone, f"settings get global {name}").strip() for name in NAMES}


def state(phone: Phone) -> dict[str, Any]:
    return state_of(phone.behaviour)


def passed(record: Record) -> bool:
    return record.outcome is Outcome.PASS


def test_prepare_wakes_keeps_awake_and_undoes_values_set_by_hand(phone: Phone) -> None:
    told(phone, "dumpsys battery unplug")
    assert passed(phone.run(PREPARE))
    assert phone.behaviour.screen.awake
    assert not phone.behaviour.screen.locked
    assert settings(phone)["stay_on_while_plugged_in"] == "7"
    assert "UPDATES STOPPED" not in told(phone, "dumpsys battery")
    note = read_note(phone.files[NOTE].decode())
    assert isinstance(note, Note)
    assert note.found["global stay_on_while_plugged_in"] == "0"


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


def test_restore_closes_the_camera_app(phone: Phone) -> None:
    phone.run(PREPARE)
    told(phone, "am start -a android.media.action.STILL_IMAGE_CAMERA")
    assert "(Camera ID: 0" in told(phone, "dumpsys media.camera")
    phone.run(RESTORE)
    assert "(Camera ID: 0" not in told(phone, "dumpsys media.camera")


def test_pictures_are_set_aside_and_come_back_and_those_of_the_run_go(phone: Phone) -> None:
    phone.files["/sdcard/DCIM/Camera/IMG_1.jpg"] = b"mine"
    phone.files["/sdcard/DCIM/it's $(mine)\nodd/2.jpg"] = b"mine, too"
    before = state(phone)
    assert passed(phone.run(PREPARE))
    assert "/sdcard/DCIM" not in " ".join(phone.files)
    assert phone.files[f"{SHELF}/Camera/IMG_1.jpg"] == b"mine"
    phone.files["/sdcard/DCIM/Camera/IMG_2.jpg"] = b"the run's"
    phone.files["/sdcard/DCIM/.thumbnails/IMG_2.jpg"] = b"the run's"
    assert passed(phone.run(RESTORE))
    assert state(phone) == before


def test_a_setup_wizard_is_put_out_of_the_way_and_back(phone: Phone) -> None:
    told(phone, "settings put global device_provisioned 0")
    told(phone, "settings delete secure user_setup_complete")
    before = state(phone)
    record = phone.run(PREPARE)
    assert passed(record)
    assert phone.behaviour.packages.wizard == 3
    assert told(phone, "settings get global device_provisioned") == "1\n"
    assert told(phone, "settings get secure user_setup_complete") == "1\n"
    assert passed(phone.run(RESTORE))
    assert state(phone) == before


@pytest.mark.parametrize("awake", [True, False])
def test_the_screen_is_as_it_was(phone: Phone, awake: bool) -> None:
    told(phone, "input keyevent 224; wm dismiss-keyguard" if awake else "input keyevent 223")
    before = state(phone)
    assert passed(phone.run(PREPARE))
    told(phone, "input keyevent 223")
    assert passed(phone.run(RESTORE))
    assert state(phone)["screen"][0] == before["screen"][0]


def test_the_record_has_what_was_found_before_anything_changes(
    server: AdbServer, handsets: SimHandsets
) -> None:
    unit = SimUnit("A57A000001", defects={"adb.drop": {"on": f"push {NOTE}"}})
    phone = Phone(server, handsets, unit)
    before = state(phone)
    record = phone.run(PREPARE)
    assert fault(record).code == "ADB-LOST"
    assert [kept.name for kept in record.attachments] == [KEPT_NOTE]
    assert state(phone) == before


@pytest.mark.parametrize(
    "on",
    ["keyevent 224", "wm dismiss", "settings put", "dumpsys battery", "pm grant", "mv /sdcard"],
)
def test_a_prepare_that_failed_half_way_is_restored(
    server: AdbServer, handsets: SimHandsets, on: str
) -> None:
    unit = SimUnit("A57A000001", defects={"adb.drop": {"on": on}})
    phone = Phone(server, handsets, unit)
    phone.files["/sdcard/DCIM/Camera/1.jpg"] = b"mine"
    before = state(phone)
    assert fault(phone.run(PREPARE)).code == "ADB-LOST"
    phone.unit.defects = {}
    assert passed(phone.run(RESTORE))
    assert state(phone) == before


def test_prepare_first_puts_back_what_a_run_left_that_was_killed(phone: Phone) -> None:
    phone.files["/sdcard/DCIM/Camera/1.jpg"] = b"mine"
    before = state(phone)
    assert passed(phone.run(PREPARE))
    told(phone, "svc data disable")
    phone.files["/sdcard/DCIM/Camera/2.jpg"] = b"of the run that was killed"
    assert passed(phone.run(PREPARE))
    assert passed(phone.run(RESTORE))
    assert state(phone) == before


def test_a_restore_that_fails_can_be_tried_again(phone: Phone) -> None:
    before = settings(phone)
    phone.run(PREPARE)
    phone.unit.defects = {"adb.drop": {"on": "settings put"}}
    assert fault(phone.run(RESTORE)).code == "ADB-LOST"
    assert NOTE in phone.files
    phone.unit.defects = {}
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before


GOOD = Note("A57A000001", {"global wifi_on": "1", "screen": "asleep"}).to_bytes()
FOREIGN = Note("A57A000002", {"global wifi_on": "1"}).to_bytes()
BAD_NOTES = [
    b"",
    b"[]",
    b"[" * 100_000,
    b'{"wifi_on": "1"}',  # as an older harness wrote it
    b"\xff{",
    GOOD[:-20],
    GOOD.replace(b'"1"', b'"0"'),
    GOOD.replace(b'"schema": 2', b'"schema": 3'),
    FOREIGN,
    Note("A57A000001", {"global adb_enabled": "0"}).to_bytes(),
    Note("A57A000001", {"global wifi_on": "1; reboot"}).to_bytes(),
    Note("A57A000001", {"global wifi_on": "None"}).to_bytes(),
    Note("A57A000001", {"screen": None}).to_bytes(),
    Note("A57A000001", {"package com.a;reboot": "1"}).to_bytes(),
    Note("A57A000001", {"permission com.a.b android.permission.INTERNET": "denied"}).to_bytes(),
]


@pytest.mark.parametrize("note", BAD_NOTES)
def test_a_note_that_cannot_be_trusted_is_told_and_not_obeyed(phone: Phone, note: bytes) -> None:
    phone.files[NOTE] = note
    before = state(phone)
    for each in (PREPARE, RESTORE):
        record = phone.run(each)
        assert record.outcome is Outcome.ERROR
        assert fault(record).code == "HANDSET-NOTE"
        assert fault(record).blame is Blame.LINK
    assert state(phone) == before


def test_without_storage_nothing_is_prepared(phone: Phone) -> None:
    phone.behaviour.storage.folders.clear()
    record = phone.run(PREPARE)
    assert fault(record).code == "HANDSET-UNREADABLE"


def test_pictures_that_come_while_they_are_brought_back_do_not_stand_in_the_way(
    phone: Phone,
) -> None:
    phone.files["/sdcard/DCIM/Camera/1.jpg"] = b"mine"
    before = state(phone)
    phone.run(PREPARE)
    phone.unit.defects = {"adb.drop": {"on": f"mv {SHELF}"}}
    assert fault(phone.run(RESTORE)).code == "ADB-LOST"
    phone.unit.defects = {}
    phone.files["/sdcard/DCIM/Camera/2.jpg"] = b"late"
    assert passed(phone.run(RESTORE))
    assert state(phone) == before


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


def during(phone: Phone, change: Callable[[], object]) -> PlannedStep:
    """A step in the middle of a run, in which something happens to the handset."""
    answer = phone.behaviour.programs["service"]
    waiting = [change]

    def once(words: list[str], now_s: float) -> Answer:
        while waiting:
            waiting.pop()()
        return answer(words, now_s)

    phone.behaviour.programs["service"] = once  # that asks for an IMEI
    return step("identity.read", "meanwhile")


CHANGED = Note("A57A000001", {"global wifi_on": "0"}).to_bytes()


@pytest.mark.parametrize("there", [None, b"", CHANGED, GOOD[:-20], FOREIGN])
def test_what_this_run_prepared_is_restored_whatever_became_of_its_note(
    phone: Phone, there: bytes | None
) -> None:
    def spoil() -> None:
        phone.files.pop(NOTE)
        if there is not None:
            phone.files[NOTE] = there

    before = state(phone)
    record = phone.run(PREPARE, during(phone, spoil), RESTORE)
    assert passed(record), record.fault
    assert state(phone) == before
    assert [kept.name for kept in record.attachments] == [KEPT_NOTE, ODD_NOTE]


def test_a_second_restore_of_a_run_changes_nothing(phone: Phone) -> None:
    switch = during(phone, lambda: told(phone, "svc data disable"))
    record = phone.run(PREPARE, RESTORE, switch, step("handset.restore", "again"))
    assert passed(record)
    assert settings(phone)["mobile_data"] == "0"


def test_a_note_that_was_lost_between_two_runs_is_told(phone: Phone) -> None:
    assert passed(phone.run(PREPARE))
    phone.files.pop(NOTE)
    before = state(phone)
    for each in (RESTORE, PREPARE):
        assert fault(phone.run(each)).code == "HANDSET-NOTE"
    assert state(phone) == before


def test_an_app_that_is_gone_keeps_nothing_else_from_coming_back(phone: Phone) -> None:
    before = settings(phone)
    assert passed(phone.run(PREPARE))
    gone = Answer(b"Unable to find package: com.oplus.camera\n")
    phone.behaviour.programs["dumpsys package"] = lambda _words, _now_s: gone
    assert passed(phone.run(RESTORE))
    assert settings(phone) == before
    assert NOTE not in phone.files


def test_a_permission_that_is_no_longer_declared_is_left(phone: Phone) -> None:
    assert passed(phone.run(PREPARE))
    describe = phone.behaviour.programs["dumpsys package"]

    def without(words: list[str], now_s: float) -> Answer:
        lines = describe(words, now_s).out.splitlines(keepends=True)
        return Answer(b"".join(line for line in lines if b"ACCESS_FINE_LOCATION" not in line))

    phone.behaviour.programs["dumpsys package"] = without
    assert passed(phone.run(RESTORE))
    assert phone.behaviour.cameras.granted == {"android.permission.ACCESS_FINE_LOCATION"}


def test_all_that_does_not_come_back_is_named_and_the_rest_comes_back(phone: Phone) -> None:
    phone.files["/sdcard/DCIM/Camera/1.jpg"] = b"mine"
    before = settings(phone)
    assert passed(phone.run(PREPARE))
    programs = phone.behaviour.programs
    works = programs["pm revoke"]
    programs["pm revoke"] = lambda _words, _now_s: Answer(err=b"no\n", code=255)
    found = fault(phone.run(RESTORE))
    assert found.code == "HANDSET-REFUSED"
    assert "permission.CAMERA is granted" in found.message
    assert "permission.ACCESS_FINE_LOCATION is granted" in found.message
    assert settings(phone) == before
    assert phone.files["/sdcard/DCIM/Camera/1.jpg"] == b"mine"
    assert NOTE in phone.files
    programs["pm revoke"] = works
    assert passed(phone.run(RESTORE))
    assert phone.behaviour.cameras.granted == set()


def test_an_app_that_cannot_be_read_keeps_nothing_else_from_coming_back(phone: Phone) -> None:
    before = settings(phone)
    assert passed(phone.run(PREPARE))
    phone.behaviour.programs["dumpsys package"] = lambda _words, _now_s: Answer(b"odd\n")
    found = fault(phone.run(RESTORE))
    assert found.code == "HANDSET-REFUSED"
    assert "unreadable" in found.message
    assert settings(phone) == before
    assert phone.behaviour.cameras.granted == set()
    assert NOTE in phone.files


def test_an_error_is_no_serial(phone: Phone) -> None:
    answer = phone.behaviour.programs["getprop"]

    def broken(words: list[str], now_s: float) -> Answer:
        return Answer(b"FAILED", code=1) if words == ["ro.serialno"] else answer(words, now_s)

    phone.behaviour.programs["getprop"] = broken
    assert fault(phone.run(PREPARE)).code == "HANDSET-UNREADABLE"
    assert NOTE not in phone.files
