"""Which units are tested in memory, by which steps, and by which process."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from random import Random
from typing import NamedTuple

from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Phase, Plan
from harness.sim.defects import DEFECTS, IN_RUNS, is_of_jig
from tests.bench.population.found import Found
from tests.bench.population.slot import MemorySlot, final_test
from tests.bench.population.spread import SKUS, spread

_ON_THE_WIRE = ("adb.", "handset.", "usb.unplug", "usb.edl")
_REST_ON_EACH_OTHER = ("handover", "lte")
"""Areas whose steps rest on those before them: traffic on the registration, a seal on its wipe."""
_CHUNK = 4

Test = Callable[[Iterable["Case"]], Iterator[Found]]


class Case(NamedTuple):
    """A unit to be tested; a good one has no defect. `only` are its steps; all, where empty."""

    defect: str
    number: int
    seed: int
    only: tuple[str, ...] = ()


def defects_in_memory() -> tuple[str, ...]:
    """Those that keep a unit from passing, less what is of the jig or shows on a wire alone."""
    return tuple(
        name
        for name in IN_RUNS
        if DEFECTS[name].outcome is not Outcome.PASS
        and not is_of_jig(name)
        and not name.startswith(_ON_THE_WIRE)
    )


def found_of_all(
    good: int, of_each: int, *, whole: int, seed: int, workers: int
) -> Iterator[Found]:
    """So many good units, and so many of each defect, as they are done.

    `whole` of each defect go through the whole final test. The others go through those of its
    steps alone that have found these, and one that gets past them through the whole test too.
    """
    names, first = defects_in_memory(), min(whole, of_each)
    found_by: dict[str, frozenset[str]] = {}
    with _testing(workers) as test:
        probes = (Case(name, n, seed) for n in range(first) for name in names)
        for unit in test(chain(probes, (Case("", n, seed) for n in range(good)))):
            found_by[unit.defect] = found_by.get(unit.defect, frozenset()) | unit.steps
            yield unit
        plan = final_test().of(Unit(sku=SKUS[0]))
        only = {name: steps_to_run(plan, found_by.get(name, frozenset())) for name in names}
        yield from test(
            Case(name, n, seed, only[name]) for name in names for n in range(first, of_each)
        )


def steps_to_run(plan: Plan, found_by: frozenset[str]) -> tuple[str, ...]:
    """The steps that find what these have found, and those that they rest on; () is all of them.

    Setup runs in any case: what is found there needs nothing else, nor less.
    """
    steps = {step.id: step for step in plan.of(Phase.STEPS)}
    if not found_by or not found_by <= steps.keys():
        return ()
    areas = {steps[name].use.partition(".")[0] for name in found_by} & {*_REST_ON_EACH_OTHER}
    if "handover" in areas:
        areas.add("handset")  # puts back what setup has changed, or nothing is wiped
    return tuple(
        name
        for name, step in steps.items()
        if name in found_by or step.use.partition(".")[0] in areas
    )


@contextmanager
def _testing(workers: int) -> Iterator[Test]:
    if workers == 1:
        yield lambda cases: map(found_of, cases)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield lambda cases: pool.imap_unordered(found_of, cases, _CHUNK)


def found_of(case: Case) -> Found:
    """Test a unit in this process's slot; by the whole plan, if its steps alone let it pass."""
    draw = Random(f"{case.seed} {case.number} {case.defect}")
    serial = f"A57{'Q' if case.defect else 'P'}{case.number:06}"
    unit = spread(draw, serial, seed=case.seed, defects={case.defect: {}} if case.defect else {})
    slot = _slot()
    began_s = time.process_time()
    record = slot.test(unit, case.only)
    found = Found.of(case.defect, serial, record, time.process_time() - began_s)
    if case.only and not found.steps:  # a run of some steps never is PASS (RUN-PARTIAL)
        return found_of(case._replace(only=()))
    return found


@cache
def _slot() -> MemorySlot:
    return MemorySlot()
