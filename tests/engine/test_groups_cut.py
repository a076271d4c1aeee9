"""Groups that are cut short: by an abort, a lost store, a wedged child, a bug of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from harness.engine.execute import execute
from harness.engine.log import Listener
from harness.errors import HarnessError, LinkFault, StationFault
from harness.model.events import Stamped, StepStarted
from harness.model.fault import Symptom
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.ports import Measure, Wait
from tests.engine.rig import Rig, until
from tests.engine.steps import (
    AGAIN,
    ERROR,
    PASS,
    SKIPPED,
    TOGETHER,
    ended,
    events,
    good,
    item,
    outcomes,
    raising,
    started,
    supervised,
)


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
    meeting = threading.Barrier(3)

    def long(wait: Wait) -> None:
        meeting.wait(20)
        wait(60)

    rig = Rig([item(n, long, timeout_s=50, group=TOGETHER) for n in "ab"] + [good("after")])
    running = started(rig)
    meeting.wait(20)
    running.abort("4711", "Ctrl-C")
    result = running.supervise()
    assert result.record
    assert outcomes(result.record) == {
        "a": Outcome.ABORTED,
        "b": Outcome.ABORTED,
        "after": SKIPPED,
    }
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
    running = started(rig)
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


def bug_at(step: str) -> Listener:
    """A listener that raises when a step starts: any bug of the harness in the step's thread."""

    def hears(stamped: Stamped) -> None:
        if isinstance(stamped.event, StepStarted) and stamped.event.step == step:
            raise ZeroDivisionError("ours")

    return hears


def test_a_child_thread_that_dies_of_our_bug_is_an_error_of_the_run() -> None:
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
    record = supervised(rig, bug_at("b")).record
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


def test_a_bug_of_ours_in_one_teardown_step_does_not_cost_the_others() -> None:
    rig = Rig([good("a", phase=Phase.TEARDOWN), good("b", phase=Phase.TEARDOWN)])
    record = supervised(rig, bug_at("a")).record
    assert record
    assert outcomes(record) == {"a": None, "b": PASS}
    assert record.outcome is ERROR
