"""What a run prints: remembered from its events, PASS only with Recorded."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console

from harness.errors import Blame, DutFault, LinkFault, StationFault
from harness.model import events as e
from harness.model.conclude import attempt_outcome
from harness.model.fault import Fault
from harness.model.limits import Range
from harness.model.mask import Mask, MaskPoint
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.refs import ReleaseRef
from harness.model.value import Curve
from harness.ui.console import RunPrinter, print_record
from harness.ui.findings import brief, findings
from tests.quality.nights import CENT, Night
from tests.records.runs import LIMIT, SYMPTOM, Life, lived


def printed(events: list[e.Stamped]) -> str:
    out = io.StringIO()
    printer = RunPrinter(Console(file=out, width=200))
    for event in events:
        printer.listen(event)
    printer.draw()
    return out.getvalue()


def of(life: Life, width: int | None = None) -> list[str]:
    """What a run prints, at the end; on a terminal so wide, else in a pipe."""
    out = io.StringIO()
    terminal = width is not None
    console = Console(
        file=out,
        width=width or 80,
        force_terminal=terminal,
        color_system=None,
        _environ={"TERM": "xterm"},
    )
    print_record(console, life.builder.build())
    return out.getvalue().splitlines()


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
    *_, verdict, made, fault, remedy = printed(recorded(lived("r1", bad=True))).splitlines()
    assert verdict == "FAIL"
    assert made == "  step_0.rail_0 = 0.11 V, limit 1.01 to 3.99 V"
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
    assert lines[at + 1].split()[:4] == ["rail_0", "0.11", "V", "LOW"]
    assert lines[at + 2 : at + 4] == ["ERROR", "  the unit FAILED: step_0.rail_0:LOW"]


def words(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


def test_a_symptom_comes_first_with_its_bin() -> None:
    life = Life("r1")
    life.start()
    life.together([0.11, 2.0], [2.0, 5.0])
    life.add(e.Faulted(UNIT, None))
    life.add(e.RunEnded(Outcome.FAIL, UNIT, SYMPTOM))
    lines = words(of(life))
    at = lines.index("FAIL")
    assert lines[at + 1] == "bin B PWR-07 rail too high"
    assert brief(life.builder.build()).endswith("HIGH  bin B  PWR-07  rail too high")
    assert lines[at + 2].startswith("IMEI-NOT-WRITTEN (DUT)")
    assert "step_0.rail_0 = 0.11 V, limit 1.01 to 3.99 V" in lines[at + 4 :]
    assert "step_1.rail_1 = 5 V, limit 1.01 to 3.99 V" in lines[at + 4 :]


@pytest.mark.parametrize("beside", [None, STATION], ids=["alone", "beside the station's"])
def test_a_fault_that_a_second_slot_confirmed_is_told_as_the_units(beside: Fault | None) -> None:
    life = Life("r1")
    life.start(steps=2, measures=0)
    life.step(0, [], Fault.of(LinkFault("ADB-HANG", "it fell silent")))
    life.step(1, [], beside)
    life.add(e.FaultConfirmed("ADB-HANG", "run-1", 1, "run-2"))
    life.end()
    lines = words(of(life))
    if beside:
        assert "the unit FAILED: ADB-HANG" in lines
    else:
        assert "ADB-HANG (DUT): it fell silent" in lines
        assert not [line for line in lines if line.startswith("-> Restart")]


@pytest.mark.parametrize("purpose", [p for p in e.Purpose if p is not e.Purpose.PRODUCTION])
def test_a_run_that_does_not_count_says_so_at_both_ends(purpose: e.Purpose) -> None:
    life = Life("r1")
    life.start(steps=1, measures=1, purpose=purpose)
    life.step(0, [2.0])
    life.end()
    lines = of(life)
    assert f"{purpose.upper()} run: it does not count" in lines
    assert lines[-1] == f"PASS ({purpose})"
    assert "PASS" not in lines


def test_a_run_of_a_part_names_it() -> None:
    life = Life("r1")
    life.start(only=("step_0",), purpose=e.Purpose.ENGINEERING)
    life.step(0, [2.0, 2.0])
    life.add(e.StepSkipped("step_1", "jig.rails", Phase.STEPS, "left out"))
    life.end()
    lines = of(life)
    assert "only step_0 of the plan: a part of it is no verdict" in lines
    assert "ABORTED (engineering)" in lines


def test_a_production_run_names_its_release_and_who_signed_it() -> None:
    life = Life("r1")
    release = ReleaseRef("final-test", 7, "ab" * 32, ("anna", "ben"))
    life.start(steps=1, measures=1, release=release)
    life.step(0, [2.0])
    life.end()
    assert "production, release 7, signed by anna, ben" in of(life)
    assert "production, without a release" in of(lived("r2"))


def test_steps_side_by_side_are_a_block_each_with_their_group() -> None:
    life = Life("r1")
    life.start()
    life.together([2.0, 2.1], [2.2, 2.3], parent="wireless")
    life.end()
    lines = words(of(life))
    at = lines.index("PASS step_1 0.0 s, in wireless")
    assert lines[at : at + 6] == [
        "PASS step_1 0.0 s, in wireless",
        "rail_0 2.2 V 1.01 to 3.99 V",
        "rail_1 2.3 V 1.01 to 3.99 V",
        "PASS step_0 0.0 s, in wireless",
        "rail_0 2 V 1.01 to 3.99 V",
        "rail_1 2.1 V 1.01 to 3.99 V",
    ]


def stamped(life: Life, at_ms: int, event: e.Event) -> None:
    life.events.append(e.Stamped(life.run, len(life.events), life.started, at_ms, event))
    life.builder.apply(life.events[-1])


def test_a_wait_for_an_instrument_is_seen_at_once_and_counted_apart() -> None:
    life = Life("r1")
    life.start(steps=1, measures=0)
    stamped(life, 1000, e.Waiting("step_0", "callbox"))
    assert words(printed(life.events).splitlines())[-1] == "waits step_0 for callbox"
    stamped(life, 3500, e.Reserved("step_0", "callbox"))
    stamped(life, 3600, e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1))
    stamped(life, 4800, e.StepEnded("step_0", 1, Outcome.PASS))
    lines = words(printed(life.events).splitlines())
    assert lines[-1] == "PASS step_0 1.2 s after a wait of 2.5 s"


def test_what_ran_meanwhile_is_no_wait() -> None:
    """Of an any_order group: step_0 could have been next, step_1 was."""
    life = Life("r1")
    life.start(steps=2, measures=0)
    stamped(life, 1000, e.Waiting("step_0", "callbox"))
    stamped(life, 1000, e.StepStarted("step_1", "jig.rails", Phase.STEPS, 1, "bench"))
    stamped(life, 5000, e.StepEnded("step_1", 1, Outcome.PASS))
    stamped(life, 5200, e.Reserved("step_0", "callbox"))
    stamped(life, 5200, e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1, "bench"))
    stamped(life, 6200, e.StepEnded("step_0", 1, Outcome.PASS))
    lines = words(printed(life.events).splitlines())
    assert lines[-1] == "PASS step_0 1.0 s after a wait of 0.2 s, in bench"


def test_the_time_of_a_step_is_how_long_it_took() -> None:
    life = Life("r1")
    life.start(steps=1, measures=0)
    stamped(life, 60_000, e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1))
    stamped(life, 62_500, e.StepEnded("step_0", 1, Outcome.PASS))
    assert "PASS step_0 2.5 s" in words(of(life))


def test_a_marginal_pass_is_marked_with_a_word_and_told_again_at_the_end() -> None:
    life = Life("r1")
    life.start(steps=1, measures=1)
    life.begin("step_0")
    near = Range(Decimal(1), Decimal(4), marginal=Decimal("0.2"))
    life.measure("step_0", "rail_0", 1.1, near)
    life.finish("step_0")
    life.end()
    lines = words(of(life))
    assert "rail_0 1.1 V MARGINAL 1 to 4 V, marginal outside 1.2 to 3.8 V" in lines
    assert lines[-2:] == [
        "MARGINAL: step_0.rail_0 = 1.1 V, limit 1 to 4 V, marginal outside 1.2 to 3.8 V",
        "PASS",
    ]


@pytest.mark.parametrize("purpose", [e.Purpose.SELFTEST, e.Purpose.ENGINEERING])
def test_a_jig_that_failed_is_mended_by_the_station_and_goes_into_no_bin(
    purpose: e.Purpose,
) -> None:
    night = Night(0, {"rail.error": -3.1}, {"rail.error": CENT}, purpose=purpose)
    record = night.record()
    assert record.fault
    assert record.fault.blame is Blame.DUT, "the record says what was concluded"
    assert findings(record)[1:] == [
        "rail.error:LOW (STATION): -3.1 % is below the acceptance limit -1 %",
        "-> Mend the jig, then run `harness selftest` for it again.",
    ]


def test_a_curve_that_leaves_its_mask_says_where() -> None:
    mask = Mask(
        (
            MaskPoint(Decimal(0), Decimal("0.9"), None),
            MaskPoint(Decimal("0.5"), Decimal("0.1"), None),
        )
    )
    life = Life("r1")
    life.start(steps=1, measures=1)
    life.begin("step_0")
    life.measure("step_0", "rail_0", Curve((0.0, 0.25, 0.5), (1.0, 0.2, 0.15), "cy/px"), mask, "1")
    life.finish("step_0")
    life.end()
    lines = words(of(life))
    at = lines.index("rail_0 3 points from 0.15 to 1")
    assert lines[at + 1] == "LOW, limit mask of 2 corners from 0 to 0.5 cy/px"
    assert "step_0.rail_0:LOW (DUT): at 0.25 cy/px it is 0.2, below the mask's 0.5" in lines


def test_what_was_not_run_stands_apart_by_its_reason() -> None:
    life = Life("r1")
    life.start(steps=5)
    life.add(e.StepSkipped("step_3", "jig.rails", Phase.STEPS, "left out"))
    life.step(0, [0.11, 2.0])
    for step in ("step_1", "step_2"):
        life.add(e.StepSkipped(step, "jig.rails", Phase.STEPS, "step_0 ended FAIL"))
    life.step(4, [2.0, 2.0])
    life.end()
    lines = words(of(life))
    at = lines.index("SKIPPED step_3: left out")
    assert lines[at + 1] == "SKIPPED step_1, step_2: step_0 ended FAIL"
    assert lines[at + 2] == "FAIL"
    assert any(line.startswith("PASS step_4") for line in lines[:at])


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_on_a_terminal_no_word_is_broken(width: int) -> None:
    life = Life("r1")
    life.start(steps=1)
    life.begin("step_0")
    odd = "the handset answered with something that is far too long to be a voltage"
    judged = (Outcome.ERROR, "UNREADABLE")
    life.add(e.Measured("step_0", 1, "rail_0", None, "V", *judged, LIMIT.describe(), odd))
    life.finish("step_0")
    life.end()
    lines = of(life, width)
    assert max(map(len, lines)) <= width
    assert " ".join(lines).split() == " ".join(of(life)).split()
