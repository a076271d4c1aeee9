"""Good units that differ pass the camera steps, and each planted defect in one is found."""

from __future__ import annotations

import pytest

from harness.sim.defects import DEFECTS
from tests.bench.cameras import good_units, seen_of

FLAWS = [
    name
    for name, defect in DEFECTS.items()
    if name.startswith("camera.")
    and any(told.endswith(("LOW", "HIGH")) for told in defect.concluded)
]


def test_good_units_pass_and_are_not_alike() -> None:
    units = list(good_units(3))
    assert len({(unit.rear, unit.front, unit.flash_gain) for unit in units}) == 3
    seen = [seen_of(unit) for unit in units]
    assert [each.concluded for each in seen] == [frozenset()] * 3
    assert len({each.values["rear.mtf50_centre"] for each in seen}) == 3
    assert [unit.rear for unit in good_units(3)] == [unit.rear for unit in units]


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_in_a_unit_that_is_not_quite_golden_is_found(name: str) -> None:
    (unit,) = good_units(1, seed=len(name))
    unit.defects = {name: {}}
    assert seen_of(unit).concluded == DEFECTS[name].concluded
