"""Commands that ask for a state, which must then show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from harness.devices.scpi.exchange import Exchange

T = TypeVar("T")

STATE_POLL_S = 0.02
"""How often a state is asked for until it shows [s]."""


def change(
    exchange: Exchange,
    command: str,
    limit_s: float,
    shown: Callable[[], T],
    met: Callable[[T], bool],
    guard: Callable[[], None] = lambda: None,
    done: re.Pattern[str] | None = None,
) -> None:
    """Send a command once and wait until the state that it asks for shows, `limit_s` at the most.

    When its acknowledgement is garbled, or its answer lost, that state alone decides. `guard` is
    called before the command and while the state is waited for; what it raises ends both. `done`
    is as Exchange.command has it.

    Raises: LineFault(STUCK) with the state that shows instead; others as Exchange.command.
    """
    lease = exchange.lease
    guard()
    deadline = lease.within(limit_s).deadline
    unsure = exchange.command(command, limit_s, done)
    while not met(state := shown()):
        if deadline.expired():
            lease.check_time()  # else the device had its full time
            if unsure:
                raise unsure.again(state=str(state))
            raise exchange.fault.of(
                "STUCK",
                f"{command}: still {state} after {limit_s:g} s",
                evidence={"sent": command, "state": str(state), "limit_s": limit_s},
            )
        lease.sleep(min(STATE_POLL_S, max(deadline.left_s(), 0.0)))
        guard()
