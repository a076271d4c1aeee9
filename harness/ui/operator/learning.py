"""By which plans a screen knows labels: those of its files, held against what the station runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.model.plan import Variants
from harness.model.station import PlanShown, Snapshot
from harness.ui.told import Gone, Told

OF_PLANS = frozenset(
    f"scan.{key}"
    for key in ("label", "label_serial", "label_part", "label_sku", "either", "unknown")
)
"""Why a scan is not used, where another plan might use it."""


class Learning:
    """When plans are to be read, and whether they are those of the station.

    They are read once there is something to show, and anew when a station that was joined says
    other plans than those they were read for: it was started again with others, or with one more.
    Without `plans` there is nothing to learn.
    """

    def __init__(self, plans: Callable[[], Variants] | None) -> None:
        self._plans = plans
        self._known: frozenset[str] = frozenset()
        self._said: set[str] = set()
        self._read_for: frozenset[str] | None = None
        """What the station had said when they were read last."""
        self._begun = self._reading = self._joined = False

    @property
    def knows(self) -> bool:
        """Whether labels can be told by now."""
        return self._plans is None or (self._read_for is not None and not self._reading)

    @property
    def differs(self) -> bool:
        """Whether the station runs other plans than those that were read."""
        return bool(self._said) and self._said.isdisjoint(self._known)

    def hear(self, told: Iterable[Told]) -> None:
        """Take what the station has said."""
        for message in told:
            match message:
                case Snapshot(plans=plans):
                    self._begun = self._joined = True
                    self._said = {plan.sha256 for plan in plans}
                case PlanShown(sha256=sha256):
                    self._said.add(sha256)
                case Gone():
                    self._begun = True

    def begin(self) -> Callable[[], Variants] | None:
        """What reads the plans, if they are to be read now; then `learnt` or `fail` is due."""
        is_new = (self._joined or self.differs) and frozenset(self._said) != self._read_for
        if self._plans is None or self._reading or not self._begun:
            return None
        if self._read_for is not None and not is_new:
            return None
        self._joined = False
        self._reading, self._read_for = True, frozenset(self._said)
        return self._plans

    def learnt(self, variants: Variants) -> None:
        """These were read."""
        self._reading = False
        self._known = frozenset(plan.sha256 for plan in variants.plans.values())

    def fail(self) -> bool:
        """They could not be read; whether others were before, so that the screen can go on."""
        self._reading = False
        return bool(self._known)
