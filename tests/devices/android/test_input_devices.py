from __future__ import annotations

import pytest

from harness.devices.android.input_devices import InputDevices, read_input
from harness.model.reading import Unknown, Unreadable

TOUCH = ("fts_ts", "0x00000014", "0x00001002")
KEYS = ("qpnp_pon", "0x00000001", "0x00000101")


def dump(*devices: tuple[str, str, str], enabled: str = "true", reader: bool = True) -> str:
    """As Android 9 to 11 print it: name, classes and sources of each device."""
    hub = "".join(
        f"    {at}: {name}\n      Classes: {classes}\n      Path: /dev/input/event{at}\n"
        f"      Enabled: {enabled}\n"
        for at, (name, classes, _) in enumerate(devices)
    )
    read = "".join(
        f"  Device {at}: {name}\n    Generation: 2\n    IsExternal: false\n    Sources: {sources}\n"
        for at, (name, _, sources) in enumerate(devices)
    )
    return (
        f"Event Hub State:\n  BuiltInKeyboardId: -2\n  Devices:\n{hub}\n"
        + (f"Input Reader State:\n{read}\n" if reader else "")
        + "Input Dispatcher State:\n"
    )


def read(
    *devices: tuple[str, str, str], enabled: str = "true", reader: bool = True
) -> InputDevices:
    found = read_input(dump(*devices, enabled=enabled, reader=reader))
    assert isinstance(found, InputDevices), found
    return found


def test_classes_and_sources_as_numbers() -> None:
    found = read(TOUCH, KEYS)
    assert isinstance(found.devices, tuple)
    assert [device.classes for device in found.devices] == [("TOUCH", "TOUCH_MT"), ("KEYBOARD",)]
    assert (found.touchscreen, found.keys) == (True, ("qpnp_pon",))


def test_a_class_that_has_no_name_here_stays_a_number() -> None:
    found = read(("haptics", "0x00100200", "0x0"), ("none", "0x00000000", "0x0"))
    assert isinstance(found.devices, tuple)
    assert [device.classes for device in found.devices] == [("VIBRATOR", "0x100000"), ()]


@pytest.mark.parametrize(
    ("classes", "sources"),
    [
        ("0x00000004", "0x00005002"),  # a pen's digitizer
        ("0x00000014", "0x00002002"),  # a touchpad
        ("0x80000014", "0x00001002"),  # plugged in
        ("TOUCH | TOUCH_MT", "MOUSE"),
        ("TOUCH | TOUCH_MT | EXTERNAL", "TOUCHSCREEN"),
        ("KEYBOARD", "KEYBOARD"),
    ],
)
def test_what_else_is_touched_is_no_touchscreen(classes: str, sources: str) -> None:
    assert read(("it", classes, sources)).touchscreen is False


def test_a_touchscreen_that_nobody_reads_is_not_yet_one() -> None:
    assert isinstance(read(TOUCH, KEYS, reader=False).touchscreen, Unknown)
    assert read(KEYS, reader=False).touchscreen is False


def test_a_touchscreen_that_is_asleep_is_not_missing() -> None:
    asleep = (*TOUCH[:2], "0x00000000")
    assert isinstance(read(asleep, enabled="false").touchscreen, Unknown)
    assert read(asleep).touchscreen is False


def test_classes_that_cannot_be_read_may_be_those_of_a_touchscreen() -> None:
    found = read(("it", "touch", "0x00001002"), KEYS)
    assert isinstance(found.touchscreen, Unreadable)
    assert isinstance(found.keys, Unreadable)
    assert read(("it", "touch", "0x0"), TOUCH).touchscreen is True


def test_a_list_that_has_no_end_is_unreadable() -> None:
    found = read_input(dump(TOUCH).partition("\nInput Reader")[0])
    assert isinstance(found, InputDevices)
    assert isinstance(found.devices, Unreadable)
    assert isinstance(found.touchscreen, Unreadable)
    assert isinstance(found.keys, Unreadable)


def test_the_built_in_keyboard_has_its_own_name() -> None:
    found = read(("mtk-kpd (aka device 0 - built-in keyboard)", *KEYS[1:]))
    assert found.keys == ("mtk-kpd",)


def test_a_device_may_have_no_name_or_blanks_in_it() -> None:
    assert read(("", *KEYS[1:]), ("a: b", *KEYS[1:])).keys == ("", "a: b")


def test_two_dumps_are_not_one() -> None:
    assert isinstance(read_input(dump(TOUCH) + dump(KEYS)), Unreadable)


LINE = "    0: fts_ts\n"


@pytest.mark.parametrize(
    "instead",
    [
        "    fts_ts\n",
        "     0: fts_ts\n",
        "      0: fts_ts\n",
        "   0: fts_ts\n",
        "  0: fts_ts\n",
        "0: fts_ts\n",
        f"WARNING: linker: unused DT entry\n{LINE}",
        f"  odd\n{LINE}",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_no_device_disappears_in_a_list_that_is_damaged(instead: str, first: bool) -> None:
    both = dump(TOUCH, KEYS) if first else dump(KEYS, TOUCH).replace("    1: fts", "    0: fts")
    assert LINE in both
    found = read_input(both.replace(LINE, instead))
    assert isinstance(found, InputDevices)
    assert found.touchscreen is not False
    assert found.keys != ()
    assert not isinstance(found.devices, tuple) or len(found.devices) == 2
