"""`handover.*` by the real engine: real adb server and pyusb over a virtual bus."""

from __future__ import annotations

import pytest

from harness.model.limits import Equals
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, PlannedStep
from harness.model.record import Record
from harness.model.usb import UsbMode
from harness.sim.unit import SimUnit
from harness.sim.usb import Strings
from tests.engine.rig import planned
from tests.steps.phone import SPECS, fault, measured, step
from tests.steps.slot import MakeSlot, Slot

APP, MARK = "com.example.linetest", "persist.sys.linetest"


def hand_over(slot: Slot, watch: float = 1) -> Record:
    """The three parts, with what comes before them in a plan."""
    return slot.run_all(
        step("handset.prepare"),
        step("handset.restore"),
        step("handover.ready", flags=MARK, apps=APP),
        step("handover.wipe", gone_within=1),
        step("handover.sealed", within=20, watch=watch),
    )


def wiped_and_sealed(within: float = 20) -> tuple[PlannedStep, PlannedStep]:
    return step("handover.wipe"), step("handover.sealed", within=within, watch=1)


def kept(slot: Slot, record: Record) -> list[str]:
    (file,) = [each for each in record.attachments if each.name == "usb-after-wipe.txt"]
    return slot.files[file.sha256].decode().splitlines()


def test_a_good_unit_is_wiped_and_lets_adb_in_no_more(slot_with: MakeSlot) -> None:
    slot = slot_with()
    record = hand_over(slot)
    assert record.outcome is Outcome.PASS
    said = measured(record)
    assert said["build_type"] == "user"
    assert said["verified_boot"] == "green"
    assert said["locked"] is True
    assert said["encryption"] == "encrypted"
    assert said["flags_left"] == said["test_apps"] == said["accounts"] == "none"
    assert said["level"] == 62
    assert 0 <= float(str(said["gone"])) < 1
    assert said["adb_seen"] is False
    assert said["mode"] == "mtp"
    assert said["serial_matches"] is True
    faces = [line.split()[-1] for line in kept(slot, record)]
    assert faces == ["off", "preloader", "off", "mtp"]  # as handsets of MediaTek come back


def test_a_handset_without_a_preloader_comes_straight_back(slot_with: MakeSlot) -> None:
    slot = slot_with(profile="pixel")
    record = hand_over(slot)
    assert record.outcome is Outcome.PASS
    assert [line.split()[-1] for line in kept(slot, record)] == ["off", "mtp"]


def test_a_wiped_unit_that_lets_adb_in_is_seen(slot_with: MakeSlot) -> None:
    slot = slot_with("handover.adb_stays")
    record = hand_over(slot)
    said = measured(record)
    assert said["adb_seen"] is True
    assert said["mode"] == "adb"
    assert kept(slot, record)[-1].split()[-1] == "adb"


def test_a_unit_that_only_restarts_is_seen_once_its_adb_comes(slot_with: MakeSlot) -> None:
    slot = slot_with("handover.restarts_only")
    record = hand_over(slot, watch=6)
    assert measured(record)["adb_seen"] is True
    faces = [line.split()[-1] for line in kept(slot, record)]
    assert faces[-2:] == ["mtp", "adb"]


def test_a_unit_that_only_changes_its_face_on_usb_has_not_wiped_itself(
    slot_with: MakeSlot,
) -> None:
    record = hand_over(slot_with("handover.usb_mode_only"))
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "HANDOVER-NO-WIPE"
    assert fault(record).evidence["mode"] == "mtp"


def test_nothing_is_sealed_that_was_not_wiped(slot_with: MakeSlot) -> None:
    record = slot_with().run("handover.sealed", within=2, watch=1)
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "HANDOVER-NOT-READY"


def test_a_unit_that_does_not_obey_fails(slot_with: MakeSlot) -> None:
    record = hand_over(slot_with("handover.no_wipe"))
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "HANDOVER-NO-WIPE"


