"""What runs, in which order, and what a run adds up to."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import Deadline
from harness.engine import bench
from harness.engine.execute import execute
from harness.errors import DutFault, JigFault, LinkFault, OperatorStop, StationFault
from harness.model.events import Measured, StepSkipped
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, Phase, PlannedStep, Retry
from harness.model.ports import Measure, UnitRegistry, Wait
from harness.model.reading import Unknown, Unreadable
from harness.model.step import Flag, Numeric, StepSpec, Text
from tests.engine.rig import RememberingJig, Rig, planned, spec_of

Item = tuple[StepSpec, PlannedStep]


def passing(name: str, **given: Any) -> Item:
    def body(measure: Measure) -> None:
        measure("value", 1.0)

    body.__name__ = name
    spec = spec_of(body, measures=[Numeric("value", "V")])
    return spec, planned(spec, **given)


def failing(name: str, **given: Any) -> Item:
    def body(measure: Measure) -> None:
        measure("value", 99.0)

    body.__name__ = name
    spec = spec_of(body, measures=[Numeric("value", "V")])
    return spec, planned(spec, **given)


def faulting(name: str, error: BaseException, **given: Any) -> Item:
    def body(jig: Jig) -> None:
        jig.supply(5.0)
        raise error

    body.__name__ = name
    spec = spec_of(body)
    return spec, planned(spec, **given)


def hang() -> LinkFault:
    return LinkFault("ADB-HANG", "silent")


def test_a_run_of_passing_steps_passes_and_is_recorded() -> None:
    rig = Rig(
        [
            passing("up", phase=Phase.SETUP),
            passing("one"),
            passing("down", phase=Phase.TEARDOWN),
        ]
    )
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.PASS
    assert [step.id for step in record.steps] == ["up", "one", "down"]
    assert rig.journal.records == [record]
    assert rig.kinds()[-3:] == ["SafeStateReached", "RunEnded", "Recorded"]
    assert rig.replay() == record


def test_a_fail_stops_the_steps_after_it_and_teardown_still_runs() -> None:
    rig = Rig([failing("bad"), passing("after"), passing("down", phase=Phase.TEARDOWN)])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.FAIL
    assert record.dut_failed
    assert record.fault
    assert record.fault.code == "bad.value:HIGH"
    skipped = [s.event for s in rig.published if isinstance(s.event, StepSkipped)]
    assert [(s.step, s.reason) for s in skipped] == [("after", "bad ended FAIL")]
    assert [s.outcome for s in record.steps] == [Outcome.FAIL, Outcome.SKIPPED, Outcome.PASS]


def test_on_fail_continue_goes_on_after_a_fail_but_not_after_an_error() -> None:
    after_fail = Rig([failing("bad", on_fail=OnFail.CONTINUE), passing("after")])
    record = execute(after_fail.job, after_fail.log)
    assert [s.outcome for s in record.steps] == [Outcome.FAIL, Outcome.PASS]
    assert record.outcome is Outcome.FAIL
    after_error = Rig([faulting("lost", hang(), on_fail=OnFail.CONTINUE), passing("after")])
    record = execute(after_error.job, after_error.log)
    assert [s.outcome for s in record.steps] == [Outcome.ERROR, Outcome.SKIPPED]


def test_every_teardown_step_is_attempted_even_if_one_faults() -> None:
    rig = Rig(
        [
            faulting("lost", hang()),
            faulting("down1", JigFault("JIG-TIMEOUT", "silent"), phase=Phase.TEARDOWN),
            passing("down2", phase=Phase.TEARDOWN),
        ]
    )
    record = execute(rig.job, rig.log)
    assert [s.outcome for s in record.steps] == [Outcome.ERROR, Outcome.ERROR, Outcome.PASS]
    assert record.fault
    assert record.fault.code == "ADB-HANG"


def test_a_failing_teardown_is_never_a_pass() -> None:
    rig = Rig([passing("one"), faulting("down", hang(), phase=Phase.TEARDOWN)])
    assert execute(rig.job, rig.log).outcome is Outcome.ERROR


def test_the_bench_is_made_safe_at_once_after_a_fault() -> None:
    def look(jig: Jig) -> None:
        seen.append(rig.jig.power)

    seen: list[bool] = []
    spec = spec_of(look)
    down = (spec, planned(spec, phase=Phase.TEARDOWN))
    rig = Rig([faulting("lost", hang()), down])
    execute(rig.job, rig.log)
    assert seen == [False]
    assert rig.jig.calls == ["supply", "safe", "safe"]


def test_a_bench_that_cannot_be_made_safe_is_an_error_with_its_own_code() -> None:
    rig = Rig([passing("one")])
    rig.jig.unsafe = JigFault("JIG-UNSAFE", "the relay is stuck")
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "JIG-UNSAFE"
    assert "SafeStateReached" not in rig.kinds()


def test_an_error_is_retried_and_the_last_attempt_counts() -> None:
    tries: list[int] = []

    def flaky(measure: Measure) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise hang()
        measure("value", 1.0)

    spec = spec_of(flaky, measures=[Numeric("value", "V")])
    retry = Retry(times=2, on=frozenset({Outcome.ERROR}))
    rig = Rig([(spec, planned(spec, retry=retry))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.PASS
    assert [(s.attempt, s.outcome) for s in record.steps] == [(1, Outcome.ERROR), (2, Outcome.PASS)]
    assert rig.kinds().count("RetryDecided") == 1


def test_an_error_does_not_wash_a_bad_reading_away() -> None:
    tries: list[int] = []

    def flaky(measure: Measure) -> None:
        tries.append(1)
        measure("value", 99.0 if len(tries) == 1 else 1.0)
        if len(tries) == 1:
            raise hang()

    spec = spec_of(flaky, measures=[Numeric("value", "V")])
    retry = Retry(times=2, on=frozenset({Outcome.ERROR}))
    rig = Rig([(spec, planned(spec, retry=retry))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.dut_failed
    assert len(tries) == 1


def test_a_fail_is_not_retried_unless_the_plan_says_so() -> None:
    rig = Rig([failing("bad", retry=Retry(times=3, on=frozenset({Outcome.ERROR})))])
    assert len(execute(rig.job, rig.log).steps) == 1
    rig = Rig([failing("bad", retry=Retry(times=3, on=frozenset({Outcome.FAIL})))])
    record = execute(rig.job, rig.log)
    assert len(record.steps) == 4
    assert rig.kinds().count("RetryDecided") == 3
    assert record.outcome is Outcome.FAIL


def judged(value: object, declared: Numeric | Text | Flag) -> tuple[Measured, Outcome, str]:
    def body(measure: Measure) -> None:
        measure("value", value)  # type: ignore[arg-type]  # a step may get its types wrong

    spec = spec_of(body, measures=[declared])
    rig = Rig([(spec, planned(spec))])
    record = execute(rig.job, rig.log)
    made = next(s.event for s in rig.published if isinstance(s.event, Measured))
    assert record.outcome is not None
    return made, record.outcome, record.fault.code if record.fault else ""


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (math.nan, "MEAS-UNREADABLE"),
        (math.inf, "MEAS-UNREADABLE"),
        (-math.inf, "MEAS-UNREADABLE"),
        (Decimal("NaN"), "MEAS-UNREADABLE"),
        (10**400, "MEAS-UNREADABLE"),
        (None, "MEAS-UNREADABLE"),
        (True, "MEAS-UNREADABLE"),
        ("5", "MEAS-UNREADABLE"),
        (b"5", "MEAS-UNREADABLE"),
        (Unknown("2147483647"), "MEAS-UNKNOWN"),
        (Unreadable("no number", "abc"), "MEAS-UNREADABLE"),
        (-0.1, "body.value:LOW"),
        (10.1, "body.value:HIGH"),
    ],
)
def test_what_is_no_number_in_its_limits_never_passes(value: object, code: str) -> None:
    made, outcome, fault = judged(value, Numeric("value", "V"))
    assert outcome is not Outcome.PASS
    assert fault == code
    assert made.outcome is not Outcome.PASS


@pytest.mark.parametrize("value", [5, 5.0, Decimal("5.0")])
def test_numbers_are_kept_as_floats(value: object) -> None:
    made, outcome, _ = judged(value, Numeric("value", "V"))
    assert outcome is Outcome.PASS
    assert type(made.value) is float


def test_a_text_where_a_flag_is_declared_never_passes() -> None:
    assert judged("true", Flag("value"))[2] == "MEAS-UNREADABLE"
    assert judged(1, Text("value"))[2] == "MEAS-UNREADABLE"
    assert judged("\ud800", Text("value"))[2] == "MEAS-UNREADABLE"


def measuring(*names: str) -> Callable[[Measure], None]:
    def body(measure: Measure) -> None:
        for name in names:
            measure(name, 1.0)

    return body


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ((), "MEAS-MISSING"),
        (("a",), "MEAS-MISSING"),
        (("a", "b", "a"), "MEAS-TWICE"),
        (("a", "b", "c"), "MEAS-UNDECLARED"),
    ],
)
def test_a_step_that_breaks_its_contract_is_an_error(made: tuple[str, ...], code: str) -> None:
    spec = spec_of(measuring(*made), measures=[Numeric("a"), Numeric("b")])
    rig = Rig([(spec, planned(spec))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == code


def test_a_step_that_raises_is_a_bug_with_its_traceback() -> None:
    rig = Rig([faulting("buggy", ZeroDivisionError("by zero"))])
    record = execute(rig.job, rig.log)
    assert record.fault
    assert record.fault.code == "STEP-BUG"
    assert "ZeroDivisionError" in record.fault.evidence["traceback"]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_a_step_that_wants_to_leave_the_process_is_a_bug_too(error: BaseException) -> None:
    rig = Rig([faulting("leaves", error), passing("down", phase=Phase.TEARDOWN)])
    record = execute(rig.job, rig.log)
    assert record.fault
    assert record.fault.code == "STEP-BUG"
    assert record.steps[-1].outcome is Outcome.PASS
    assert not rig.jig.power


def test_a_driver_that_never_comes_back_from_making_safe_is_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "SAFE_LIMIT_S", 0.1)
    monkeypatch.setattr(bench, "SAFE_GRACE_S", 0.1)
    stuck = threading.Event()

    class Stuck(RememberingJig):
        def make_safe(self, deadline: Deadline) -> None:
            stuck.wait(30)

    rig = Rig([passing("one")], jig=Stuck())
    record = execute(rig.job, rig.log)
    stuck.set()
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "JIG-UNSAFE"


def test_a_step_that_comes_back_too_late_is_an_error() -> None:
    def waits(wait: Wait) -> None:
        wait(60)

    def late(measure: Measure) -> None:
        while not rig.job.watch.overdue(0):
            pass

    for body in (waits, late):
        spec = spec_of(body)
        rig = Rig([(spec, planned(spec, timeout_s=0.05))])
        record = execute(rig.job, rig.log)
        assert record.outcome is Outcome.ERROR
        assert record.fault
        assert record.fault.code == "STEP-TIMEOUT"


def test_the_handset_saying_it_cannot_is_a_fail() -> None:
    rig = Rig([faulting("imei", DutFault("IMEI-NOT-WRITTEN", "all zero"))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.FAIL
    assert record.dut_failed
    assert record.fault
    assert record.fault.code == "IMEI-NOT-WRITTEN"


def test_another_unit_than_announced_is_stopped_but_recorded_as_it_is() -> None:
    def identify(registry: UnitRegistry) -> None:
        registry.identified(Unit("A57A000999"))

    spec = spec_of(identify)
    rig = Rig([(spec, planned(spec)), passing("after")])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ABORTED
    assert record.fault
    assert record.fault.code == "UNIT-WRONG"
    assert (record.scanned.serial, record.unit.serial) == ("A57A000001", "A57A000999")
    assert record.steps[1].outcome is Outcome.SKIPPED


def test_a_step_cannot_swallow_that_the_unit_is_the_wrong_one() -> None:
    def identify(registry: UnitRegistry) -> None:
        with contextlib.suppress(OperatorStop):
            registry.identified(Unit("A57A000999"))

    spec = spec_of(identify)
    rig = Rig([(spec, planned(spec))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ABORTED
    assert record.fault
    assert record.fault.code == "UNIT-WRONG"


def test_nothing_moves_when_the_start_cannot_be_recorded() -> None:
    rig = Rig([passing("one")])
    rig.journal.failure = StationFault("STORE-FULL", "no space")
    with pytest.raises(StationFault, match="STORE-FULL"):
        execute(rig.job, rig.log)
    assert rig.jig.calls == []
    assert rig.published == []


def test_a_store_that_fails_in_the_middle_stops_the_run_and_nothing_passes() -> None:
    def breaks(measure: Measure) -> None:
        rig.journal.failure = StationFault("STORE-FULL", "no space")

    spec = spec_of(breaks)
    rig = Rig([(spec, planned(spec)), passing("after")])
    with pytest.raises(StationFault, match="STORE-FULL"):
        execute(rig.job, rig.log)
    assert rig.jig.calls[-1] == "safe"
    assert "Recorded" not in rig.kinds()
    assert [s.outcome for s in rig.log.steps()] == [Outcome.PASS, Outcome.SKIPPED]


def test_an_empty_plan_is_an_error() -> None:
    rig = Rig([])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "RUN-EMPTY"


KINDS: dict[str, Callable[[str], Item]] = {
    "pass": passing,
    "fail": failing,
    "fail, go on": lambda name: failing(name, on_fail=OnFail.CONTINUE),
    "lost": lambda name: faulting(name, hang()),
    "bug": lambda name: faulting(name, ValueError("x")),
    "narrow": lambda name: passing(name, limit=Range(Decimal(2), Decimal(3))),
}


@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6))
def test_only_a_run_whose_every_step_passed_is_a_pass(kinds: list[str]) -> None:
    rig = Rig([KINDS[kind](f"s{n}") for n, kind in enumerate(kinds)])
    record = execute(rig.job, rig.log)
    assert (record.outcome is Outcome.PASS) == (set(kinds) == {"pass"})
    assert len(record.steps) == len(kinds)
    assert rig.replay() == record
    assert rig.jig.calls[-1] == "safe"
    assert not rig.jig.power
