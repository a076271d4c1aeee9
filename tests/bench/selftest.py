"""Self-tests side by side: how much longer eight jigs take than one.

The shipped plan on simulated jigs whose fixtures move for 2 s in all, on real ports, with drivers,
engine and store as on a station. One and eight are tested in turn, so that a machine that gets
slower meanwhile slows both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from harness.model.outcome import Outcome
from harness.sim.jig import JigBuild, SimJig
from harness.sim.scenario import Scenario
from harness.station.readiness.jig_plans import JigPlans
from harness.station.readiness.selftest import Ordering, SelfTest
from harness.station.screens.bus import Bus
from harness.wiring import input_hashes, open_station
from tests.bench.figure import Figure

JIGS, ROUNDS = 8, 5
DWELL_S = 2.0
MOVES = 10
"""How often the shipped self-test opens or closes the fixture."""

Test = Callable[[Sequence[int]], float]
"""Tests the jigs on these slots; how long that took [s]."""


def figures() -> Iterator[Figure]:
    with jigs(JIGS) as test:
        test([1])  # plans are read once
        pairs = [(test([1]), test(range(1, JIGS + 1))) for _ in range(ROUNDS)]
    one, all_ = zip(*pairs, strict=True)
    ratio = [many / few for few, many in pairs]
    yield Figure("selftest_of_1_jig", median(one), "s", None, ROUNDS)
    yield Figure("selftest_of_8_jigs", median(all_), "s", None, ROUNDS)
    yield Figure("selftest_of_8_jigs_to_1", median(ratio), "1", 1.2, ROUNDS)


@contextmanager
def jigs(number: int) -> Iterator[Test]:
    """A simulated station with so many jigs."""
    build = JigBuild(dwell_s=DWELL_S / MOVES)
    own = tuple(SimJig(serial=f"BENCH{n}", build=build) for n in range(number))
    scenario = Scenario(units=(), jigs=own)
    with (
        TemporaryDirectory(prefix="harness-bench-") as folder,
        open_station(Path(folder) / "records.db", scenario) as station,
    ):
        inputs = partial(input_hashes, layout=scenario)
        ordering = Ordering(JigPlans(station.catalogue), inputs, "bench")

        def test(slots: Sequence[int]) -> float:
            selftest = SelfTest(station, ordering, Bus(station.ref, station.slots))
            begun = time.perf_counter()
            tested = selftest.run(slots)
            took_s = time.perf_counter() - begun
            assert [each.outcome for each in tested] == [Outcome.PASS] * len(slots)
            return took_s

        yield test
