"""What a run prints: remembered from its events, PASS only with Recorded."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from harness.errors import DutFault, StationFault
from harness.model import events as e
from harness.model.conclude import attempt_outcome
from harness.model.fault import Fault
from harness.model.plan import Phase
from harness.ui.console import RunPrinter, print_record
from tests.records.runs import LIMIT, Life, lived


def printed(events: list[e.Stamped]) -> str:
    out = io.StringIO()
    printer = RunPrinter(Console(file=out, width=200))
    for event in events:
        printer.listen(event)
    printer.draw()
    return out.getvalue()


def recorded(life: Life) -> list[e.Stamped]:
    life.events.append(
        e.Stamped(life.run, len(life.events), life.started, 10**6, e.Recorded(life.run, "0" * 64))
    )
    return life.events


def test_pass_is_said_with_recorded_and_not_before() -> None:
    life = lived("r1")
    assert "PASS" not in printed(life.events).splitlines()
    assert printed(recorded(life)).splitlines()[-1] == "PASS"


def test_a_fail_has_its_fault_and_its_remedy() -> None:
    *_, verdict, fault, remedy = printed(recorded(lived("r1", bad=True))).splitlines()
    assert verdict == "FAIL"
    assert fault.startswith("  step_0.rail_0:LOW (DUT): 0.11 V is below")
    assert remedy.startswith("  -> ")


def test_a_record_prints_as_its_run_did() -> None:
    life = lived("r1", bad=True)
    out = io.StringIO()
    print_record(Console(file=out, width=200), life.builder.build())
    assert out.getvalue() == printed(recorded(life))


Attempt = tuple[float, Fault | None]
STATION = Fault.of(StationFault("ADB-SERVER", "it went away"))
UNIT = Fault.of(DutFault("IMEI-NOT-WRITTEN", "none"))
CASES: dict[str, tuple[list[Attempt], str]] = {
    "good at once": ([(2.0, None)], ""),
    "good at last": ([(0.11, STATION), (2.0, None)], ""),
    "bad by its value": ([(0.11, STATION)], "step_0.rail_0:LOW"),
    "bad by its fault": ([(2.0, UNIT), (2.0, STATION)], "IMEI-NOT-WRITTEN"),
    "bad by both": ([(0.11, UNIT), (2.0, STATION)], "step_0.rail_0:LOW"),
}


@pytest.mark.parametrize(("attempts", "code"), CASES.values(), ids=CASES)
def test_the_mark_of_a_bad_unit_is_that_of_its_record(attempts: list[Attempt], code: str) -> None:
    life = Life("r1")
    life.start(steps=1, measures=1)
    for number, (value, fault) in enumerate(attempts, start=1):
        life.add(e.StepStarted("step_0", "jig.rails", Phase.STEPS, number))
        judged = LIMIT.judge(value)
        life.add(e.Measured("step_0", number, "rail_0", value, "V", *judged, LIMIT.describe()))
        if fault:
            life.add(e.Faulted(fault, "step_0", number))
        made = life.builder.attempt("step_0", number)
        outcome = attempt_outcome(made.measurements, made.fault)
        life.add(e.StepEnded("step_0", number, outcome))
    record = life.end()
    marked = [line for line in printed(recorded(life)).splitlines() if "unit FAILED" in line]
    assert record.dut_failed is bool(code)
    assert marked == ([f"  the unit FAILED: {code}"] if code else [])


def test_a_step_that_was_left_behind_is_printed_as_open() -> None:
    life = Life("r1")
    life.start(steps=1)
    life.add(e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1))
    life.measure("step_0", "rail_0", 0.11)
    life.add(e.Faulted(Fault.of(StationFault("SLOT-WEDGED", "it ignores its deadline"))))
    life.end()
    lines = printed(recorded(life)).splitlines()
    at = next(i for i, line in enumerate(lines) if line.split()[0] == "open")
    assert lines[at + 1].split() == ["rail_0", "0.11", "V", "LOW"]
    assert lines[at + 2 : at + 4] == ["ERROR", "  the unit FAILED: step_0.rail_0:LOW"]
