"""The journal of an open run: its lines, and what they add up to however they were cut off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from harness.errors import StationFault
from harness.model.events import Faulted, Recorded, RunEnded, RunInterrupted, Stamped
from harness.model.fault import Fault
from harness.model.fold import RecordBuilder
from harness.model.record import Record
from harness.records.codec import decode_event, encode_event
from harness.records.faults import bug

_VERDICTS = (RunEnded, RunInterrupted, Recorded)


class Replay(NamedTuple):
    """An open run as far as it can be read; `unreadable` counts lines that are no event of it."""

    builder: RecordBuilder
    last: Stamped
    unreadable: int


def line_of(event: Stamped) -> bytes:
    """An event's line; one that JSON has no form for is a fault that says so."""
    try:
        return encode_event(event)
    except ValueError as error:
        kind = type(event.event).__name__
        fault = Fault.of(bug(f"event {kind} cannot be written: {error}", event=kind))
        return encode_event(replace(event, event=Faulted(fault)))


def replay(first: bytes, batches: Iterable[bytes]) -> Replay:
    """Fold the journal of an open run; what cannot be read costs nothing but itself.

    A verdict in it is left out: until the record is on disk there is none.

    Raises: ValueError when the line of RunStarted cannot be read.
    """
    last = decode_event(first)
    builder = RecordBuilder()
    builder.apply(last)
    events, unreadable = _decoded(last, batches)
    for event in events:
        if isinstance(event.event, _VERDICTS):
            continue
        try:
            builder.apply(event)
        except ValueError:
            unreadable += 1
        else:
            last = event
    return Replay(builder, last, unreadable)


def close_interrupted(cut_off: Replay, recovered: datetime) -> Record:
    """The record of a run whose process ended in the middle: ABORTED, with all that was done."""
    last = cut_off.last
    seen = last.utc.isoformat(timespec="milliseconds")
    fault = StationFault(
        "RUN-INTERRUPTED",
        f"the station process ended during the run, last seen at {seen}",
        evidence={
            "last_event": type(last.event).__name__,
            "last_seen": seen,
            "unreadable_events": cut_off.unreadable,
        },
    )
    stop = RunInterrupted(recovered, Fault.of(fault))
    cut_off.builder.apply(Stamped(last.run, last.seq + 1, last.utc, last.at_ms, stop))
    return cut_off.builder.build()


def _decoded(first: Stamped, batches: Iterable[bytes]) -> tuple[list[Stamped], int]:
    """The events after the first in their order, each number once; how many lines are none."""
    events: dict[int, Stamped] = {first.seq: first}
    unreadable = 0
    for batch in batches:
        for line in filter(None, batch.split(b"\n")):
            try:
                event = decode_event(line)
            except ValueError:
                unreadable += 1
            else:
                events.setdefault(event.seq, event)
    del events[first.seq]
    return [events[seq] for seq in sorted(events) if events[seq].run == first.run], unreadable
