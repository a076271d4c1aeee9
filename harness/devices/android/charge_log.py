"""A log that the handset writes by itself of its battery while adb is away: what starts, what says.

The script is for a POSIX shell (mksh of Android) with toybox, which has `setsid` and `timeout`
from Android 9 on. It runs in a session of its own with all streams of its shell closed, so it
outlives shell and link; it does not outlive adbd, with which Android's init ends all that came of
it (system/core/init/service.cpp).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from harness.devices.android import battery, power_supply, uptime
from harness.devices.android.battery import Battery, read_battery
from harness.devices.android.power_supply import PowerSupply, read_uevent
from harness.model.reading import Reading, Unreadable

FOLDER = "/data/local/tmp"
_BEGIN, _DRIVER, _ANDROID, _END = (
    f"harness-{word}" for word in ("point", "driver", "android", "end")
)
_ASKED_S = 2
"""What each source may take for one point [s]."""


@dataclass(frozen=True, slots=True)
class Point:
    """The battery at one moment: `uptime_s` [s] is that of the handset's own clock."""

    uptime_s: float
    driver: Reading[PowerSupply]
    android: Reading[Battery]


def start_commands(path: str, every_s: float, ends_after_s: float) -> tuple[str, str]:
    """What starts the log; each is for a shell of its own.

    The log runs as long as its file is there. The second command removes it after `ends_after_s`
    [s], so that nothing lives on when nobody comes back for it.
    """
    limited = f"timeout -s 9 {_ASKED_S}"
    point = "; ".join(
        [
            f"echo {_BEGIN}",
            uptime.COMMAND,
            f"echo {_DRIVER}",
            f"{limited} {power_supply.COMMAND}",
            f"echo {_ANDROID}",
            f"{limited} {battery.COMMAND}",
            f"echo {_END}",
            f"sleep {every_s:g}",
        ]
    )
    return (
        _detached(f"while test -e {path}; do {point}; done", path),
        _detached(f"sleep {ends_after_s:g}; rm -f {path}", "/dev/null"),
    )


def _detached(script: str, out: str) -> str:
    return f"setsid sh -c '{script}' </dev/null >{out} 2>/dev/null &"


def read_log(text: str) -> Reading[tuple[Point, ...]]:
    """The points of a log in their order; the last, when the log was cut in it, is left out."""
    begin, end = f"{_BEGIN}\n", f"\n{_END}\n"
    if not (text.startswith(begin) or begin.startswith(text)):
        return Unreadable("the log does not begin with a point", text)
    whole, ends, _cut = text.rpartition(end)
    pieces = (whole + ends).removeprefix(begin).split(begin) if ends else []
    points: list[Point] = []
    for piece in pieces:
        point = _point(piece)
        if isinstance(point, Unreadable):
            return point
        points.append(point)
    if any(after.uptime_s < before.uptime_s for before, after in pairwise(points)):
        return Unreadable("the clock of the log goes back")
    return tuple(points)


def _point(piece: str) -> Point | Unreadable:
    told, driver, rest = piece.partition(f"{_DRIVER}\n")
    uevent, android, rest = rest.partition(f"{_ANDROID}\n")
    dump, end, behind = rest.rpartition(f"{_END}\n")
    if not (driver and android and end) or behind:
        return Unreadable("a point of the log is not whole", piece)
    uptime_s = uptime.read_uptime(told)
    if not isinstance(uptime_s, float):
        return Unreadable("a point of the log has no time", told)
    return Point(uptime_s, read_uevent(uevent), read_battery(dump))
