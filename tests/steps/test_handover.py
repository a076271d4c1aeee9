"""`handover.*` by the real engine: real adb server and pyusb over a virtual bus."""

from __future__ import annotations

import pytest

from harness.model.limits import Equals
from harness.model.outcome import Outcome
from harness.model.plan import OnFail
from harness.model.record import Record
from harness.sim.unit import SimUnit
from tests.engine.rig import planned
from tests.steps.phone import SPECS, fault, measured, step
from tests.steps.slot import MakeSlot, Slot

APP, MARK = "com.example.linetest", "persist.sys.linetest"


def hand_over(slot: Slot) -> Record:
    """The three parts, with what comes before them in a plan."""
    return slot.run_all(
        step("handset.prepare"),
        step("handset.restore"),
        step("handover.ready", flags=MARK, apps=APP),
        step("handover.wipe", gone_within=1),
        step("handover.sealed", within=20, watch=1),
    )


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
    assert said["flags_left"] == said["test_apps"] == "none"
    assert said["level"] == 62
    assert 0 <= float(str(said["gone"])) < 1
    assert said["adb_seen"] is False
    assert said["mode"] == "mtp"
    assert [line.split()[-1] for line in kept(slot, record)] == ["off", "mtp"]


def test_a_wiped_unit_that_lets_adb_in_is_seen(slot_with: MakeSlot) -> None:
    slot = slot_with("handover.adb_stays")
    record = hand_over(slot)
    said = measured(record)
    assert said["adb_seen"] is True
    assert said["mode"] == "adb"
    assert [line.split()[-1] for line in kept(slot, record)] == ["off", "adb"]


def test_adb_that_shows_for_a_moment_only_is_seen(slot_with: MakeSlot) -> None:
    slot = slot_with()
    assert slot.run_all(step("handover.wipe")).outcome is Outcome.PASS
    slot.show()  # before Android is up again
    record = slot.run("handover.sealed", within=20, watch=3)
    said = measured(record)
    assert said["adb_seen"] is True
    assert said["mode"] == "mtp"


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
    slot.unit.bootloader_locked = False
    record = slot.run("handover.ready", flags=f"no.such.mark, {MARK}", apps=f"org.no.app,{APP}")
    said = measured(record)
    assert said["build_type"] == "userdebug"
    assert said["verified_boot"] == "orange"
    assert said["flags_left"] == MARK
    assert said["test_apps"] == APP


@pytest.mark.parametrize("given", [{"flags": "a b"}, {"apps": "linetest"}, {"apps": "x; reboot"}])
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
    record_of_wipe = slot.run_all(step("identity.read"), step("handover.wipe"))
    assert record_of_wipe.outcome is Outcome.PASS
    slot.line.insert(1, SimUnit("A57A000777"))
    record = slot.run("handover.sealed", within=5, watch=1)
    assert fault(record).code == "UNIT-WRONG"


def test_one_that_never_comes_back_is_no_pass(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.line.bus.unplug(slot.socket)
    record = slot.run("handover.sealed", within=0.2, watch=1)
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
