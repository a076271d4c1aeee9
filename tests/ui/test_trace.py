"""A unit's life on a page: what was found, and whether it counts."""

from __future__ import annotations

from decimal import Decimal

from harness.model import events as e
from harness.model.limits import Range
from harness.model.plan import Phase
from harness.model.refs import ReleaseRef
from harness.records.life import Life as UnitLife
from harness.ui.trace import trace_lines
from tests.quality.nights import CENT, Night
from tests.records.runs import Life

RELEASE = ReleaseRef("final-test", 7, "ab" * 32, ("anna", "ben"))
NEAR = Range(Decimal(1), Decimal(4), marginal=Decimal("0.2"))


def page(*lives: Life) -> list[str]:
    records = [life.builder.build() for life in lives]
    return [line.plain.strip() for line in trace_lines(UnitLife.of("asked", records, {}))]


def run(values: list[float], **named: object) -> Life:
    """A run of two steps at the same time; the second one's second reading is `values`' last."""
    life = Life("r1")
    life.start(**named)  # type: ignore[arg-type]
    life.together([2.0, 2.0], values)
    life.end()
    return life


def test_the_bin_stands_before_the_words() -> None:
    lines = page(run([2.0, 5.0]))
    at = lines.index("bin B  PWR-07  rail too high")
    assert lines[at - 1].endswith("FAIL  step_1.rail_1:HIGH")
    assert lines[at + 1].startswith("5 V is above")


def test_a_jig_that_failed_is_to_be_mended_in_its_life() -> None:
    record = Night(0, {"rail.error": -3.1}, {"rail.error": CENT}).record()
    lines = [line.plain.strip() for line in trace_lines(UnitLife.of("J-1", [record], {}))]
    at = lines.index("-3.1 % is below the acceptance limit -1 %")
    assert lines[at + 1] == "-> Mend the jig, then run `harness selftest` for it again."


def test_a_run_that_does_not_count_is_marked_in_its_own_line() -> None:
    lines = page(run([2.0, 2.0], purpose=e.Purpose.ENGINEERING))
    assert any(line.endswith("attempt 1  PASS (engineering)") for line in lines)
    assert any(line.endswith("attempt 1  PASS") for line in page(run([2.0, 2.0])))


def test_the_release_is_named_with_who_signed_it() -> None:
    (plan,) = (line for line in page(run([2.0, 2.0], release=RELEASE)) if line.startswith("plan "))
    assert plan.endswith("final-test, production, release 7, signed by anna, ben")


def test_a_part_of_a_plan_is_named() -> None:
    life = Life("r1")
    life.start(only=("step_0",), purpose=e.Purpose.ENGINEERING)
    life.step(0, [2.0, 2.0])
    life.add(e.StepSkipped("step_1", "jig.rails", Phase.STEPS, "left out"))
    life.end()
    lines = page(life)
    assert any("ABORTED (engineering)  RUN-PARTIAL" in line for line in lines)
    assert "only step_0 of the plan: a part of it is no verdict" in lines


def test_what_passed_with_little_to_spare_is_listed() -> None:
    life = Life("r1")
    life.start(steps=1, measures=1)
    life.begin("step_0")
    life.measure("step_0", "rail_0", 1.1, NEAR)
    life.measure("step_0", "other", 2.0, NEAR)
    life.finish("step_0")
    life.end()
    found = [line for line in page(life) if "MARGINAL" in line]
    assert found == ["MARGINAL: step_0.rail_0 = 1.1 V"]
