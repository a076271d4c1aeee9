"""Values of the model for property tests, and whole runs as a station would live them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from harness.errors import Blame
from harness.model import events as e
from harness.model.fault import Fault, Symptom
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import LimitsRef, Phase
from harness.model.refs import JigRef, PlannedRef, PlanRef, ReleaseRef, StationRef
from harness.model.value import Curve

RUN = "01JD8QGM2R3V5W7X9Y1Z2A4B6C"
OTHER_RUN = "01JD8QGM2R3V5W7X9Y1Z2A4B6D"
NOON = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)

texts = st.text(max_size=6)
names = st.sampled_from(["a", "b", "c", "d"])
counts = st.integers(0, 1000)
utcs = st.integers(0, 10**12).map(lambda ms: NOON + timedelta(milliseconds=ms))
numbers = st.floats(allow_nan=False, allow_infinity=False)
curves = st.dictionaries(numbers, numbers, min_size=2, max_size=4).map(
    lambda points: Curve(tuple(sorted(points)), tuple(points.values()), "%")
)
values = st.one_of(numbers, texts, st.booleans(), curves)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), numbers, texts)
plains = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(texts, plains, max_size=2)
phases = st.sampled_from(Phase)
parents = st.none() | names
outcomes = st.sampled_from(Outcome)
faults = st.builds(Fault, texts, st.sampled_from(Blame), texts, texts, objects)
serials = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=8)
symptoms = st.builds(Symptom, texts, texts, texts)
imeis = st.lists(texts, max_size=2).map(tuple)
units = st.builds(Unit, serials, imeis, texts, texts, texts, texts)
planned = st.builds(PlannedRef, names, texts, phases, st.lists(names, max_size=2).map(tuple))
chosen = st.lists(names, max_size=2).map(tuple)
plan_refs = st.builds(
    PlanRef, texts, counts, texts, st.lists(planned, max_size=3).map(tuple), chosen
)
releases = st.builds(ReleaseRef, texts, counts, texts, st.lists(texts, max_size=2).map(tuple))
stations = st.builds(StationRef, texts, texts, texts)
limits_refs = st.builds(LimitsRef, texts, counts, texts)
jig_refs = st.builds(JigRef, texts, st.none() | texts, st.none() | texts)

run_started = st.builds(
    e.RunStarted,
    run=st.just(RUN),
    purpose=st.sampled_from(e.Purpose),
    process=texts,
    unit=units,
    station=stations,
    slot=counts,
    operator=texts,
    attempt=counts,
    plan=plan_refs,
    limits=st.none() | limits_refs,
    jig=st.none() | jig_refs,
    harness=texts,
    release=st.none() | releases,
    inputs=st.dictionaries(texts, texts, max_size=2),
)

# What is kept as a note, without a rule about when it may come.
free_events = st.one_of(
    st.builds(e.UnitIdentified, units, st.none() | counts),
    st.builds(e.Waiting, names, texts),
    st.builds(e.Reserved, names, texts),
    st.builds(e.Released, names, texts),
    st.builds(e.Prompted, names, texts),
    st.builds(e.Answered, names, texts, texts),
    st.builds(e.Faulted, faults),
    st.builds(e.RetryDecided, names, counts, texts),
    st.builds(e.AbortRequested, texts, texts),
    st.builds(e.UnitLost, texts),
    st.builds(e.RouteCheckedLocally, texts),
    st.builds(e.FaultConfirmed, texts, texts, counts, texts),
    st.builds(e.UnitSwapped, texts),
    st.builds(e.SafeStateReached),
    st.builds(e.SafeStateFailed, faults),
)


def measured(step: str, attempt: int) -> st.SearchStrategy[e.Measured]:
    return st.builds(
        e.Measured,
        step=st.just(step),
        attempt=st.just(attempt),
        name=names,
        value=st.none() | values,
        unit=texts,
        outcome=outcomes,
        reason=texts,
        limit=objects,
        raw=texts,
    )


def in_attempt(step: str, attempt: int) -> st.SearchStrategy[e.Event]:
    """An event of a running attempt, its end included."""
    return st.one_of(
        measured(step, attempt),
        st.builds(e.Attached, st.just(step), st.just(attempt), texts, texts, counts),
        st.builds(e.Faulted, faults, st.just(step), st.just(attempt)),
        st.builds(e.StepEnded, st.just(step), st.just(attempt), outcomes),
    )


endings = st.one_of(
    st.builds(e.RunEnded, outcomes, st.none() | faults, st.none() | symptoms),
    st.builds(e.RunInterrupted, utcs, faults),
)

any_event: st.SearchStrategy[e.Event] = st.one_of(
    run_started,
    st.builds(e.StepStarted, names, texts, phases, counts, parents),
    st.builds(e.StepSkipped, names, texts, phases, texts, parents),
    in_attempt("a", 1),
    free_events,
    endings,
    st.builds(e.Recorded, texts, texts),
)


class _Life:
    """A run as it is drawn: what is open, what may come next."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self._ms = 0
        self.events: list[e.Stamped] = []
        self.open: list[tuple[str, int]] = []
        self.attempts: dict[str, int] = {}

    def emit(self, event: e.Event) -> None:
        self._ms += self._draw(st.sampled_from([0, 0, 1, 7, 1001]))
        utc = NOON + timedelta(milliseconds=self._ms)
        at_ms = self._ms if self.events else 0
        self.events.append(e.Stamped(RUN, len(self.events), utc, at_ms, event))

    def start(self) -> None:
        step = self._draw(names)
        attempt = self.attempts.get(step, 0) + 1
        if attempt == 1 and self._draw(st.integers(0, 3)) == 0:
            self.attempts[step] = 1
            skipped = st.builds(e.StepSkipped, st.just(step), texts, phases, texts, parents)
            self.emit(self._draw(skipped))
            return
        self.attempts[step] = attempt
        self.open.append((step, attempt))
        use, phase, parent = map(self._draw, (texts, phases, parents))
        self.emit(e.StepStarted(step, use, phase, attempt, parent))

    def go_on(self) -> None:
        event = self._draw(in_attempt(*self._draw(st.sampled_from(self.open))))
        if isinstance(event, e.StepEnded):
            self.open.remove((event.step, event.attempt))
        self.emit(event)


@st.composite
def runs(draw: Callable[[st.SearchStrategy[Any]], Any], *, ended: bool | None = None) -> Any:
    """The events of a run, with attempts side by side; open or ended, recorded or not."""
    life = _Life(draw)
    life.emit(draw(run_started))
    for _ in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(["start", "go on", "go on", "go on", "note"]))
        if kind == "note":
            life.emit(draw(free_events))
        elif kind == "start" or not life.open:
            life.start()
        else:
            life.go_on()
    if ended is True or (ended is None and draw(st.booleans())):
        life.emit(draw(endings))
        if draw(st.booleans()):
            life.emit(e.Recorded(RUN, "sha256"))
    return life.events
