"""A run as pytest's thread sees it, on a bench in memory; and what stops that thread."""

from __future__ import annotations

import os
import signal
import time

import pytest

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.errors import HarnessError, LinkFault, StationFault
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, Phase, PlannedStep, Retry
from harness.model.ports import Measure, Wait
from harness.model.step import Catalogue, StepSpec
from harness.pytest_plugin.running import PlanRun
from harness.pytest_plugin.signals import held, like_ctrl_c
from harness.station.station import Order, Slot, Station
from harness.steps.api import Numeric
from tests.engine.rig import MemoryJournal, RememberingJig, Rig, planned, spec_of, until
from tests.station.runs import STATION

Steps = list[tuple[StepSpec, PlannedStep]]
ON_ERROR = Retry(2, frozenset({Outcome.ERROR}))


def close(jig: Jig) -> None:
    jig.close()


def lasting(wait: Wait) -> None:
    wait(20)


def bad(measure: Measure) -> None:
    measure("level", 99.0)


CLOSE, LASTING = spec_of(close), spec_of(lasting)
BAD = spec_of(bad, measures=[Numeric("level", "V")])
SETUP = (CLOSE, planned(CLOSE, "close", phase=Phase.SETUP))
TEARDOWN = (CLOSE, planned(CLOSE, "open", phase=Phase.TEARDOWN))


def run_of(
    steps: Steps, journal: MemoryJournal | None = None, jig: RememberingJig | None = None
) -> PlanRun:
    plan = Rig(steps).job.plan
    slot = Slot(1, Bench({Jig: jig or RememberingJig()}), Unit("A57A000001"))
    station = Station(
        ref=STATION,
        slots={1: slot},
        catalogue=Catalogue({spec.name: spec for spec, _ in steps}.values()),
        journal=journal or MemoryJournal(),
        attempts=lambda *_: 0,
        clock=SystemClock(),
    )
    return PlanRun(station, Order(plan), slot)


def failing(times: int) -> tuple[StepSpec, list[int]]:
    """A step that loses its handset so often, and how often it was called."""
    calls: list[int] = []

    def flaky(jig: Jig) -> None:
        calls.append(1)
        if len(calls) <= times:
            raise LinkFault("ADB-LOST", "gone")
        jig.close()

    return spec_of(flaky), calls


def outcomes(run: PlanRun, step: str) -> list[Outcome | None]:
    return [made.outcome for made in run.after(step).steps if made.id == step]


def test_a_step_is_over_with_its_last_attempt() -> None:
    flaky, calls = failing(2)
    run = run_of([SETUP, (flaky, planned(flaky, "flaky", retry=ON_ERROR)), TEARDOWN])
    assert outcomes(run, "flaky") == [Outcome.ERROR, Outcome.ERROR, Outcome.PASS]
    assert len(calls) == 3
    assert run.end().outcome is Outcome.PASS


def test_a_run_with_a_step_that_did_not_pass_skips_the_rest_and_does_not_go_on() -> None:
    flaky, _ = failing(9)
    steps = [SETUP, (flaky, planned(flaky, "flaky")), (CLOSE, planned(CLOSE, "b")), TEARDOWN]
    run = run_of(steps)
    assert outcomes(run, "close") == [Outcome.PASS]
    assert outcomes(run, "flaky") == [Outcome.ERROR]
    assert not run.goes_on
    assert outcomes(run, "b") == [Outcome.SKIPPED]
    assert run.end().outcome is Outcome.ERROR


def test_a_run_that_is_stopped_ends_aborted_after_its_teardown() -> None:
    jig = RememberingJig()
    run = run_of([SETUP, (LASTING, planned(LASTING, "lasting", timeout_s=30)), TEARDOWN], jig=jig)
    run.after("close")
    assert run.goes_on
    run.stop("omar", "enough")
    assert outcomes(run, "lasting") == [Outcome.ABORTED]
    assert run.end().outcome is Outcome.ABORTED
    assert jig.calls[-1] == "safe"
    assert jig.calls.count("close") == 2


@pytest.mark.parametrize("on_fail", OnFail)
def test_a_run_goes_on_after_a_fail_if_its_plan_says_so(on_fail: OnFail) -> None:
    bad = planned(BAD, "bad", on_fail=on_fail)
    run = run_of([(BAD, bad), (LASTING, planned(LASTING, "lasting", timeout_s=30))])
    assert outcomes(run, "bad") == [Outcome.FAIL]
    assert run.goes_on is (on_fail is OnFail.CONTINUE)
    run.stop("omar", "enough")
    record = run.end().record
    assert record
    assert record.dut_failed


def test_a_signal_while_it_waits_aborts_the_run_and_then_interrupts() -> None:
    def shout(wait: Wait) -> None:
        until(lambda: signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        wait(20)

    spec = spec_of(shout)
    run = run_of([(spec, planned(spec, "shout", timeout_s=30)), TEARDOWN])
    with pytest.raises(KeyboardInterrupt):
        run.after("shout")
    result = run.end()
    run.heed()  # once is enough
    assert result.record
    assert result.record.fault
    assert (result.record.fault.code, result.outcome) == ("RUN-ABORTED", Outcome.ABORTED)
    assert "SIGTERM" in result.record.fault.message
    assert outcomes(run, "open") == [Outcome.PASS]


def test_what_cannot_be_recorded_is_told_at_each_step() -> None:
    journal = MemoryJournal()
    journal.failure = StationFault("STORE-FULL", "no space")
    run = run_of([SETUP, TEARDOWN], journal)
    for step in ("close", "open"):
        with pytest.raises(HarnessError, match="STORE-FULL"):
            run.after(step)
    assert run.end().record is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_whatever_stops_a_process_is_heard_as_ctrl_c(number: signal.Signals) -> None:
    def stopped() -> None:
        with like_ctrl_c():
            os.kill(os.getpid(), number)
            time.sleep(5)

    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert signal.getsignal(number) == before


def test_what_is_held_comes_to_its_end_first() -> None:
    done = []

    def make_safe() -> None:
        with held():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("safe")

    with pytest.raises(KeyboardInterrupt):
        make_safe()
    assert done == ["safe"]
