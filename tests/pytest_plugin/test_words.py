"""What pytest tells of a run: nothing that stands against a PASS is ever left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.engine.execute import execute
from harness.errors import JigFault, LinkFault, OperatorStop
from harness.model.fault import Fault
from harness.model.jig_ports import Jig
from harness.model.ports import Measure
from harness.model.record import Record
from harness.pytest_plugin.words import Told, Words, step_findings, unshown
from harness.steps.api import Numeric
from tests.engine.rig import RememberingJig, Rig, planned, spec_of

UNSAFE = JigFault("JIG-UNSAFE", "a relay stays closed")


def close(jig: Jig) -> None:
    jig.close()


def lose(jig: Jig) -> None:
    raise LinkFault("ADB-LOST", "gone")


def glow(jig: Jig) -> None:
    raise JigFault("JIG-UNSAFE", "4.9 V on vbus")


def draw(measure: Measure) -> None:
    measure("current", 99.0)


CLOSE, LOSE, GLOW = spec_of(close), spec_of(lose), spec_of(glow)
DRAW = spec_of(draw, measures=[Numeric("current", "A")])


def record_of(*steps: str, unsafe: JigFault | None = None, only: tuple[str, ...] = ()) -> Record:
    """A run of steps, each called after what it does."""
    specs = {"close": CLOSE, "lose": LOSE, "draw": DRAW, "glow": GLOW}
    planning = [(specs[name], planned(specs[name], name)) for name in steps]
    rig = Rig(planning, jig=RememberingJig(unsafe=unsafe), only=only)
    return execute(rig.job, rig.log)


def test_a_pass_leaves_nothing_to_tell() -> None:
    assert unshown(record_of("close"), ["close"], cut=False) == []


@pytest.mark.parametrize("name", ["lose", "draw"])
def test_what_a_shown_step_found_is_not_told_twice(name: str) -> None:
    record = record_of("close", name)
    assert unshown(record, ["close", name], cut=False) == []
    assert any(name in line or "gone" in line for line in unshown(record, ["close"], cut=False))


def test_a_bench_that_is_not_safe_is_told_whatever_the_steps_found() -> None:
    for steps in (("close", "draw"), ("close", "lose")):
        record = record_of(*steps, unsafe=UNSAFE)
        told = unshown(record, steps, cut=True)
        assert told[0] == "JIG-UNSAFE (STATION): a relay stays closed"
        assert told[1].startswith("-> ")


def test_a_safe_state_that_failed_is_told_though_a_step_has_ended_in_the_same_code() -> None:
    record = record_of("glow", unsafe=UNSAFE)
    assert step_findings(record, record.steps)[0] == "JIG-UNSAFE (STATION): 4.9 V on vbus"
    assert unshown(record, ["glow"], cut=False)[0] == "JIG-UNSAFE (STATION): a relay stays closed"


def test_what_a_step_measured_before_it_was_cut_is_told() -> None:
    record = record_of("close", "draw")
    aborted = Fault.of(OperatorStop("RUN-ABORTED", "root: pytest was interrupted"))
    *others, draw = record.steps
    cut = replace(record, steps=(*others, replace(draw, fault=aborted)), fault=aborted)
    told = unshown(cut, ["close"], cut=True)
    assert told[0].startswith("draw.current = ")
    assert not any("RUN-ABORTED" in line for line in told)


def test_a_part_of_a_plan_is_no_news_but_what_it_found_is() -> None:
    assert unshown(record_of("close", "draw", only=("close",)), ["close"], cut=False) == []
    assert unshown(record_of("close", "draw", only=("draw",)), ["close"], cut=False) != []


def test_a_run_that_ran_nothing_is_told() -> None:
    told = unshown(record_of(), [], cut=False)
    assert any(line.startswith("RUN-EMPTY") for line in told)


def test_the_first_line_stands_for_all_in_short_summaries() -> None:
    told = Told(["one \x1b[31m", "two"])
    words = Words(told.lines)
    assert words.reprcrash.message == "one \\x1b[31m"
    assert str(words) == "one \\x1b[31m\ntwo"
