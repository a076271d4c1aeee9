"""Files that a step hands in: on disk before they are named, or the step does not pass."""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal

import pytest

from harness.clock import Cancel, Deadline, Lease
from harness.engine.attach import Attachments
from harness.engine.execute import execute
from harness.errors import DutFault, PlanError, StationFault, StepBug
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.ports import Attach, Measure, Stopwatch, Wait
from harness.model.step import Numeric
from tests.engine.rig import MemoryJournal, Rig, planned, spec_of


def rig_of(name: str = "a.jpg", journal: MemoryJournal | None = None) -> Rig:
    def takes(attach: Attach) -> None:
        attach(name, b"picture")

    spec = spec_of(takes)
    return Rig([(spec, planned(spec, "shoot"))], journal=journal or MemoryJournal())


def test_a_file_is_kept_and_named_in_the_record() -> None:
    rig = rig_of()
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.PASS
    (kept,) = record.attachments
    sha256 = hashlib.sha256(b"picture").hexdigest()
    assert (kept.name, kept.sha256, kept.bytes, kept.step) == ("a.jpg", sha256, 7, "shoot")
    assert rig.journal.files == {sha256: b"picture"}
    assert rig.replay().attachments == record.attachments


class FullJournal(MemoryJournal):
    """Has no room for files."""

    def keep(self, content: bytes) -> str:
        raise StationFault("STORE-FULL", "no room")


def test_a_file_that_cannot_be_kept_is_never_named_nor_passed() -> None:
    rig = rig_of(journal=FullJournal())
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "STORE-FULL"
    assert "Attached" not in rig.kinds()


@pytest.mark.parametrize("name", ["", "../x", "/etc/passwd", ".hidden", "a b", "a\0b", "x" * 101])
def test_a_name_is_a_file_name(name: str) -> None:
    rig = rig_of(name)
    record = execute(rig.job, rig.log)
    assert record.fault
    assert record.fault.code == "STEP-BUG"
    assert rig.journal.files == {}


def test_a_step_that_has_ended_attaches_nothing() -> None:
    rig = rig_of()
    lease = Lease(Deadline(5), Cancel())
    attach = Attachments(rig.log, lease, "shoot", 1)
    lease.end()
    with pytest.raises(StepBug, match="LEASE-ENDED"):
        attach("a.jpg", b"late")
    assert rig.journal.files == {}


def evidence_rig(value: float, *, fails: bool = False, journal: MemoryJournal | None = None) -> Rig:
    def looks(attach: Attach, measure: Measure) -> None:
        attach.unless_passed("drawn.jpg", lambda: b"drawn")
        measure("level", value)
        if fails:
            raise DutFault("CAMERA-NO-PICTURE", "none")

    spec = spec_of(looks, measures=[Numeric("level", "V")])
    step = planned(spec, "shoot", limit=Range(low=Decimal(1)))
    return Rig([(spec, step)], journal=journal or MemoryJournal())


@pytest.mark.parametrize(("value", "fails"), [(0.0, False), (2.0, True), (math.nan, False)])
def test_evidence_is_kept_of_an_attempt_that_does_not_pass(value: float, fails: bool) -> None:
    rig = evidence_rig(value, fails=fails)
    record = execute(rig.job, rig.log)
    assert record.outcome is not Outcome.PASS
    assert [kept.name for kept in record.attachments] == ["drawn.jpg"]
    assert list(rig.journal.files.values()) == [b"drawn"]
    assert rig.replay().attachments == record.attachments


def test_evidence_is_not_even_made_of_one_that_passes() -> None:
    rig = evidence_rig(2.0)
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.PASS
    assert record.attachments == ()
    assert rig.journal.files == {}


def no_drawing_rig(value: float, error: Exception, name: str = "drawn.jpg") -> Rig:
    def draw() -> bytes:
        raise error

    def looks(attach: Attach, measure: Measure) -> None:
        attach.unless_passed(name, draw)
        attach.unless_passed("second.jpg", lambda: b"second")
        measure("level", value)

    spec = spec_of(looks, measures=[Numeric("level", "V")])
    return Rig([(spec, planned(spec, "shoot", limit=Range(low=Decimal(1))))])


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("no \udcff"), PlanError("STEP-SETTING", "no")], ids=type
)
def test_evidence_that_cannot_be_made_leaves_a_fail_a_fail_and_says_why(error: Exception) -> None:
    rig = no_drawing_rig(0.0, error)
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.FAIL
    assert record.fault
    assert record.fault.code == "shoot.level:LOW"
    assert [kept.name for kept in record.attachments] == ["drawn.jpg.not-made.txt", "second.jpg"]
    why = rig.journal.files[record.attachments[0].sha256].decode()
    assert type(error).__name__ in why
    assert "in draw" in why
    assert rig.replay().attachments == record.attachments


def test_evidence_with_the_longest_name_still_says_why_it_is_not_there() -> None:
    record = execute((rig := no_drawing_rig(0.0, ValueError("x"), "n" * 100)).job, rig.log)
    assert record.outcome is Outcome.FAIL
    (name, *_) = (kept.name for kept in record.attachments)
    assert len(name) == 100
    assert name.endswith(".not-made.txt")


def test_an_attempt_that_passes_tries_no_drawing() -> None:
    rig = no_drawing_rig(2.0, ValueError("x"))
    record = execute(rig.job, rig.log)
    assert (record.outcome, record.attachments) == (Outcome.PASS, ())


def test_evidence_that_cannot_be_kept_is_the_stations_fault_and_no_fail_is_lost() -> None:
    rig = evidence_rig(0.0, journal=FullJournal())
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "STORE-FULL"
    assert record.dut_failed


def test_the_stopwatch_runs_with_the_attempt() -> None:
    def timed(stopwatch: Stopwatch, wait: Wait, measure: Measure) -> None:
        before_s = stopwatch()
        wait(0.05)
        measure("waited", stopwatch() - before_s)

    spec = spec_of(timed, measures=[Numeric("waited", "s")])
    rig = Rig([(spec, planned(spec))])
    (step,) = execute(rig.job, rig.log).steps
    value = step.measurements[0].value
    assert isinstance(value, float)
    assert 0.05 <= value < 5
