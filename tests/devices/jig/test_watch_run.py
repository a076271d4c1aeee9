"""What becomes of a run whose jig must not be relied on: the real engine, on a real pty."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from harness.clock import Cancel
from harness.engine.bench import Bench
from harness.engine.quarantine import wedged
from harness.model.events import Faulted, SafeStateReached
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Phase, Retry
from harness.model.ports import Measure, Wait
from harness.model.record import Record
from harness.model.step import Numeric
from harness.sim.jig import Reply
from harness.station.slot import SlotRun
from tests.devices.jig.conftest import BuildWired
from tests.devices.jig.wired import Wired
from tests.engine.rig import NO_RETRY, Rig, planned, spec_of, until

Body = Callable[..., None]


def run(
    bench: Wired, *steps: tuple[Phase, Body], retry: Retry = NO_RETRY, **declared: Any
) -> Record:
    """The record of steps that ran with the jig."""
    items = []
    for phase, body in steps:
        spec = spec_of(body, **(declared if "measure" in body.__annotations__ else {}))
        items.append((spec, planned(spec, phase=phase, timeout_s=30, retry=retry)))
    rig = Rig(items)
    job = replace(rig.job, bench=Bench({Jig: bench.jig}).for_run())
    running = SlotRun(job, rig.journal)
    running.start()
    record = running.supervise().record
    assert record
    assert bench.sim.safe
    return record


def power(jig: Jig) -> None:
    jig.supply(5.0)
    jig.connect("vbus")


def opened(jig: Jig) -> None:
    jig.open()


def test_a_step_in_the_middle_of_something_else_ends_at_once(wired: BuildWired) -> None:
    bench = wired("core")
    waited: list[bool] = []

    def camera(wait: Wait) -> None:
        bench.line.meddle = lambda line, replies: (
            [Reply("OPEN")] if line == "INT:STAT?" else replies
        )
        wait(25)
        waited.append(True)

    record = run(bench, (Phase.STEPS, power), (Phase.STEPS, camera), (Phase.TEARDOWN, opened))
    assert not waited
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "JIG-INTERLOCK"
    assert [step.fault and step.fault.code for step in record.steps] == [
        None,
        "JIG-INTERLOCK",
        "JIG-INTERLOCK",
    ]
    assert bench.sent("FIXT:OPEN") == 0
    assert any(isinstance(note.event, SafeStateReached) for note in record.notes)


def test_an_emergency_stop_aborts_the_run(wired: BuildWired) -> None:
    bench = wired("core")

    def camera(wait: Wait) -> None:
        bench.line.meddle = lambda line, replies: (
            [Reply("EMERGENCY")] if line == "INT:STAT?" else replies
        )
        wait(25)

    record = run(bench, (Phase.STEPS, power), (Phase.STEPS, camera))
    assert record.outcome is Outcome.ABORTED
    assert record.fault
    assert record.fault.code == "JIG-EMERGENCY"
    notes = [note.event for note in record.notes if isinstance(note.event, Faulted)]
    assert [note.fault.code for note in notes] == ["JIG-EMERGENCY"]


def test_a_unit_that_was_found_bad_stays_so(wired: BuildWired) -> None:
    bench = wired("core")

    def bad(jig: Jig, measure: Measure, wait: Wait) -> None:
        power(jig)
        measure("value", 99.0)
        bench.line.meddle = lambda line, replies: (
            [Reply("OPEN")] if line == "INT:STAT?" else replies
        )
        wait(25)

    record = run(bench, (Phase.STEPS, bad), measures=[Numeric("value")])
    assert record.outcome is Outcome.ERROR
    assert record.dut_failed


def test_power_that_went_at_the_very_end_is_no_pass(wired: BuildWired) -> None:
    bench = wired("core-framed")

    def good(jig: Jig, measure: Measure) -> None:
        power(jig)
        measure("value", 5.0)
        bench.sim.watchdog.trip()  # type: ignore[union-attr]

    record = run(bench, (Phase.STEPS, good), (Phase.TEARDOWN, opened), measures=[Numeric("value")])
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "JIG-WATCHDOG"
    assert [step.outcome for step in record.steps] == [Outcome.PASS, Outcome.PASS]
    notes = [note.event for note in record.notes if isinstance(note.event, Faulted)]
    assert [note.fault.code for note in notes] == ["JIG-WATCHDOG"]


def test_a_cover_that_opens_once_the_steps_have_ended_spoils_nothing(wired: BuildWired) -> None:
    bench = wired("core")

    def good(jig: Jig, measure: Measure) -> None:
        power(jig)
        measure("value", 5.0)

    def taken_out(wait: Wait) -> None:
        bench.line.meddle = lambda line, replies: (
            [Reply("OPEN")] if line == "INT:STAT?" else replies
        )
        wait(0.6)

    record = run(
        bench, (Phase.STEPS, good), (Phase.TEARDOWN, taken_out), measures=[Numeric("value")]
    )
    assert record.outcome is Outcome.PASS, record.fault


def test_a_run_is_not_tried_again_on_a_jig_that_came_back(wired: BuildWired) -> None:
    bench = wired("core")
    tried: list[int] = []

    def measured(jig: Jig, measure: Measure) -> None:
        tried.append(1)
        power(jig)
        bench.pty.pull(0.0)
        measure("value", jig.voltage_v("vbus"))

    record = run(
        bench,
        (Phase.STEPS, measured),
        retry=Retry(times=2, on=frozenset({Outcome.ERROR})),
        measures=[Numeric("value")],
    )
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "JIG-LOST"
    assert tried == [1]


def test_a_run_that_is_halted_feeds_the_watchdog_no_more(wired: BuildWired) -> None:
    """As one whose step is wedged: its thread does not come back, and no block ends."""
    bench = wired("core-framed")
    halt, stop = Cancel(), Cancel()
    with Bench({Jig: bench.jig}).watched(halt, stop):
        power(bench.port())
        fed = bench.sent("SYST:HEAR?")
        until(lambda: bench.sent("SYST:HEAR?") > fed)
        halt.set(wedged(1))
        fed = bench.sent("SYST:HEAR?")
        time.sleep(2.5)
        assert bench.sent("SYST:HEAR?") <= fed + 1  # one was on its way
    assert not stop.reason
