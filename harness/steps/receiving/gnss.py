"""What GNSS receives between two looks at its counts."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.devices.android.gnss import COMMAND, Gnss, Received, read_gnss, read_received
from harness.errors import DutFault, HarnessError, PlanError
from harness.model.ports import Handset, Stopwatch, Wait
from harness.steps.asking.answers import ask, known, printed
from harness.steps.asking.turns import turns
from harness.steps.undoing.afterwards import afterwards

LOOK_S = 0.5
"""Reports come once a second, and `dumpsys location` says much more than their counts."""


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean C/N0 [dB-Hz] of so many reports."""

    cn0_dbhz: float
    reports: int


def between(before: Received, after: Received) -> Mean | None:
    """The mean of the reports that came between two looks; None when none came.

    GnssMetrics sums from `since` on: the difference of two sums is that of what came between.
    Counts that were begun anew meanwhile hold nothing else.

    Raises: PlanError(HANDSET-UNREADABLE).
    """
    old, old_sum = _sum(before) if _goes_on(before, after) else (0, 0.0)
    new, new_sum = _sum(after)
    if new <= old:
        return None
    return Mean((new_sum - old_sum) / (new - old), new - old)


def _goes_on(before: Received, after: Received) -> bool:
    """Whether both looks are at one count: a report of bugs begins another."""
    counts = before.cn0_reports, after.cn0_reports
    fewer = isinstance(counts[0], int) and isinstance(counts[1], int) and counts[1] < counts[0]
    return before.since == after.since and not fewer


def _sum(seen: Received) -> tuple[int, float]:
    """How many reports there were, and the sum of their C/N0: without any no mean is printed."""
    reports = known("reports of C/N0", seen.cn0_reports)
    return reports, reports * known("mean C/N0", seen.cn0_mean) if reports else 0.0


@dataclass(frozen=True, slots=True)
class GnssReceiver:
    """What the GNSS of one handset receives."""

    handset: Handset
    wait: Wait
    stopwatch: Stopwatch

    def receive(self, before: Received, reports: int, within_s: float) -> Mean:
        """The mean over at least so many reports that came since `before`.

        Raises: DutFault(GNSS-DEAF); PlanError(GNSS-NOT-ASKED, HANDSET-UNREADABLE).
        """
        asked = False
        for _ in turns(within_s, self.wait, self.stopwatch, LOOK_S):
            now = self.received()
            asked = asked or now.started is True or _heard_of_satellites(before, now)
            mean = between(before, now)
            if mean and mean.reports >= reports:
                return mean
        raise self._too_little(mean, reports, within_s, before, now, asked=asked)

    def received(self) -> Received:
        """What was received by now."""
        return known(COMMAND, read_received(self._dump()))

    def _dump(self) -> str:
        return known(COMMAND, printed(ask(self.handset, COMMAND)))

    def _too_little(
        self,
        mean: Mean | None,
        wanted: int,
        within_s: float,
        before: Received,
        now: Received,
        *,
        asked: bool,
    ) -> HarnessError:
        came = mean.reports if mean else 0
        gnss = read_gnss(self._dump())
        location_on = gnss.location_on if isinstance(gnss, Gnss) else gnss
        evidence = {
            "before": repr(before),
            "now": repr(now),
            "location_on": repr(location_on),
        }
        if asked or came:
            words = f"{came} reports of C/N0 in {within_s:g} s, expected {wanted}"
            return DutFault("GNSS-DEAF", words, evidence=evidence)
        off = "; location is off" if location_on is False else ""
        words = (
            f"nothing came from GNSS in {within_s:g} s, and no app asked for the location{off}; "
            "expected one that `opens` names, or one that is open already"
        )
        return PlanError("GNSS-NOT-ASKED", words, evidence=evidence)


def _heard_of_satellites(before: Received, now: Received) -> bool:
    if not isinstance(before.satellites, int) or not isinstance(now.satellites, int):
        return False
    return now.satellites > before.satellites or (before.since != now.since and now.satellites > 0)


@contextmanager
def opened(handset: Handset, component: str) -> Iterator[None]:
    """An app is in front meanwhile, and ended after; none where it has no name.

    Raises: PlanError(GNSS-NOT-ASKED) when it cannot be opened.
    """
    if not component:
        yield
        return
    said = ask(handset, f"am start -W -n {shlex.quote(component)}")
    if said.code != 0 or "Error" in said.out + said.err:
        words = f"{component} (`opens`) cannot be opened: {(said.err or said.out).strip():.200}"
        raise PlanError("GNSS-NOT-ASKED", words, evidence={"out": said.out, "err": said.err})
    package = shlex.quote(component.partition("/")[0])
    with afterwards(lambda: ask(handset, f"am force-stop {package}")):
        yield
