"""Holds it against a run when the unit of its slot was pulled, or swapped, while it was on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.clock import Deadline
from harness.model.events import UnitLost, UnitSwapped
from harness.model.record import StepRecord
from harness.model.step import Catalogue
from harness.station.seating.presence import LOOK_S, Break, Presence
from harness.station.seating.seat import Occupant, Seat

CLAIM = "adb-restart"
"""What a step claims that may take the handset's link away on purpose."""
LATE_MS = 500
"""How much later than it happened a break may be noticed; nobody swaps a unit so fast [ms]."""
_ROUNDED_MS = 1
"""What is lost where times of a run are rounded [ms]."""
_FRESH_S = 2.0
_LOOKS_FOR_S = 1.0


@dataclass(frozen=True, slots=True)
class Unbroken:
    """What became of the unit of a slot since it was seen there (an engine.job.Witness).

    `seat` is the slot as it was when the unit was announced, or seen to be loaded.
    """

    presence: Presence
    slot: int
    seat: Seat
    catalogue: Catalogue

    def __call__(self, steps: Sequence[StepRecord], at_ms: int) -> UnitLost | UnitSwapped | None:
        """What is held against the run `at_ms` after its start, or None."""
        began_s = self.presence.clock.monotonic() - at_ms / 1000
        if why := self._unseen():
            return UnitLost(f"who is in slot {self.slot} cannot be told: {why}")
        breaks = self.presence.breaks(self.slot, self.seat.session)
        if not (self.seat.held or self.seat.fault):
            breaks = _after_first(breaks)
        meant = {use for use, spec in self.catalogue.items() if CLAIM in spec.claims}
        broken_ms = ((each.at_s - began_s) * 1000 for each in breaks)
        broken = list(unexplained(broken_ms, steps, meant))
        now = self.presence.look(self.slot)
        return _told(self.slot, broken, self.seat.occupant, now.occupant)

    def _unseen(self) -> str:
        """Why the slot cannot be looked at, or ''; while others come and go, a look may fail."""
        until = Deadline(_LOOKS_FOR_S, self.presence.clock)
        while True:
            version = self.presence.version
            if not self.presence.refresh(_FRESH_S):
                return "nobody looks"
            fault = self.presence.look(self.slot).fault
            if fault is None:
                return ""
            if until.expired():
                return f"{fault.code}: {fault.message}"
            self.presence.wait_changed(version, LOOK_S)


def _after_first(breaks: Sequence[Break]) -> Sequence[Break]:
    """The breaks since the first unit came, which took nobody's place; one alone is its coming."""
    came = next((n for n, each in enumerate(breaks) if each.held), 0)
    return breaks[came + 1 :]


def unexplained(
    broken_ms: Iterable[float], steps: Iterable[StepRecord], meant: Collection[str]
) -> Iterator[float]:
    """The breaks that no step brought about whose use is among those `meant` to [ms of the run].

    A break is seen a little after it happened. Between two such steps it is theirs, too: a handset
    that one has wiped comes and goes until the other one has seen it sealed.
    """
    times = list(_times_ms(steps, meant))
    for at_ms in broken_ms:
        if not any(begun - _ROUNDED_MS <= at_ms <= ended + LATE_MS for begun, ended in times):
            yield at_ms


def _times_ms(steps: Iterable[StepRecord], meant: Collection[str]) -> Iterator[tuple[float, float]]:
    """From when to when nothing but such steps ran, one after another."""
    begun: float | None = None
    ended = 0.0
    for step in sorted((each for each in steps if each.attempt), key=lambda each: each.at_ms):
        if step.use in meant:
            begun = step.at_ms if begun is None else begun
            ended = max(ended, step.at_ms + (step.duration_s or 0) * 1000)
        elif begun is not None:
            yield begun, ended
            begun = None
    if begun is not None:
        yield begun, ended


def _told(
    slot: int, broken_ms: Sequence[float], before: Occupant | None, now: Occupant | None
) -> UnitLost | UnitSwapped | None:
    serials = before and before.serial, now and now.serial
    if all(serials) and serials[0] != serials[1]:
        return UnitSwapped(f"{serials[0]} was in slot {slot}, and now {serials[1]} is")
    if not broken_ms:
        return None
    stands = "a handset is in it, which may be another one" if now else "it is empty"
    where = f"the link of slot {slot} broke {len(broken_ms)} times, first {broken_ms[0] / 1000:.1f}"
    return UnitLost(f"{where} s after the run began, and no step had it broken; now {stands}")
