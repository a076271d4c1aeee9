"""Heads of runs, and entries, at minutes of one morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harness.model.entry import Entered, Entry
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.refs import StationRef

MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
UNIT = "A57A000001"
OTHER = "A57A000002"


def at(minute: float) -> datetime:
    return MORNING + timedelta(minutes=minute)


def ran(
    minute: int,
    outcome: Outcome | None = Outcome.PASS,
    fault: str | None = None,
    *,
    serial: str = UNIT,
    slot: int = 1,
    jig: str | None = "J1",
    process: str = "final-test",
    dut_failed: bool | None = None,
    attempt: int = 1,
) -> RunHead:
    """A run of half a minute; open when it has no outcome. Its places are tenths of a minute."""
    return RunHead(
        run=f"run-{minute}",
        serial=serial,
        station="ft-03",
        slot=slot,
        jig=jig,
        plan="a57-final",
        revision=1,
        plan_sha256="ab",
        process=process,
        purpose="production",
        attempt=attempt,
        started=at(minute),
        ended=None if outcome is None else at(minute + 0.5),
        outcome=outcome,
        dut_failed=outcome is Outcome.FAIL if dut_failed is None else dut_failed,
        fault=fault,
        operator="4711",
        number=None if outcome is None else place(minute + 0.5),
        began_after=place(minute),
    )


def place(minute: float) -> int:
    """Where in the chain stands what was written then."""
    return round(10 * minute)


def entered(minute: float, what: Entered) -> Entry:
    ref = StationRef("ft-03", "uuid")
    return Entry(f"entry-{minute:g}", at(minute), ref, what, place(minute))
