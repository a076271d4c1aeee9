"""What a simulated handset says of its screen: `dumpsys display`, `wm size`, `wm density`.

Layouts: DisplayManagerService.dump, DisplayDeviceInfo.toString, LocalDisplayDevice.dumpLocked and
WindowManagerShellCommand of AOSP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.screen import Screen
from harness.sim.handset.state.settings import Settings
from harness.sim.unit import SimUnit

_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")
_DENSITIES = range(72, 2_000)
_UNIQUE_ID = "local:4619827259835644672"
_OLD_UNIQUE_ID = "local:0"  # up to Android 9, which numbered its displays


@dataclass(frozen=True, slots=True)
class Panel:
    """A screen: pixels, density [dpi], the rates of its modes [Hz]; the first is active."""

    width: int
    height: int
    density: int
    rates_hz: tuple[float, ...]


PANELS: Mapping[str, Panel] = {
    "oppo-mtk": Panel(720, 1612, 320, (90.0, 60.000004)),
    "oppo-qcom": Panel(1240, 2772, 480, (120.00001, 90.0, 60.0)),
    "samsung": Panel(1080, 2340, 450, (120.0, 60.0)),
    "xiaomi": Panel(1080, 2460, 440, (90.0, 60.0)),
    "pixel": Panel(1080, 2400, 420, (60.0, 120.0)),
}


class Display:
    """The panel, and what Android is told that it is."""

    def __init__(self, unit: SimUnit, screen: Screen, settings: Settings, sdk: int) -> None:
        self.panel = PANELS[unit.profile]
        self._screen = screen
        self._settings = settings
        self._sdk = sdk
        self._size: tuple[int, int] | None = None
        self._density: int | None = None

    def programs(self) -> Programs:
        return {
            "dumpsys display": lambda *_: text(self._dump()),
            "wm size": self._wm_size,
            "wm density": self._wm_density,
        }

    @property
    def brightness(self) -> float:
        """What the backlight is set to, from 0 to 1, by the setting from 1 to 255."""
        set_to = self._settings.get("system", "screen_brightness")
        return (int(set_to) - 1) / 254

    def _wm_size(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case []:
                panel = self.panel
                return text(_sizes("size", (panel.width, panel.height), self._size))
            case ["reset"]:
                self._size = None
            case [wanted] if match := _SIZE.fullmatch(wanted):
                self._size = int(match[1]), int(match[2])
            case _:
                return failure(f"Error: bad size {' '.join(words)}", 255)
        return Answer()

    def _wm_density(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case []:
                said = f"Physical density: {self.panel.density}\n"
                override = f"Override density: {self._density}\n" if self._density else ""
                return text(said + override)
            case ["reset"]:
                self._density = None
            case [wanted] if wanted.isdecimal() and int(wanted) in _DENSITIES:
                self._density = int(wanted)
            case _:
                return failure(f"Error: bad number {' '.join(words)}", 255)
        return Answer()

    def _dump(self) -> str:
        panel = self.panel
        unique = self._unique_id()
        area = f"Rect(0, 0 - {panel.width}, {panel.height})"
        viewport = (
            f"valid=true, {'isActive=true, ' if self._sdk >= 30 else ''}displayId=0, "
            f"uniqueId='{unique}', {'physicalPort=0, ' if self._sdk >= 29 else ''}orientation=0, "
            f"logicalFrame={area}, physicalFrame={area}, "
            f"deviceWidth={panel.width}, deviceHeight={panel.height}"
        )
        viewports = (
            f"  mViewports=[DisplayViewport{{type=INTERNAL, {viewport}}}]\n"
            if self._sdk >= 29
            else f"  mDefaultViewport=DisplayViewport{{{viewport}}}\n"
        )
        return (
            f"DISPLAY MANAGER (dumpsys display)\n  mOnlyCode=false\n  mSafeMode=false\n{viewports}"
            f"  mStableDisplaySize=Point({panel.width}, {panel.height})\n\n"
            f"Display Adapters: size=1\n  LocalDisplayAdapter\n\nDisplay Devices: size=1\n"
            f"  {self._info()}\n{self._device()}\nLogical Displays: size=1\n  Display 0:\n"
            "    mDisplayId=0\n"
        )

    def _unique_id(self) -> str:
        return _UNIQUE_ID if self._sdk >= 29 else _OLD_UNIQUE_ID

    def _state(self) -> str:
        return "ON" if self._screen.awake else "OFF"

    def _info(self) -> str:
        panel, sdk = self.panel, self._sdk
        kind = "INTERNAL" if sdk >= 30 else "BUILT_IN"
        render = f", renderFrameRate {panel.rates_hz[0]}" if sdk >= 34 else ""
        preferred = ", userPreferredModeId -1" if sdk >= 31 else ""
        modes = ", ".join(self._mode(number, rate) for number, rate in _numbered(panel))
        return (
            f'DisplayDeviceInfo{{"Built-in Screen": uniqueId="{self._unique_id()}", '
            f"{panel.width} x {panel.height}, modeId 1{render}, defaultModeId 1{preferred}, "
            f"supportedModes [{modes}], colorMode 0, supportedColorModes [0, 7], "
            f"density {panel.density}, 395.2 x 394.1 dpi, appVsyncOff 1000000, "
            f"presDeadline 16666666, touch INTERNAL, rotation 0, type {kind}, "
            f"address {{port=0}}, state {self._state()}, "
            + ("committedState UNKNOWN, " if sdk >= 33 else "")
            + "FLAG_DEFAULT_DISPLAY, FLAG_ROTATES_WITH_CONTENT, FLAG_SECURE, "
            "FLAG_SUPPORTS_PROTECTED_BUFFERS}"
        )

    def _mode(self, number: int, rate: float) -> str:
        """Display.Mode.toString; Android 15 names the rate of the panel, too."""
        others = ", ".join(str(other) for other in self.panel.rates_hz if other != rate)
        more = f", alternativeRefreshRates=[{others}]" if self._sdk >= 31 else ""
        hdr = ", supportedHdrTypes=[2, 3]" if self._sdk >= 34 else ""
        vsync = f", vsync={rate}, synthetic=false" if self._sdk >= 35 else ""
        size = f"width={self.panel.width}, height={self.panel.height}"
        return f"{{id={number}, {size}, fps={rate}{vsync}{more}{hdr}}}"

    def _device(self) -> str:
        """What the device of the built-in screen adds. Brightness was a whole number up to 10."""
        on = self._screen.awake
        if self._sdk < 30:
            level = self._settings.get("system", "screen_brightness")
            brightness = f"mBrightness={level if on else 0}"
        else:
            brightness = f"mBrightnessState={round(self.brightness, 7) if on else -1.0}"
        rate = "peakRefreshRate" if self._sdk >= 34 else "refreshRate"
        return (
            "    mAdapter=LocalDisplayAdapter\n    mActiveModeId=1\n"
            f"    mState={self._state()}\n    {brightness}\n"
            f"    mActiveSfDisplayMode=DisplayMode{{id=0, width={self.panel.width}, "
            f"height={self.panel.height}, {rate}={self.panel.rates_hz[0]}, group=0}}\n"
        )


def _numbered(panel: Panel) -> list[tuple[int, float]]:
    return list(enumerate(panel.rates_hz, 1))


def _sizes(what: str, real: tuple[int, int], override: tuple[int, int] | None) -> str:
    said = f"Physical {what}: {real[0]}x{real[1]}\n"
    return said + (f"Override {what}: {override[0]}x{override[1]}\n" if override else "")
