"""What is written is read back the same, and what does not fit is refused with its place."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import UnionType
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Blame
from harness.model import events as e
from harness.model.codec import decode, encode, encode_tagged
from harness.model.fault import Fault
from harness.model.fold import fold
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import LimitsRef, Phase
from harness.model.record import Record
from harness.model.refs import ClockRef, JigRef, PlannedRef, PlanRef, ReleaseRef, StationRef
from harness.model.value import Value
from tests.model.strategies import NOON, RUN, any_event, faults, runs, values

FAULT = Fault("JIG-TIMEOUT", Blame.STATION, "silent", "switch it on", {"sent": "MEAS?"})
PLAN = PlanRef("demo", 1, "00", (PlannedRef("power", "p.rail", Phase.STEPS, ("voltage",)),))
EXAMPLES: list[e.Event] = [
    e.RunStarted(
        run=RUN,
        purpose=e.Purpose.PRODUCTION,
        process="final",
        unit=Unit("A57", ("490154203237518",)),
        station=StationRef("ft-03", "uuid"),
        slot=2,
        operator="4711",
        attempt=1,
        plan=PLAN,
        limits=LimitsRef("a57", 9, "00"),
        jig=JigRef("J1", None, "2026-10-01"),
        harness="0.1.0",
        release=ReleaseRef("final", 7, "00", ("alice", "bob")),
        inputs={"plan": "00"},
        clock=ClockRef(True, 0.0125),
    ),
    e.UnitIdentified(Unit("A57")),
    e.StepStarted("power", "p.rail", Phase.STEPS, 1),
    e.Waiting("power", "call-box"),
    e.Reserved("power", "call-box"),
    e.Released("power", "call-box"),
    e.Measured("power", 1, "voltage", 3.8, "V", Outcome.PASS, "", {"low": 3.6, "high": None}),
    e.Attached("power", 1, "rail.csv", "00", 300),
    e.Prompted("power", "look at the screen"),
    e.Answered("power", "yes", "4711"),
    e.Faulted(FAULT, "power", 1),
    e.RetryDecided("power", 1, "again"),
    e.StepEnded("power", 1, Outcome.ERROR),
    e.StepSkipped("close", "jig.close", Phase.STEPS, "power ended ERROR"),
    e.AbortRequested("4711", "smoke"),
    e.UnitLost("gone from the bus"),
    e.UnitSwapped("another serial"),
    e.RouteCheckedLocally("no route to the centre"),
    e.FaultConfirmed("ADB-HANG", "run-1", 1, "run-2"),
    e.SafeStateReached(),
    e.SafeStateFailed(FAULT),
    e.RunEnded(Outcome.ERROR, FAULT),
    e.RunInterrupted(NOON, FAULT),
    e.Recorded(RUN, "00"),
]
PARTS = {StationRef, PlannedRef, PlanRef, JigRef, ReleaseRef, ClockRef, e.Stamped}


def stamped(event: e.Event) -> e.Stamped:
    return e.Stamped(RUN, 7, NOON, 12, event)


def via_json(value: object) -> Any:
    return json.loads(json.dumps(encode(value), allow_nan=False))


def test_every_event_class_is_in_the_union_and_has_an_example() -> None:
    defined = {
        cls
        for _, cls in inspect.getmembers(e, inspect.isclass)
        if cls.__module__ == e.__name__ and is_dataclass(cls)
    }
    assert isinstance(e.Event, UnionType)
    assert set(get_args(e.Event)) == defined - PARTS
    assert [type(example) for example in EXAMPLES] == list(get_args(e.Event))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_is_read_back_as_it_was_written(example: e.Event) -> None:
    assert decode(e.Stamped, via_json(stamped(example))) == stamped(example)
    assert encode_tagged(example) == encode(stamped(example))["event"]
    assert encode_tagged(example)["is"] == type(example).__name__


@given(any_event)
def test_any_event_is_read_back_as_it_was_written(event: e.Event) -> None:
    plain = via_json(stamped(event))
    back = decode(e.Stamped, plain)
    assert back == stamped(event)
    assert via_json(back) == plain


@given(runs())
def test_a_record_is_read_back_as_it_was_written(events: list[e.Stamped]) -> None:
    record = fold(events)
    plain = via_json(record)
    assert decode(Record, plain) == record
    assert json.dumps(encode(decode(Record, plain))) == json.dumps(plain)


@given(faults)
def test_a_fault_is_read_back_as_it_was_written(fault: Fault) -> None:
    assert decode(Fault, via_json(fault)) == fault


# ---- strictness

BASE = encode(stamped(EXAMPLES[0]))


def changed(*path: str | int, to: object = None, drop: bool = False) -> Any:
    """The first example with one thing changed."""
    plain = json.loads(json.dumps(BASE))
    *way, last = path
    at = plain
    for key in way:
        at = at[key]
    if drop:
        del at[last]
    else:
        at[last] = to
    return plain


BROKEN: dict[str, tuple[Any, str]] = {
    "nothing": (None, "expected Stamped"),
    "a list": ([], "expected Stamped"),
    "missing": (changed("seq", drop=True), "Stamped: missing or unknown: seq"),
    "extra": (changed("more", to=1), "Stamped: missing or unknown: more"),
    "missing below": (
        changed("event", "plan", "id", drop=True),
        "Stamped.event: RunStarted.plan: PlanRef: missing or unknown: id",
    ),
    "extra below": (
        changed("event", "jig", "age", to=1),
        "RunStarted.jig: JigRef: missing or unknown: age",
    ),
    "int for a text": (changed("run", to=5), "Stamped.run: expected str, found 5"),
    "None for a text": (changed("run", to=None), "Stamped.run: expected str, found None"),
    "text for an int": (changed("seq", to="7"), "Stamped.seq: expected int, found '7'"),
    "float for an int": (changed("seq", to=7.0), "Stamped.seq: expected int, found 7.0"),
    "flag for an int": (changed("seq", to=True), "Stamped.seq: expected int, found True"),
    "int for an optional text": (
        changed("event", "jig", "firmware", to=5),
        "JigRef.firmware: expected str, found 5",
    ),
    "text for a list": (
        changed("event", "unit", "imei", to="490154203237518"),
        "Unit.imei: expected a list",
    ),
    "int in a list": (
        changed("event", "plan", "steps", 0, "measures", 0, to=5),
        "PlanRef.steps: [0]: PlannedRef.measures: [0]: expected str, found 5",
    ),
    "int in a mapping": (
        changed("event", "inputs", "plan", to=5),
        "RunStarted.inputs: [plan]: expected str, found 5",
    ),
    "list for a mapping": (changed("event", "inputs", to=[]), "RunStarted.inputs: expected"),
    "an invalid unit": (
        changed("event", "unit", "serial", to="A 57"),
        "RunStarted.unit: not a serial number",
    ),
    "no tag": (changed("event", "is", drop=True), "Stamped.event: expected one of RunStarted,"),
    "unknown tag": (changed("event", "is", to="Exploded"), "Stamped.event: expected one of"),
    "another class's tag": (changed("event", "is", to="Waiting"), "Waiting: missing or unknown"),
    "a class outside the union": (changed("event", "is", to="PlanRef"), "expected one of"),
    "a list for a tag": (changed("event", "is", to=["Waiting"]), "expected one of"),
    "unknown enum value": (changed("event", "purpose", to="fun"), "RunStarted.purpose: 'fun'"),
    "a list for an enum": (changed("event", "purpose", to=[]), "RunStarted.purpose"),
    "time without zone": (changed("utc", to="2026-11-22T12:00:00.123"), "Stamped.utc: expected"),
    "time as a number": (changed("utc", to=5), "Stamped.utc: expected a UTC time"),
    "time that is none": (changed("utc", to="noonZ"), "Stamped.utc"),
    "time in another form": (changed("utc", to="20261122T120000.123Z"), "Stamped.utc: expected"),
    "time in microseconds": (
        changed("utc", to="2026-11-22T12:00:00.123456Z"),
        "Stamped.utc: expected a time to the millisecond",
    ),
    "time without milliseconds": (changed("utc", to="2026-11-22T12:00:00Z"), "millisecond"),
}


@pytest.mark.parametrize(("plain", "words"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_fit_is_refused_with_its_place(plain: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        decode(e.Stamped, plain)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["pass", "Pass", "", 10, None, ["PASS"]])
def test_an_outcome_is_written_by_name(name: object) -> None:
    plain = encode(e.RunEnded(Outcome.PASS, None))
    assert plain == {"outcome": "PASS", "fault": None, "symptom": None}
    with pytest.raises(ValueError, match=r"RunEnded\.outcome: no Outcome"):
        decode(e.RunEnded, {**plain, "outcome": name})


def test_what_did_not_exist_yet_when_it_was_written_may_be_missing() -> None:
    old = changed("event", "plan", "only", drop=True)
    del old["event"]["release"], old["event"]["unit"]["sku"]
    started = decode(e.Stamped, old).event
    assert isinstance(started, e.RunStarted)
    assert (started.release, started.plan.only, started.unit.sku) == (None, (), "")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
paths = [
    ("run",),
    ("utc",),
    ("at_ms",),
    ("event",),
    ("event", "is"),
    ("event", "unit"),
    ("event", "plan", "steps"),
    ("event", "inputs"),
    ("event", "limits"),
    ("event", "slot"),
]


@given(st.sampled_from(paths), json_values)
def test_any_damage_is_refused_or_read_as_it_stands(path: tuple[str, ...], damage: Any) -> None:
    plain = changed(*path, to=damage)
    try:
        back = decode(e.Stamped, plain)
    except ValueError:
        return
    assert _filled(plain, encode(back)) == encode(back)


def _filled(plain: Any, whole: Any) -> Any:
    """What was read, with the fields that it lacks at their defaults."""
    if not isinstance(plain, dict) or not isinstance(whole, dict):
        return plain
    return {**whole, **{key: _filled(value, whole.get(key)) for key, value in plain.items()}}


# ---- scalars

MEASURED = EXAMPLES[6]
assert isinstance(MEASURED, e.Measured)


@given(st.none() | values)
def test_a_value_keeps_its_type(value: Value | None) -> None:
    assert isinstance(MEASURED, e.Measured)
    back = decode(e.Measured, via_json(replace(MEASURED, value=value)))
    assert (type(back.value), back.value) == (type(value), value)


def test_a_number_is_written_as_a_float_so_that_live_and_replay_read_alike() -> None:
    class Float64(float):
        pass

    class Name(str):
        __slots__ = ()

    assert isinstance(MEASURED, e.Measured)
    for value in (5, Decimal(5), Float64(5)):
        plain = encode(replace(MEASURED, value=value))["value"]  # type: ignore[arg-type]
        assert (type(plain), plain) == (float, 5.0)
    assert type(encode(replace(MEASURED, value=Name("x")))["value"]) is str
    assert encode(replace(MEASURED, value=True))["value"] is True
    assert type(decode(e.Measured, {**encode(MEASURED), "value": 5}).value) is float


NO_VALUES: list[object] = [
    [],
    {},
    [3.8],
    {"value": 3.8},
    10**400,
    {"x": [1.0], "y": [1.0], "x_unit": "1"},
    {"x": [1.0, 2.0], "y": [1.0], "x_unit": "1"},
    {"x": [2.0, 1.0], "y": [1.0, 1.0], "x_unit": "1"},
    {"x": [1.0, "2"], "y": [1.0, 1.0], "x_unit": "1"},
]


@pytest.mark.parametrize("value", NO_VALUES, ids=repr)
def test_a_value_is_a_number_a_text_a_flag_or_a_curve(value: object) -> None:
    with pytest.raises(ValueError, match=r"Measured\.value: (expected|Curve|a curve|the x)"):
        decode(e.Measured, {**encode(MEASURED), "value": value})


@dataclass(frozen=True)
class _Box:
    ratio: float
    times: int
    flag: bool


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ratio", True),
        ("ratio", "1"),
        ("ratio", None),
        ("ratio", 10**400),
        ("times", 1.0),
        ("times", True),
        ("flag", 1),
        ("flag", "true"),
    ],
)
def test_flags_integers_and_floats_are_kept_apart(field: str, value: object) -> None:
    good = {"ratio": 1.5, "times": 1, "flag": False}
    assert decode(_Box, good) == _Box(1.5, 1, False)
    assert decode(_Box, {**good, "ratio": 1}) == _Box(1.0, 1, False)
    with pytest.raises(ValueError, match=rf"_Box\.{field}: expected"):
        decode(_Box, {**good, field: value})


@dataclass(frozen=True)
class _Either:
    part: int | str


def test_an_integer_stays_one_where_no_float_belongs() -> None:
    for part in (5, "5"):
        plain = encode(_Either(part))["part"]
        assert (type(plain), plain) == (type(part), part)
        assert decode(_Either, {"part": plain}) == _Either(part)
    with pytest.raises(ValueError, match=r"_Either\.part: expected one of"):
        decode(_Either, {"part": 5.0})


def test_times_are_written_in_utc() -> None:
    noon = datetime(2026, 11, 22, 17, 0, 0, 5000, tzinfo=timezone(timedelta(hours=5)))
    plain = encode(replace(stamped(e.SafeStateReached()), utc=noon))["utc"]
    assert plain == "2026-11-22T12:00:00.005Z"
    assert decode(e.Stamped, {**BASE, "utc": plain}).utc == noon
    assert decode(e.Stamped, {**BASE, "utc": plain}).utc.tzinfo is UTC


@dataclass(frozen=True)
class _Odd:
    parts: set[int]


@dataclass(frozen=True)
class _Mixed:
    part: int | Unit | Outcome


@pytest.mark.parametrize("cls", [_Odd, _Mixed])
def test_a_type_without_a_form_is_refused_by_name(cls: type) -> None:
    with pytest.raises(TypeError, match="the codec has no form for"):
        decode(cls, {})
