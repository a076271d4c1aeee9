"""A handset on a charger without data: its own log of the time, and what that says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.devices.android import uptime
from harness.devices.android.battery import Battery
from harness.devices.android.charge_log import FOLDER, Point, read_log, start_commands
from harness.devices.android.power_supply import PowerSupply
from harness.errors import JigFault, LinkFault
from harness.model.ports import Handset, Stopwatch
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.asking.answers import ask, known, obey, printed
from harness.steps.asking.rejoin import AWAY
from harness.steps.charging.counter import counted_a

EVERY_S = 0.2
"""How long the log sleeps between two points [s]."""
_PULL_S = 10.0
_NO_POINT = Unreadable("the log has no point of that time")


@dataclass(frozen=True, slots=True)
class ChargeLog:
    """A log that runs on the handset; its clock is `offset_s` [s] ahead of the step's stopwatch."""

    handset: Handset
    path: str
    offset_s: float

    def collect(self) -> Reading[tuple[Point, ...]]:
        """What it has said by now; it ends, and its file goes."""
        content = self.handset.pull(self.path, timeout_s=_PULL_S)
        obey(self.handset, f"rm -f {self.path}")
        return read_log(content.decode("utf-8", "replace"))


def start_log(handset: Handset, stopwatch: Stopwatch, ends_after_s: float) -> ChargeLog:
    """Start a log, which ends by itself and removes its file after `ends_after_s` [s].

    Raises: PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE); LinkFault.
    """
    path = f"{FOLDER}/harness-charge-{os.urandom(4).hex()}.txt"
    for command in start_commands(path, EVERY_S, ends_after_s):
        obey(handset, command)
    asked_s = stopwatch()
    said = known(uptime.COMMAND, printed(ask(handset, uptime.COMMAND)))
    uptime_s = known(uptime.COMMAND, uptime.read_uptime(said))
    return ChargeLog(handset, path, uptime_s - (asked_s + stopwatch()) / 2)


def require_away(handset: Handset) -> None:
    """That the handset has no link to this PC.

    Raises: JigFault(JIG-DATA-STAYS) when it answers.
    """
    try:
        ask(handset, "true")
    except LinkFault as fault:
        if fault.code in AWAY:
            return
        raise
    message = "the handset answers over adb while the jig's relay `dcp` holds its data lines"
    raise JigFault("JIG-DATA-STAYS", message, evidence={"serial": handset.serial})


@dataclass(frozen=True, slots=True)
class ChargingPart:
    """What a log says of the time from `on_s` to `off_s` [s of its clock], in which power was on.

    By its second half the handset has settled on what it is plugged into.
    """

    points: Sequence[Point]
    on_s: float
    off_s: float
    lacking: Unknown | Unreadable | None = None
    """Why there is no log."""

    @property
    def count(self) -> Reading[float]:
        return self.lacking or len(self.points)

    @property
    def gap_s(self) -> Reading[float]:
        """The longest time without a point, the ends of the time counted."""
        times = [self.on_s, *(point.uptime_s for point in self.points), self.off_s]
        return self.lacking or max(after - before for before, after in pairwise(times))

    @property
    def settled(self) -> Sequence[Point]:
        middle_s = (self.on_s + self.off_s) / 2
        return [point for point in self.points if point.uptime_s >= middle_s]

    @property
    def charger(self) -> Reading[str]:
        """What Android says that the power comes from; each of its words, as they came."""
        words: dict[str, None] = {}
        for point in self.settled:
            told = _plugged(point.android)
            if not isinstance(told, str):
                return told
            words[told] = None
        return self.lacking or ", ".join(words) or _NO_POINT

    @property
    def drivers(self) -> Sequence[Reading[PowerSupply]]:
        """What the driver said."""
        return [self.lacking] if self.lacking else [point.driver for point in self.settled]

    @property
    def counted_a(self) -> Reading[float]:
        """The mean current by the charge counter [A]; unknown where that counts too coarsely."""
        if self.lacking:
            return self.lacking
        return counted_a([(point.uptime_s, _counter_uah(point.driver)) for point in self.settled])


def charging_part(log: Reading[tuple[Point, ...]], on_s: float, off_s: float) -> ChargingPart:
    """The part of a log in which power was on.

    A point tells when it began: only once the next has begun it is known to have ended.
    """
    if not isinstance(log, tuple):
        return ChargingPart((), on_s, off_s, log)
    ended = pairwise(log)
    points = [point for point, after in ended if on_s <= point.uptime_s and after.uptime_s <= off_s]
    return ChargingPart(points, on_s, off_s)


def _plugged(android: Reading[Battery]) -> Reading[str]:
    """`AC` is a charger without data, `USB` a port (BatteryManager.BATTERY_PLUGGED_...)."""
    if not isinstance(android, Battery):
        return android
    for needed in (android.ac, android.usb):
        if not isinstance(needed, bool):
            return needed
    sources = {"AC": android.ac, "USB": android.usb, "wireless": android.wireless}
    return " and ".join(word for word, on in sources.items() if on is True) or "none"


def _counter_uah(driver: Reading[PowerSupply]) -> Reading[int]:
    return driver.charge_counter_uah if isinstance(driver, PowerSupply) else driver
