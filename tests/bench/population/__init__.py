"""False fails of good units that differ, and escapes of bad ones: the final test of the A57.

`python -m tests.bench population [--good N] [--defects N] [--whole N] [--seed S] [--workers W]
[--real N] [--slots N]` tests N good units, and N of each defect, in memory: the real engine, plan,
steps and drivers; the simulated units, jig and call box without a wire, in time that only passes
while everybody waits. `--whole N` of each defect go through the whole plan, the rest through those
of its steps that have found these. `--real N` tests N bad units over the real adb server besides.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence

from tests.bench.figure import Figure
from tests.bench.population.found import Tally
from tests.bench.population.running import found_of_all

MOST_FALSE_FAILS_PERCENT = 0.1
_NEAREST = 10


def figures(words: Sequence[str] = ()) -> Iterator[Figure]:
    """False fails [%], escapes, and CPU of a unit [s]; what lies behind them as lines beside."""
    asked = _options().parse_args(words)
    tally = Tally()
    for unit in found_of_all(
        asked.good, asked.defects, whole=asked.whole, seed=asked.seed, workers=asked.workers
    ):
        tally.add(unit)
    yield from _of_good(tally)
    yield from _of_bad(tally, "population")
    if tally.tested:
        yield Figure("population_unit_cpu", tally.cpu_s / tally.tested, "s", None, tally.tested)
    if asked.real:
        yield from _of_real(asked.real, asked.slots, asked.seed)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m tests.bench population")
    options.add_argument("--good", type=int, default=500)
    options.add_argument("--defects", type=int, default=3, help="units of each defect")
    options.add_argument("--whole", type=int, default=3, help="of these by the whole plan")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--real", type=int, default=0, help="bad units over the real adb server")
    options.add_argument("--slots", type=int, default=8, help="in which these are tested at once")
    return options


def _of_good(tally: Tally) -> Iterator[Figure]:
    for entry in tally.nearest(_NEAREST):
        _say(nearest=entry)
    if tally.codes:
        _say(failed_good_units_by=dict(tally.codes.most_common()), first=tally.first)
    if tally.good:
        percent = 100 * tally.failed / tally.good
        most = MOST_FALSE_FAILS_PERCENT
        yield Figure("population_false_fails", percent, "%", most, tally.good)


def _of_bad(tally: Tally, name: str) -> Iterator[Figure]:
    for defect, count in sorted(tally.bad.items()):
        cpu_ms = tally.cpu_of[defect]
        _say(
            defect=defect,
            units=count,
            passed=tally.passed[defect],
            otherwise=dict(tally.otherwise.get(defect, ())),
            steps=sorted(tally.steps[defect]),
            **({"cpu_s": cpu_ms / 1000} if cpu_ms else {}),
        )
    if bad := tally.bad.total():
        odd = sum(each.total() for each in tally.otherwise.values())
        yield Figure(f"{name}_escapes", tally.passed.total(), "1", 0, bad)
        yield Figure(f"{name}_found_otherwise", odd, "1", None, bad)


def _of_real(count: int, slots: int, seed: int) -> Iterator[Figure]:
    from tests.bench.population.real import found_over_adb

    tally = Tally()
    began_s = time.monotonic()
    for unit in found_over_adb(count, slots=slots, seed=seed):
        tally.add(unit)
    wall_s = time.monotonic() - began_s
    yield from _of_bad(tally, "population_over_adb")
    yield Figure("population_over_adb_wall", wall_s, "s", None, count)


def _say(**what: object) -> None:
    print(json.dumps({"bench": "population", **what}), flush=True)
