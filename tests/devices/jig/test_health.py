"""What a jig says of itself, over a real pty: nothing of it is believed that noise could make."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from harness.devices.jig.health import HealthPort
from harness.errors import OperatorStop
from harness.sim.jig import Reply
from tests.devices.jig.conftest import BuildRig, BuildWired, Rig
from tests.devices.jig.wired import fault
from tests.short import code_of, lease

WHO = "Example,Core,SIMJIG01,1.0"


def health(bench: Rig) -> HealthPort:
    return HealthPort(bench.jig.asked(lease()))


SAID: list[tuple[str, list[str], Callable[[HealthPort], object], object]] = [
    ("*TST?", ["0", "4", "0", "0"], lambda jig: jig.self_test(), 0),
    ("*TST?", ["4", "4"], lambda jig: jig.self_test(), 4),
    ("DIAG:CYCL?", ["12000", "12001", "12001"], lambda jig: jig.contact_cycles(), 12001),
    ("CAL:DATE?", ["2026,1,2", "2026,7,2", "2026,1,2", "2026,1,2"], lambda jig: jig.calibrated(),
     date(2026, 1, 2)),
    ("CAL:DUE?", ["2027,1,2", "2027,1,2"], lambda jig: jig.calibration_due(), date(2027, 1, 2)),
    ("SHIE:STAT?", ["OPEN", "CLOSED", "CLOSED"], lambda jig: jig.shielded(), True),
    ("INT:STAT?", ["OPEN", "OPEN"], lambda jig: jig.interlock(), "OPEN"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "said", "ask", "value"), SAID)
def test_what_is_said_twice_in_a_row_counts(
    rig: BuildRig, query: str, said: list[str], ask: Callable[[HealthPort], object], value: object
) -> None:
    assert ask(health(rig(script={query: said}))) == value


@pytest.mark.parametrize(
    ("query", "said", "ask"),
    [
        ("DIAG:CYCL?", "12{}00", lambda jig: jig.contact_cycles()),
        ("SYST:TIME?", "1{},5,0", lambda jig: jig.clock()),
        ("CAL:DUE?", "202{},1,2", lambda jig: jig.calibration_due()),
    ],
)
def test_what_is_never_said_twice_is_unstable(
    rig: BuildRig, query: str, said: str, ask: Callable[[HealthPort], object]
) -> None:
    bench = rig(script={query: [said.format(n) for n in "908172"]})
    bench.fault(lambda: ask(health(bench)), "JIG-UNSTABLE")


@pytest.mark.parametrize("said", ["12000.5", "1e4", "many", "1" * 40])
def test_a_count_is_a_whole_number(rig: BuildRig, said: str) -> None:
    bench = rig(script={"DIAG:CYCL?": [said, said]})
    bench.fault(health(bench).contact_cycles, "JIG-GARBLED")


def test_a_changed_letter_is_no_other_firmware(rig: BuildRig) -> None:
    bench = rig()
    bench.port().voltage_v("vbus")
    bench.script["*IDN?"] = [WHO, WHO.replace("1.0", "1.8"), WHO, WHO]
    assert health(bench).identify().firmware == "1.0"
    assert not bench.script["*IDN?"]


def test_the_clock_and_a_changed_digit(rig: BuildRig) -> None:
    bench = rig(
        script={
            "SYST:TIME?": ["14,5,0", "04,5,0", "14,5,0", "14,5,1"],
            "SYST:DATE?": ["2026,11,23"] * 8,
        }
    )
    assert health(bench).clock() == datetime(2026, 11, 23, 14, 5, 1, tzinfo=UTC)


def test_the_clock_at_midnight(rig: BuildRig) -> None:
    bench = rig(
        script={
            "SYST:TIME?": ["23,59,59", "0,0,0", "0,0,0"],
            "SYST:DATE?": ["2026,11,23", *["2026,11,24"] * 8],
        }
    )
    assert health(bench).clock() == datetime(2026, 11, 24, tzinfo=UTC)


def test_an_interlock_that_holds(wired: BuildWired) -> None:
    bench = wired("core")
    assert bench.health().prove_interlock() is True
    lines = bench.line.lines
    assert lines.index("SOUR:VOLT 0.0000") < lines.index("DIAG:INT OPEN") < lines.index("OUTP ON")
    assert lines.index("OUTP ON") < lines.index("DIAG:INT CLOS")
    assert bench.health().interlock() == "CLOSED"


def test_an_interlock_that_does_not_hold_is_found_without_voltage(wired: BuildWired) -> None:
    bench = wired("core", {"jig.interlock_dead": {}})
    assert bench.health().prove_interlock() is False
    assert bench.sim.safe
    assert bench.health().interlock() == "CLOSED"


def test_a_supply_that_does_not_go_to_zero_is_not_switched_on(wired: BuildWired) -> None:
    bench = wired("core")
    bench.line.meddle = lambda line, replies: [Reply("5.0000")] if line == "SOUR:VOLT?" else replies
    fault(bench.health().prove_interlock, "JIG-STUCK")
    assert bench.sent("OUTP ON") == 0
    assert bench.sent("DIAG:INT OPEN") == 0


def test_a_loop_that_does_not_open_is_closed_again_and_proves_nothing(wired: BuildWired) -> None:
    bench = wired("core")
    bench.line.meddle = lambda line, replies: [Reply("CLOSED")] if line == "INT:STAT?" else replies
    fault(bench.health().prove_interlock, "JIG-STUCK")
    assert bench.sent("OUTP ON") == 0
    assert bench.sent("DIAG:INT CLOS") == 1


@pytest.mark.parametrize(
    ("defect", "code"),
    [("jig.interlock_open", "JIG-INTERLOCK"), ("jig.emergency_stop", "JIG-EMERGENCY")],
)
def test_an_interlock_that_is_open_before_proves_nothing(
    wired: BuildWired, defect: str, code: str
) -> None:
    bench = wired("core", {defect: {}})
    assert code_of(bench.health().prove_interlock) == code
    assert bench.sent("DIAG:INT OPEN") == 0


def test_a_stop_that_is_pressed_meanwhile_is_told_as_such(wired: BuildWired) -> None:
    bench = wired("core")

    def pressed(line: str, replies: list[Reply]) -> list[Reply]:
        opened = "DIAG:INT OPEN" in bench.line.lines
        return [Reply("EMERGENCY")] if line == "INT:STAT?" and opened else replies

    bench.line.meddle = pressed
    stop = fault(bench.health().prove_interlock, "JIG-EMERGENCY")
    assert isinstance(stop, OperatorStop)
    assert bench.sent("OUTP ON") == 0
