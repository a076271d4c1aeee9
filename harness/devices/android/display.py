"""The built-in screen: `dumpsys display`.

Formats of AOSP: DisplayManagerService.dump, DisplayDeviceInfo.toString (one line, since Android 6
with its mode and all modes), Display.Mode.toString, LocalDisplayDevice.dumpLocked (below it).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import no_dump, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys display"
_TITLE = "DISPLAY MANAGER (dumpsys display)"
_COUNT = re.compile(r"Display Devices: size=(?P<count>[0-9]{1,3})")
_INDENT = "  "
_HEAD = "DisplayDeviceInfo{"
_DEVICE = re.compile(
    rf"  {re.escape(_HEAD)}\".{{0,200}}?\": uniqueId=\"(?P<unique>[^\"]{{1,200}})\", "
    r"(?P<width>[0-9]{1,5}) x (?P<height>[0-9]{1,5}), (?P<rest>.*)"
)
_LOCAL = "local:"
_UNIQUE = "uniqueId="
_VIEWPORT = re.compile(r"DisplayViewport\{(?P<fields>[^{}]{1,2000})\}")
_MODE_ID = re.compile(r"(?:^|, )modeId (?P<id>[0-9]{1,6})(?=, )")
_MODES, _MODES_END = ", supportedModes [", "}]"
_MODE = re.compile(
    r"\{id=(?P<id>[0-9]{1,6}), (?:[a-zA-Z0-9]{1,30}=[^,{}]{0,60}, )*?fps=(?P<fps>[0-9.]{1,20})[,}]"
)
_STATE = re.compile(r", state (?P<state>[A-Z_]{1,30}|[0-9]{1,3})(?=[,}])")
_STATES = frozenset({"OFF", "ON", "DOZE", "DOZE_SUSPEND", "VR", "ON_SUSPEND"})
_BRIGHTNESS = re.compile(r"\s{2,20}mBrightnessState=(?P<value>\S{1,30})\s{0,20}")
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,20})?(?:E-?[0-9]{1,2})?")
_NO_BRIGHTNESS = frozenset({"NaN", "-1.0"})  # PowerManager.BRIGHTNESS_INVALID_FLOAT, _OFF_FLOAT
_REFRESH_DIGITS = 3
"""Digits of a rate that mean something: it comes from a period in whole nanoseconds."""
_REFRESH_HZ = (1.0, 1_000.0)


@dataclass(frozen=True, slots=True)
class Screen:
    """The built-in screen as it is driven now.

    Size [px] is of the panel in its active mode, `refresh_hz` that mode's rate, whatever is
    rendered; `brightness` goes from 0 to 1.
    """

    width: Reading[int]
    height: Reading[int]
    state: Reading[str]
    refresh_hz: Reading[float]
    brightness: Reading[float]


def read_display(output: str) -> Reading[Screen]:
    """The built-in screen of an answer to `dumpsys display`.

    Of several built-in screens, the one that shows display 0; Unreadable where that is unclear.
    """
    lines, _ = whole_lines(output)
    block = _block(lines)
    if isinstance(block, Unreadable):
        return no_dump(block.why, output)
    match = _DEVICE.fullmatch(block[0])
    if not match:
        return Unreadable(f"no name, id and size in {_HEAD!r}", block[0])
    width, height = int(match["width"]), int(match["height"])
    none = Unreadable("a screen has no pixels", block[0])
    return Screen(
        width=width or none,
        height=height or none,
        state=_state(match["rest"]),
        refresh_hz=_refresh_hz(match["rest"]),
        brightness=_brightness(block[1:]),
    )


def _block(lines: Sequence[str]) -> Sequence[str] | Unreadable:
    """The line of the default screen, and what is indented below it."""
    starts = [at for at, line in enumerate(lines) if line.startswith(_INDENT + _HEAD)]
    found = []
    default = _default(lines)
    for at in starts:
        match = _DEVICE.fullmatch(lines[at])
        if match and match["unique"].startswith(_LOCAL) and default in (None, match["unique"]):
            found.append(at)
    if len(found) != 1:
        title = "" if _TITLE in lines else f", and no line {_TITLE!r}"
        return Unreadable(f"{len(found)} default built-in screens, expected one{title}")
    if default is None and len(starts) != _count(lines):
        return Unreadable("the list of screens is not whole", lines[found[0]])
    start = found[0]
    end = next(
        (at for at in range(start + 1, len(lines)) if not lines[at].startswith(_INDENT * 2)),
        len(lines),
    )
    return lines[start:end]


def _default(lines: Sequence[str]) -> str | None:
    """The unique id of the screen that shows display 0, where the viewports tell."""
    named = {
        part.removeprefix(_UNIQUE).strip("'")
        for line in lines
        if line.startswith(f"{_INDENT}mViewports=[")
        for viewport in _VIEWPORT.finditer(line)
        if "displayId=0" in (parts := viewport["fields"].split(", "))
        for part in parts
        if part.startswith(_UNIQUE)
    }
    return named.pop() if len(named) == 1 else None


def _count(lines: Sequence[str]) -> int | None:
    counts = {int(match["count"]) for line in lines if (match := _COUNT.fullmatch(line))}
    return counts.pop() if len(counts) == 1 else None


def _state(info: str) -> Reading[str]:
    found = {match["state"] for match in _STATE.finditer(info)}
    if not found:
        return Unknown("no state")
    if len(found) > 1:
        return Unreadable("a screen has several states", str(sorted(found)))
    state = found.pop()
    if state == "UNKNOWN":
        return Unknown(f"state {state}")
    return state if state in _STATES else Unreadable("no state of a screen", state)


def _refresh_hz(info: str) -> Reading[float]:
    """The rate of the active mode, which Android 14 calls peakRefreshRate elsewhere."""
    active = _MODE_ID.search(info)
    modes, end, _ = info.partition(_MODES)[2].partition(_MODES_END)
    if not active or not end:
        return Unknown("no active mode and supported modes")
    found = _MODE.finditer(modes + end)
    rates = {match["fps"] for match in found if match["id"] == active["id"]}
    if len(rates) != 1:
        return Unreadable(f"{len(rates)} rates of mode {active['id']}, expected one", info)
    printed = rates.pop()
    low, high = _REFRESH_HZ
    if not _NUMBER.fullmatch(printed) or not low <= float(printed) <= high:
        return Unreadable("no refresh rate", printed)
    return round(float(printed), _REFRESH_DIGITS)


def _brightness(lines: Sequence[str]) -> Reading[float]:
    found = {match["value"] for line in lines if (match := _BRIGHTNESS.fullmatch(line))}
    if len(found) != 1:
        return Unreadable("several brightnesses", str(found)) if found else Unknown("no brightness")
    printed = found.pop()
    if printed in _NO_BRIGHTNESS:
        return Unknown(f"mBrightnessState={printed}")
    value = float(printed) if _NUMBER.fullmatch(printed) else math.nan
    return value if 0 <= value <= 1 else Unreadable("brightness is not within 0 to 1", printed)
