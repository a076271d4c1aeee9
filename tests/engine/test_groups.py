"""Groups: what runs at the same time, and what a child's end does to the others and the run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from harness.engine.execute import execute
from harness.errors import LinkFault, PlanError
from harness.model.events import Measured
from harness.model.fault import Symptom
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, Phase
from harness.model.ports import Measure
from harness.model.step import Numeric
from tests.engine.rig import Rig, planned, spec_of, until
from tests.engine.steps import (
    AGAIN,
    EITHER,
    ERROR,
    FAIL,
    PASS,
    SKIPPED,
    TOGETHER,
    Item,
    bad,
    ended,
    events,
    good,
    item,
    lost,
    outcomes,
    reason_of,
)


def test_the_steps_of_a_parallel_group_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3)

    def meets(measure: Measure) -> None:
        meeting.wait(20)
        measure("value", 1.0)
        meeting.wait(20)

    rig = Rig([item(f"s{n}", meets, group=TOGETHER) for n in range(3)] + [good("after")])
    record = execute(rig.job, rig.log)
    assert record.outcome is PASS
    assert [kind for kind, _ in events(rig)[:6]] == ["StepStarted"] * 3 + ["StepEnded"] * 3
    assert [step.parent for step in record.steps] == ["wireless"] * 3 + [None]
    assert len({step.id for step in record.steps}) == 4
    assert rig.replay() == record


def test_a_parallel_group_of_one_needs_no_thread() -> None:
    names: list[str] = []
    rig = Rig([item("one", lambda: names.append(threading.current_thread().name), group=TOGETHER)])
    execute(rig.job, rig.log)
    assert names == [threading.current_thread().name]


def test_the_steps_of_an_any_order_group_run_one_after_another() -> None:
    rig = Rig([good("a", group=EITHER), good("b", group=EITHER), good("after")])
    record = execute(rig.job, rig.log)
    assert record.outcome is PASS
    assert [step for _, step in events(rig)] == ["a", "a", "b", "b", "after", "after"]
    assert [step.parent for step in record.steps] == ["bench", "bench", None]


@pytest.mark.parametrize("first", [bad, lost])
def test_in_an_any_order_group_a_stop_skips_the_siblings_as_in_a_sequence(
    first: Callable[..., Item],
) -> None:
    rig = Rig([first("a", group=EITHER), good("b", group=EITHER), good("after")])
    record = execute(rig.job, rig.log)
    assert [step.outcome for step in record.steps[1:]] == [SKIPPED, SKIPPED]
    assert record.steps[1].parent == "bench"
    assert reason_of(rig, "b").startswith("a ended ")


def test_in_an_any_order_group_a_fail_that_is_to_continue_stops_nothing() -> None:
    rig = Rig([bad("a", group=EITHER, on_fail=OnFail.CONTINUE), good("b", group=EITHER)])
    assert outcomes(execute(rig.job, rig.log)) == {"a": FAIL, "b": PASS}


@pytest.mark.parametrize("first", [bad, lost])
def test_a_child_that_ends_badly_does_not_cut_its_siblings(first: Callable[..., Item]) -> None:
    def late(measure: Measure) -> None:
        until(lambda: ended(rig, "a"))
        measure("value", 2.0)

    rig = Rig([first("a", group=TOGETHER), item("b", late, group=TOGETHER), good("after")])
    record = execute(rig.job, rig.log)
    assert outcomes(record)["b"] is PASS
    assert outcomes(record)["after"] is SKIPPED
    assert record.steps[1].measurements[0].value == 2.0
    assert reason_of(rig, "after").startswith("a ended ")
    assert rig.replay() == record


def test_what_comes_after_a_parallel_group_is_decided_by_its_worst_child() -> None:
    go_on = {"group": TOGETHER, "on_fail": OnFail.CONTINUE}
    rig = Rig([bad("a", **go_on), good("b", **go_on), good("after")])
    assert outcomes(execute(rig.job, rig.log)) == {"a": FAIL, "b": PASS, "after": PASS}
    rig = Rig([bad("a", **go_on), bad("b", group=TOGETHER), good("after")])
    assert outcomes(execute(rig.job, rig.log))["after"] is SKIPPED
    assert reason_of(rig, "after") == "b ended FAIL"
    rig = Rig([bad("a", group=TOGETHER), lost("b", **go_on), good("after")])
    record = execute(rig.job, rig.log)
    assert (record.outcome, record.dut_failed) == (ERROR, True)
    assert reason_of(rig, "after") == "b ended ERROR"


def test_retries_are_made_in_rounds_together_and_never_beside_a_first_attempt() -> None:
    tries: dict[str, int] = {"a": 0, "b": 0}
    second = threading.Barrier(2)

    def flaky(name: str) -> Callable[[Measure], None]:
        def body(measure: Measure) -> None:
            tries[name] += 1
            if tries[name] == 1:
                raise LinkFault("ADB-HANG", "silent")
            second.wait(20)
            measure("value", 1.0)

        return body

    def slow(measure: Measure) -> None:
        until(lambda: ended(rig, "a") and ended(rig, "b"))
        measure("value", 1.0)

    flakies = [item(name, flaky(name), group=TOGETHER, retry=AGAIN) for name in tries]
    rig = Rig([*flakies, item("c", slow, group=TOGETHER, retry=AGAIN)])
    record = execute(rig.job, rig.log)
    assert record.outcome is PASS
    assert sorted((s.id, s.attempt) for s in record.steps[3:]) == [("a", 2), ("b", 2)]
    slow_ended = events(rig).index(("StepEnded", "c"))
    assert events(rig)[slow_ended + 1 :].count(("StepStarted", "a")) == 1
    assert rig.kinds().count("RetryDecided") == 2
    assert rig.replay() == record


def test_teardown_attempts_every_step_of_a_group() -> None:
    phase = {"phase": Phase.TEARDOWN}
    rig = Rig(
        [
            bad("one"),
            lost("a", group=EITHER, **phase),
            good("b", group=EITHER, **phase),
            lost("c", group=TOGETHER, **phase),
            good("d", group=TOGETHER, **phase),
            good("e", **phase),
        ]
    )
    record = execute(rig.job, rig.log)
    wanted = {"one": FAIL, "a": ERROR, "b": PASS, "c": ERROR, "d": PASS, "e": PASS}
    assert outcomes(record) == wanted


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ({"claims": ["modem", "wifi"]}, {"claims": ["modem"]}, "modem"),
        ({"needs": ("callbox",)}, {"needs": ("callbox", "supply")}, "callbox"),
    ],
)
def test_steps_that_run_together_never_use_the_same_part(
    first: dict[str, Any], second: dict[str, Any], shared: str
) -> None:
    with pytest.raises(PlanError, match=f"PLAN-INVALID: p: a and b .* {shared}$"):
        Rig([good("a", group=TOGETHER, **first), good("b", group=TOGETHER, **second)])
    Rig([good("a", group=EITHER, **first), good("b", group=EITHER, **second)])


def test_what_was_left_out_by_only_is_skipped_and_is_never_a_pass() -> None:
    rig = Rig(
        [
            good("up", phase=Phase.SETUP),
            good("a"),
            good("b", group=TOGETHER),
            good("c", group=TOGETHER),
            good("d", group=EITHER),
            good("down", phase=Phase.TEARDOWN),
        ],
        only=("a", "c"),
    )
    record = execute(rig.job, rig.log)
    assert outcomes(record) == {
        "up": PASS,
        "a": PASS,
        "b": SKIPPED,
        "c": PASS,
        "d": SKIPPED,
        "down": PASS,
    }
    assert reason_of(rig, "b") == "left out: only a, c was chosen"
    assert record.fault
    assert (record.outcome, record.fault.code) == (Outcome.ABORTED, "RUN-PARTIAL")


def test_the_symptom_of_the_fault_that_decided_is_on_record() -> None:
    weak = Symptom("BAT-07", "charges too slowly", "B")
    rig = Rig([bad("charge")], symptoms={"charge.value:HIGH": weak})
    assert execute(rig.job, rig.log).symptom == weak
    rig = Rig([good("charge")], symptoms={"charge.value:HIGH": weak})
    assert execute(rig.job, rig.log).symptom is None
    rig = Rig([bad("other")], symptoms={"charge.value:HIGH": weak})
    assert execute(rig.job, rig.log).symptom is None


def test_measurements_of_children_interleave_and_each_stands_in_its_own_attempt() -> None:
    turns = threading.Barrier(2)

    def counts(of: int) -> Callable[[Measure], None]:
        def body(measure: Measure) -> None:
            for n in range(4):
                turns.wait(20)
                measure(f"m{n}", float(of))

        return body

    specs = []
    for n in (1, 2):
        body = counts(n)
        body.__name__ = f"s{n}"
        specs.append(spec_of(body, measures=[Numeric(f"m{place}", "V") for place in range(4)]))
    rig = Rig([(spec, planned(spec, f"s{n}", group=TOGETHER)) for n, spec in enumerate(specs)])
    record = execute(rig.job, rig.log)
    order = [s.event.step for s in rig.published if isinstance(s.event, Measured)]
    assert [{*order[at : at + 2]} for at in range(0, 8, 2)] == [{"s0", "s1"}] * 4
    for step in record.steps:
        of = 1.0 if step.id == "s0" else 2.0
        assert [made.value for made in step.measurements] == [of] * 4
    assert record.outcome is PASS
    assert [stamped.seq for stamped in rig.published] == list(range(len(rig.published)))


def test_no_thread_of_a_group_is_left() -> None:
    before = threading.active_count()
    rig = Rig([good(f"s{n}", group=TOGETHER) for n in range(8)])
    assert execute(rig.job, rig.log).outcome is PASS
    until(lambda: threading.active_count() <= before)
