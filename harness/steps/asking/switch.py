"""Switching something of a handset, and looking until it is so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from harness.model.ports import Handset, Stopwatch, Wait
from harness.steps.asking.answers import obey
from harness.steps.asking.turns import turns

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Switch(Generic[Seen]):
    """What a command switches on a handset, how it is looked at, and its time to obey [s]."""

    handset: Handset
    look: Callable[[], Seen]
    within_s: float
    wait: Wait
    stopwatch: Stopwatch

    def after(self, command: str, obeyed: Callable[[Seen], bool]) -> Seen:
        """What is seen once the command has been obeyed, or at last, when the time is over.

        Raises: PlanError(HANDSET-REFUSED) when the command itself fails.
        """
        obey(self.handset, command)
        for _ in turns(self.within_s, self.wait, self.stopwatch):
            seen = self.look()
            if obeyed(seen):
                break
        return seen
