"""Which units are tested in memory, and by which process."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from functools import cache
from itertools import chain
from random import Random
from typing import NamedTuple

from harness.model.outcome import Outcome
from harness.sim.defects import DEFECTS, IN_RUNS, is_of_jig
from tests.bench.population.found import Found
from tests.bench.population.slot import MemorySlot
from tests.bench.population.spread import spread

_ON_THE_WIRE = ("adb.", "handset.", "usb.unplug", "usb.edl")
_CHUNK = 4


class Case(NamedTuple):
    """A unit to be tested; a good one has no defect."""

    defect: str
    number: int
    seed: int


def defects_in_memory() -> tuple[str, ...]:
    """Those that keep a unit from passing, less what is of the jig or shows on a wire alone."""
    return tuple(
        name
        for name in IN_RUNS
        if DEFECTS[name].outcome is not Outcome.PASS
        and not is_of_jig(name)
        and not name.startswith(_ON_THE_WIRE)
    )


def found_of_all(good: int, of_each: int, *, seed: int, workers: int) -> Iterator[Found]:
    """So many good units, and so many of each defect, as they are done."""
    cases = chain(
        (Case("", number, seed) for number in range(good)),
        (Case(name, n, seed) for n in range(of_each) for name in defects_in_memory()),
    )
    if workers == 1:
        yield from map(found_of, cases)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(found_of, cases, _CHUNK)


def found_of(case: Case) -> Found:
    """Test a unit in this process's slot."""
    draw = Random(repr(case))
    serial = f"A57{'Q' if case.defect else 'P'}{case.number:06}"
    unit = spread(draw, serial, seed=case.seed, defects={case.defect: {}} if case.defect else {})
    slot = _slot()
    began_s = time.process_time()
    record = slot.test(unit)
    return Found.of(case.defect, serial, record, time.process_time() - began_s)


@cache
def _slot() -> MemorySlot:
    return MemorySlot()
