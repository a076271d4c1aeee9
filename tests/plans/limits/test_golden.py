"""Golden values: dated, of known units, and what is near to them."""
# ruff: noqa: E501 (a mistake a line)

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.parse import parse
from harness.model.limits import Range
from harness.model.plan import GoldenRef
from tests.plans.limits.beside import GOLDEN, LIMITS, PLAN, Beside, expected
from tests.plans.told import changed

CURRENT = "{low: 450 mA, high: 1100 mA, guard: 10 mA, marginal: 20 mA}"
LEVEL = "charge.level: {low: 20 %}"
NEAR = "radio.power: {near: golden, within: 5 dB}"
INLINE = changed(
    "use: catalogue.radio, timeout: 20 s}",
    "use: catalogue.radio, timeout: 20 s, limits: {power: {near: golden, within: 3 dB}}}",
    PLAN,
)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return Beside(tmp_path_factory.mktemp("golden"))


def limit_of(beside: Beside, name: str, **changes: str) -> Range:
    for step in beside.plans(**changes).named("pk").steps:
        if name in step.limits:
            limit = step.limits[name]
            assert isinstance(limit, Range)
            return limit
    raise AssertionError(name)


def test_the_plan_names_the_golden_values_and_their_file(beside: Beside) -> None:
    plan = beside.plans().named("pk")
    assert plan.golden == GoldenRef("a57", 3, date(2027, 4, 1))
    assert plan.files["golden"].path.name == "a57.yaml"
    assert plan.files["golden"] != plan.files["limits"]


@pytest.mark.parametrize(
    ("value", "within", "low", "high"),
    [
        ("800 mA", "50 mA", "0.75", "0.85"),
        ("0.8 A", "5 %", "0.76", "0.84"),
        ("-800 mA", "5 %", "-0.84", "-0.76"),
        ("0.8 A", "0.1 %", "0.7992", "0.8008"),
        ("0 A", "1 uA", "-0.000001", "0.000001"),
    ],
)
def test_near_golden_is_a_range(
    beside: Beside, value: str, within: str, low: str, high: str
) -> None:
    limits = changed(CURRENT, f"{{near: golden, within: {within}}}", LIMITS)
    golden = changed("800 mA", value, GOLDEN)
    limit = limit_of(beside, "current", limits=limits.replace("charge.current:LOW", "IMEI-TWICE"), golden=golden)  # fmt: skip
    assert limit == Range(Decimal(low), Decimal(high))


def test_a_percentage_of_a_percentage_is_an_amount(beside: Beside) -> None:
    limits = changed(LEVEL, "charge.level: {near: golden, within: 5 %}", LIMITS)
    golden = changed("charge.current: 800 mA", "charge.level: 50 %", GOLDEN)
    assert limit_of(beside, "level", limits=limits, golden=golden) == Range(
        Decimal(45), Decimal(55)
    )


def test_a_limit_under_its_step_is_near_the_golden_values_of_the_set(beside: Beside) -> None:
    limits = changed(f"  {NEAR}\n", "", LIMITS)
    assert limit_of(beside, "power", plan=INLINE, limits=limits) == Range(Decimal(-50), Decimal(-44))  # fmt: skip


def test_another_golden_value_is_another_plan_and_set(beside: Beside) -> None:
    one = beside.plans().named("pk")
    other = beside.plans(golden=changed("-47 dBm", "-48 dBm", GOLDEN)).named("pk")
    same = beside.plans(golden=changed("revision: 3", "revision: 4", GOLDEN)).named("pk")
    assert one.sha256 != other.sha256
    assert one.limits != other.limits
    assert one.sha256 == same.sha256


def test_a_value_that_nothing_is_near_to_and_one_of_another_plan_are_fine(beside: Beside) -> None:
    assert not beside.told(golden=GOLDEN + "  nfc.level: 3 V\n  charge.level: 50 %\n")


