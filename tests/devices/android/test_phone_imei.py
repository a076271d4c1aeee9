from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.phone_imei import PhoneImei, command, read_phone_imei
from harness.model.reading import Unknown, Unreadable

IMEI = "860123450000012"
TOLD = f"Device IMEI: {IMEI}\n"
DENIED = "Device IMEI: Permission denied.\n"


def test_the_slot_is_an_argument_without_a_name() -> None:
    assert command(1) == "cmd phone get-imei 1"


@pytest.mark.parametrize("text", [TOLD, TOLD + TOLD, TOLD.strip(), f"warning\n{TOLD}log\n"])
def test_an_imei(text: str) -> None:
    assert read_phone_imei(text) == PhoneImei("imei", IMEI, "stdout", 0)


@pytest.mark.parametrize("text", [DENIED, DENIED.strip()])
def test_a_refusal_begins_like_an_imei(text: str) -> None:
    found = read_phone_imei(text)
    assert isinstance(found, PhoneImei)
    assert (found.kind, found.stream, found.exit_code) == ("denied", "stderr", 255)
    assert isinstance(found.imei, Unknown)


@pytest.mark.parametrize("said", ["null", ""])
def test_a_slot_without_an_imei_is_empty(said: str) -> None:
    found = read_phone_imei(f"Device IMEI: {said}\n")
    assert isinstance(found, PhoneImei)
    assert found.kind == "empty"
    assert isinstance(found.imei, Unknown)


def test_an_imei_of_zeros_was_not_written() -> None:
    found = read_phone_imei(f"Device IMEI: {'0' * 15}\n")
    assert isinstance(found, PhoneImei)
    assert isinstance(found.imei, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "Device IMEI: 86012345000001\n",
        "Device IMEI: 8601234500000120\n",
        "Device IMEI: \uff18\uff16" + "0" * 13 + "\n",
        "Device IMEI: 86012345000001",
        "Device IMEI: null",  # of "nullable", for all that we know
        "Device IMEI: Permission",
        TOLD + DENIED,
        "Unknown command: get-imei\n",
        "cmd: Can't find service: phone\n",
        "-s requires an integer as slot index.\n",
        "",
    ],
)
def test_what_is_no_imei_is_unreadable(text: str) -> None:
    assert isinstance(read_phone_imei(text), Unreadable)


@given(st.text() | st.text().map(lambda said: f"Device IMEI: {said}"))
def test_total_on_any_text(text: str) -> None:
    read_phone_imei(text)
