"""What is asked of which version and build, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.android import imei
from harness.devices.android.batch import Answer, Batch
from harness.devices.android.battery import Battery
from harness.devices.android.getprop import Properties, read_getprop
from harness.devices.android.wifi import WifiStatus
from harness.model.ports import ShellResult
from harness.model.reading import Reading, Unknown, Unreadable
from harness.sim.handset import SimHandsets
from harness.sim.handset.prints.parcel import security_reply, string_reply
from harness.sim.unit import SimUnit
from harness.steps.asking.overview import Overview, Question, overview, questions, read
from tests.devices.android.corpus import OURS

ONE, TWO = "860123450000012", "860123450000020"
BATTERY = (OURS / "battery_a11_oneplus8t.txt").read_text("utf-8")


def who(sdk: int = 33, build: str = "user", **more: str) -> Reading[Properties]:
    said = {"ro.build.version.sdk": str(sdk), "ro.build.type": build} | {
        name.replace("_", "."): value for name, value in more.items()
    }
    said.setdefault("ro.product.manufacturer", "OPPO")
    said.setdefault("ro.serialno", "A57A000001")
    return read_getprop("".join(f"[{k}]: [{v}]\n" for k, v in said.items()))


def commands(asked: Sequence[Question]) -> list[str]:
    return [command for question in asked for command in question.commands]


def told(known: Reading[Properties], says: Mapping[str, Answer]) -> Overview:
    """What is understood when each command that is not in `says` is refused."""
    asked = questions(known, root=False)
    refused = ShellResult(1, "", "no\n")
    answers = [
        next((answer for part, answer in says.items() if part in command), refused)
        for command in commands(asked)
    ]
    return overview(known, asked, answers)


@pytest.mark.parametrize("sdk", range(28, 37))
@pytest.mark.parametrize("root", [False, True])
def test_the_version_and_the_user_say_how_it_is_asked(
    sdk: int,
    root: bool,
) -> None:
    asked = commands(questions(who(sdk), root=root))
    assert ("cmd wifi status" in asked, "dumpsys wifi" in asked) == (sdk >= 30, sdk < 30)
    ways = imei.commands(sdk, "OPPO", range(imei.SIMS), root=root)
    assert isinstance(ways, imei.Commands)
    assert [command for command in asked if command in ways.all] == list(ways.all)
    assert sum("imei" in command or "iphone" in command for command in asked) == len(ways.all)
    assert Batch(asked, 5, "0" * 16).script


def test_without_a_version_no_command_is_guessed() -> None:
    nobody = Unreadable("no answer within 5 s")
    seen = told(nobody, {})
    assert not any("service call" in command for command in commands(questions(nobody, root=False)))
    for kind in ("wifi_status", "iphonesubinfo_0", "iphonesubinfo_1"):
        assert isinstance(seen.readings[kind], Unreadable)
    assert seen.readings["getprop"] == nobody


def test_without_the_user_no_imei_is_asked_for() -> None:
    asked = questions(who(34), root=Unreadable("no answer within 5 s"))
    assert not any("iphonesubinfo" in command for command in commands(asked))
    refused = [ShellResult(1, "", "no\n")] * len(commands(asked))
    assert isinstance(overview(who(34), asked, refused).readings["iphonesubinfo_0"], Unreadable)


@pytest.mark.parametrize("android", [10, 13, 14])
@pytest.mark.parametrize("build", ["user", "userdebug"])
def test_the_page_has_both_imeis_whoever_the_shell_is(
    server: AdbServer, handsets: SimHandsets, android: int, build: str
) -> None:
    address = handsets.add(SimUnit("A57A000001", (ONE, TWO), android=android, build=build))
    handsets.behaviour(address).system.root = root = build == "userdebug"
    handset = AdbHandset(server, address).for_run().under(Lease(Deadline(50), Cancel()))
    seen = read(handset)
    assert (seen.readings["iphonesubinfo_0"], seen.readings["iphonesubinfo_1"]) == (ONE, TWO)
    by_phone = [seen.readings.get(f"cmd_phone_get_imei_{slot}") for slot in range(imei.SIMS)]
    told = [ONE, TWO] if root else [Unknown("permission denied")] * 2
    assert by_phone == (told if android >= 14 else [None, None])
    assert seen.contradictions == ()


def test_each_answer_is_read_by_its_own_reader() -> None:
    says: dict[str, Answer] = {
        "dumpsys battery": ShellResult(0, BATTERY, ""),
        "cmd wifi status": ShellResult(0, "Wifi is disabled\n", ""),
        "i32 0": ShellResult(0, string_reply(ONE), ""),
        "i32 1": ShellResult(0, security_reply("no permission"), ""),
        "dumpsys location": Unreadable("no answer within 5 s"),
    }
    seen = told(who(), says).readings
    assert isinstance(seen["battery"], Battery)
    assert isinstance(seen["wifi_status"], WifiStatus)
    assert seen["iphonesubinfo_0"] == ONE
    assert seen["iphonesubinfo_1"] == Unreadable("exception: no permission")
    assert seen["gnss"] == Unreadable("no answer within 5 s")
    assert seen["input"] == Unreadable("'dumpsys input' ended with 1", "no")


def test_a_file_system_that_df_may_not_see_costs_no_reading() -> None:
    table = (
        "Filesystem 1K-blocks Used Available Use% Mounted on\n"
        "/dev/a     100000000    1  99999999   1% /data\n"
    )
    says: dict[str, Answer] = {
        "df": ShellResult(1, table, "df: /mnt: Permission denied\n"),
        "meminfo": ShellResult(0, "MemTotal: 11752028 kB\n", ""),
    }
    found = told(who(), says).readings["storage"]
    assert getattr(found, "data_total_kb", None) == 100_000_000
    assert getattr(found, "nominal_ram_gb", None) == 12


def test_a_refused_imei_is_unknown_though_it_comes_on_stderr() -> None:
    says: dict[str, Answer] = {
        "get-imei 0": ShellResult(0, f"Device IMEI: {ONE}\n", ""),
        "get-imei 1": ShellResult(255, "", "Device IMEI: Permission denied.\n"),
    }
    seen = told(who(34, "userdebug"), says).readings
    assert seen["cmd_phone_get_imei_0"] == ONE
    assert isinstance(seen["cmd_phone_get_imei_1"], Unknown)


def test_sources_that_differ_are_said() -> None:
    says: dict[str, Answer] = {
        "i32 0": ShellResult(0, string_reply(ONE), ""),
        "i32 1": ShellResult(0, string_reply(TWO), ""),
        "get-imei 0": ShellResult(0, f"Device IMEI: {TWO}\n", ""),
        "get-imei 1": ShellResult(0, f"Device IMEI: {TWO}\n", ""),
        "dumpsys battery": ShellResult(0, BATTERY, ""),
    }
    known = who(34, "userdebug", ro_boot_serialno="A57A000002")
    gauge = told(known, says).readings["battery"]
    assert isinstance(gauge, Battery)
    assert isinstance(gauge.percent, float)
    driver = f"POWER_SUPPLY_NAME=battery\nPOWER_SUPPLY_CAPACITY={int(gauge.percent + 50) % 100}\n"
    says["uevent"] = ShellResult(0, driver, "")
    number, level, serial = told(known, says).contradictions
    assert number == f"IMEI 1: {ONE} by service call, {TWO} by cmd phone"
    assert level.startswith("battery level: ")
    assert serial == "serial: A57A000001 by ro.serialno, A57A000002 by ro.boot.serialno"


def test_sources_that_agree_or_do_not_tell_are_no_contradiction() -> None:
    says: dict[str, Answer] = {"i32 0": ShellResult(0, string_reply(ONE), "")}
    assert told(who(34, "userdebug"), says).contradictions == ()
    says["get-imei 0"] = ShellResult(0, f"Device IMEI: {ONE}\n", "")
    assert told(who(34, "userdebug"), says).contradictions == ()
