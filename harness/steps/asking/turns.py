"""Looking again and again until something is so, or its time is over."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.ports import Stopwatch, Wait

LOOK_S = 0.1
"""Between two looks [s]: less than anyone notices, and a handset answers several a look."""


def turns(
    within_s: float, wait: Wait, stopwatch: Stopwatch, every_s: float = LOOK_S
) -> Iterator[None]:
    """A turn at once, then one every `every_s` [s]; the last once `within_s` [s] are over.

    Whoever leaves it early has found what it looked for: what follows the loop tells that the
    time was over.
    """
    until_s = stopwatch() + within_s
    while stopwatch() < until_s:
        yield
        wait(every_s)
    yield
