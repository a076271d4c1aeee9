"""Limits in a file of their own: the same limits, the same hash, and every mistake in its file."""
# ruff: noqa: E501 (a mistake a line)

import json
import random
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.collect import Problems
from harness.files.parse import parse
from harness.files.problems import errors
from harness.model.limits import Range
from harness.model.plan import LimitsRef, Plan
from harness.plans.limits.allot import Measuring, allot
from harness.plans.limits.limit_set import read_limit_set_at
from harness.plans.resolve import resolve
from tests.plans.catalogue import CATALOGUE, PLAN
from tests.plans.limits.beside import LIMITS as FULL
from tests.plans.limits.beside import PLAN as BESIDE
from tests.plans.limits.beside import Beside, expected
from tests.plans.test_canonical import rewritten
from tests.plans.told import MARK, changed, places

CHARGE = """\
    limits:
      current: {low: 450 mA, high: 1100 mA, guard: 10 mA}
      level: {low: 20 %}
      cycles: {one_of: [1, 2]}
      charging: {equals: true}
"""
RADIO = """\
    limits:
      imei: {imei: true, tac: ['86012345']}
      power: {low: -70 dBm, guard: 1 dB}
"""
WITH_SET = changed(
    "process: final-test\n",
    "process: final-test\nlimits: limits/a57.yaml\n",
    changed(CHARGE, "", changed(RADIO, "")),
)
LIMITS = """\
schema: 1
limits: a57
revision: 9
values:
  charge.current: {low: 450 mA, high: 1100 mA, guard: 10 mA}
  charge.level: {low: 20 %}
  charge.cycles: {one_of: [1, 2]}
  charge.charging: {equals: true}
  radio.imei: {imei: true, tac: ['86012345']}
  radio.power: {low: -70 dBm, guard: 1 dB}
"""

