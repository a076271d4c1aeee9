"""Aborts, leases and wedged steps, with real threads."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from harness.engine.execute import execute
from harness.errors import HarnessError, OperatorStop, StepBug
from harness.model.events import AbortRequested
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.ports import Measure, Wait
from harness.model.step import Numeric
from harness.station.slot import SlotRun
from tests.engine.rig import Rig, planned, spec_of


def stop(why: str = "Ctrl-C") -> OperatorStop:
    return OperatorStop("RUN-ABORTED", why, evidence={"by": "4711"})


def test_an_abort_ends_the_step_skips_the_rest_and_runs_teardown() -> None:
    def long(jig: Jig, wait: Wait) -> None:
        jig.supply(5.0)
        rig.job.abort.set(stop())
        wait(60)

    def after(jig: Jig) -> None:
        jig.close()

    def down(jig: Jig) -> None:
        jig.open()

    specs = [spec_of(long), spec_of(after), spec_of(down)]
    phases = [Phase.STEPS, Phase.STEPS, Phase.TEARDOWN]
    rig = Rig([(s, planned(s, phase=p)) for s, p in zip(specs, phases, strict=True)])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ABORTED
    assert record.fault
    assert record.fault.code == "RUN-ABORTED"
    assert [s.outcome for s in record.steps] == [Outcome.ABORTED, Outcome.SKIPPED, Outcome.PASS]
    assert rig.jig.calls == ["supply", "safe", "open", "safe"]
    requests = [n.event for n in record.notes if isinstance(n.event, AbortRequested)]
    assert requests == [AbortRequested("4711", "Ctrl-C")]


def test_a_second_abort_cuts_teardown_short_but_not_the_safe_state() -> None:
    def down(jig: Jig, wait: Wait) -> None:
        jig.supply(5.0)
        rig.job.halt.set(stop("again"))
        wait(60)

    spec = spec_of(down)
    rig = Rig([(spec, planned(spec, phase=Phase.TEARDOWN))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ABORTED
    assert not rig.jig.power
    assert rig.jig.calls[-1] == "safe"


def test_an_abort_after_the_last_step_still_aborts_the_run() -> None:
    def last(measure: Measure) -> None:
        measure("value", 1.0)

    def down() -> None:
        rig.job.abort.set(stop())

    first, second = spec_of(last, measures=[Numeric("value")]), spec_of(down)
    rig = Rig([(first, planned(first)), (second, planned(second, phase=Phase.TEARDOWN))])
    assert execute(rig.job, rig.log).outcome is Outcome.ABORTED


def test_nobody_aborts_a_fail_away() -> None:
    def bad(measure: Measure, wait: Wait) -> None:
        measure("value", 99.0)
        rig.job.abort.set(stop())
        wait(60)

    spec = spec_of(bad, measures=[Numeric("value")])
    rig = Rig([(spec, planned(spec))])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ABORTED
    assert record.dut_failed


def test_a_port_that_leaks_out_of_its_step_moves_nothing() -> None:
    leaked: list[Jig] = []
    late: list[Measure] = []

    def leaks(jig: Jig, measure: Measure) -> None:
        leaked.append(jig)
        late.append(measure)
        measure("value", 1.0)

    def after() -> None:
        with pytest.raises(StepBug, match="LEASE-ENDED"):
            leaked[0].supply(5.0)
        with pytest.raises(StepBug, match="LEASE-ENDED"):
            late[0]("value", 2.0)

    first, second = spec_of(leaks, measures=[Numeric("value")]), spec_of(after)
    rig = Rig([(first, planned(first)), (second, planned(second))])
    assert execute(rig.job, rig.log).outcome is Outcome.PASS
    assert "supply" not in rig.jig.calls


def wedged(release: threading.Event, then: Callable[[Jig, Measure], None]) -> Rig:
    """A rig whose only step ignores its deadline until released, then goes on using its ports."""

    def stubborn(jig: Jig, measure: Measure) -> None:
        jig.supply(5.0)
        release.wait(30)
        then(jig, measure)

    def down(jig: Jig) -> None:
        jig.open()

    spec, last = spec_of(stubborn, measures=[Numeric("value")]), spec_of(down)
    return Rig([(spec, planned(spec, timeout_s=0.05)), (last, planned(last, phase=Phase.TEARDOWN))])


def test_a_step_that_ignores_its_deadline_is_left_behind_and_moves_nothing_more() -> None:
    release, came_back = threading.Event(), threading.Event()
    raised: list[str] = []

    def goes_on(jig: Jig, measure: Measure) -> None:
        with pytest.raises(HarnessError) as moved:
            jig.supply(5.0)
        with pytest.raises(HarnessError) as measured:
            measure("value", 1.0)
        raised.extend([moved.value.code, measured.value.code])
        came_back.set()

    rig = wedged(release, goes_on)
    running = SlotRun(rig.job, rig.journal, (rig.published.append,))
    running.start()
    result = running.supervise()
    assert result.outcome is Outcome.ERROR
    assert result.record
    assert result.record.fault
    assert result.record.fault.code == "SLOT-WEDGED"
    assert [s.outcome for s in result.record.steps] == [Outcome.ERROR, Outcome.SKIPPED]
    assert not rig.jig.power

    events = len(rig.published)
    release.set()
    assert came_back.wait(10)
    running.join(10)
    assert raised == ["SLOT-WEDGED", "SLOT-WEDGED"]
    assert rig.jig.calls == ["supply", "safe"]
    assert len(rig.published) == events
    assert rig.journal.records == [result.record]


def test_a_step_that_ignores_an_abort_is_left_behind_long_before_its_deadline() -> None:
    release, started = threading.Event(), threading.Event()

    def deaf(jig: Jig) -> None:
        jig.supply(5.0)
        started.set()
        release.wait(40)

    spec = spec_of(deaf)
    rig = Rig([(spec, planned(spec, timeout_s=3600))])
    running = SlotRun(rig.job, rig.journal)
    running.start()
    assert started.wait(10)
    running.abort("4711", "Ctrl-C")
    result = running.supervise()
    release.set()
    assert result.record
    assert result.record.fault
    assert result.record.fault.code == "SLOT-WEDGED"
    assert not rig.jig.power


def test_a_screen_that_fails_stops_the_run_and_leaves_nothing_on() -> None:
    started = threading.Event()

    def long(jig: Jig, wait: Wait) -> None:
        jig.supply(5.0)
        started.set()
        wait(60)

    def screen() -> None:
        if started.is_set():
            raise BrokenPipeError

    spec = spec_of(long)
    rig = Rig([(spec, planned(spec, timeout_s=30))])
    running = SlotRun(rig.job, rig.journal)
    running.start()
    with pytest.raises(BrokenPipeError):
        running.supervise(screen)
    assert not rig.jig.power
    assert [record.outcome for record in rig.journal.records] == [Outcome.ABORTED]


def test_supervise_polls_and_takes_aborts_from_its_own_thread() -> None:
    started = threading.Event()

    def long(jig: Jig, wait: Wait) -> None:
        started.set()
        wait(60)

    spec = spec_of(long)
    rig = Rig([(spec, planned(spec, timeout_s=30))])
    running = SlotRun(rig.job, rig.journal)
    running.start()
    result = running.supervise(lambda: running.abort("4711", "why") if started.is_set() else None)
    assert result.outcome is Outcome.ABORTED
