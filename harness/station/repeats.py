"""What engineers want run again on the units that stand in slots."""

from __future__ import annotations

import threading
from dataclasses import replace

from harness.errors import CommandRefused, refused_by
from harness.model.events import AbortRequested, UnitLost, UnitSwapped
from harness.model.plan import Plan
from harness.model.station import RunSteps
from harness.station.part import part_of
from harness.station.slot import RunResult

MOST_TIMES = 1000


class Repeats:
    """The plans of the units that stand in slots, and what is to be run of them. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: dict[int, Plan] = {}
        self._asked: dict[int, RunSteps] = {}

    def stands(self, slot: int, plan: Plan) -> None:
        """A unit of this plan is in the slot."""
        with self._lock:
            self._plans[slot] = plan

    def left(self, slot: int) -> None:
        """No unit is in the slot; what was asked for the last one is not run."""
        with self._lock:
            self._plans.pop(slot, None)
            self._asked.pop(slot, None)

    def ask(self, command: RunSteps) -> None:
        """Have steps run on the unit in a slot, once its run is over.

        Raises: CommandRefused(COMMAND-UNFIT) without such steps, and for a number of times that is
        none, (REPEAT-ABSENT) without a unit, (REPEAT-BUSY) until the last time of what was asked
        before has begun.
        """
        if not 1 <= command.times <= MOST_TIMES or not command.steps:
            words = f"say which steps, and how often: 1 to {MOST_TIMES} times"
            raise CommandRefused("COMMAND-UNFIT", words)
        with self._lock:
            plan = self._plans.get(command.slot)
            if plan is None:
                words = f"no unit that was tested stands in slot {command.slot}"
                raise CommandRefused("REPEAT-ABSENT", words)
            if command.slot in self._asked:
                words = "has steps to run again already: stop its run, or wait for the last one"
                raise CommandRefused("REPEAT-BUSY", f"slot {command.slot} {words}")
            with refused_by("COMMAND-UNFIT"):
                chosen = part_of(plan, command.steps)
            self._asked[command.slot] = replace(command, steps=chosen)

    def waits(self, slot: int) -> bool:
        """Whether something is to be run."""
        with self._lock:
            return slot in self._asked

    def take(self, slot: int) -> tuple[str, ...] | None:
        """The steps to run now, once, none for the whole plan; None when none wait."""
        with self._lock:
            asked = self._asked.pop(slot, None)
            if asked is None:
                return None
            if asked.times > 1:
                self._asked[slot] = replace(asked, times=asked.times - 1)
            return asked.steps

    def enough(self, slot: int) -> None:
        """What was asked for is run no more, however often it was to be."""
        with self._lock:
            self._asked.pop(slot, None)


def may_go_on(result: RunResult) -> bool:
    """Whether the unit may be run once more: nobody stopped its run, and it is still there."""
    if result.record is None or result.wedged:
        return False
    stops = AbortRequested | UnitLost | UnitSwapped
    return not any(isinstance(note.event, stops) for note in result.record.notes)