def test_a_command_that_the_handset_refuses_is_the_plans(slot_with: MakeSlot) -> None:
    record = slot_with().run("handover.wipe", command="false")
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "HANDSET-REFUSED"


def test_what_outlives_a_wipe_is_named(slot_with: MakeSlot) -> None:
    slot = slot_with("handover.factory_flag", "handover.test_app", build="userdebug")
    slot.unit.bootloader_locked = slot.unit.encrypted = False
    slot.unit.accounts = ("com.google", "com.heytap.account")
    record = slot.run("handover.ready", flags=f"no.such.mark, {MARK}", apps=f"org.no.app,{APP}")
    said = measured(record)
    assert said["build_type"] == "userdebug"
    assert said["verified_boot"] == "orange"
    assert said["locked"] is False
    assert said["encryption"] == "unencrypted"
    assert said["accounts"] == "com.google, com.heytap.account"
    assert said["flags_left"] == MARK
    assert said["test_apps"] == APP


@pytest.mark.parametrize(
    "given", [{"flags": "a b"}, {"flags": "a,"}, {"apps": "linetest"}, {"apps": "x; reboot"}]
)
def test_a_name_that_is_none_is_refused_before_anything_is_asked(
    slot_with: MakeSlot, given: dict[str, str]
) -> None:
    record = slot_with().run("handover.ready", **given)
    assert fault(record).code == "STEP-SETTING"


def test_a_unit_that_failed_is_not_wiped(slot_with: MakeSlot) -> None:
    slot = slot_with()
    spec = SPECS["identity.read"]
    fails = planned(spec, "who", limit=Equals("B"), on_fail=OnFail.CONTINUE)
    record = slot.run_all(fails, step("handover.wipe"))
    assert record.outcome is Outcome.FAIL
    assert not slot.wiped
    assert [each.fault.code for each in record.steps if each.fault] == ["HANDOVER-FAILED"]


def test_a_unit_that_is_not_put_back_is_not_wiped(slot_with: MakeSlot) -> None:
    slot = slot_with()
    record = slot.run_all(step("handset.prepare"), step("handover.wipe"))
    assert fault(record).code == "HANDOVER-NOT-READY"
    assert not slot.wiped


def test_another_unit_in_the_slot_after_the_wipe_is_found_out(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.at_start_of("handover_sealed", lambda: slot.line.insert(1, SimUnit("A57A000777")))
    record = slot.run_all(step("identity.read"), *wiped_and_sealed())
    assert fault(record).code == "UNIT-WRONG"


def test_a_device_that_tells_no_serial_is_not_taken_for_the_unit(slot_with: MakeSlot) -> None:
    slot = slot_with()

    def put_in() -> None:
        slot.line.insert(1, SimUnit("A57A000777"))
        slot.show(mode=UsbMode.MTP, strings=Strings.STALLED)

    slot.at_start_of("handover_sealed", put_in)
    record = slot.run_all(*wiped_and_sealed())
    assert record.outcome is Outcome.ERROR
    (seal,) = [each for each in record.steps if each.id == "handover_sealed"]
    (matches,) = [each for each in seal.measurements if each.name == "serial_matches"]
    assert matches.outcome is not Outcome.PASS


def test_one_that_never_comes_back_is_no_pass(slot_with: MakeSlot) -> None:
    slot = slot_with()
    record = slot.run_all(*wiped_and_sealed(within=0.2))
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "USB-ABSENT"
    assert [line.split()[-1] for line in kept(slot, record)] == ["off"]


def test_restore_asks_nothing_of_a_unit_that_was_put_back_and_wiped(slot_with: MakeSlot) -> None:
    slot = slot_with()
    record = slot.run_all(
        step("handset.prepare"),
        step("handset.restore"),
        step("handover.wipe"),
        step("handset.restore", "again"),
    )
    assert record.outcome is Outcome.PASS
