"""Touchscreen and keys that Android has found: `dumpsys input`.

Formats of AOSP: EventHub::dump (what the kernel offers; classes as a number up to Android 11, by
name after), and below it InputReader::dump with the sources of InputDevice::dump.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from harness.devices.android.fields import flag, keyed, no_dump, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys input"
_HUB, _DEVICES, _READER = "Event Hub State:", "  Devices:", "Input Reader State"
_DEVICE = re.compile(r" {4}(?P<id>-?[0-9]{1,9}): (?P<name>.{0,300})")
_NUMBERED = re.compile(r" {0,20}-?[0-9]{1,9}: ")
_OF_DEVICE = re.compile(rf"{_DEVICE.pattern}| {{6}}(?! *-?[0-9]{{1,9}}: ).*")
_NEXT_TITLE = "Input "
_BUILT_IN = " (aka device 0 - built-in keyboard)"
_FIELD = re.compile(r" {6}(?P<key>Classes|Path|Enabled):(?P<value>.{0,500})")
_READ_DEVICE = re.compile(r" {2}Device -?[0-9]{1,9}: (?P<name>.{0,300})")
_SOURCES = re.compile(r" {4}Sources: (?P<sources>.{1,300})")
_NAME = re.compile(r"[A-Z][A-Z_]{1,40}")
_NUMBER = re.compile(r"0x[0-9a-fA-F]{1,8}")
_CLASSES = {
    0x0001: "KEYBOARD",
    0x0002: "ALPHAKEY",
    0x0004: "TOUCH",
    0x0008: "CURSOR",
    0x0010: "TOUCH_MT",
    0x0020: "DPAD",
    0x0040: "GAMEPAD",
    0x0080: "SWITCH",
    0x0100: "JOYSTICK",
    0x0200: "VIBRATOR",
    0x0400: "MIC",
    0x0800: "EXTERNAL_STYLUS",
    0x1000: "ROTARY_ENCODER",
    0x40000000: "VIRTUAL",
    0x80000000: "EXTERNAL",
}
"""INPUT_DEVICE_CLASS_... of EventHub.h; bits without a name stay numbers."""
_TOUCHSCREEN, _TOUCHSCREEN_BITS = "TOUCHSCREEN", 0x1002  # AINPUT_SOURCE_TOUCHSCREEN


@dataclass(frozen=True, slots=True)
class InputDevice:
    """One input device of the kernel."""

    id: int
    name: str
    classes: Reading[tuple[str, ...]]
    path: Reading[str]
    enabled: Reading[bool]


@dataclass(frozen=True, slots=True)
class InputDevices:
    """All input devices; whether one is a built-in touchscreen; names of those with keys.

    A pen's digitizer or a touchpad is no touchscreen. Keys that Android makes up, and those of
    what is plugged in, are left out.
    """

    devices: Reading[tuple[InputDevice, ...]]
    touchscreen: Reading[bool]
    keys: Reading[tuple[str, ...]]


def read_input(output: str) -> Reading[InputDevices]:
    """The input devices of an answer to `dumpsys input`; a list without its end is Unreadable."""
    lines, _ = whole_lines(output)
    starts = [at for at, line in enumerate(lines) if line == _HUB]
    if len(starts) != 1:
        return no_dump(f"{len(starts)} lines {_HUB!r}, expected one", output)
    devices = _devices(lines[starts[0] + 1 :])
    return InputDevices(devices, _touchscreen(devices, lines), _keys(devices))


def _devices(lines: Sequence[str]) -> Reading[tuple[InputDevice, ...]]:
    if _DEVICES not in lines:
        return Unreadable(f"no line {_DEVICES!r} under {_HUB!r}")
    rows = lines[lines.index(_DEVICES) + 1 :]
    end = next((at for at, line in enumerate(rows) if line and not line.startswith("    ")), None)
    if end is None:
        return Unreadable("the list of input devices has no end", "\n".join(lines[-1:]))
    if odd := _odd_line(rows, end):
        return Unreadable("a line of the list of input devices cannot be read", odd)
    starts = [at for at in range(end) if _DEVICE.fullmatch(rows[at])]
    return tuple(
        _device(rows[start:stop]) for start, stop in zip(starts, [*starts[1:], end], strict=False)
    )


def _odd_line(rows: Sequence[str], end: int) -> str | None:
    """A line that may have been a device, or that parts the list, so that a device would be missed.

    Devices are indented by four, what is said of them by six or more; up to the next title, no
    device comes behind the end.
    """
    within = (line for line in rows[:end] if line and not _OF_DEVICE.fullmatch(line))
    behind = takewhile(lambda line: not line.startswith(_NEXT_TITLE), rows[end:])
    numbered = (line for line in behind if _NUMBERED.match(line))
    return next(chain(within, numbered), None)


def _device(lines: Sequence[str]) -> InputDevice:
    number, _, name = lines[0].strip().partition(": ")
    said = keyed(lines[1:], _FIELD)
    return InputDevice(
        id=int(number.rstrip(":")),
        name=name.removesuffix(_BUILT_IN),
        classes=_words(text(said, "Classes")),
        path=text(said, "Path"),
        enabled=flag(said, "Enabled"),
    )


def _words(printed: Reading[str]) -> Reading[tuple[str, ...]]:
    """Flags by name, or as a number, or both."""
    if not isinstance(printed, str):
        return printed
    words: list[str] = []
    for part in printed.split(" | "):
        if _NUMBER.fullmatch(part):
            words += _bits(int(part, 16))
        elif _NAME.fullmatch(part):
            words += [] if part == "NONE" else [part]
        else:
            return Unreadable("no class of an input device", printed)
    return tuple(words)


def _bits(number: int) -> list[str]:
    bits = [1 << at for at in range(32) if number >> at & 1]
    return [_CLASSES.get(bit, f"0x{bit:x}") for bit in bits]


def _built_in(device: InputDevice, what: str) -> bool:
    classes = device.classes
    return (
        isinstance(classes, tuple) and what in classes and not {"EXTERNAL", "VIRTUAL"} & {*classes}
    )


def _keys(devices: Reading[tuple[InputDevice, ...]]) -> Reading[tuple[str, ...]]:
    if not isinstance(devices, tuple):
        return devices
    if unclear := [one.classes for one in devices if not isinstance(one.classes, tuple)]:
        return unclear[0]
    return tuple(device.name for device in devices if _built_in(device, "KEYBOARD"))


def _touchscreen(devices: Reading[tuple[InputDevice, ...]], lines: Sequence[str]) -> Reading[bool]:
    """Whether the reader takes touches of a built-in multi-touch device as those of a screen."""
    if not isinstance(devices, tuple):
        return devices
    unclear = [one.classes for one in devices if not isinstance(one.classes, tuple)]
    touched = {device.name for device in devices if _built_in(device, "TOUCH_MT")}
    if not touched:
        return unclear[0] if unclear else False
    sources = [source for name, source in _sources(lines) if name in touched]
    if any(_is_touchscreen(source) for source in sources):
        return True
    if any(device.enabled is False for device in devices if device.name in touched):
        return Unknown("the touch device is disabled, as it is while the screen is off")
    if len(sources) < len(touched):
        return Unknown(f"no sources of {', '.join(sorted(touched))}")
    return unclear[0] if unclear else False


def _sources(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Name and sources of each device of the reader."""
    start = next((at for at, line in enumerate(lines) if line.startswith(_READER)), len(lines))
    found, name = [], None
    for line in lines[start + 1 :]:
        if line and not line[0].isspace():
            break
        if match := _READ_DEVICE.fullmatch(line):
            name = match["name"]
        elif name is not None and (match := _SOURCES.fullmatch(line)):
            found.append((name, match["sources"].strip()))
            name = None
    return found


def _is_touchscreen(sources: str) -> bool:
    if _NUMBER.fullmatch(sources):
        return int(sources, 16) & _TOUCHSCREEN_BITS == _TOUCHSCREEN_BITS
    return _TOUCHSCREEN in sources.split(" | ")
