"""What a simulated handset says of its touchscreen and keys: `dumpsys input`.

Layouts: EventHub::dump and InputReader::dump of AOSP; classes and sources are numbers up to
Android 11, names after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.unit import SimUnit

_NAMED = 31
_KEYBOARD, _ALPHAKEY, _DPAD, _TOUCH, _SWITCH = 0x01, 0x02, 0x20, 0x14, 0x80
_VIRTUAL = 0x40000000
_NAMES = {
    _KEYBOARD: "KEYBOARD",
    _ALPHAKEY: "ALPHAKEY",
    0x04: "TOUCH",
    0x10: "TOUCH_MT",
    _DPAD: "DPAD",
    _SWITCH: "SWITCH",
    _VIRTUAL: "VIRTUAL",
}
_SCREEN, _KEYS = (0x1002, "TOUCHSCREEN"), (0x0101, "KEYBOARD")
_SCREEN_AND_KEYS = (0x1103, "KEYBOARD | TOUCHSCREEN")
"""Sources of an input device, AINPUT_SOURCE_..."""


class Input(NamedTuple):
    """An input device of the kernel; `classes` by INPUT_DEVICE_CLASS_..., `source` or none."""

    name: str
    classes: int
    source: tuple[int, str] | None


INPUTS: Mapping[str, Sequence[Input]] = {
    "oppo-mtk": (
        Input("mtk-kpd", _KEYBOARD, _KEYS),
        Input("mt6835-mt6377 Headset Jack", _SWITCH | _KEYBOARD, _KEYS),
        Input("touchpanel", _TOUCH, _SCREEN),
    ),
    "oppo-qcom": (
        Input("gpio-keys", _KEYBOARD, _KEYS),
        Input("qpnp_pon", _KEYBOARD, _KEYS),
        Input("touchpanel", _KEYBOARD | _TOUCH, _SCREEN_AND_KEYS),  # it wakes by a gesture
    ),
    "samsung": (
        Input("gpio_keys", _KEYBOARD, _KEYS),
        Input("sec_touchscreen", _TOUCH, _SCREEN),
        Input("sec_touchproximity", 0, None),
    ),
    "xiaomi": (
        Input("mtk-kpd", _KEYBOARD, _KEYS),
        Input("fts_ts", _TOUCH, _SCREEN),
        Input("uinput-goodix", _KEYBOARD, _KEYS),
    ),
    "pixel": (Input("gpio_keys", _KEYBOARD, _KEYS), Input("goog_touchscreen", _TOUCH, _SCREEN)),
}


def programs(unit: SimUnit, sdk: int) -> Programs:
    """The command that tells of input devices."""

    def dump(_words: list[str], _now_s: float) -> Answer:
        devices = list(enumerate(INPUTS[unit.profile], 1))
        virtual = Input("Virtual", _VIRTUAL | _DPAD | _ALPHAKEY | _KEYBOARD, _KEYS)
        hub = [(-1, virtual), *devices]
        return text(
            "INPUT MANAGER (dumpsys input)\n\nInput Manager State:\n  Interactive: true\n\n"
            "Event Hub State:\n  BuiltInKeyboardId: -2\n  Devices:\n"
            f"{''.join(_hub(number, one, sdk) for number, one in hub)}"
            f"{_VIDEO if sdk >= 29 else ''}\n"
            f"{_reader_title(len(hub), sdk)}\n"
            f"{''.join(_read(number, one, sdk) for number, one in hub)}"
            "  Configuration:\n    VirtualKeyQuietTime: 0.0ms\n\nInput Classifier State:\n"
        )

    return {"dumpsys input": dump}


_VIDEO = "  Unattached video devices:\n    <none>\n"


def _reader_title(count: int, sdk: int) -> str:
    return "Input Reader State:" if sdk < 30 else f"Input Reader State (Nums of device: {count}):"


def _hub(number: int, device: Input, sdk: int) -> str:
    path = "<virtual>" if device.classes & _VIRTUAL else f"/dev/input/event{number - 1}"
    return (
        f"    {number}: {device.name}\n      Classes: {_classes(device.classes, sdk)}\n"
        f"      Path: {path}\n      Enabled: true\n      Location: \n      ControllerNumber: 0\n"
        "      Identifier: bus=0x0019, vendor=0x0001, product=0x0001, version=0x0100\n"
        "      KeyLayoutFile: /system/usr/keylayout/Generic.kl\n"
    )


def _classes(bits: int, sdk: int) -> str:
    if sdk < _NAMED:
        return f"0x{bits:08x}"
    names = [name for bit, name in _NAMES.items() if bits & bit]
    return " | ".join(names) or "NONE"


def _read(number: int, device: Input, sdk: int) -> str:
    if device.source is None:
        return ""
    bits, name = device.source
    source = f"0x{bits:08x}" if sdk < _NAMED else name
    return (
        f"  Device {number}: {device.name}\n    Generation: {number + 1}\n"
        f"    IsExternal: false\n    Sources: {source}\n    KeyboardType: 1\n"
    )
