from __future__ import annotations

import pytest

from harness.devices.android.display import Screen, read_display
from harness.model.reading import Unknown, Unreadable

INNER, OUTER = "local:4619827259835644672", "local:4619827551948147201"


def mode(number: int, fps: str, more: str = "alternativeRefreshRates=[]") -> str:
    return f"{{id={number}, width=1080, height=2400, fps={fps}, {more}}}"


def device(
    unique: str = INNER,
    *,
    size: str = "1080 x 2400",
    active: int = 1,
    modes: str = mode(1, "60.000004"),
    state: str = "state ON",
    brightness: str = "0.5",
    extra: str = "",
) -> str:
    """After DisplayDeviceInfo.toString, with some of the lines of LocalDisplayDevice below it."""
    return (
        f'  DisplayDeviceInfo{{"Built-in Screen": uniqueId="{unique}", {size}, modeId {active}, '
        f"{extra}defaultModeId 1, supportedModes [{modes}], colorMode 0, density 420, "
        f"touch INTERNAL, rotation 0, type INTERNAL, {state}, FLAG_DEFAULT_DISPLAY}}\n"
        "    mAdapter=LocalDisplayAdapter\n"
        f"    mBrightnessState={brightness}\n"
    )


def dump(*devices: str, default: str | None = INNER) -> str:
    viewports = (
        f"  mViewports=[DisplayViewport{{type=INTERNAL, valid=true, isActive=true, displayId=0, "
        f"uniqueId='{default}', physicalPort=0, logicalFrame=Rect(0, 0 - 1080, 2400)}}]\n"
    )
    return (
        "DISPLAY MANAGER (dumpsys display)\n"
        + (viewports if default else "")
        + f"Display Devices: size={len(devices)}\n"
        + "".join(devices)
        + "Logical Displays: size=1\n    mBrightnessState=0.9\n"
    )


def read(*devices: str, default: str | None = INNER) -> Screen:
    screen = read_display(dump(*devices, default=default))
    assert isinstance(screen, Screen), screen
    return screen


def test_reads_the_screen() -> None:
    assert read(device()) == Screen(1080, 2400, "ON", 60.0, 0.5)


def test_android_9_says_no_brightness_in_parts_of_one() -> None:
    old = device(modes="{id=1, width=1080, height=2400, fps=59.94006}", brightness="").replace(
        "mBrightnessState=", "mBrightness=102"
    )
    found = read(old)
    assert (found.refresh_hz, found.state) == (59.94, "ON")
    assert isinstance(found.brightness, Unknown)


def test_android_14_and_later_have_more_fields() -> None:
    more = "alternativeRefreshRates=[60.0], supportedHdrTypes=[2, 3, 4]"
    modes = (
        f"{mode(1, '60.0', more)}, {mode(2, '120.00001', f'vsync=120.0, synthetic=false, {more}')}"
    )
    found = read(device(active=2, modes=modes, extra="renderFrameRate 60.0, "))
    assert found.refresh_hz == 120.0


def test_of_two_screens_the_one_that_shows_display_0() -> None:
    outer = device(OUTER, size="904 x 2316", state="state OFF", brightness="NaN")
    assert read(outer, device()).width == 1080
    found = read(outer, device(), default=OUTER)
    assert (found.width, found.state) == (904, "OFF")
    assert isinstance(found.brightness, Unknown)


def test_two_screens_of_which_nobody_says_which_shows_display_0() -> None:
    assert isinstance(read_display(dump(device(OUTER), device(), default=None)), Unreadable)


def test_without_viewports_the_list_must_be_whole() -> None:
    assert read(device(), default=None).width == 1080
    cut = dump(device(), device(OUTER), default=None).partition(OUTER)[0]
    assert isinstance(read_display(cut), Unreadable)


def test_a_virtual_display_is_no_screen() -> None:
    cast = device("virtual:com.android.cast,1000", size="1920 x 1080")
    assert read(cast, device(), default=None).width == 1080
    assert isinstance(read_display(dump(cast, default=None)), Unreadable)


@pytest.mark.parametrize("printed", ["1.5", "102", "-0.1", "bright", "1E9"])
def test_brightness_is_from_0_to_1(printed: str) -> None:
    assert isinstance(read(device(brightness=printed)).brightness, Unreadable)


@pytest.mark.parametrize("printed", ["NaN", "-1.0"])
def test_no_brightness_is_unknown(printed: str) -> None:
    assert isinstance(read(device(brightness=printed)).brightness, Unknown)


def test_a_state_is_a_known_one() -> None:
    assert read(device(state="state DOZE_SUSPEND")).state == "DOZE_SUSPEND"
    assert isinstance(read(device(state="state UNKNOWN")).state, Unknown)
    assert isinstance(read(device(state="state 17")).state, Unreadable)
    assert isinstance(read(device(state="committedState ON")).state, Unknown)


def test_a_mode_that_is_not_there_or_twice_has_no_rate() -> None:
    assert isinstance(read(device(active=3)).refresh_hz, Unreadable)
    twice = f"{mode(1, '60.0')}, {mode(1, '90.0')}"
    assert isinstance(read(device(modes=twice)).refresh_hz, Unreadable)
    assert isinstance(read(device(modes=mode(1, "0.0"))).refresh_hz, Unreadable)


def test_no_pixels_are_no_size() -> None:
    assert isinstance(read(device(size="0 x 2400")).width, Unreadable)
