"""The log that a handset writes while adb is away: by a real shell, and read whatever it says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.battery import Battery
from harness.devices.android.charge_log import Point, read_log, start_commands
from harness.devices.android.power_supply import PowerSupply
from harness.model.reading import Unreadable
from harness.sim.handset import HandsetBehaviour
from harness.sim.unit import SimUnit
from tests.engine.rig import until

PHONE = HandsetBehaviour(SimUnit("A57A000001", vbus_v=5.0, dcp=True))
UEVENT, DUMP = (
    PHONE.run(command, 0.0).out.decode()
    for command in ("cat /sys/class/power_supply/battery/uevent", "dumpsys battery")
)


def point(uptime: str, uevent: str = UEVENT, dump: str = DUMP) -> str:
    return (
        f"harness-point\n{uptime} 12.50\nharness-driver\n{uevent}harness-android\n{dump}"
        "harness-end\n"
    )


def points(text: str) -> tuple[Point, ...]:
    log = read_log(text)
    assert isinstance(log, tuple), log
    return log


def test_each_point_has_its_time_and_the_battery_by_two_sources() -> None:
    first, second = points(point("100.25") + point("100.50", "", "Can't find service: battery\n"))
    assert (first.uptime_s, second.uptime_s) == (100.25, 100.5)
    assert isinstance(first.driver, PowerSupply)
    assert isinstance(first.android, Battery)
    assert (first.android.ac, first.android.usb) == (True, False)
    assert isinstance(second.driver, Unreadable)
    assert isinstance(second.android, Unreadable)


def test_the_point_in_which_a_log_was_cut_is_left_out() -> None:
    whole, text = point("100.25"), point("100.50")
    for length in range(len(text)):
        assert len(points(whole + text[:length])) == 1
    assert points("") == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sh: not found\n" + point("1.00"), "does not begin"),
        (point("much"), "no time"),
        (point("2.00") + point("1.00"), "goes back"),
        (point("1.00").replace("harness-driver\n", "") + point("2.00"), "not whole"),
        (point("1.00")[:-12] + point("2.00"), "not whole"),
    ],
)
def test_a_log_that_is_none_is_unreadable(text: str, why: str) -> None:
    log = read_log(text)
    assert isinstance(log, Unreadable)
    assert why in log.why


PIECES = st.sampled_from(
    ["harness-point\n", "harness-driver\n", "harness-android\n", "harness-end\n", "1.00 2.00\n"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=20))).map("".join))
def test_any_text_is_points_or_unreadable(text: str) -> None:
    assert isinstance(read_log(text), tuple | Unreadable)


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, str]:
    """An environment in which a real shell finds a `dumpsys`; there is no battery to read."""
    dumpsys = tmp_path / "bin" / "dumpsys"
    dumpsys.parent.mkdir()
    dumpsys.write_text('#!/bin/sh\necho "Can\'t find service: $1"\n')
    dumpsys.chmod(0o755)
    return {**os.environ, "PATH": f"{dumpsys.parent}:{os.environ['PATH']}"}


def start(command: str, tools: dict[str, str]) -> None:
    """By a shell with pipes, which must end at once although the log goes on."""
    subprocess.run(["sh", "-c", command], env=tools, check=True, capture_output=True, timeout=20)


def running(path: Path) -> bool:
    """Whether a process has the file of the log in its command."""
    found = subprocess.run(["pgrep", "-f", str(path)], capture_output=True, check=False)
    return found.returncode == 0


def test_a_real_shell_writes_it_until_its_file_is_removed(
    tmp_path: Path, tools: dict[str, str]
) -> None:
    path = tmp_path / "log.txt"
    log, _ = start_commands(str(path), 0.05, 60)
    start(log, tools)
    until(lambda: path.read_text().count("harness-end") >= 3)
    told = points(path.read_text())
    assert len(told) >= 3
    assert 0 < told[-1].uptime_s - told[0].uptime_s < 20
    assert all(isinstance(each.android, Unreadable) for each in told)
    path.unlink()
    until(lambda: not running(path))
    assert not path.exists()


def test_a_log_for_which_nobody_comes_back_ends_and_removes_its_file(
    tmp_path: Path, tools: dict[str, str]
) -> None:
    path = tmp_path / "log.txt"
    for command in start_commands(str(path), 0.05, 0.3):
        start(command, tools)
    until(lambda: not path.exists() and not running(path))
