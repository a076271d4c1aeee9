from __future__ import annotations

import pytest

from harness.devices.android.adb_errors import AdbErrors, read_adb_errors
from harness.model.reading import Unreadable


def classes(text: str) -> tuple[object, ...]:
    found = read_adb_errors(text)
    assert isinstance(found, AdbErrors), found
    return found.classes


@pytest.mark.parametrize("prefix", ["", "error: ", "adb: ", "adb: error: ", "adb.exe: "])
@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("device 'TST1' not found", "not_found"),
        ("device not found", "not_found"),
        ("no device with transport id '4'", "not_found"),
        ("no devices found", "no_device"),
        ("no devices/emulators found", "no_device"),
        ("more than one device", "ambiguous"),
        ("more than one device and emulator", "ambiguous"),
        ("device offline", "offline"),
        (
            "device unauthorized. Please check the confirmation dialog on your device.",
            "unauthorized",
        ),
        ("device still connecting", "connecting"),
        ("insufficient permissions for device: user in plugdev group", "no_permissions"),
        ("closed", "closed"),
        ("protocol fault (couldn't read status): Success", "protocol_fault"),
        ("cannot connect to daemon at tcp:5037: Connection refused", "no_server"),
        ("failed to get feature set: device offline", "offline"),
        ("failed to check server version: cannot connect to daemon", "no_server"),
        ("failed to check server version: protocol fault (no status)", "protocol_fault"),
    ],
)
def test_each_message_with_each_prefix(prefix: str, message: str, name: str) -> None:
    assert classes(prefix + message) == (name,)
    assert classes(f"{prefix}{message}\r\n") == (name,)


def test_a_message_of_several_lines_is_one() -> None:
    text = (
        "adb: device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\n"
        "Try 'adb kill-server' if that seems wrong.\n"
        "Otherwise check for a confirmation dialog on your device.\nadb: device offline\n"
    )
    assert classes(text) == ("unauthorized", "offline")


def test_an_error_that_nobody_has_heard_of_is_none_of_the_known() -> None:
    (found,) = classes("adb: the phone is on fire\n")
    assert isinstance(found, Unreadable)
    assert classes("adb: device offline\nerror: what\n")[0] == "offline"


@pytest.mark.parametrize(
    "text",
    ["", "Physical size: 1080x2400\n", "* daemon started successfully\n", "my device offline"],
)
def test_what_is_no_error_of_adb_is_unreadable(text: str) -> None:
    assert isinstance(read_adb_errors(text), Unreadable)
