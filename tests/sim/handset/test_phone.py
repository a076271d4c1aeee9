"""Who a simulated handset says it is: IMEIs by root and by the shell, properties by its build."""

from __future__ import annotations

import pytest

from harness.devices.android.getprop import Properties, read_getprop
from harness.sim.handset import HandsetBehaviour
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit
from tests.devices.android.corpus import sample_text

IMEIS = ("004999010001013", "860123450000020")


def handset(build: str = "user", *, root: bool = False, android: int = 14) -> HandsetBehaviour:
    phone = HandsetBehaviour(SimUnit("A57A000001", imei=IMEIS, build=build, android=android))
    phone.system.root = root
    return phone


def properties(phone: HandsetBehaviour, now_s: float = 0.0) -> Properties:
    found = read_getprop(phone.run("getprop", now_s).out.decode())
    assert isinstance(found, Properties)
    return found


def test_only_root_of_a_build_that_is_not_for_users_is_told_by_the_shell() -> None:
    told = handset("userdebug", root=True).run("cmd phone get-imei 0", 0.0)
    assert (told.out.decode(), told.code) == (sample_text("cmd_phone_get_imei_root.txt"), 0)
    denied = sample_text("cmd_phone_get_imei_user_denied.txt")
    for phone in (handset(), handset("userdebug"), handset("user", root=True)):
        answer = phone.run("cmd phone get-imei 0", 0.0)
        assert (answer.out, answer.err.decode(), answer.code) == (b"", denied, 255)


def test_the_second_imei_and_one_that_is_not_there() -> None:
    phone = handset("userdebug", root=True)
    assert phone.run("cmd phone get-imei 1", 0.0).out == b"Device IMEI: 860123450000020\n"
    assert phone.run("cmd phone get-imei", 0.0).out == b"Device IMEI: 004999010001013\n"
    assert phone.run("cmd phone get-imei 2", 0.0).out == b"Device IMEI: \n"
    assert phone.run("cmd phone get-imei x", 0.0).code == 255


def test_before_android_14_the_shell_knows_no_such_command() -> None:
    answer = handset("userdebug", root=True, android=13).run("cmd phone get-imei 0", 0.0)
    assert (answer.out, answer.code) == (b"Telephony Commands:\n", 255)


def test_root_is_not_the_shells_package() -> None:
    command = "service call iphonesubinfo 1 s16 com.android.shell"
    sample = sample_text("iphonesubinfo_root_adbd_denied.txt")
    assert handset("userdebug", root=True).run(command, 0.0).out.decode() == sample
    assert b"00300030" in handset().run(command, 0.0).out


@pytest.mark.parametrize("profile", PROFILES)
def test_no_property_says_another_thing_than_the_build(profile: str) -> None:
    unit = SimUnit("A57A000001", profile=profile, android=12, build="userdebug")
    found = properties(HandsetBehaviour(unit)).properties
    named = f":12/{found['ro.build.id']}/{found['ro.build.version.incremental']}:userdebug/"
    assert named in str(found["ro.build.fingerprint"])
    assert str(found["ro.build.fingerprint"]).endswith(f"/{found['ro.build.tags']}")
    assert found["ro.debuggable"] == "1"


def test_a_handset_that_boots_is_not_complete() -> None:
    phone = handset()
    phone.system.booted_s = 50.0
    assert "sys.boot_completed" not in properties(phone, 49.9).properties
    assert properties(phone, 49.9).properties["init.svc.bootanim"] == "running"
    assert phone.run("getprop sys.boot_completed", 49.9).out == b"\n"
    assert phone.run("getprop sys.boot_completed 0", 49.9).out == b"0\n"
    assert phone.run("getprop sys.boot_completed", 50.0).out == b"1\n"
