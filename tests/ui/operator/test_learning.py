"""When a screen reads the plans by which it knows labels."""

from __future__ import annotations

from dataclasses import replace

from harness.model.plan import Variants
from harness.model.station import PlanShown, Snapshot
from harness.station.screens.plan_shown import shown_of
from harness.ui.operator.learning import Learning
from harness.ui.told import Gone
from tests.station.runs import STATION
from tests.ui.operator.pilots import plans


def joined(*said: PlanShown) -> Snapshot:
    return Snapshot(STATION, (), plans=said)


def test_one_more_variant_is_learnt_once_the_station_runs_it() -> None:
    """The plans that it ran before it runs still: they alone do not say that all are known."""
    all_ = plans()
    sku, *_ = all_.plans
    fewer = Variants({sku: all_.plans[sku]})
    learning = Learning(lambda: fewer)
    learning.hear([Gone("not there"), joined(*said_of(fewer))])
    assert learning.begin()
    learning.learnt(fewer)
    assert (learning.knows, learning.begin()) == (True, None)
    learning.hear([Gone("ended"), joined(*said_of(all_))])
    assert learning.begin()
    assert not learning.knows, "labels are not told by what was known"
    learning.learnt(all_)
    assert (learning.knows, learning.differs, learning.begin()) == (True, False, None)


def test_a_golden_plan_that_is_shown_besides_has_nothing_read() -> None:
    learning = Learning(plans)
    known = said_of(plans())
    learning.hear([joined(*known)])
    assert learning.begin()
    learning.learnt(plans())
    learning.hear([replace(known[0], sha256="0" * 64)])
    assert (learning.differs, learning.begin()) == (False, None)


def said_of(variants: Variants) -> list[PlanShown]:
    return [shown_of(plan, None) for plan in variants.plans.values()]
