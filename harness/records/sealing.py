"""What is written for a finished record or an entry, and which open runs can never be sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import apsw

from harness.errors import HarnessError, StationFault
from harness.model.conclude import conclude_again
from harness.model.entry import Entry
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.records.codec import content, entry_content
from harness.records.entries import entry_row
from harness.records.faults import bug, coded
from harness.records.head import fail_rows, head_row, holds, imeis, unheld
from harness.records.journal import close_interrupted, replay
from harness.records.store import open_for_reading
from harness.records.writer import Enter, LeftOpen, Seal, open_runs


def sealing(record: Record) -> Seal:
    """What is written for a finished record, all but its place in the chain.

    Raises: StationFault(STORE-UNFIT) when the columns cannot hold it; StationFault(ENGINE-BUG)
    when it has not ended, says PASS where its parts do not, or has no form in JSON.
    """
    if record.ended is None or record.outcome is None:
        raise bug(f"run {record.run} has not ended")
    if record.outcome is Outcome.PASS and (known := conclude_again(record)).fault:
        raise bug(f"run {record.run} says PASS, its parts do not: {known.fault.message}")
    check_fits(record)
    try:
        rest = content(record)
    except ValueError as error:
        raise bug(f"the record of run {record.run} cannot be written: {error}") from None
    return Seal(record.run, rest, head_row(record), fail_rows(record), imeis(record))


def entering(entry: Entry) -> Enter:
    """What is written for an entry, all but its place in the chain.

    Raises: StationFault(STORE-UNFIT) naming what the store has no form for.
    """
    slot = getattr(entry.what, "slot", None)
    if slot is not None and not holds(slot):
        raise _unfit(entry, f"slot {slot} is too large")
    try:
        return Enter(entry.id, type(entry.what).__name__, entry_content(entry), entry_row(entry))
    except ValueError as error:
        raise _unfit(entry, str(error)) from None


def _unfit(entry: Entry, why: str) -> StationFault:
    kind = type(entry.what).__name__
    return StationFault(
        "STORE-UNFIT",
        f"the store has no form for a {kind}: {why}",
        evidence={"kind": kind},
        remedy="Enter it anew, in Unicode text and with the number of a slot that there is.",
    )


def check_fits(record: Record) -> None:
    """The columns can hold what there is of the record by now.

    Raises: StationFault(STORE-UNFIT) naming what they cannot.
    """
    if odd := list(unheld(record)):
        words = ", ".join(f"{name} {number}" for name, number in odd)
        message = f"run {record.run} has a number that is too large for the store: {words}"
        raise StationFault("STORE-UNFIT", message, evidence={"run": record.run})


def seal_interrupted(left: LeftOpen, recovered: datetime) -> tuple[Record, Seal]:
    """The record of a run that a process left open, and what is written for it.

    Raises: StationFault(RUN-STUCK) when nothing can be: its start is unreadable or of another
    run, or its record cannot be written.
    """
    try:
        record = close_interrupted(replay(left.first, left.batches), recovered)
        seal = sealing(record)
    except (HarnessError, ValueError, KeyError, TypeError) as error:
        raise stuck(left.run, error) from error
    if record.run != left.run:
        raise stuck(left.run, ValueError(f"its first event is of run {record.run}"))
    return record, seal


def stuck(run: str, why: Exception) -> StationFault:
    """What is told of a run that stays open for ever."""
    message = f"run {run} was left open and cannot be sealed: {why}"
    return StationFault("RUN-STUCK", message, evidence={"run": run})


def stuck_in(connection: apsw.Connection) -> Iterator[StationFault]:
    """The open runs that could not be sealed if their process ended now."""
    for left in open_runs(connection):
        try:
            seal_interrupted(left, datetime.now(UTC))
        except StationFault as fault:
            yield fault


def stuck_runs(path: Path) -> tuple[StationFault, ...]:
    """The open runs of a store that can never be sealed, each as RUN-STUCK.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED).
    """
    connection = open_for_reading(path)
    try:
        with coded(path, "cannot read"):
            connection.execute("BEGIN")  # one state of the store, also while a station writes it
            return tuple(stuck_in(connection))
    finally:
        connection.close()
