"""Groups: what runs at the same time, what a child's end does to its siblings, and to the run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from harness.engine.execute import execute
from harness.errors import HarnessError, LinkFault, PlanError, StationFault
from harness.model.events import Measured, StepEnded, StepSkipped, StepStarted
from harness.model.fault import Symptom
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind, OnFail, Phase, PlannedStep, Retry
from harness.model.ports import Measure, Wait
from harness.model.record import Record
from harness.model.step import Numeric, StepSpec
from harness.station.slot import RunResult, SlotRun
from tests.engine.rig import Rig, planned, spec_of, until

Item = tuple[StepSpec, PlannedStep]
TOGETHER = Group("wireless", GroupKind.PARALLEL)
EITHER = Group("bench", GroupKind.ANY_ORDER)
AGAIN = Retry(times=1, on=frozenset({Outcome.ERROR}))
ERROR, FAIL, PASS, SKIPPED = Outcome.ERROR, Outcome.FAIL, Outcome.PASS, Outcome.SKIPPED


def item(step_id: str, body: Callable[..., None], **given: Any) -> Item:
    """A step that may measure a `value` [V], planned with `given`."""
    measures = [Numeric("value", "V")] if "measure" in body.__annotations__ else []
    body.__name__ = step_id
    spec = spec_of(body, measures=measures, claims=given.pop("claims", ()))
    return spec, planned(spec, step_id, **given)


def measuring(value: float) -> Callable[[Measure], None]:
    def body(measure: Measure) -> None:
        measure("value", value)

    return body


def raising(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def good(step_id: str, **given: Any) -> Item:
    return item(step_id, measuring(1.0), **given)


def bad(step_id: str, **given: Any) -> Item:
    return item(step_id, measuring(99.0), **given)


def lost(step_id: str, **given: Any) -> Item:
    return item(step_id, raising(LinkFault("ADB-HANG", "silent")), **given)


def outcomes(record: Record) -> dict[str, Outcome | None]:
    return {step.id: step.outcome for step in record.steps}


def events(rig: Rig) -> list[tuple[str, str]]:
    """Starts, ends and skips with their steps, in the order of the record."""
    kinds = (StepStarted, StepEnded, StepSkipped)
    stamped = (s.event for s in rig.published if isinstance(s.event, kinds))
    return [(type(event).__name__, event.step) for event in stamped]


def reason_of(rig: Rig, step: str) -> str:
    skips = [s.event for s in rig.published if isinstance(s.event, StepSkipped)]
    return next(skip.reason for skip in skips if skip.step == step)


def ended(rig: Rig, step: str) -> bool:
    return ("StepEnded", step) in events(rig)


def supervised(rig: Rig) -> RunResult:
    running = SlotRun(rig.job, rig.journal, (rig.published.append,))
    running.start()
    result = running.supervise()
    running.join(20)
    return result


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
    assert [(s.id, s.attempt) for s in record.steps[3:]] in (
        [("a", 2), ("b", 2)],
        [("b", 2), ("a", 2)],
    )
    slow_ended = events(rig).index(("StepEnded", "c"))
    assert events(rig)[slow_ended + 1 :].count(("StepStarted", "a")) == 1
    assert rig.kinds().count("RetryDecided") == 2
    assert rig.replay() == record


def test_the_bench_is_made_safe_once_and_not_from_under_a_sibling() -> None:
    def faults(jig: Jig) -> None:
        jig.supply(5.0)
        raise LinkFault("ADB-HANG", "silent")

    def measures(jig: Jig, measure: Measure) -> None:
        until(lambda: ended(rig, "a") and ended(rig, "b"))
        measure("value", jig.voltage_v("vbus") if rig.jig.power else -1.0)

    def after_it(jig: Jig) -> None:
        jig.open()

    rig = Rig(
        [
            item("a", faults, group=TOGETHER),
            item("b", faults, group=TOGETHER),
            item("c", measures, group=TOGETHER),
            item("down", after_it, phase=Phase.TEARDOWN),
        ]
    )
    record = execute(rig.job, rig.log)
    assert outcomes(record)["c"] is PASS
    assert rig.jig.calls == ["supply", "supply", "voltage", "safe", "open", "safe"]
    assert not rig.jig.power


def test_the_bench_is_made_safe_before_another_round() -> None:
    power: list[bool] = []

    def flaky(jig: Jig) -> None:
        power.append(rig.jig.power)
        jig.supply(5.0)
        if len(power) == 1:
            raise LinkFault("ADB-HANG", "silent")
        jig.supply_off()

    rig = Rig([item("a", flaky, group=TOGETHER, retry=AGAIN), good("b", group=TOGETHER)])
    assert execute(rig.job, rig.log).outcome is PASS
    assert power == [False, False]
    assert rig.jig.calls == ["supply", "safe", "supply", "supply_off", "safe"]


def test_an_abort_reaches_all_children_at_once() -> None:
    started = threading.Barrier(3)

    def long(wait: Wait) -> None:
        started.wait(20)
        wait(60)

    rig = Rig([item(n, long, timeout_s=50, group=TOGETHER) for n in "ab"] + [good("after")])
    running = SlotRun(rig.job, rig.journal, (rig.published.append,))
    running.start()
    started.wait(20)
    running.abort("4711", "Ctrl-C")
    result = running.supervise()
    assert result.record
    assert outcomes(result.record) == {
        "a": Outcome.ABORTED,
        "b": Outcome.ABORTED,
        "after": SKIPPED,
    }
    assert result.record.duration_s is not None
    assert result.record.duration_s < 20
    assert rig.jig.calls == ["safe", "safe"]


def test_a_store_that_is_lost_reaches_all_children_at_once() -> None:
    def breaks() -> None:
        rig.journal.failure = StationFault("STORE-FULL", "no space")

    def long(wait: Wait) -> None:
        wait(50)

    rig = Rig(
        [
            item("a", breaks, group=TOGETHER),
            item("b", long, timeout_s=55, group=TOGETHER),
            good("after"),
            good("down", phase=Phase.TEARDOWN),
        ]
    )
    result = supervised(rig)
    assert result.record is None
    assert result.failure
    assert result.failure.code == "STORE-FULL"
    assert events(rig)[-4:] == [
        ("StepEnded", "b"),
        ("StepSkipped", "after"),
        ("StepStarted", "down"),
        ("StepEnded", "down"),
    ]
    assert rig.jig.calls[-1] == "safe"
    assert "Recorded" not in rig.kinds()


def test_a_child_that_ignores_its_deadline_takes_its_siblings_along() -> None:
    release, refused = threading.Event(), threading.Event()
    raised: list[str] = []

    def stubborn(jig: Jig, measure: Measure) -> None:
        jig.supply(5.0)
        release.wait(50)
        measure("value", 1.0)

    def healthy(jig: Jig, wait: Wait, measure: Measure) -> None:
        jig.connect("vbus")
        with pytest.raises(HarnessError) as cut:
            wait(50)
        calls: list[Callable[[], None]] = [lambda: jig.supply(5.0), lambda: measure("value", 1.0)]
        for call in calls:
            with pytest.raises(HarnessError) as moved:
                call()
            raised.append(moved.value.code)
        raised.append(cut.value.code)
        refused.set()

    rig = Rig(
        [
            item("a", stubborn, timeout_s=0.05, group=TOGETHER),
            item("b", healthy, timeout_s=55, group=TOGETHER),
            good("c"),
        ],
        symptoms={"SLOT-WEDGED": Symptom("ST-01", "the station hung", "hold")},
    )
    running = SlotRun(rig.job, rig.journal, (rig.published.append,))
    running.start()
    result = running.supervise()
    assert result.wedged
    record = result.record
    assert record
    assert outcomes(record) == {"a": ERROR, "b": ERROR, "c": SKIPPED}
    assert [s.fault.code for s in record.steps if s.fault] == ["SLOT-WEDGED"] * 2
    assert record.symptom is None, "the station hung: no bin takes the unit for that"
    assert refused.wait(20)
    assert raised == ["SLOT-WEDGED"] * 3
    running.join(20)
    length = len(rig.published)
    release.set()
    until(lambda: not any("slot-1-" in thread.name for thread in threading.enumerate()))
    assert sorted(rig.jig.calls) == ["connect", "safe", "supply"]
    assert len(rig.published) == length
    assert rig.replay() == record


def test_a_child_thread_that_dies_of_our_bug_is_an_error_of_the_run() -> None:
    """A listener that raises stands for any bug of the harness in a child's thread."""

    def hears(stamped: Any) -> None:
        if isinstance(stamped.event, StepStarted) and stamped.event.step == "b":
            raise ZeroDivisionError("ours")

    def slow(jig: Jig, measure: Measure) -> None:
        until(lambda: any("Started" in kind and s == "b" for kind, s in events(rig)))
        jig.supply(5.0)
        measure("value", 1.0)

    rig = Rig(
        [
            item("a", slow, group=TOGETHER),
            good("b", group=TOGETHER),
            good("after"),
            good("down", phase=Phase.TEARDOWN),
        ]
    )
    running = SlotRun(rig.job, rig.journal, (rig.published.append, hears))
    running.start()
    record = running.supervise().record
    assert record
    assert (record.outcome, record.fault and record.fault.code) == (ERROR, "ENGINE-BUG")
    assert record.fault
    assert "ZeroDivisionError" in record.fault.evidence["traceback"]
    assert outcomes(record) == {"a": PASS, "b": None, "down": PASS}
    assert rig.jig.calls == ["supply", "safe", "safe"]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_a_child_that_wants_to_leave_the_process_is_a_bug_of_its_step(error: BaseException) -> None:
    rig = Rig([item("a", raising(error), group=TOGETHER), good("b", group=TOGETHER)])
    record = execute(rig.job, rig.log)
    assert outcomes(record) == {"a": ERROR, "b": PASS}
    assert record.fault
    assert record.fault.code == "STEP-BUG"


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


def test_a_bug_of_ours_in_one_teardown_step_does_not_cost_the_others() -> None:
    def hears(stamped: Any) -> None:
        if isinstance(stamped.event, StepStarted) and stamped.event.step == "a":
            raise ZeroDivisionError("ours")

    rig = Rig([good("a", phase=Phase.TEARDOWN), good("b", phase=Phase.TEARDOWN)])
    running = SlotRun(rig.job, rig.journal, (rig.published.append, hears))
    running.start()
    record = running.supervise().record
    assert record
    assert outcomes(record) == {"a": None, "b": PASS}
    assert record.outcome is ERROR


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
    assert order not in (["s0"] * 4 + ["s1"] * 4, ["s1"] * 4 + ["s0"] * 4)
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
