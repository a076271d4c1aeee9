"""What a simulated jig says of itself: its own test, its calibration, its clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from harness.sim.answering import Planted
from harness.sim.jig.built import JigBuild


class Service:
    """The housekeeping of a jig; `utc` is what its clock and its calendar go by."""

    def __init__(self, build: JigBuild, planted: Planted, utc: Callable[[], datetime]) -> None:
        self._build = build
        self._planted = planted
        self._utc = utc

    # Commands.

    def own_test(self, _argument: str, _now_s: float) -> str:
        """0 when it has passed (IEEE 488.2 clause 10.38)."""
        return f"{self._planted.value(0, 'self_test_fails', 'code', 4):.0f}"

    def echo(self, argument: str, _now_s: float) -> str:
        return argument.swapcase() if self._planted.has("echo_garbled") else argument

    def calibrated(self, _argument: str, _now_s: float) -> str:
        return _day(self._utc() - timedelta(self._build.calibrated_d))

    def calibration_due(self, _argument: str, _now_s: float) -> str:
        over_d = self._planted.value(-self._build.due_d, "calibration_over", "days", 3)
        return _day(self._utc() - timedelta(over_d))

    def date(self, _argument: str, _now_s: float) -> str:
        """SCPI-99 volume 2, 21.7."""
        return _day(self._clock())

    def time(self, _argument: str, _now_s: float) -> str:
        """SCPI-99 volume 2, 21.21."""
        at = self._clock()
        return f"{at.hour},{at.minute},{at.second}"

    def _clock(self) -> datetime:
        off_s = self._planted.value(0, "clock_wrong", "offset_s", 95)
        return self._utc() + timedelta(seconds=self._build.clock_off_s + off_s)


def _day(at: datetime) -> str:
    return f"{at.year},{at.month},{at.day}"