Resolve = Callable[[str, str], tuple[Plan | None, list[str]]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Resolve:
    """Writes a plan and its limit set; gives the plan, and what is told without the folder."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "limits").mkdir()

    def of(plan: str, limits: str) -> tuple[Plan | None, list[str]]:
        (folder / "plan.yaml").write_text(plan.replace(MARK, ""))
        (folder / "limits/a57.yaml").write_text(limits.replace(MARK, ""))
        found, problems = resolve(folder / "plan.yaml", CATALOGUE)
        assert (found is None) == bool(errors(problems))
        return (found.named("") if found else None), [
            str(problem).replace(f"{folder}/", "") for problem in problems
        ]

    return of


def plan_of(pair: Resolve, plan: str = WITH_SET, limits: str = LIMITS) -> Plan:
    found, told = pair(plan, limits)
    assert found, told
    assert not told
    return found


def test_moving_limits_into_a_set_keeps_the_limits_and_the_hash(pair: Resolve) -> None:
    inline, shared = plan_of(pair, PLAN), plan_of(pair)
    assert [step.limits for step in inline.steps] == [step.limits for step in shared.steps]
    assert inline.sha256 == shared.sha256
    assert inline.limits is None


def test_a_part_of_the_limits_may_stay_inline(pair: Resolve) -> None:
    plan = changed(RADIO, "", PLAN)
    plan = changed("process: final-test\n", "process: final-test\nlimits: limits/a57.yaml\n", plan)
    kept = "".join(line for line in LIMITS.splitlines(keepends=True) if "charge" not in line)
    assert plan_of(pair, plan, kept).sha256 == plan_of(pair).sha256


def test_the_plan_names_the_set_and_its_files(pair: Resolve) -> None:
    plan = plan_of(pair)
    assert plan.limits
    assert (plan.limits.id, plan.limits.revision) == ("a57", 9)
    assert {role: file.path.name for role, file in plan.files.items()} == {
        "plan": "plan.yaml",
        "limits": "a57.yaml",
    }


def test_the_hash_of_a_set_is_pinned(pair: Resolve) -> None:
    """A change here changes the name of every limit set ever recorded: it must be meant."""
    assert plan_of(pair).limits == LimitsRef(
        "a57", 9, "928fb8927fab1ec6df356ea330a8e56ba21bf14584339535b47ffea682f8569e"
    )


def spelt(tree: object, seed: int) -> str:
    return yaml.safe_dump(rewritten(tree, random.Random(seed)), sort_keys=False)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_spelling_changes_neither_the_hash_of_the_set_nor_of_the_plan(
    pair: Resolve, seed: int
) -> None:
    root, _ = parse(LIMITS, "limits")
    assert root
    text = "# a comment\n" + spelt(root.plain(), seed)
    again, one = plan_of(pair, limits=text), plan_of(pair)
    assert (again.sha256, again.limits) == (one.sha256, one.limits)


OTHER_LIMITS = [
    ("450 mA", "451 mA"),
    ("{low: 20 %}", "record only"),
    ("[1, 2]", "[1, 2, 3]"),
    ("guard: 1 dB", "guard: 2 dB"),
    ("['86012345']", "['86012346']"),
]


def test_every_limit_changes_the_hash_of_the_set_and_of_the_plan(pair: Resolve) -> None:
    plans = [plan_of(pair, limits=changed(*change, LIMITS)) for change in OTHER_LIMITS]
    plans.append(plan_of(pair))
    assert len({plan.sha256 for plan in plans}) == len(plans)
    assert len({plan.limits for plan in plans}) == len(plans)


@pytest.mark.parametrize("change", [("revision: 9", "revision: 10"), ("limits: a57", "limits: b")])
def test_the_name_of_a_set_changes_its_hash_and_not_what_runs(
    pair: Resolve, change: tuple[str, str]
) -> None:
    other, one = plan_of(pair, limits=changed(*change, LIMITS)), plan_of(pair)
    assert other.sha256 == one.sha256
    assert other.limits
    assert one.limits
    assert other.limits.sha256 != one.limits.sha256


def test_the_resolved_plan_holds_the_limits_of_the_set(pair: Resolve) -> None:
    form = json.loads(plan_of(pair).canonical)
    assert form["steps"][1]["limits"]["current"]["low"] == "0.45 A"


MISTAKES = [
    ("schema: 1", "schema: »2", "expected schema 1, the only one that this version reads; found 2"),
    ("limits: a57", "limits: »A57", "expected a name of small letters, digits, - and _; found 'A57'"),
    ("limits: a57", "»limit: a57", "unknown key 'limit' (did you mean 'limits'?)"),
    ("revision: 9", "revision: »0", "expected a whole number from 1 to 2147483647; found 0"),
    ("revision: 9", "revision: 9\n»owner: me", "unknown key 'owner'"),
    ("charge.level", "»charge.levle", "no step of the plan measures 'charge.levle' (did you mean 'charge.level'?)"),
    ("charge.level", "»chagre.level", "no step of the plan measures 'chagre.level' (did you mean 'charge.level'?)"),
    ("  charge.level", "  »charge.volume: record only\n  charge.level", "no step of the plan measures 'charge.volume'"),
    ("  charge.level", "  »nfc.level: record only\n  charge.level", "no step of the plan measures 'nfc.level'"),
    ("  charge.level", "  »level: record only\n  charge.level", "no step of the plan measures 'level'"),
    ("  charge.level", "  »charge.current: record only\n  charge.level", "the key 'charge.current' is already in line 5"),
    ("low: 450 mA", "low: »450 ma", "no unit 'ma' (did you mean 'mA'?)"),
    ("low: 450 mA", "low: »450 mV", "450 mV: mV measures voltage, A measures current"),
    ("low: 450 mA", "low: »1101 mA", "low 1.101 is above high 1.100 [A]"),
    ("guard: 10 mA", "guard: »326 mA", "the guard 0.326 leaves no window [A]"),
    ("{low: 20 %}", "»recrod only", "expected a limit: low and high, equals, one_of, matches, imei, near, mask, or a text such as record only; found 'recrod only' (did you mean 'record only'?)"),
    ("{low: 20 %}", "{»lo: 20 %}", "unknown key 'lo' (did you mean 'low'?)"),
    ("{low: 20 %}", "»{matches: a}", "a limit with matches does not fit 'level', which is a number"),
    ("{equals: true}", "{equals: »yes}", "'charging', which is a flag: expected true or false; found 'yes'"),
    ("'86012345'", "»86012345", "expected a TAC: 8 digits in quotes; found 86012345"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[m[1].strip() for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place_in_the_set(
    pair: Resolve, old: str, new: str, message: str
) -> None:
    limits = changed(old, new, LIMITS)
    plan, told = pair(WITH_SET, limits)
    assert plan is None
    assert told == [f"limits/a57.yaml:{place}: {message}" for place in places(limits)]


def test_a_measurement_without_a_limit_is_told_at_its_step(pair: Resolve) -> None:
    plan, told = pair(WITH_SET, changed("  charge.level: {low: 20 %}\n", "", LIMITS))
    assert plan is None
    (words,) = told
    assert words == (
        "plan.yaml:11:5: "
        "neither step catalogue.charge nor limits/a57.yaml limits the measurement 'level'"
    )


def test_a_limit_in_both_places_is_told_in_both(pair: Resolve) -> None:
    plan = changed("    on_fail: continue", "    »limits: {power: record only}\n    on_fail: continue", WITH_SET)  # fmt: skip
    found, told = pair(plan, LIMITS)
    assert found is None
    assert [words.split(" has ")[0] for words in told] == [
        "plan.yaml:20:14: 'power'",
        "limits/a57.yaml:10:3: 'radio.power'",
    ]
    assert "limits/a57.yaml:10:3: one of them has to go" in told[0]
    assert "plan.yaml:20:14: one of them has to go" in told[1]


def test_mistakes_in_both_files_come_at_once(pair: Resolve) -> None:
    plan = changed("timeout: 500 ms", "timeout: 0 s", WITH_SET)
    _, told = pair(plan, changed("low: 450 mA", "low: 450", LIMITS))
    assert [words.partition(": ")[0] for words in told] == [
        "plan.yaml:22:46",
        "limits/a57.yaml:5:25",
    ]


def test_an_inline_limit_of_nothing_is_told_beside_a_set(pair: Resolve) -> None:
    plan = changed("    on_fail: continue", "    limits: {volume: record only}\n    on_fail: continue", WITH_SET)  # fmt: skip
    _, told = pair(plan, LIMITS)
    assert told == ["plan.yaml:20:14: step catalogue.radio does not measure 'volume'"]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (changed("use: catalogue.charge", "use: catalogue.chrage", WITH_SET), "no step 'catalogue.chrage' (did you mean 'catalogue.charge'?)"),
        (changed("id: charge", "id: 7", WITH_SET), "expected an id that starts with a small letter, then small letters, digits and _; found 7"),
    ],
    ids=["use", "id"],
)  # fmt: skip
def test_one_mistake_in_a_step_is_not_told_again_of_its_limits(
    pair: Resolve, plan: str, message: str
) -> None:
    _, told = pair(plan, LIMITS)
    assert [words.split(": ", 1)[1] for words in told] == [message]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ("limits: [", "limits/a57.yaml:2:1: not YAML: did not find expected node content, while parsing a flow node that starts in line 2"),
        ("", "limits/a57.yaml:1:1: an empty file"),
        ("schema: 1\nlimits: a57\nrevision: 9\nvalues: []\n", "limits/a57.yaml:4:9: expected a limit for each step.measurement; found an empty list"),
        ("schema: 1\nlimits: a57\nrevision: 9\n", "limits/a57.yaml:1:1: missing key 'values'"),
    ],
    ids=["broken", "empty", "list", "none"],
)  # fmt: skip
def test_a_set_that_cannot_be_read_is_one_problem(pair: Resolve, limits: str, message: str) -> None:
    assert pair(WITH_SET, limits)[1] == [message]


def test_a_set_that_is_not_there_is_told_where_it_is_named(pair: Resolve) -> None:
    plan = changed("limits/a57.yaml", "limits/»a75.yaml", WITH_SET)
    _, told = pair(plan, LIMITS)
    (words,) = told
    assert words.startswith("plan.yaml:6:9: no file '")
    assert words.endswith("a75.yaml' (did you mean 'limits/a57.yaml'?)")


@pytest.mark.parametrize(
    "name", ["''", "7", "null", "[]", '"a\\0b"', '"a\\x7fb"', ".", "..", "/", "limits", "x" * 5000]
)
def test_any_name_of_a_set_is_a_problem_of_the_plan(pair: Resolve, name: str) -> None:
    _, told = pair(changed("limits/a57.yaml", name, WITH_SET), LIMITS)
    assert [words.split(": ")[0] for words in told] == ["plan.yaml:6:9"]


def test_a_limit_set_is_no_plan(pair: Resolve) -> None:
    assert pair(LIMITS, LIMITS)[1] == [
        "plan.yaml:1:1: a limit set, no plan: it is checked with each plan that names it"
    ]


LINES = LIMITS.splitlines()
INSERTS = st.text(max_size=6) | st.sampled_from(["null", "{}", "[]", "0", "450 mA", "*a", "&a ", "charge.level: "])  # fmt: skip


@settings(deadline=None)
@given(st.integers(0, len(LIMITS)), st.integers(0, 12), INSERTS)
def test_a_mutated_limit_set(pair: Resolve, at: int, cut: int, insert: str) -> None:
    plan, _ = pair(WITH_SET, LIMITS[:at] + insert + LIMITS[at + cut :])
    assert plan is None or plan.limits is not None


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=16))
def test_the_lines_of_a_limit_set_in_any_order(pair: Resolve, lines: list[str]) -> None:
    plan, _ = pair(WITH_SET, "\n".join(lines))
    if plan:
        for step in plan.steps:
            assert step.limits.keys() == CATALOGUE[step.use].measures.keys()


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return Beside(tmp_path_factory.mktemp("beside"))


OF_AE = "ae: {values: {charge.level: {low: 30 %}}}"


def test_a_variant_has_its_own_limit_in_place_of_the_common_one(beside: Beside) -> None:
    plans = beside.plans()
    assert plans.named("pk").steps[0].limits["level"] == Range(Decimal(20))
    assert plans.named("ae").steps[0].limits["level"] == Range(Decimal(30))
    assert plans.named("pk").limits != plans.named("ae").limits


def test_each_variant_may_have_a_limit_that_is_in_no_other(beside: Beside) -> None:
    limits = changed("  charge.level: {low: 20 %}\n", "", FULL)
    limits = changed(OF_AE, f"{OF_AE}\n  pk: {{values: {{charge.level: {{low: 25 %}}}}}}", limits)
    assert beside.plans(limits=limits).named("pk").steps[0].limits["level"] == Range(Decimal(25))


def test_a_limit_that_one_variant_lacks_is_told_of_that_variant(beside: Beside) -> None:
    limits = changed("  charge.level: {low: 20 %}\n", "", FULL)
    words = "neither step catalogue.charge nor limits/a57.yaml limits the measurement 'level'"
    assert beside.told(limits=limits) == [f"plan.yaml:10:5: {words} in variant pk"]


def test_a_limit_that_every_variant_lacks_is_told_once(beside: Beside) -> None:
    limits = changed("  charge.level: {low: 20 %}\n", "", changed(OF_AE, "ae: {values: {radio.imei: record only}}", FULL))  # fmt: skip
    words = "neither step catalogue.charge nor limits/a57.yaml limits the measurement 'level'"
    assert beside.told(limits=limits) == [f"plan.yaml:10:5: {words}"]


def test_a_limit_is_not_asked_for_where_its_step_is_not_planned(beside: Beside) -> None:
    limits = changed(OF_AE, "ae: {values: {lens.level: not offered}}", changed("  lens.level: record only\n", "", FULL))  # fmt: skip
    assert beside.plans(limits=limits)


OF_VARIANTS = [
    (OF_AE, "»a: {values: {charge.level: {low: 30 %}}}", "the plan has no variant 'a' (did you mean 'ae'?)"),
    (OF_AE, "»us: {values: {charge.level: {low: 30 %}}}", "the plan has no variant 'us'"),
    (OF_AE, "ae: {values: {»charge.levle: {low: 30 %}}}", "no step of the plan measures 'charge.levle' (did you mean 'charge.level'?)"),
    (OF_AE, "ae: {values: {»chrage.level: {low: 30 %}}}", "no step of the plan measures 'chrage.level' (did you mean 'charge.level'?)"),
    (OF_AE, "ae: {values: {charge.level: {low: »30 V}}}", "30 V: V measures voltage, % measures fraction"),
    (OF_AE, "ae: {values: {charge.level: »{matches: a}}}", "a limit with matches does not fit 'level', which is a number"),
    (OF_AE, "pk: {values: {lens.sfr: »{low: 1}}}", "a limit with low or high does not fit 'sfr', which is a curve"),
    (OF_AE, "ae: {»vlaues: {charge.level: {low: 30 %}}}", "unknown key 'vlaues' (did you mean 'values'?)"),
    (OF_AE, "ae: {values: »{}}", "expected a limit for each step.measurement; found a mapping with no keys"),
    (OF_AE, "ae: {values: »[]}", "expected a limit for each step.measurement; found an empty list"),
    (OF_AE, "ae: »7", "expected a mapping; found 7"),
    ("charge.level: {low: 20 %}", "charge.level: {low: »20 V}", "20 V: V measures voltage, % measures fraction"),
    ("charge.cycles: {one_of: [1, 2]}", "charge.cycles: »{matches: a}", "a limit with matches does not fit 'cycles', which is a number"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), OF_VARIANTS, ids=[m[1] for m in OF_VARIANTS])
def test_a_mistake_in_a_set_with_variants_is_told_once(
    beside: Beside, old: str, new: str, message: str
) -> None:
    limits = changed(old, new, FULL)
    assert beside.told(limits=limits) == expected(message, limits=limits)


def test_a_misspelt_variant_hides_no_limit(beside: Beside) -> None:
    """Not told again of the limits that were meant for the right one."""
    limits = changed("  charge.level: {low: 20 %}\n", "", FULL)
    limits = changed(OF_AE, f"{OF_AE}\n  »kp: {{values: {{charge.level: {{low: 25 %}}}}}}", limits)
    words = "the plan has no variant 'kp'"
    assert beside.told(limits=limits)[0].startswith(expected(words, limits=limits)[0])
    assert len(beside.told(limits=limits)) == 1


def test_variants_of_a_plan_that_cannot_be_read_are_told_once(beside: Beside) -> None:
    plan = changed("variants: {pk: {sku: A57-PK}, ae: {sku: A57-AE}}", "variants: »7", BESIDE)
    limits = changed("  charge.level: {low: 20 %}\n", "", FULL)
    told = beside.told(plan=plan, limits=limits)
    assert [words.split(": expected")[0] for words in told] == ["plan.yaml:8:11"]


def test_variants_of_a_set_whose_plan_has_none(beside: Beside) -> None:
    plan = changed("variants: {pk: {sku: A57-PK}, ae: {sku: A57-AE}}\n", "", BESIDE)
    plan = changed(", only: {variant: [ae]}", "", plan)
    limits = changed(OF_AE, f"»{OF_AE}", FULL)
    assert beside.told(plan=plan, limits=limits) == expected("the plan has no variant 'ae'", limits=limits)  # fmt: skip


def test_a_second_limit_under_the_step_is_told_in_each_variant_that_has_one(beside: Beside) -> None:
    plan = changed("with: {vbus: 5.0 V}}", "with: {vbus: 5.0 V}, limits: {»level: record only}}", BESIDE)  # fmt: skip
    limits = changed("charge.level: {low: 20 %}", "»charge.level: {low: 20 %}", changed("{charge.level: {low: 30", "{»charge.level: {low: 30", FULL))  # fmt: skip
    told = [words.split(": ")[0] for words in beside.told(plan=plan, limits=limits)]
    assert told == [words.split(": ")[0] for words in expected("", plan=plan, limits=limits)]


def test_2000_limits_of_500_steps_are_quickly_allotted(tmp_path: Path) -> None:
    beside = Beside(tmp_path)
    head = BESIDE[: BESIDE.index("steps:")]
    step = "  - {{id: c{}, use: catalogue.charge, timeout: 20 s, with: {{vbus: 5 V}}}}\n"
    names = ["current: {low: 450 mA, guard: 10 mA}", "level: {low: 20 %}", "cycles: {one_of: [1, 2]}", "charging: {equals: true}"]  # fmt: skip
    plan = head + "steps:\n" + "".join(step.format(i) for i in range(500))
    values = "".join(f"  c{i}.{name}\n" for i in range(500) for name in names)
    limits = f"schema: 1\nlimits: a57\nrevision: 9\nvalues:\n{values}"
    beside.plans(plan=plan, limits=limits)
    root, _ = parse(limits, "limits")
    parsed, _ = parse(plan, "plan")
    assert root and parsed
    spec = CATALOGUE["catalogue.charge"]
    measuring = [Measuring(node, spec) for node in parsed.get("steps") or ()]
    limit_set = read_limit_set_at(tmp_path / "limits/a57.yaml")
    start = time.process_time()
    allotted = allot(measuring, limit_set, "pk", Problems("plan"))
    assert time.process_time() - start < 5.0  # not of the square of their number
    assert sum(map(len, allotted)) == 2000


def test_a_set_of_another_plan_is_soon_told(tmp_path: Path) -> None:
    names = "".join(f"  other_step_{i}.current: record only\n" for i in range(2000))
    plan = BESIDE[: BESIDE.index("  - {id: charge")] + "".join(
        f"  - {{id: my_step_{i}, use: catalogue.radio, timeout: 20 s}}\n" for i in range(500)
    )
    start = time.process_time()
    told = Beside(tmp_path).told(plan=plan, limits=f"schema: 1\nlimits: a57\nrevision: 9\nvalues:\n{names}")  # fmt: skip
    assert time.process_time() - start < 5
    assert len(told) == 2000 + 2 * 500
