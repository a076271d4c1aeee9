"""Runs as a station would live them, and how they are handed to a recorder."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import apsw
import orjson

from harness.model import events as e
from harness.model.conclude import attempt_outcome
from harness.model.fault import Fault, Symptom
from harness.model.fold import RecordBuilder
from harness.model.identity import Unit
from harness.model.judgement import Limit
from harness.model.limits import Range
from harness.model.plan import Phase
from harness.model.record import Record
from harness.model.refs import JigRef, PlannedRef, PlanRef, ReleaseRef, StationRef
from harness.model.value import Value
from harness.records.codec import Link, chained, content, pack, sha256, unpack
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.store import identity, open_for_reading

MORNING = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SYMPTOM = Symptom("PWR-07", "rail too high", "B")
EXPLAINED = "step_1.rail_1:HIGH"
"""The fault code that the plan has SYMPTOM for."""
PLAN = orjson.dumps({"id": "a57-final", "revision": 14, "symptoms": {EXPLAINED: asdict(SYMPTOM)}})
PLAN_SHA256 = hashlib.sha256(PLAN).hexdigest()
DOCUMENTS = {PLAN_SHA256: PLAN}
LIMIT = Range(Decimal(1), Decimal(4), Decimal("0.01"))
IMEIS = ("860123450000012", "860123450000020")


class StillClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = MORNING + timedelta(hours=2)

    def monotonic(self) -> float:
        return 0.0

    def utc(self) -> datetime:
        return self.now


@dataclass
class Life:
    """A run that is being lived: it stamps events and folds them."""

    run: str
    started: datetime = MORNING
    events: list[e.Stamped] = field(default_factory=list)
    builder: RecordBuilder = field(default_factory=RecordBuilder)

    def add(self, event: e.Event) -> e.Stamped:
        at_ms = 7 * len(self.events)
        utc = self.started + timedelta(milliseconds=at_ms)
        stamped = e.Stamped(self.run, len(self.events), utc, at_ms, event)
        self.events.append(stamped)
        self.builder.apply(stamped)
        return stamped

    def start(
        self,
        *,
        serial: str = "A57A000002",
        steps: int = 2,
        measures: int = 2,
        purpose: e.Purpose = e.Purpose.PRODUCTION,
        release: ReleaseRef | None = None,
        only: tuple[str, ...] = (),
        jig: str = "jig-7",
        process: str = "final-test",
        slot: int = 2,
        attempt: int = 1,
        plan: str = "a57-final",
    ) -> e.Stamped:
        names = tuple(f"rail_{place}" for place in range(measures))
        planned = [PlannedRef(f"step_{n}", "jig.rails", Phase.STEPS, names) for n in range(steps)]
        return self.add(
            e.RunStarted(
                run=self.run,
                purpose=purpose,
                process=process,
                unit=Unit(serial, IMEIS, "A57-4G", "C", "pk"),
                station=StationRef("ft-03", "the-uuid", "hall-2"),
                slot=slot,
                operator="4711",
                attempt=attempt,
                plan=PlanRef(plan, 14, PLAN_SHA256, tuple(planned), only),
                limits=None,
                jig=JigRef(jig, "1.4", "2026-10-01"),
                harness="0.1.0",
                release=release,
            )
        )

    def measure(
        self, step: str, name: str, value: Value, limit: Limit = LIMIT, unit: str = "V"
    ) -> e.Stamped:
        judged = limit.judge(value)
        return self.add(e.Measured(step, 1, name, value, unit, *judged, limit.describe()))

    def begin(self, step: str, parent: str | None = None) -> e.Stamped:
        return self.add(e.StepStarted(step, "jig.rails", Phase.STEPS, 1, parent))

    def finish(self, step: str) -> e.Stamped:
        """End an attempt as its parts say."""
        made = self.builder.attempt(step, 1)
        outcome = attempt_outcome(made.measurements, made.fault)
        return self.add(e.StepEnded(step, 1, outcome))

    def together(self, *values: Sequence[float], parent: str = "both") -> None:
        """Steps of a group at the same time: their events take turns."""
        steps = [f"step_{number}" for number in range(len(values))]
        for step in steps:
            self.begin(step, parent)
        for place, readings in enumerate(zip(*values, strict=True)):
            for step, value in zip(steps, readings, strict=True):
                self.measure(step, f"rail_{place}", value)
        for step in reversed(steps):
            self.finish(step)

    def step(self, number: int, values: Sequence[float], fault: Fault | None = None) -> None:
        name = f"step_{number}"
        self.begin(name)
        for place, value in enumerate(values):
            self.measure(name, f"rail_{place}", value)
        if fault:
            self.add(e.Faulted(fault, name, 1))
        self.finish(name)

    def end(self) -> Record:
        outcome, fault = self.builder.conclude()
        explained = fault is not None and fault.code == EXPLAINED
        self.add(e.RunEnded(outcome, fault, SYMPTOM if explained else None))
        return self.builder.build()


def lived(
    run: str,
    *,
    steps: int = 2,
    measures: int = 2,
    bad: bool = False,
    together: bool = False,
    seed: int = 0,
    started: datetime = MORNING,
    **named: Any,
) -> Life:
    """A run with its end; with one reading out of its limits if it is to be `bad`.

    `named` is for its start.
    """
    readings = random.Random(seed)
    life = Life(run, started)
    life.start(**{"serial": f"A57A{seed:06}"} | named, steps=steps, measures=measures)
    values = [[readings.uniform(1.5, 3.5) for _ in range(measures)] for _ in range(steps)]
    if bad:
        values[0][0] = 0.11
    if together:
        life.together(*values)
    else:
        for number, made in enumerate(values):
            life.step(number, made)
    life.end()
    return life


def hand_in(recorder: Recorder, life: Life) -> str:
    """Begin, journal and seal a run; the SHA-256 of its record."""
    recorder.begin(life.events[0], DOCUMENTS)
    for event in life.events[1:]:
        recorder.write(event)
    return recorder.seal(life.builder.build())


def leave_open(recorder: Recorder, life: Life) -> None:
    """Begin and journal a run, and do not seal it; it is on disk when this returns."""
    recorder.begin(life.events[0], DOCUMENTS)
    for event in life.events[1:]:
        recorder.write(event)
    wait_for(recorder)


def wait_for(recorder: Recorder) -> None:
    """Until all that was queued is on disk: this comes after it, and waits for its commit."""
    recorder.attempts("", "", e.Purpose.PRODUCTION)


def journaled(path: Path, run: str) -> int:
    """How many events of an open run are on disk."""
    with Reader(path) as reader:
        record = reader.record(run)
    return 1 + len(record.notes) + sum(1 + len(s.measurements) for s in record.steps)


def rows_of_open_runs(path: Path) -> list[tuple[object, ...]]:
    """All that is on disk of the runs that are open: run, sequence number and bytes."""
    connection = open_for_reading(path)
    found = connection.execute(
        "SELECT run, 0, CAST(body AS BLOB) FROM open_run"
        " UNION ALL SELECT run, seq, CAST(body AS BLOB) FROM journal ORDER BY 1, 2"
    ).fetchall()
    connection.close()
    return found


def as_json(record: Record, previous: str, began_after: int | None = None) -> bytes:
    """The native JSON of a record that stands behind the one with this SHA-256."""
    return chained(record.run, Link(previous, began_after), content(record))


def tamper(path: Path, *changes: str) -> None:
    """Change a closed store as somebody would who knows SQL, and put its triggers back."""
    connection = apsw.Connection(str(path))
    every = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    triggers: list[Any] = connection.execute(every).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for change in changes:
        connection.execute(change)
    for _, trigger in triggers:
        connection.execute(trigger)
    connection.close()


def forget_places(path: Path) -> None:
    """Make the store one from before it said where the chain ended when a run began."""
    tamper(path, *_links_without_places(path))
    connection = apsw.Connection(str(path))
    for index in ("run_closed", "run_ended", "entry_at"):
        connection.execute(f"DROP INDEX {index}")
    for table in ("run", "open_run"):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN began_after")
    connection.close()


def _links_without_places(path: Path) -> Iterator[str]:
    """What links the chain anew, over records that do not say where it ended when they began."""
    connection = open_for_reading(path)
    previous = identity(connection).genesis
    every = "SELECT number, body FROM record ORDER BY number"
    rows: list[Any] = connection.execute(every).fetchall()
    connection.close()
    for number, body in rows:
        plain = orjson.loads(unpack(body)) | {"previous": previous}
        plain.pop("began_after", None)
        text = orjson.dumps(plain)
        said = f"previous = '{previous}', sha256 = '{sha256(text)}'"
        packed = apsw.format_sql_value(pack(text))
        yield f"UPDATE record SET {said}, body = {packed} WHERE number = {number}"
        previous = sha256(text)
