"""`harness handset` on simulated handsets and saved dumps, in a process of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness.cli.handset import lines, text_of
from harness.devices.android.decode import DECODERS, decode
from tests.cli.conftest import ROOT, Cli
from tests.devices.android.corpus import OURS, kind_of

BATTERY = OURS / "battery_samsung_a14_logbuffers.txt"


def test_a_dump_as_json_is_what_its_reader_gives(cli: Cli) -> None:
    ran = cli("handset", "--decode", "battery", BATTERY, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out) == decode("battery", BATTERY.read_text("utf-8"))
    assert json.loads(ran.out)["level"] == 75


def test_a_person_gets_a_line_for_each_field(cli: Cli) -> None:
    ran = cli("handset", "--decode", "battery", BATTERY)
    assert ran.code == 0, ran.err
    told = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert told.keys() == decode("battery", BATTERY.read_text("utf-8")).keys()
    assert (told["level"], told["usb"], told["charging_state"]) == ("75", "yes", "unknown")


@pytest.mark.parametrize(
    ("dump", "words"),
    [
        ("battery_a14_pixel_policy.txt", "status not charging"),
        ("battery_a14_pixel_policy.txt", "health overheat"),
        ("battery_a14_pixel_policy.txt", "temperature_c 18.0 degC"),
        ("battery_a14_pixel_policy.txt", "max_voltage_uv 5000000 uV"),
        ("telephony_a12_pixel5_iwlan_first.txt", "phones[0].data_connection_state connected"),
        ("telephony_a12_pixel5_iwlan_first.txt", "phones[0].rsrp -104 dBm"),
        ("uevent_sony_qcom_charging_negative.txt", "charging_current_ma 257.109 mA"),
        ("fastboot_getvar_all_xiaomi_qcom.txt", "partitions.modemst2.size 8388608 byte"),
    ],
)
def test_a_person_gets_words_for_codes_and_units(cli: Cli, dump: str, words: str) -> None:
    ran = cli("handset", "--decode", kind_of(dump), OURS / dump)
    assert words in [" ".join(line.split()) for line in ran.out.splitlines()]


def test_standard_input_is_read_too(cli: Cli) -> None:
    ran = subprocess.run(
        cli.command("handset", "--decode", "battery", "-", "--json"),
        input=BATTERY.read_bytes(),
        capture_output=True,
        timeout=55,
        check=True,
    )
    assert json.loads(ran.stdout)["temperature_c"] == 35.7


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_dump_of_another_kind_ends_with_3(cli: Cli, form: list[str]) -> None:
    ran = cli("handset", "--decode", "getprop", BATTERY, *form)
    assert ran.code == 3
    assert "unreadable" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--station", BATTERY, "--scenario", BATTERY],
        ["--at", "PORT", BATTERY],
        ["--at", "PORT", "--decode", "battery"],
        ["--decode", "battery", BATTERY, "--scenario", BATTERY],
        ["--scenario", "no-such-file"],
        ["--decode", "battery"],
        ["--decode", "batery", BATTERY],
        ["--decode", "battery", "no-such-file"],
        ["--decode", "battery", OURS],
    ],
)
def test_wrong_usage_ends_with_2(cli: Cli, arguments: list[str | Path]) -> None:
    ran = cli("handset", *arguments)
    assert ran.code == 2
    assert ran.out == ""


ONE = "units: [{serial: A57A000001}]"
TWO = "units: [{serial: A57A000001, android: 9}, {serial: A57A000002, android: 14}]"


def test_the_page_of_the_only_handset(cli: Cli) -> None:
    ran = cli("handset", "--scenario", cli.scenario(ONE))
    assert ran.code == 0, ran.err
    told = " ".join(ran.out.split())
    assert "serial A57A000001" in told
    assert "IMEI 1 " in told
    assert "level 62 %" in told
    assert all(len(line) <= 80 for line in ran.out.splitlines())


@pytest.mark.parametrize("serial", ["A57A000001", "A57A000002"])
def test_one_of_several_as_json(cli: Cli, serial: str) -> None:
    ran = cli("handset", serial, "--scenario", cli.scenario(TWO), "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["handset"] == serial
    assert found["contradictions"] == []
    assert found["readings"]["getprop"]["ro.serialno"] == serial
    assert found["readings"]["battery"]["level"] == 62
    assert found["readings"]["iphonesubinfo_1"].isdecimal()


def test_which_of_several_must_be_said(cli: Cli) -> None:
    ran = cli("handset", "--scenario", cli.scenario(TWO))
    assert (ran.code, ran.out) == (2, "")
    assert "A57A000001\n  A57A000002\n" in ran.err


STATES = {
    "adb.unauthorized": "ADB-UNAUTHORIZED",
    "adb.offline": "ADB-OFFLINE",
    "adb.absent": "ADB-ABSENT",
    "{adb.drop: {on: timeout}}": "ADB-LOST",
}


@pytest.mark.parametrize(("defect", "code"), STATES.items(), ids=STATES.values())
def test_a_handset_that_is_not_ready_has_its_state_and_a_remedy(
    cli: Cli, defect: str, code: str
) -> None:
    scenario = cli.scenario(f"units: [{{serial: A57A000001, defects: [{defect}]}}]")
    ran = cli("handset", "--scenario", scenario)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"{code}: ")
    assert "\n  -> " in ran.err


@pytest.mark.parametrize("defect", ["hang", "stuck"])
def test_one_hung_command_costs_the_page_one_kind(cli: Cli, defect: str) -> None:
    settings = f"{{adb.{defect}: {{on: dumpsys battery}}}}"
    scenario = cli.scenario(f"units: [{{serial: A57A000001, defects: [{settings}]}}]")
    ran = cli("handset", "--scenario", scenario, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)["readings"]
    assert "no answer within" in found["battery"]["unreadable"]
    assert found["uevent"]["capacity"] == 62
    assert found["telephony"]["phones"]


def test_a_station_says_which_handsets_it_has(cli: Cli) -> None:
    path = cli.folder / "station.yaml"
    slots = "[{slot: 1, handset: '127.0.0.1:9'}, {slot: 2, usb: pci-0000:00:14.0/1-4.2}]"
    path.write_text(f"schema: 1\nstation: bench\nslots: {slots}\n")
    ran = cli("handset", "--station", path)
    assert (ran.code, ran.out) == (2, "")
    assert "127.0.0.1:9\n  pci-0000:00:14.0/1-4.2\n" in ran.err


def test_an_address_where_nobody_listens(cli: Cli) -> None:
    ran = cli("handset", "127.0.0.1:9")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("ADB-ABSENT: ")


def test_a_port_without_a_modem(cli: Cli) -> None:
    ran = cli("handset", "--at", cli.folder / "ttyNONE")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("AT-ABSENT: ")


def test_help_and_the_page_have_every_kind(cli: Cli) -> None:
    told = cli("handset", "--help").out
    page = (ROOT / "docs" / "handset.md").read_text("utf-8")
    for kind, decoder in DECODERS.items():
        assert f"  {kind:20} {decoder.doc}\n" in told
        assert f"| `{kind}` |" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_dump_may_be_saved_by_another_system(encoding: str) -> None:
    text = BATTERY.read_text("utf-8")
    assert text_of(text.encode(encoding)) == text


def test_bytes_that_are_no_text_are_no_value() -> None:
    raw = BATTERY.read_bytes().replace(b"  level: 75", b"  level: 7\xff")
    assert "unreadable" in decode("battery", text_of(raw))["level"]


def test_values_in_words() -> None:
    found = {
        "a": {"b": None, "c": {"unreadable": "cut\x1b"}},
        "d": [{"e": 1}, {"e": True}],
        "f": [1, None],
        "g": [],
        "h": "",
    }
    assert list(lines(found, "getprop")) == [
        ("a.b", "unknown"),
        ("a.c", "unreadable: cut\\x1b"),
        ("d[0].e", "1"),
        ("d[1].e", "yes"),
        ("f", "1, unknown"),
        ("g", "none"),
        ("h", "empty"),
    ]
