"""Groups, variants, instruments, expectations and retests: what they give, and every mistake.

» stands before the character where a problem is expected.
"""
# ruff: noqa: E501 (a mistake a line)

from pathlib import Path

import pytest

from harness.model.identity import Unit
from harness.model.plan import Group, GroupKind, Phase, Retest, Variants
from harness.plans.resolve import resolve
from tests.plans.catalogue import CATALOGUE
from tests.plans.told import MARK, changed, places, told

GROUPED = """\
schema: 1
plan: a57-final
revision: 14
title: A57 4G final test
process: final-test
product: {model: A57-4G, part: A57-4G}
variants:
  pk: {sku: A57-PK}
  ae: {sku: A57-AE}
retest: {max_runs: 3, other_slot_after: 1, then: rework}
setup:
  - {id: shut, use: catalogue.close, timeout: 10 s}
steps:
  - {id: first, use: catalogue.blink, timeout: 10 s}
  - id: together
    parallel:
      - {id: gauge, use: catalogue.gauge, timeout: 10 s, limits: {voltage: {low: 1 V}}}
      - {id: rear, use: catalogue.picture, timeout: 10 s, needs: [lightbox], limits: {width: {low: 1 px}}}
      - {id: lamp, use: catalogue.blink, timeout: 10 s, needs: [meter]}
  - id: bench
    any_order:
      - {id: attach, use: catalogue.blink, timeout: 40 s, expect: 12 s, needs: [supply, callbox]}
      - {id: charge, use: catalogue.gauge, timeout: 20 s, limits: {voltage: {low: 1 V}}}
  - id: nfc
    use: catalogue.blink
    timeout: 5 s
    only: {variant: [ae]}
teardown:
  - {id: open, use: catalogue.blink, timeout: 10 s}
"""


def variants_of(path: Path, text: str) -> Variants:
    path.write_text(text)
    plans, problems = resolve(path, CATALOGUE)
    assert plans, [str(problem) for problem in problems]
    assert not problems
    return plans


def test_steps_stay_flat_and_neighbours_share_their_group(path: Path) -> None:
    plan = variants_of(path, GROUPED).named("pk")
    together, bench = Group("together", GroupKind.PARALLEL), Group("bench", GroupKind.ANY_ORDER)
    assert [(step.id, step.group) for step in plan.of(Phase.STEPS)] == [
        ("first", None),
        *((child, together) for child in ("gauge", "rear", "lamp")),
        *((child, bench) for child in ("attach", "charge")),
    ]


def test_a_step_says_its_instruments_and_how_long_it_should_take(path: Path) -> None:
    attach = variants_of(path, GROUPED).named("pk").of(Phase.STEPS)[4]
    assert attach.id == "attach"
    assert attach.needs == ("callbox", "supply")
    assert attach.expect_s == 12
    first = variants_of(path, GROUPED).named("pk").of(Phase.STEPS)[0]
    assert (first.needs, first.expect_s) == ((), None)


def test_each_variant_is_a_plan_with_a_hash_of_its_own(path: Path) -> None:
    plans = variants_of(path, GROUPED)
    assert list(plans.plans) == ["pk", "ae"]
    assert [step.id for step in plans.named("ae").of(Phase.STEPS)][-1] == "nfc"
    assert [step.id for step in plans.named("pk").of(Phase.STEPS)][-1] == "charge"
    assert plans.named("ae").sha256 != plans.named("pk").sha256
    assert {plan.variant for plan in plans.plans.values()} == {"pk", "ae"}
    assert plans.of(Unit("A57A000001", sku="A57-AE")).variant == "ae"


def test_variants_with_the_same_steps_differ_by_their_name(path: Path) -> None:
    plans = variants_of(path, changed("    only: {variant: [ae]}\n", "", GROUPED))
    assert plans.named("ae").sha256 != plans.named("pk").sha256


def test_the_units_that_a_variant_is_for_are_part_of_it(path: Path) -> None:
    one = variants_of(path, GROUPED).named("ae")
    other = variants_of(path, changed("A57-AE", "A57-AE-2", GROUPED)).named("ae")
    assert one.sha256 != other.sha256


def test_a_plan_without_variants_is_one_plan(path: Path) -> None:
    text = changed("variants:\n  pk: {sku: A57-PK}\n  ae: {sku: A57-AE}\n", "", GROUPED)
    plans = variants_of(path, changed("    only: {variant: [ae]}\n", "", text))
    assert list(plans.plans) == [""]
    assert not plans.skus