MISTAKES = [
    ("schema: 1", "schema: »2", "expected schema 1, the only one that this version reads; found 2"),
    ("golden: a57", "golden: »A57", "expected a name of small letters, digits, - and _; found 'A57'"),
    ("revision: 3", "revision: »0", "expected a whole number from 1 to 2147483647; found 0"),
    ("measured:", "»mesured:", "unknown key 'mesured' (did you mean 'measured'?)"),
    ("by: R. Khan, ", "", "missing key 'by'"),
    ("2026-10-01", "»2026-02-30", "no day of the calendar: '2026-02-30'"),
    ("2027-04-01", "»2027-00-01", "no day of the calendar: '2027-00-01'"),
    ("2027-04-01", "»0000-01-01", "no day of the calendar: '0000-01-01'"),
    ("2027-04-01", "»1.4.2027", "expected a date such as 2027-04-01; found '1.4.2027'"),
    ("2027-04-01", "»20270401", "expected a date such as 2027-04-01; found 20270401"),
    ("2027-04-01", "»2027-W13-4", "expected a date such as 2027-04-01; found '2027-W13-4'"),
    ("2027-04-01", "»2026-10-01", "the values hold until a day after 2026-10-01, on which they were measured"),
    ("2027-04-01", "»2026-04-01", "the values hold until a day after 2026-10-01, on which they were measured"),
    ("'A57G000001'", "»A57G000001", "'A57G000001' is an identity: write it in quotes"),
    ("'A57G000001'", "»5700001", "expected a serial number: 1 to 64 printable ASCII characters without spaces; found 5700001"),
    ("'A57G000001'", "»''", "expected a serial number: 1 to 64 printable ASCII characters without spaces; found ''"),
    ("['A57G000001', 'A57G000002']", "»[]", "expected at least 1 in the list; found an empty list"),
    ("'A57G000002'", "'A57G000001'", "expected each element once; found a list"),
    ("-47 dBm", "»-47 dB", "-47 dB: dB measures level difference, dBm measures level"),
    ("-47 dBm", "»-47", "-47 has no unit: it is in dBm (did you mean '-47 dBm'?)"),
    ("-47 dBm", "»-47 dBmm", "no unit 'dBmm' (did you mean 'dBm'?)"),
    ("800 mA", "»800 mV", "800 mV: mV measures voltage, A measures current"),
    ("800 mA", "»many", "expected a number, a space and a unit; found 'many'"),
    ("charge.current", "»charge.curent", "the step 'charge' of the plan does not measure 'charge.curent' (did you mean 'charge.current'?)"),
    ("charge.current: 800 mA", "»charge.weight: 8", "the step 'charge' of the plan does not measure 'charge.weight'"),
    ("charge.current: 800 mA", "»charge.charging: 1", "'charge.charging' is no number, so it has no golden value"),
    ("charge.current: 800 mA", "»radio.power: 800 mA", "the key 'radio.power' is already in line 7"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place(
    beside: Beside, old: str, new: str, message: str
) -> None:
    golden = changed(old, new, GOLDEN)
    told = beside.told(golden=golden)
    assert [words.split(": ", 1)[1] for words in told] == [message]
    assert all(words.startswith("limits/golden/a57.yaml:") for words in told)
    assert "»" not in golden or told == expected(message, golden=golden)


def test_a_missing_value_is_told_at_the_limit(beside: Beside) -> None:
    limits = changed(NEAR, "radio.power: {near: »golden, within: 5 dB}", LIMITS)
    words = "limits/golden/a57.yaml has no value for 'radio.power'"
    without = changed("  radio.power: -47 dBm\n", "", GOLDEN)
    assert beside.told(limits=limits, golden=without) == expected(words, limits=limits)
    elsewhere = changed("radio.power", "radios.power", GOLDEN)
    assert beside.told(limits=limits, golden=elsewhere) == expected(
        f"{words} (did you mean 'radios.power'?)", limits=limits
    )


def test_a_file_that_is_not_there_is_told_where_it_is_named(beside: Beside) -> None:
    (words,) = beside.told(limits=changed("golden/a57.yaml", "golden/a75.yaml", LIMITS))
    assert words.startswith("limits/a57.yaml:4:9: no file '")
    assert words.endswith("a75.yaml' (did you mean 'golden/a57.yaml'?)")


@pytest.mark.parametrize("golden", ["", "[", "values: [", b"\xff\xfe", "values: 7\n" + GOLDEN])
def test_a_file_that_cannot_be_read_is_told_in_that_file(
    beside: Beside, golden: str | bytes
) -> None:
    told = beside.told(golden=golden)
    assert told
    assert all(words.startswith("limits/golden/a57.yaml:") for words in told)


def test_near_golden_in_a_set_without_golden_values(beside: Beside) -> None:
    limits = changed(NEAR, "radio.power: {near: »golden, within: 5 dB}", LIMITS)
    limits = changed("golden: golden/a57.yaml\n", "", limits)
    words = "no golden values: the limit set names them under 'golden'"
    assert beside.told(limits=limits) == expected(words, limits=limits)


def test_near_golden_under_a_step_of_a_plan_without_a_set(beside: Beside) -> None:
    limits = "limits: {imei: record only, power: {near: »golden, within: 3 dB}}"
    plan = f"""\
schema: 1
plan: radio
revision: 1
title: Radio
process: radio
product: {{model: A57-4G, part: A57-4G}}
steps:
  - {{id: radio, use: catalogue.radio, timeout: 20 s, {limits}}}
"""
    words = "no golden values: the limit set names them under 'golden'"
    assert beside.told(plan=plan) == expected(words, plan=plan)


def test_a_percentage_of_nothing(beside: Beside) -> None:
    limits = changed(CURRENT, "{near: golden, within: »5 %}", LIMITS)
    told = beside.told(limits=limits, golden=changed("800 mA", "0 A", GOLDEN))
    assert told == expected("a percentage of the golden value 0 is 0: write it in A", limits=limits)


INSERTS = st.text(max_size=6) | st.sampled_from(["null", "{}", "[]", "0", "1e9", "*a", "5 %", "."])


@settings(deadline=None)
@given(st.integers(0, len(GOLDEN)), st.integers(0, 12), INSERTS)
def test_a_mutated_file_gives_values_or_problems_in_it(
    beside: Beside, at: int, cut: int, insert: str
) -> None:
    golden = GOLDEN[:at] + insert + GOLDEN[at + cut :]
    plans, told = beside.resolve(golden=golden.encode("utf-8", "replace"))
    assert all(words.startswith(("limits/golden/a57.yaml:", "limits/a57.yaml:11:23")) for words in told)  # fmt: skip
    if plans:
        root, _ = parse(golden, "golden")
        assert root and plans.any.golden
        assert root.get("golden") and plans.any.golden.until > date(2026, 1, 1)
