"""A canonical form is read back to the plan that gave it, and whatever is none is refused."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.plan import Plan
from harness.plans.canonical import canonical
from harness.plans.read_canonical import read_canonical
from tests.plans import bundle
from tests.plans.catalogue import CATALOGUE
from tests.plans.told import changed


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return bundle.whole(tmp_path_factory.mktemp("bundle"), {}).named("ae")


def test_it_is_read_back_but_for_label_files_and_names(plan: Plan) -> None:
    read = read_canonical(plan.canonical)
    assert (read.id, read.revision, read.title) == (plan.id, plan.revision, plan.title)
    assert (read.process, read.product, read.variant) == (plan.process, plan.product, "ae")
    assert (read.retest, read.symptoms) == (plan.retest, plan.symptoms)
    assert read.steps == plan.steps
    assert read.sha256 == plan.sha256
    assert (read.label, read.files, read.limits, read.golden) == (None, {}, None, None)


def test_the_steps_of_a_group_share_it(plan: Plan) -> None:
    steps = {step.id: step for step in read_canonical(plan.canonical).steps}
    assert steps["gauge"].group is steps["rear"].group
    assert steps["gauge"].group != steps["charge"].group


def test_it_gives_the_same_form_by_the_catalogue(plan: Plan) -> None:
    assert canonical(read_canonical(plan.canonical), CATALOGUE) == plan.canonical


def test_units_that_never_ship_are_read_back_as_such(tmp_path: Path) -> None:
    text = changed("ae: {sku: A57-AE}", "ae: {sku: A57-AE, ships: false}", bundle.PLAN)
    whole = bundle.whole(tmp_path, {"plan.yaml": text})
    assert not read_canonical(whole.named("ae").canonical).ships
    assert read_canonical(whole.named("pk").canonical).ships
    assert canonical(whole.named("ae"), CATALOGUE) == whole.named("ae").canonical


NUMBERS = ("0.000000001 A", "-0.00001 A", "100000000000000000000000000000 A", "1 nA", "0 A")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_of_any_length_is_read_back(tmp_path: Path, number: str) -> None:
    text = changed("samples: 4", f"most: {number}", bundle.PLAN)
    plan = bundle.whole(tmp_path, {"plan.yaml": text}).named("pk")
    assert read_canonical(plan.canonical).sha256 == plan.sha256
    assert canonical(read_canonical(plan.canonical), CATALOGUE) == plan.canonical


def step(name: str) -> Callable[[Any], Any]:
    return lambda form: next(step for step in form["steps"] if step["id"] == name)


HEAD: Callable[[Any], Any] = lambda form: form  # noqa: E731 (beside step)
NO_FORMS: list[tuple[Callable[[Any], Any], str, object]] = [
    (HEAD, "schema", 2),
    (HEAD, "revision", True),
    (HEAD, "revision", 14.0),
    (HEAD, "plan", None),
    (HEAD, "owner", "me"),
    (HEAD, "steps", [1]),
    (HEAD, "steps", {}),
    (HEAD, "symptoms", {"A": {"code": "A", "words": 1, "bin": "B"}}),
    (HEAD, "retest", {"max_runs": 1, "other_slot_after": 1}),
    (HEAD, "product", {"model": "A", "part": "A", "serial": None}),
    (step("charge"), "timeout", "20000 ms"),
    (step("charge"), "timeout", "20.0 s"),
    (step("charge"), "timeout", "nan s"),
    (step("charge"), "timeout", "20"),
    (step("charge"), "timeout", 20),
    (step("charge"), "phase", "meanwhile"),
    (step("charge"), "on_fail", "ignore"),
    (step("charge"), "needs", ["supply", "callbox"]),
    (step("charge"), "needs", "supply"),
    (step("charge"), "group", {"id": "bench", "kind": "at once"}),
    (step("charge"), "retry", {"times": 1, "on": ["error"]}),
    (step("charge"), "with", {"vbus": 5.0}),
    (step("charge"), "with", {"vbus": None}),
    (step("charge"), "with", {"vbus": {"quantity": "5 volts"}}),
    (step("charge"), "with", {"vbus": {"quantity": "5 V", "or": "6 V"}}),
    (step("charge"), "limits", {}),
    (step("charge"), "limits", {"power": "record only"}),
    (step("gauge"), "limits", {"voltage": "record all"}),
    (step("gauge"), "limits", {"voltage": {"low": "5", "high": None}}),
    (step("gauge"), "measures", {"voltage": {"is": "Picture", "unit": "V"}}),
    (step("gauge"), "measures", {"voltage": {"is": "Numeric", "unit": "volts"}}),
    (step("gauge"), "measures", {"voltage": {"is": "Text", "unit": "V"}}),
    (step("gauge"), "measures", {}),
]


@pytest.mark.parametrize(("part", "key", "value"), NO_FORMS, ids=range(len(NO_FORMS)))
def test_what_no_plan_gives_is_refused(
    plan: Plan, part: Callable[[Any], Any], key: str, value: object
) -> None:
    form = json.loads(plan.canonical)
    part(form)[key] = value
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    with pytest.raises(ValueError, match="no canonical form of a plan"):
        read_canonical(text)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "NaN", '"a"', "7", "[" * 100_000, '{"steps":[]}', "9" * 5000],
)
def test_other_json_and_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no canonical form of a plan"):
        read_canonical(text)


def test_another_spelling_of_a_form_is_refused(plan: Plan) -> None:
    with pytest.raises(ValueError, match="another way"):
        read_canonical(json.dumps(json.loads(plan.canonical)))


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(0, 12), st.text(max_size=4))
def test_a_damaged_form_is_refused_or_is_another_form(
    plan: Plan, at: int, cut: int, insert: str
) -> None:
    text = plan.canonical[:at] + insert + plan.canonical[at + cut :]
    try:
        read = read_canonical(text)
    except ValueError:
        return
    assert read.sha256 == hashlib.sha256(text.encode()).hexdigest()
