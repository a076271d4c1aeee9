"""Waiting for a handset that was taken off adb to answer again."""

from __future__ import annotations

from harness.errors import LinkFault
from harness.errors.link import NOT_THERE
from harness.model.ports import Handset, Stopwatch, Wait
from harness.steps.asking.answers import ask
from harness.steps.asking.turns import turns

LOOK_S = 0.05
AWAY = NOT_THERE | {"ADB-LOST"}
"""What adb says of a handset that is away or on its way; of one that this run has seen, that it is
lost."""


def wait_until_ready(handset: Handset, until_s: float, wait: Wait, stopwatch: Stopwatch) -> None:
    """Return once the handset answers, which it must by `until_s` [s] of the stopwatch.

    Raises: LinkFault: the last absence; ADB-RESTARTED when it has booted meanwhile.
    """
    for _ in turns(until_s - stopwatch(), wait, stopwatch, LOOK_S):
        try:
            ask(handset, "true")
        except LinkFault as fault:
            if fault.code not in AWAY:
                raise
            absence = fault
        else:
            return
    raise absence
