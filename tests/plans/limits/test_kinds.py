"""Every kind of limit: what it is, where it fits, and its one form in the hash."""
# ruff: noqa: E501 (a mistake a line)

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, Matches, NotOffered, OneOf, Range, RecordOnly
from harness.model.mask import Mask, MaskPoint
from harness.model.step import Flag, Measurement, Numeric, Series, Text
from harness.plans.limits.form import form, limit_from
from harness.plans.limits.kinds import TEXTS
from tests.plans.limits.beside import LIMITS, Beside, expected
from tests.plans.told import changed

VALUES = LIMITS[: LIMITS.index("symptoms:")]
NUMBER = "charge.level: {low: 20 %}"
TEXT = "radio.imei: {imei: true, tac: ['86012345']}"
FLAG = "charge.charging: {equals: true}"
CURVE = "lens.sfr: {mask: masks/sfr.csv}"
POWER = "radio.power: {near: golden, within: 5 dB}"


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path)


def mask_of(*corners: tuple[str, str | None, str | None]) -> Mask:
    return Mask(tuple(MaskPoint(*(n if n is None else Decimal(n) for n in corner)) for corner in corners))  # type: ignore[arg-type]  # fmt: skip


KINDS: list[tuple[str, str, Limit]] = [
    (NUMBER, "{low: 20 %, marginal: 1 %}", Range(Decimal(20), marginal=Decimal(1))),
    (NUMBER, "{low: 20 %, high: 30 %, guard: 1 %, marginal: 4 %}", Range(Decimal(20), Decimal(30), Decimal(1), Decimal(4))),
    (NUMBER, "{equals: 20 %}", Equals(Decimal(20))),
    (NUMBER, "not offered", NotOffered()),
    (NUMBER, "record only", RecordOnly()),
    (NUMBER, "record only, may be unknown", RecordOnly(may_be_unknown=True)),
    (TEXT, "not offered", NotOffered()),
    (TEXT, "record only, may be unknown", RecordOnly(may_be_unknown=True)),
    (TEXT, "{imei: true}", ImeiRule()),
    (TEXT, "{matches: '86[0-9]+'}", Matches("86[0-9]+")),
    (TEXT, "{one_of: ['1', '2']}", OneOf(("1", "2"))),
    (FLAG, "not offered", NotOffered()),
    (FLAG, "{one_of: [true]}", OneOf((True,))),
    (CURVE, "{mask: masks/sfr.csv}", mask_of(("0.05", "0.7", None), ("0.1", "0.5", "1"), ("0.25", "0.2", "0.9"))),
    (CURVE, "not offered", NotOffered()),
    (CURVE, "record only", RecordOnly()),
    (CURVE, "record only, may be unknown", RecordOnly(may_be_unknown=True)),
    (POWER, "{near: golden, within: 5 dB}", Range(Decimal(-52), Decimal(-42))),
    (POWER, "{near: golden, within: 5 dB, guard: 1 dB, marginal: 2 dB}", Range(Decimal(-52), Decimal(-42), Decimal(1), Decimal(2))),
    (POWER, "{low: -70 dBm, marginal: 2 dB}", Range(Decimal(-70), marginal=Decimal(2))),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "meant"), KINDS, ids=[f"{k[0][:12]} {k[1]}" for k in KINDS])
def test_a_kind_of_limit(beside: Beside, old: str, new: str, meant: Limit) -> None:
    key = old.partition(":")[0]
    step_id, _, name = key.partition(".")
    steps = beside.plans(limits=changed(old, f"{key}: {new}", VALUES)).named("ae").steps
    assert next(step for step in steps if step.id == step_id).limits[name] == meant


