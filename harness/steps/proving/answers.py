"""What answers of a jig show about it and its line."""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import JigFault, PlanError
from harness.model.jig_ports import JigHealth
from harness.model.ports import Stopwatch

PATTERN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "\"'#;,")
"""Every visible character that means nothing in a command.

IEEE 488.2 separates message units by `;` and data by `,`, quotes texts, and begins blocks by `#`.
"""
INSULATION_OHM = 1_000.0
"""What an open relay has at least."""


def require_abilities(health: JigHealth, *abilities: str) -> None:
    """Raises: PlanError(PLAN-DEVICE) with what the jig cannot do."""
    if lacks := [ability for ability in abilities if not health.can(ability)]:
        words = f"the step needs a jig with {', '.join(abilities)}; this one has no"
        remedy = "Leave the step out of this jig's self-test, or give its jig file the verbs."
        raise PlanError("PLAN-DEVICE", f"{words} {' and no '.join(lacks)}", remedy=remedy)


def turned(text: str, places: int) -> str:
    """The text from that place on, then what stood before it."""
    at = places % len(text)
    return text[at:] + text[:at]


def comes_back(health: JigHealth, text: str) -> bool:
    """Whether the jig says what it is told to say; not when its answer is damaged twice.

    Raises: JigFault.
    """
    return _answered(lambda: health.echo(text) == text, False, "JIG-GARBLED")


def insulates(health: JigHealth, channel: str) -> bool:
    """Whether nothing to speak of flows through a channel, or it is over the meter's range.

    Raises: JigFault.
    """
    return _answered(lambda: health.resistance_ohm(channel) > INSULATION_OHM, True, "JIG-REFUSED")


def obeys(switch: Callable[[], None], shows: Callable[[], bool]) -> bool:
    """Whether a switch shows the state that it is told, and what it switches `shows` it too.

    Not when that is not the same twice.

    Raises: JigFault.
    """

    def switched() -> bool:
        switch()
        return shows()

    return _answered(switched, False, "JIG-STUCK", "JIG-UNSTABLE")


def _answered(ask: Callable[[], bool], instead: bool, *codes: str) -> bool:
    """What is asked; a fault of one of these codes is an answer too."""
    try:
        return ask()
    except JigFault as fault:
        if fault.code not in codes:
            raise
        return instead


def longest(
    stopwatch: Stopwatch, there: Callable[[], None], back: Callable[[], None], times: int
) -> tuple[float, float]:
    """The longest time that something took to go there, and to come back, of so many each [s]."""

    def timed(move: Callable[[], None]) -> float:
        began_s = stopwatch()
        move()
        return stopwatch() - began_s

    took_s = [(timed(there), timed(back)) for _ in range(times)]
    return max(first for first, _ in took_s), max(second for _, second in took_s)


def nonlinearity_pct(full: float, half: float, dark: float, full_scale: float) -> float:
    """By how much the middle of three readings is above the line through the others [%].

    Of `full_scale`, so that a lamp that stays dark has one too.
    """
    return error_pct(half, (full + dark) / 2, full_scale)


def error_pct(read: float, wanted: float, full_scale: float) -> float:
    """What was read less what was wanted, as a share of full scale [%].

    To 6 decimals: more are not the meter's, but of binary numbers.
    """
    return round(100 * (read - wanted) / full_scale, 6)