@pytest.mark.parametrize(
    ("written", "retest"),
    [
        ("{max_runs: 5, other_slot_after: 4}", Retest(5, 4, "rework")),
        ("{max_runs: 1}", Retest(1, 1, "rework")),
        ("{other_slot_after: 2}", Retest(3, 2, "rework")),
        ("{}", Retest(3, 1, "rework")),
    ],
)
def test_what_a_retest_leaves_out_is_the_default(path: Path, written: str, retest: Retest) -> None:
    text = changed("{max_runs: 3, other_slot_after: 1, then: rework}", written, GROUPED)
    assert variants_of(path, text).any.retest == retest
    left_out = changed("retest: {max_runs: 3, other_slot_after: 1, then: rework}\n", "", GROUPED)
    assert variants_of(path, left_out).any.retest == Retest(3, 1, "rework")


BLINK = "use: catalogue.blink, timeout: 1 s"
FIRST = "  - {id: first, use: catalogue.blink, timeout: 10 s}\n"
STEP_OR_GROUP = "expected a step with use and timeout, or a group with parallel or any_order"
ONE_STEP = "expected a step: a group stands under steps, and in no other group"
MISTAKES = [
    # groups
    ("    parallel:", "    »paralel:", "unknown key 'paralel' (did you mean 'parallel'?)"),
    ("    any_order:", "    »any_ordre:", "unknown key 'any_ordre' (did you mean 'any_order'?)"),
    ("  - id: together\n", "  - »parallel_id: together\n    id: together\n", "unknown key 'parallel_id'"),
    ("  - id: together\n    parallel:", "  - »parallel:", "missing key 'id'"),
    ("id: together", "id: »Together", "expected an id that starts with a small letter, then small letters, digits and _; found 'Together'"),
    ("id: bench", "id: »together", "the id 'together' is already in line 15"),
    ("id: bench", "id: »gauge", "the id 'gauge' is already in line 17"),
    ("id: lamp", "id: »together", "the id 'together' is already in line 15"),
    ("id: lamp", "id: »first", "the id 'first' is already in line 14"),
    ("id: together\n", "id: together\n    use: »catalogue.blink\n", "expected no 'use' of a group: its steps have it; found 'catalogue.blink'"),
    ("id: together\n", "id: together\n    timeout: »10 s\n", "expected no 'timeout' of a group: its steps have it; found '10 s'"),
    ("id: together\n", "id: together\n    only: »{variant: [ae]}\n", "expected no 'only' of a group: its steps have it; found a mapping with variant"),
    ("id: together\n", f"id: together\n    any_order: »[{{id: x, {BLINK}}}, {{id: y, {BLINK}}}]\n", "expected either parallel or any_order; found a list"),
    (FIRST, f"  - {{id: first, parallel: [»{{id: in, any_order: [{{id: a, {BLINK}}}, {{id: b, {BLINK}}}]}}, {{id: c, {BLINK}}}]}}\n", f"{ONE_STEP}; found a mapping with id, any_order"),
    ("  - {id: shut, use: catalogue.close, timeout: 10 s}", f"  - »{{id: shut, parallel: [{{id: a, {BLINK}}}, {{id: b, {BLINK}}}]}}", f"{ONE_STEP}; found a mapping with id, parallel"),
    ("  - {id: open, use: catalogue.blink, timeout: 10 s}", f"  - »{{id: open, any_order: [{{id: a, {BLINK}}}, {{id: b, {BLINK}}}]}}", f"{ONE_STEP}; found a mapping with id, any_order"),
    (FIRST, "  - {id: first, parallel: »[]}\n", "expected a list of steps, at least one; found an empty list"),
    (FIRST, "  - {id: first, parallel: »soon}\n", "expected a list of steps, at least one; found 'soon'"),
    (FIRST, "  - {id: first, parallel: »null}\n", "expected a list of steps, at least one; found nothing"),
    (FIRST, "  - »{id: first}\n", f"{STEP_OR_GROUP}; found a mapping with id"),
    (FIRST, "  - »first\n", f"{STEP_OR_GROUP}; found 'first'"),
    (FIRST, f"  - »{{id: first, any_order: [{{id: a, {BLINK}}}]}}\n", "warning: a group of one step, which may as well stand alone"),
    (FIRST, f"  - {{id: first, any_order: [{{id: a, {BLINK}}}, »b]}}\n", "expected a mapping; found 'b'"),
    ("id: lamp, use: catalogue.blink", "id: lamp, »ues: catalogue.blink", "unknown key 'ues' (did you mean 'use'?)"),
    ("id: lamp, use: catalogue.blink", "id: lamp, use: »catalogue.blnik", "no step 'catalogue.blnik' (did you mean 'catalogue.blink'?)"),
    # what steps need at the same time
    ("id: rear, use: catalogue.picture", "id: rear, use: »catalogue.portrait", "the handset's vbus is taken by 'gauge' at the same time"),
    ("needs: [meter]", "needs: [meter, »lightbox]", "the instrument lightbox is taken by 'rear' at the same time"),
    ("needs: [supply, callbox]", "needs: [supply, »callbox, callbox]".replace("»", "").replace("[supply", "»[supply"), "expected the names of instruments, each once; found a list"),
    ("needs: [supply, callbox]", "needs: »[]", "expected the names of instruments, each once; found an empty list"),
    ("needs: [supply, callbox]", "needs: [»Call box]", "expected a name of small letters, digits, - and _; found 'Call box'"),
    ("needs: [supply, callbox]", "»need: [supply, callbox]", "unknown key 'need' (did you mean 'needs'?)"),
    # how long
    ("expect: 12 s", "expect: »41 s", "a step is expected to take more than 0 s and at most its timeout; found '41 s'"),
    ("expect: 12 s", "expect: »0 s", "a step is expected to take more than 0 s and at most its timeout; found '0 s'"),
    ("expect: 12 s", "expect: »12", "expected a time with its unit, such as 10 s; found 12"),
    ("expect: 12 s", "expect: »12 V", "12 V: V measures voltage, s measures time"),
    ("expect: 12 s", "»expected: 12 s", "unknown key 'expected' (did you mean 'expect'?)"),
    # variants
    ("  pk: {sku", "  »PK: {sku", "expected a name of small letters, digits, - and _; found 'PK'"),
    ("  pk: {sku: A57-PK}", "  pk: {»suk: A57-PK}", "unknown key 'suk' (did you mean 'sku'?)"),
    ("  pk: {sku: A57-PK}", "  pk: »{}", "missing key 'sku'"),
    ("A57-AE", "»A57-PK", "the SKU 'A57-PK' is already in line 8"),
    ("A57-AE", "»57", "expected a text; found 57: write it in quotes"),
    ("variants:\n  pk: {sku: A57-PK}\n  ae: {sku: A57-AE}\n", "variants: »{}\n", "expected one variant or more, each by its name; found a mapping with no keys"),
    ("variants:\n  pk: {sku: A57-PK}\n  ae: {sku: A57-AE}\n", "variants: »[pk, ae]\n", "expected one variant or more, each by its name; found a list"),
    ("[ae]", "[»aee]", "no variant 'aee': the plan has pk, ae (did you mean 'ae'?)"),
    ("[ae]", "[ae, »us]", "no variant 'us': the plan has pk, ae"),
    ("[ae]", "»[ae, ae]", "expected the names of variants, each once; found a list"),
    ("[ae]", "»[]", "expected the names of variants, each once; found an empty list"),
    ("[ae]", "»ae", "expected the names of variants, each once; found 'ae'"),
    ("{variant: [ae]}", "{»varaint: [ae]}", "unknown key 'varaint' (did you mean 'variant'?)"),
    ("    only: {variant", "    »olny: {variant", "unknown key 'olny' (did you mean 'only'?)"),
    # retests
    ("max_runs: 3", "max_runs: »0", "expected a number of runs from 1 to 10; found 0"),
    ("max_runs: 3", "max_runs: »11", "expected a number of runs from 1 to 10; found 11"),
    ("other_slot_after: 1", "other_slot_after: »3", "another slot comes after fewer runs than max_runs, which is 3; found 3"),
    ("other_slot_after: 1", "other_slot_after: »0", "expected a number of runs from 1 to 9; found 0"),
    ("then: rework", "then: »scrap", "expected 'rework'; found 'scrap'"),
    ("max_runs", "»max_run", "unknown key 'max_run' (did you mean 'max_runs'?)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_once_at_its_place(path: Path, old: str, new: str, message: str) -> None:
    text = changed(old, new, GROUPED)
    problems = told(path, text)
    assert [problem.split(": ", 1)[1] for problem in problems] == [message]
    assert [problem.split(": ", 1)[0] for problem in problems] == places(text)


def test_only_in_a_plan_without_variants(path: Path) -> None:
    text = changed("variants:\n  pk: {sku: A57-PK}\n  ae: {sku: A57-AE}\n", "", GROUPED)
    text = changed("only: {variant", f"only: {MARK}{{variant", text)
    assert told(path, text) == [
        f"{places(text)[0]}: the plan has no variants, so that a step is in no one only"
    ]


def test_a_variant_without_a_step_has_nothing_to_test(path: Path) -> None:
    head = GROUPED[: GROUPED.index("steps:")].replace("  pk:", "  »pk:")
    text = f"{head}steps:\n  - {{id: nfc, {BLINK}, only: {{variant: [ae]}}}}\n"
    assert f"{places(text)[0]}: no step under steps is in variant 'pk'" in told(path, text)


def test_a_plan_that_passes_every_unit_is_none(path: Path) -> None:
    words = "nothing that the plan measures can fail, so every unit would PASS"
    head = GROUPED[: GROUPED.index("steps:")]
    blind = f"steps:\n  »- {{id: nfc, {BLINK}}}\n"
    for only, where in (("", ""), (", only: {variant: [ae]}", " in variant pk")):
        harmful = (
            "  - {id: gauge, use: catalogue.gauge, timeout: 1 s, limits: {voltage: {low: 1 V}}"
        )
        text = head + blind + (f"{harmful}{only}}}\n" if only else "")
        found = [problem for problem in told(path, text) if words in problem]
        assert found == [f"{places(text)[0]}: {words}{where}"]


def test_steps_of_different_variants_never_meet(path: Path) -> None:
    rear = "{id: rear, use: catalogue.portrait, timeout: 10 s, needs: [lightbox], only: {variant: [pk]}"
    text = changed(
        "{id: rear, use: catalogue.picture, timeout: 10 s, needs: [lightbox]", rear, GROUPED
    )
    apart = changed(
        "{id: gauge, use: catalogue.gauge, timeout: 10 s",
        "{id: gauge, use: catalogue.gauge, timeout: 10 s, only: {variant: [ae]}",
        text,
    )
    assert not told(path, apart)
    text = changed("use: catalogue.portrait", "use: »catalogue.portrait", text)
    assert told(path, text) == [
        f"{places(text)[0]}: the handset's vbus is taken by 'gauge' at the same time in variant pk"
    ]


@pytest.mark.parametrize(
    ("only", "told_of"),
    [
        (", only: {variant: [ae]}", "'b' at the same time in variant ae"),
        (", only: {variant: [pk]}", "'a' at the same time in variant pk"),
        ("", "'a' at the same time in variant pk"),
    ],
)
def test_a_third_step_is_held_against_both(path: Path, only: str, told_of: str) -> None:
    """The first is in one variant only, and the second in the other."""
    rows = "".join(
        f"      - {{id: {name}, {BLINK}, needs: [{MARK if name == 'c' else ''}box]{its}}}\n"
        for name, its in (
            ("a", ", only: {variant: [pk]}"),
            ("b", ", only: {variant: [ae]}"),
            ("c", only),
        )
    )
    steps = GROUPED.index("steps:\n")
    text = GROUPED.replace("steps:\n", f"steps:\n  - id: g\n    parallel:\n{rows}", 1)
    assert steps
    assert told(path, text) == [f"{places(text)[0]}: the instrument box is taken by {told_of}"]


def test_a_parameter_that_is_wrong_in_all_variants_is_told_once(path: Path) -> None:
    text = changed("timeout: 20 s, limits", "timeout: 20 s, with: {»speed: 1}, limits", GROUPED)
    assert told(path, text) == [f"{places(text)[0]}: step catalogue.gauge has no parameter 'speed'"]


def test_a_step_that_only_records_is_warned_about(path: Path) -> None:
    text = changed("- {id: charge", "- »{id: charge", GROUPED)
    only = "{voltage: {low: 1 V}}}\n  - id: nfc"
    for words in ("record only", "'record only, may be unknown'", "not offered"):
        harmless = changed(only, only.replace("{low: 1 V}", words), text)
        assert told(path, harmless) == [
            f"{places(text)[0]}: warning: nothing that it measures can fail"
        ]


@pytest.mark.parametrize(
    ("first", "second"), [("restart", "ask"), ("ask", "restart"), ("restart", "restart")]
)
def test_who_restarts_adb_stands_beside_nobody_who_uses_the_handset(
    path: Path, first: str, second: str
) -> None:
    rows = (
        f"      - {{id: a, use: catalogue.{first}, timeout: 5 s}}\n"
        f"      - {{id: b, use: {MARK}catalogue.{second}, timeout: 5 s}}\n"
        "      - {id: c, use: catalogue.blink, timeout: 5 s}\n"
    )
    text = GROUPED.replace("steps:\n", f"steps:\n  - id: g\n    parallel:\n{rows}", 1)
    assert told(path, text) == [
        f"{places(text)[0]}: the link to the handset is taken by 'a' at the same time"
    ]
    assert not told(path, text.replace(MARK, "").replace("parallel", "any_order", 1))


def test_who_only_asks_may_stand_beside_others(path: Path) -> None:
    rows = "".join(f"      - {{id: {name}, use: catalogue.ask, timeout: 5 s}}\n" for name in "abc")
    text = GROUPED.replace("steps:\n", f"steps:\n  - id: g\n    parallel:\n{rows}", 1)
    assert not told(path, text)
