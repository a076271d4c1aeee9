"""A jig is looked after while a run is on, over a real pty."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from harness.clock import Cancel, Deadline
from harness.devices.jig.watch import LOOK_S, MOST_UNCLEAR, Watch
from harness.errors import HarnessError, JigFault, OperatorStop
from harness.sim.jig import JigBehaviour, Reply
from tests.devices.jig.conftest import BuildWired
from tests.devices.jig.wired import QUERY_S, Meddle, Wired, fault
from tests.engine.rig import until
from tests.short import lease

LONG_S = 20.0
"""What a busy machine may take at the most."""


@contextmanager
def looked_after(bench: Wired) -> Iterator[tuple[Watch, Cancel]]:
    stop = Cancel()
    watch = bench.jig.watch(stop)
    try:
        yield watch, stop
    finally:
        watch.close()


def powered(bench: Wired) -> None:
    port = bench.port()
    port.supply(5.0)
    port.connect("vbus")
    assert not bench.sim.safe


def says(command: str, text: str) -> Meddle:
    """From now on the jig replies this."""
    return lambda line, replies: [Reply(text)] if line == command else replies


def dumb(bench: Wired) -> threading.Event:
    """From now on the jig replies nothing; set when it was asked for something."""
    asked = threading.Event()

    def meddle(_line: str, _replies: list[Reply]) -> list[Reply]:
        asked.set()
        return []

    bench.line.meddle = meddle
    return asked


def reason(stop: Cancel) -> HarnessError:
    """Why it was stopped, or is before long."""
    assert stop.wait(LONG_S)
    assert stop.reason
    return stop.reason


@pytest.mark.parametrize(
    ("state", "code", "kind"),
    [("OPEN", "JIG-INTERLOCK", JigFault), ("EMERGENCY", "JIG-EMERGENCY", OperatorStop)],
)
def test_an_interlock_that_opens_stops_the_run_and_power_goes_off(
    wired: BuildWired, state: str, code: str, kind: type[HarnessError]
) -> None:
    bench = wired("core")
    with looked_after(bench) as (_, stop):
        powered(bench)
        assert not stop.wait(3 * LOOK_S)
        bench.line.meddle = says("INT:STAT?", state)
        why = reason(stop)  # how soon: tests/bench/jig.py
        assert (why.code, type(why)) == (code, kind)
        until(lambda: bench.sim.safe)


def test_a_step_that_never_lets_go_of_the_line_does_not_hide_it(wired: BuildWired) -> None:
    bench = wired("core")
    busy = threading.Event()

    def step() -> None:
        port = bench.port()
        while not busy.is_set():
            with suppress(JigFault):
                port.current_a("vbus")

    with looked_after(bench) as (_, stop):
        thread = threading.Thread(target=step)
        thread.start()
        bench.line.meddle = says("INT:STAT?", "OPEN")
        try:
            assert reason(stop).code == "JIG-INTERLOCK"
        finally:
            busy.set()
            thread.join()


def test_a_jig_that_nobody_speaks_to_is_not_spoken_to(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench) as (watch, stop):
        time.sleep(2 * LOOK_S)
        watch.settle()
        assert not stop.reason
    assert bench.line.lines == []


def test_after_the_run_nobody_looks_any_more(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench):
        bench.port().voltage_v("vbus")
    lines = len(bench.line.lines)
    time.sleep(2 * LOOK_S)
    assert len(bench.line.lines) == lines


def test_its_watchdog_is_armed_before_anything_is_on(wired: BuildWired) -> None:
    bench = wired("core-framed")
    with looked_after(bench):
        powered(bench)
        armed = next(n for n, line in enumerate(bench.line.lines) if "SYST:HEAR?" in line)
        on = next(n for n, line in enumerate(bench.line.lines) if "OUTP ON" in line)
        assert armed < on


def test_outside_a_run_its_watchdog_is_left_alone(wired: BuildWired) -> None:
    bench = wired("core-framed")
    powered(bench)
    bench.jig.make_safe(Deadline(10))
    assert bench.sent("SYST:HEAR?") == 0


def test_a_watchdog_that_dropped_power_stops_the_run(wired: BuildWired) -> None:
    bench = wired("core-framed")
    assert isinstance(bench.sim, JigBehaviour)
    with looked_after(bench) as (_, stop):
        powered(bench)
        bench.sim.watchdog.trip()
        assert reason(stop).code == "JIG-WATCHDOG"
        assert bench.sim.safe


def test_what_happened_since_the_last_look_is_found_when_the_steps_have_ended(
    wired: BuildWired,
) -> None:
    bench = wired("core-framed")
    assert isinstance(bench.sim, JigBehaviour)
    with looked_after(bench) as (watch, stop):
        powered(bench)
        bench.sim.watchdog.trip()
        watch.settle()
        assert stop.reason
        assert stop.reason.code == "JIG-WATCHDOG"


def test_what_happens_when_the_steps_have_ended_stops_nothing_and_it_is_still_fed(
    wired: BuildWired,
) -> None:
    bench = wired("core-framed")
    with looked_after(bench) as (watch, stop):
        powered(bench)
        watch.settle()
        fed = bench.sent("SYST:HEAR?")
        bench.line.spoil = lambda line: "" if "INT:STAT?" in line else line
        until(lambda: bench.sent("SYST:HEAR?") > fed)
        assert not stop.reason


def test_after_it_was_made_safe_in_the_run_it_is_armed_again(wired: BuildWired) -> None:
    """To make it safe disarms it; a step that is tried again has power again."""
    bench = wired("core-framed")
    assert isinstance(bench.sim, JigBehaviour)
    with looked_after(bench):
        powered(bench)
        bench.jig.make_safe(Deadline(10))
        assert not bench.sim.watchdog.armed
        powered(bench)
        assert bench.sim.watchdog.armed


def test_a_jig_that_falls_silent_stops_the_run(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench) as (_, stop):
        bench.port().identify()
        bench.line.meddle = lambda _, __: []
        why = reason(stop)
        assert why.code == "JIG-TIMEOUT"
        assert why.evidence["alive"] is False


def test_bad_luck_on_the_line_does_not_and_a_bad_line_does(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench) as (_, stop):
        bench.port().identify()
        looks = bench.sent("INT:STAT?")
        bench.line.meddle = says("INT:STAT?", "CLOSE\0")
        until(lambda: bench.sent("INT:STAT?") >= looks + 2)  # one look asks twice
        bench.line.meddle = lambda _, replies: replies
        until(lambda: bench.sent("INT:STAT?") > looks + 3)
        assert not stop.reason
        bench.line.meddle = says("INT:STAT?", "CLOSE\0")
        assert reason(stop).code == "JIG-GARBLED"
        assert bench.sent("INT:STAT?") >= looks + 2 * MOST_UNCLEAR


def test_to_make_it_safe_waits_for_no_look(wired: BuildWired) -> None:
    """A jig that answers nothing keeps a look for long, and the line with it."""
    bench = wired("core", interlock=LONG_S)
    with looked_after(bench):
        powered(bench)
        assert dumb(bench).wait(LONG_S)
        bench.line.meddle = lambda _, replies: replies
        started = time.monotonic()
        bench.jig.make_safe(Deadline(5))
        assert time.monotonic() - started < 2.5  # at its first try
        assert bench.sim.safe


def test_a_run_in_which_the_line_was_lost_does_not_go_on(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench) as (_, stop):
        powered(bench)
        bench.pty.pull(60.0)
        with pytest.raises(JigFault):
            bench.port().voltage_v("vbus")
        assert reason(stop).code == "JIG-LOST"


def test_lost_and_back_again_it_is_not_used_in_the_same_run(wired: BuildWired) -> None:
    box = wired("shield-tescom")
    with looked_after(box) as (watch, _):
        box.port().close()
        box.pty.unplug()
        fault(box.port().open, "JIG-LOST")
        assert fault(box.port, "JIG-LOST").evidence["port"] == box.jig._wire.name
        watch.settle()
        fault(box.port().open, "JIG-ABSENT")  # to take the unit out may be tried


def test_a_line_that_was_lost_between_two_runs_is_none_of_the_next(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench):
        bench.port().identify()
    bench.pty.unplug()
    with looked_after(bench):
        fault(bench.port().identify, "JIG-ABSENT")  # it is looked for again, and not missed


def test_the_test_of_the_interlock_is_no_accident(wired: BuildWired) -> None:
    """It takes longer than from one look to the next."""
    bench = wired("core")
    with looked_after(bench) as (_, stop):
        bench.line.meddle = lambda line, replies: (
            [Reply(each.text, 0.8 * QUERY_S) for each in replies] if line == "OUTP?" else replies
        )
        assert bench.health().prove_interlock() is True
        assert not stop.wait(2 * LOOK_S)


def test_a_lease_of_a_look_ends_with_the_run(wired: BuildWired) -> None:
    bench = wired("core")
    with looked_after(bench) as (watch, stop):
        bench.jig.under(lease()).identify()
        assert dumb(bench).wait(LONG_S)
        started = time.monotonic()
        watch.close()
        assert time.monotonic() - started < 1.0
        assert not stop.reason
