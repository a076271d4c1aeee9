"""`harness handset --decode` on saved dumps, in a process of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness.cli.handset import lines, text_of
from harness.devices.android.decode import DECODERS, decode
from tests.cli.conftest import ROOT, Cli
from tests.devices.android.corpus import OURS

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
        [],
        [BATTERY],
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
    assert list(lines(found)) == [
        ("a.b", "unknown"),
        ("a.c", "unreadable: cut\\x1b"),
        ("d[0].e", "1"),
        ("d[1].e", "yes"),
        ("f", "1, unknown"),
        ("g", "none"),
        ("h", "empty"),
    ]
