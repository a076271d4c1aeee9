"""What the dispatcher makes of shared instruments, in simulated time: exact on every machine.

Each makespan is over `Mix.bound_s`, what no schedule can be shorter than. Beside each stands what
the same units take in the order in which their steps are written, and one after another.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from harness.engine.dispatch import Asking, Decision, Doing, Task, decide
from harness.engine.simulate import Took, simulate
from tests.bench.figure import Figure, percentile
from tests.engine.mixes import Mix, bench, drawn

MIXES = 1000
SPREAD = 0.2
"""How far tasks are from their expected durations, either way, of those."""


def figures() -> Iterator[Figure]:
    yield from _cost(drawn(1, rounds=3, sharing=0.5, slots=64))
    for slots in (2, 4, 8):
        yield from _compared(f"takt_8_units_on_{slots}_slots", [bench(slots)], 1.02, 1.02)
    families = {
        "own_units": [drawn(seed) for seed in range(MIXES)],
        "own_units_that_share_much": [drawn(seed, sharing=0.9) for seed in range(MIXES)],
        "3_rounds_of_one_plan": [drawn(seed, rounds=3) for seed in range(MIXES)],
    }
    for name, mixes in families.items():
        yield from _compared(f"takt_mixes_{name}", mixes, 1.10, 1.3)
    yield from _noisy(families["own_units"])


def _cost(mix: Mix) -> Iterator[Figure]:
    """What a decision costs under the lock of a station's instruments."""
    taken: list[float] = []

    def timed(asking: Sequence[Asking], doing: Sequence[Doing], now: float) -> Decision:
        begun = time.process_time()
        decided = decide(asking, doing, now)
        taken.append((time.process_time() - begun) * 1000)
        return decided

    simulate(mix.any_order, mix.slots, policy=timed)
    name = f"takt_decision_{mix.slots}_slots"
    yield Figure(f"{name}_p50", percentile(taken, 50), "ms", None, len(taken))
    yield Figure(f"{name}_p99", percentile(taken, 99), "ms", 5.0, len(taken))


def _compared(name: str, mixes: Sequence[Mix], typical: float, worst: float) -> Iterator[Figure]:
    ways: list[tuple[str, Callable[[Mix], float], float | None, float | None]] = [
        ("any_order", lambda m: simulate(m.any_order, m.slots).makespan_s, typical, worst),
        ("fixed_order", lambda m: simulate(m.fixed_order, m.slots).makespan_s, None, None),
        ("sequential", lambda m: m.sequential_s, None, None),
    ]
    for way, makespan, at_most_median, at_most in ways:
        ratios = [makespan(mix) / mix.bound_s for mix in mixes]
        if len(mixes) > 1:
            yield _figure(f"{name}_{way}_median", median(ratios), at_most_median, ratios)
        yield _figure(f"{name}_{way}", max(ratios), at_most, ratios)


def _noisy(mixes: Sequence[Mix]) -> Iterator[Figure]:
    """Steps take another time than expected; the bound is of what they really took."""
    ratios = []
    for seed, mix in enumerate(mixes):
        took = _drawn_durations(mix, random.Random(seed))
        real = Mix(
            tuple(
                tuple(Task(t.step, t.names, took(n, t)) for t in unit)
                for n, unit in enumerate(mix.units)
            ),
            mix.slots,
        )
        makespan = simulate(mix.any_order, mix.slots, took=took).makespan_s
        ratios.append(makespan / real.bound_s)
    yield _figure("takt_mixes_20_percent_off_any_order_median", median(ratios), 1.10, ratios)
    yield _figure("takt_mixes_20_percent_off_any_order", max(ratios), None, ratios)


def _drawn_durations(mix: Mix, dice: random.Random) -> Took:
    real = {
        (n, task.step): task.seconds * dice.uniform(1 - SPREAD, 1 + SPREAD)
        for n, unit in enumerate(mix.units)
        for task in unit
    }
    return lambda unit, task: real[unit, task.step]


def _figure(name: str, ratio: float, at_most: float | None, ratios: Sequence[float]) -> Figure:
    return Figure(name, ratio, "1", at_most, len(ratios))