MISTAKES = [
    (NUMBER, "charge.level: {low: 20 %, marginal: »-1 %}", "marginal is an amount, not less than 0 [%]"),
    (NUMBER, "charge.level: {low: 20 %, high: 30 %, marginal: »6 %}", "marginal 6 leaves nothing that is not marginal [%]"),
    (NUMBER, "charge.level: {low: 20 %, high: 30 %, guard: 4 %, marginal: »2 %}", "marginal 2 leaves nothing that is not marginal [%]"),
    (NUMBER, "charge.level: {low: 20 %, high: 30 %, guard: »6 %, marginal: 2 %}", "the guard 6 leaves no window [%]"),
    (NUMBER, "charge.level: »{marginal: 2 %}", "a range needs low or high [%]"),
    (NUMBER, "charge.level: {low: 20 %, »marginl: 2 %}", "unknown key 'marginl' (did you mean 'marginal'?)"),
    (NUMBER, "charge.level: »{mask: masks/sfr.csv}", "a limit with mask does not fit 'level', which is a number"),
    (NUMBER, "charge.level: »not ofered", "expected a limit: low and high, equals, one_of, matches, imei, near, mask, or a text such as record only; found 'not ofered' (did you mean 'not offered'?)"),
    ("guard: 10 mA", "guard: »1 %", "1 %: % measures fraction, A measures current"),
    ("marginal: 20 mA", "marginal: »2 %", "2 %: % measures fraction, A measures current"),
    (TEXT, "radio.imei: »{near: golden, within: 5 dB}", "a limit with near does not fit 'imei', which is a text"),
    (TEXT, "radio.imei: »{mask: masks/sfr.csv}", "a limit with mask does not fit 'imei', which is a text"),
    (FLAG, "charge.charging: »{near: golden, within: 1}", "a limit with near does not fit 'charging', which is a flag"),
    (FLAG, "charge.charging: »{imei: true}", "a limit with imei does not fit 'charging', which is a flag"),
    (CURVE, "lens.sfr: »{low: 1}", "a limit with low or high does not fit 'sfr', which is a curve"),
    (CURVE, "lens.sfr: »{equals: 1}", "a limit with equals does not fit 'sfr', which is a curve"),
    (CURVE, "lens.sfr: »{one_of: [1]}", "a limit with one_of does not fit 'sfr', which is a curve"),
    (CURVE, "lens.sfr: »{near: golden, within: 1}", "a limit with near does not fit 'sfr', which is a curve"),
    (CURVE, "lens.sfr: {mask: »7}", "expected the path of a file, relative to this one; found 7"),
    (POWER, "radio.power: {near: golden, within: »5 dBm}", "5 dBm: dBm measures level, dB measures level difference"),
    (POWER, "radio.power: {near: golden, within: »0 dB}", "within is an amount, more than 0; found '0 dB'"),
    (POWER, "radio.power: {near: golden, within: »-5 dB}", "within is an amount, more than 0; found '-5 dB'"),
    (POWER, "radio.power: {near: golden, within: »5 %}", "a percentage of dBm says nothing: write it in dB"),
    (POWER, "radio.power: {near: golden, within: 5 dB, guard: »5.1 dB}", "the guard 5.1 leaves no window [dBm]"),
    (POWER, "radio.power: {near: golden, within: 5 dB, marginal: »5.1 dB}", "marginal 5.1 leaves nothing that is not marginal [dBm]"),
    (POWER, "radio.power: {near: »glden, within: 5 dB}", "expected 'golden'; found 'glden' (did you mean 'golden'?)"),
    (POWER, "radio.power: »{near: golden}", "missing key 'within'"),
    (POWER, "radio.power: »{within: 5 dB}", "missing key 'near'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place(
    beside: Beside, old: str, new: str, message: str
) -> None:
    limits = changed(old, new, VALUES)
    assert beside.told(limits=limits) == expected(message, limits=limits)


def decimals(least: str = "-1e9", most: str = "1e9") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=3)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = draw(st.none() | decimals()), draw(st.none() | decimals())
    amounts = draw(st.tuples(decimals("0", "9"), decimals("0", "9")))
    assume(low is not None or high is not None)
    assume(low is None or high is None or high - low > 40)
    return Range(low, high, *amounts)


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    xs = sorted(draw(st.sets(decimals(), min_size=2, max_size=6)))
    lows = draw(st.lists(st.none() | decimals("-9", "0"), min_size=len(xs), max_size=len(xs)))
    return Mask(tuple(MaskPoint(x, low, Decimal(1)) for x, low in zip(xs, lows, strict=True)))


NUMBERS = st.sampled_from(["A", "mA", "1", "%", "dBm", "dB-Hz", "dB(SPL)", "s", "min", "KiB"])
ANYTHING = st.sampled_from(list(TEXTS.values()))
MEASURED: list[tuple[st.SearchStrategy[Measurement], st.SearchStrategy[Limit]]] = [
    (
        NUMBERS.map(lambda unit: Numeric("n", unit)),
        ANYTHING
        | ranges()
        | decimals().map(Equals)
        | st.lists(decimals(), min_size=1).map(lambda values: OneOf(tuple(values))),
    ),
    (
        st.just(Text("t")),
        ANYTHING
        | st.text("abc").map(Equals)
        | st.lists(st.text("abc"), min_size=1).map(lambda values: OneOf(tuple(values)))
        | st.text("abc").map(Matches)
        | st.lists(st.from_regex("[0-9]{8}", fullmatch=True, alphabet="0123456789")).map(
            lambda tac: ImeiRule(tuple(tac))
        ),
    ),
    (st.just(Flag("f")), ANYTHING | st.booleans().map(Equals)),
    (st.builds(Series, st.just("s"), NUMBERS, NUMBERS), ANYTHING | masks()),
]
LIMITED = st.one_of([st.tuples(measured, limits) for measured, limits in MEASURED])


