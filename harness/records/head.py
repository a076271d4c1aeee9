"""The narrow head of a record, and the rows that are drawn from a record beside its JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.model.conclude import measurement_code
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.value import Curve, spoken

_LARGEST = 2**63 - 1
"""What an INTEGER column holds (sqlite.org/datatype3.html, 2)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

HEAD_COLUMNS = (
    "run, serial, station, slot, jig, plan, revision, plan_sha256, process, purpose, attempt,"
    " started_ms, ended_ms, outcome, dut_failed, fault, operator, release"
)
READ_COLUMNS = f"{HEAD_COLUMNS}, number, coalesce(began_after, number)"
"""A head and its places in the chain. A run from before its beginning had one goes by its end."""
_TIMES, _OUTCOME, _DUT_FAILED = slice(11, 13), 13, 14
FAIL_COLUMNS = "place, step, attempt, name, outcome, code, value, unit"


def head_of_row(row: tuple[Any, ...]) -> RunHead:
    """The head in the order of READ_COLUMNS."""
    said = list(row)
    said[_TIMES] = [_EPOCH + ms * _MS for ms in said[_TIMES]]
    said[_OUTCOME] = Outcome[said[_OUTCOME]]
    said[_DUT_FAILED] = bool(said[_DUT_FAILED])
    return RunHead(*said)


def head_row(record: Record) -> tuple[Any, ...]:
    """The row of a finished record, in the order of HEAD_COLUMNS."""
    head = RunHead.of(record)
    assert head.ended and head.outcome is not None, "an open run has no head row"
    return (
        head.run,
        head.serial,
        head.station,
        head.slot,
        head.jig,
        head.plan,
        head.revision,
        head.plan_sha256,
        head.process,
        head.purpose,
        head.attempt,
        unix_ms(head.started),
        unix_ms(head.ended),
        head.outcome.name,
        int(head.dut_failed),
        head.fault,
        head.operator,
        head.release,
    )


def unheld(record: Record) -> Iterator[tuple[str, int]]:
    """Numbers of a record, finished or not, that its columns cannot hold, by their names."""
    head = RunHead.of(record)
    numbers = [(name, getattr(head, name)) for name in ("slot", "revision", "attempt", "release")]
    numbers += [(f"attempt of {step.id}", step.attempt) for step in record.steps]
    for name, number in numbers:
        if number is not None and not holds(number):
            yield name, number


def holds(number: int) -> bool:
    """Whether a column can hold it."""
    return abs(number) <= _LARGEST


def fail_rows(record: Record) -> list[tuple[Any, ...]]:
    """A row for each measurement that is not PASS, in the order of FAIL_COLUMNS."""
    return [(place, *row) for place, row in enumerate(_fails(record))]


def imeis(record: Record) -> list[str]:
    """Every IMEI that the label or the handset showed, sorted."""
    return sorted({*record.unit.imei, *record.scanned.imei})


def unix_ms(utc: datetime) -> int:
    """Milliseconds since 1970, cut as the native JSON cuts them."""
    return (utc - _EPOCH) // _MS


def _fails(record: Record) -> Iterator[tuple[Any, ...]]:
    for step in record.steps:
        for made in step.measurements:
            if made.outcome is Outcome.PASS:
                continue
            code = measurement_code(step.id, made)
            named = (step.id, step.attempt, made.name, made.outcome.name, code)
            value = spoken(made.value) if isinstance(made.value, Curve) else made.value
            yield *named, value, made.unit
