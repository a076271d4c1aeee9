"""CPU of a tested unit: all threads of the process, its record on disk.

The kinds of unit are tested in turn and compared pair by pair, so that a machine that gets
slower meanwhile slows them all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

from tests.bench.figure import Figure
from tests.bench.workload import Line, open_line

ROUNDS, WARM_UP = 15, 2
FEW, MANY, SLOTS = 50, 500, 16


def figures() -> Iterator[Figure]:
    with open_line() as line:
        rounds = [_round(line) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    few, many, slots = zip(*rounds, strict=True)
    step = [((m - f) / (MANY - FEW)) / (f / FEW) for f, m in zip(few, many, strict=True)]
    crowd = [s / f for f, s in zip(few, slots, strict=True)]
    yield Figure("unit_cpu_50_steps", median(few), "ms", 8.0, ROUNDS)
    yield Figure("unit_cpu_500_steps", median(many), "ms", None, ROUNDS)
    yield Figure("step_cpu_beyond_50_to_step_cpu", median(step), "1", 1.1, ROUNDS)
    yield Figure("unit_cpu_16_slots_to_1", median(crowd), "1", 1.3, ROUNDS)


def _round(line: Line) -> tuple[float, float, float]:
    return (
        _cpu_ms(lambda: line.test(FEW)),
        _cpu_ms(lambda: line.test(MANY)),
        _cpu_ms(lambda: line.test(FEW, slots=SLOTS)) / SLOTS,
    )


def _cpu_ms(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000