@given(LIMITED)
def test_what_a_form_says_has_that_form(limited: tuple[Measurement, Limit]) -> None:
    measurement, limit = limited
    said = form(limit, measurement)
    assert json.loads(json.dumps(said)) == said
    again = limit_from(said, measurement)
    assert form(again, measurement) == said


@given(LIMITED, decimals())
def test_what_a_form_says_judges_alike(limited: tuple[Measurement, Limit], number: Decimal) -> None:
    measurement, limit = limited
    again = limit_from(form(limit, measurement), measurement)
    for value in (float(number), "a", "860123450000012", True, False):
        assert again.judge(value) == limit.judge(value)


@given(st.data())
def test_two_limits_of_one_form_are_one(data: st.DataObject) -> None:
    measured, limits = data.draw(st.sampled_from(MEASURED))
    measurement = data.draw(measured)
    one, other = data.draw(limits), data.draw(limits)
    if form(one, measurement) == form(other, measurement):
        assert limit_from(form(one, measurement), measurement) == limit_from(
            form(other, measurement), measurement
        )
        assert type(one) is type(other)


@pytest.mark.parametrize(
    ("limit", "measurement", "said"),
    [
        (Range(Decimal(450), None, Decimal(10)), Numeric("n", "mA"), {"low": "0.45 A", "high": None, "guard": "0.01 A", "marginal": None}),
        (Range(Decimal(-70), marginal=Decimal(2)), Numeric("n", "dBm"), {"low": "-70 dBm", "high": None, "guard": None, "marginal": "2 dB"}),
        (Range(Decimal(30), guard=Decimal(1)), Numeric("n", "dB-Hz"), {"low": "30 dB-Hz", "high": None, "guard": "1 dB", "marginal": None}),
        (OneOf((Decimal(2), Decimal("1.0"), Decimal(2))), Numeric("n"), {"one_of": ["1 1", "2 1"]}),
        (ImeiRule(("86012346", "86012345")), Text("t"), {"imei": True, "tac": ["86012345", "86012346"]}),
        (NotOffered(), Series("s"), "not offered"),
        (RecordOnly(may_be_unknown=True), Flag("f"), "record only, may be unknown"),
        (mask_of(("10", "-3", None), ("20", "-3", None)), Series("s", "dB", "kHz"), {"mask": [{"x": "10000 Hz", "low": "-3 dB", "high": None}, {"x": "20000 Hz", "low": "-3 dB", "high": None}]}),
    ],
)  # fmt: skip
def test_the_form_of_a_limit_is_pinned(limit: Limit, measurement: Measurement, said: Any) -> None:
    assert form(limit, measurement) == said
    assert limit_from(said, measurement).describe() == limit.describe() or isinstance(limit, OneOf | ImeiRule)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "measurement"),
    [
        (None, Numeric("n")),
        ("recrod only", Numeric("n")),
        ({}, Numeric("n")),
        ({"low": "1 A", "high": None, "guard": None}, Numeric("n", "A")),
        ({"low": "1 V", "high": None, "guard": None, "marginal": None}, Numeric("n", "A")),
        ({"low": "1 A", "high": "0 A", "guard": None, "marginal": None}, Numeric("n", "A")),
        ({"low": 1, "high": None, "guard": None, "marginal": None}, Numeric("n")),
        ({"low": "nan 1", "high": None, "guard": None, "marginal": None}, Numeric("n")),
        ({"low": "1", "high": None, "guard": None, "marginal": None}, Numeric("n")),
        ({"equals": None}, Numeric("n")),
        ({"equals": "a"}, Flag("f")),
        ({"equals": True}, Text("t")),
        ({"equals": "a"}, Series("s")),
        ({"matches": "("}, Text("t")),
        ({"imei": True, "tac": [1]}, Text("t")),
        ({"imei": True, "tac": ["1"]}, Text("t")),
        ({"mask": [{"x": "1 1", "low": "0 1", "high": None}] * 2}, Numeric("n")),
        ({"mask": [{"x": None, "low": "0 1", "high": None}] * 2}, Series("s")),
        ({"mask": []}, Series("s")),
        ({"mask": [1, 2]}, Series("s")),
    ],
)
def test_what_is_no_form_is_refused(said: Any, measurement: Measurement) -> None:
    with pytest.raises(ValueError, match=r"."):
        limit_from(said, measurement)


@pytest.mark.parametrize("limit", [object(), mask_of(("1", "0", None), ("2", "0", None))])
def test_a_limit_of_no_kind_has_no_form(limit: Limit) -> None:
    with pytest.raises(TypeError, match="takes no limit such as"):
        form(limit, Numeric("n"))
