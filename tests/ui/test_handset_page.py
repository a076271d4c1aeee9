"""The page of a handset: everything on it, in its width, what is not known plainly marked."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from harness.devices.android.batch import Answer
from harness.devices.android.decode import DECODERS, decode
from harness.devices.android.getprop import read_getprop
from harness.model.ports import ShellResult
from harness.model.reading import Unknown, Unreadable
from harness.sim.handset.prints.parcel import string_reply
from harness.steps.asking.overview import Overview, overview, questions
from harness.ui.handset import show_handset
from harness.ui.handset_facts import groups
from tests.devices.android.corpus import OURS

IMEIS = ("860123450000012", "860123450000020")
DUMPS = {
    "getprop": "getprop_a11_oplus_mtk_multiline.txt",
    "battery": "battery_a11_oneplus8t.txt",
    "uevent": "uevent_mtk_gauge.txt",
    "telephony": "telephony_a10_dual_lteca.txt",
    "wifi_status": "wifi_status_a15_connected.txt",
    "bluetooth": "bluetooth_a15_crashes.txt",
    "gnss": "gnss_a12_metrics.txt",
    "camera": "camera_a10_k30_ten_devices.txt",
    "sensorservice": "sensorservice_a11_s22flip.txt",
    "thermal": "thermal_a10_samsung_sentinel.txt",
    "display_wm": "display_wm_a13_override.txt",
    "display_dumpsys": "display_dumpsys_a12_modes.txt",
    "storage": "storage_df_meminfo_a13.txt",
}
"""A dump of each kind; they are not of one handset."""
TITLES = (
    "identity",
    "build",
    "battery",
    "its driver",
    "SIM 1",
    "SIM 2",
    "wifi",
    "bluetooth",
    "gnss",
    "cameras",
    "sensors",
    "thermal",
    "screen",
    "memory",
    "input",
)


def seen(**instead: object) -> Overview:
    """A handset that prints the dumps; `instead` has readings by kind."""
    texts = {kind: (OURS / name).read_text("utf-8") for kind, name in DUMPS.items()}
    texts["getprop"] += "[ro.product.manufacturer]: [OnePlus]\n"
    who = read_getprop(texts["getprop"])
    asked = questions(who, root=False)
    answers: list[Answer] = []
    for question in asked:
        text = texts.get(question.kind, "")
        if question.kind.startswith("iphonesubinfo"):
            text = string_reply(IMEIS[int(question.kind[-1])])
        halves = [text, *[""] * (len(question.commands) - 1)]
        answers += [ShellResult(0, half, "") for half in halves]
    whole = overview(who, asked, answers)
    return replace(whole, readings={**whole.readings, **instead}, contradictions=())


def page(found: Overview, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show_handset(console, found)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_page_holds_its_width_and_every_group_in_order(width: int) -> None:
    lines = page(seen(), width).splitlines()
    assert max(map(len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)
    titles = [line[:12].strip() for line in lines if line[:12].strip()]
    assert titles == list(TITLES)


def test_values_stand_with_their_names_and_units() -> None:
    told = " ".join(page(seen(), 120).split())
    gauge = decode("battery", (OURS / DUMPS["battery"]).read_text("utf-8"))
    for words in (
        f"IMEI 1 {IMEIS[0]} IMEI 2 {IMEIS[1]}",
        f"level {gauge['level']:g} %",
        f"temperature {gauge['temperature_c']:g} degC",
        "panel 1080x2400 px density 480 dpi size set by hand 1080x2340 px",
        "storage 1024 GB",
        "free",
    ):
        assert words in told


def test_every_kind_that_is_asked_is_on_the_page() -> None:
    mark = Unreadable("marked by this test")
    for kind in seen().readings:
        told = " ".join(page(seen(**{kind: mark}), 200).split())
        assert "UNREADABLE (marked by this test)" in told, kind


def test_every_kind_of_dump_that_a_shell_gives_is_asked() -> None:
    elsewhere = {"adb_devices", "adb_errors", "at", "camera_still", "fastboot", "wifi_scan"}
    asked = {*seen().readings} | {"cmd_phone_get_imei", "iphonesubinfo", "wifi_dumpsys"}
    assert DECODERS.keys() - elsewhere <= asked


def test_what_nobody_knows_is_listed_and_never_a_value() -> None:
    assert "unknown: nobody said" in page(seen(bluetooth=Unknown("nobody said")))
    told = " ".join(page(seen(), 200).split())
    for title, facts in groups(seen()):
        for fact in facts:
            if isinstance(fact.reading, Unknown):
                assert fact.name in told.split("unknown: ", 1)[1], title


def test_contradictions_stand_last() -> None:
    found = replace(seen(), contradictions=("IMEI 1: 1 by service call, 2 by cmd phone",))
    assert page(found).splitlines()[-1].startswith("CONTRADICTION  IMEI 1: 1 by")


def test_what_a_handset_says_moves_no_cursor() -> None:
    told = page(seen(bluetooth=Unreadable("\x1b[2J\u202eevil"), iphonesubinfo_0="1\x1b[31m2"))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "1\\x1b[31m2" in told


def test_whether_it_booted_is_a_yes_and_what_is_unknown_has_its_own_name() -> None:
    text = "[ro.product.model]: [X]\n[sys.boot_completed]: [1]\n"
    told = " ".join(page(seen(getprop=read_getprop(text)), 200).split())
    assert "booted yes" in told
    assert "unknown: Android, SDK, type, patch, display id," in told
