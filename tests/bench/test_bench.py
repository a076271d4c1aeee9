"""The benchmarks measure what they say; what they measure is for `make bench`."""

from __future__ import annotations

import json

import pytest

from tests.bench.figure import Figure, percentile
from tests.bench.workload import open_line


def test_the_workload_passes_on_every_slot() -> None:
    with open_line() as line:
        line.test(3, slots=2)  # asserts that each run is PASS, so that its record is on disk


@pytest.mark.parametrize(("percent", "rank"), [(1, 1), (50, 50), (99, 99), (100, 100)])
def test_percentiles_are_nearest_ranks(percent: float, rank: int) -> None:
    assert percentile([*range(100, 0, -1)], percent) == rank
    assert percentile([7.0], percent) == 7.0


def test_a_figure_is_a_line_that_says_whether_it_is_met() -> None:
    line = json.loads(Figure("shell_p50", 7.0, "ms", 6.0, 300).line())
    assert (line["bench"], line["value"], line["at_most"]) == ("shell_p50", 7.0, 6.0)
    assert (line["met"], line["samples"]) == (False, 300)
    assert line["cores"]
    assert Figure("free", 7.0, "ms", None, 1).met
