"""`harness plan diff`: two revisions that differ in one limit say exactly that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.plans.resolve import load_plans
from harness.records.codec import sha256
from harness.records.recorder import Recorder
from harness.steps import catalogue
from tests.cli.conftest import PLAN, ROOT, Cli
from tests.cli.test_plan import final_in
from tests.records.runs import DOCUMENTS, PLAN_SHA256, lived

OTHER_SPELLING = [
    ("450 mA", "0.45 A"),
    (
        "  - {id: close, use: jig.close, timeout: 10 s}",
        "  - {timeout: 10000 ms, use: jig.close, id: close}",
    ),
    ("schema: 1", "schema: 1 # the first"),
]


LIST = "[1]"


def written(cli: Cli, *changes: tuple[str, str]) -> Path:
    text = PLAN.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = cli.folder / "other.yaml"
    file.write_text(text)
    return file


def test_one_limit_is_one_line(cli: Cli) -> None:
    ran = cli("plan", "diff", PLAN, written(cli, ("low: 450 mA", "low: 440 mA")))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "charge.current_jig: low 0.45 A -> 0.44 A\n"


def test_another_spelling_is_no_difference(cli: Cli) -> None:
    ran = cli("plan", "diff", PLAN, written(cli, *OTHER_SPELLING))
    name = load_plans(PLAN, catalogue()).any.sha256
    assert (ran.code, ran.out) == (0, f"no difference: skeleton revision 2 {name}\n")
    assert cli("plan", "diff", PLAN, PLAN, "--json").out == ""


def test_json_has_the_parts_of_each_difference(cli: Cli) -> None:
    ran = cli("plan", "diff", PLAN, written(cli, ("guard: 10 mA", "guard: 20 mA")), "--json")
    assert ran.records() == [
        {
            "variant": "",
            "what": "limit",
            "where": "charge.current_jig.guard",
            "before": "0.01 A",
            "after": "0.02 A",
            "words": "charge.current_jig: guard 0.01 A -> 0.02 A",
        }
    ]


def test_what_is_of_one_variant_says_so(cli: Cli) -> None:
    plan = final_in(cli.folder)
    limits = plan.parent / "limits/a57.yaml"
    text = limits.read_text()
    start = text.index("variants:")
    limits.write_text(text[:start] + text[start:].replace("12 s", "11 s"))
    ran = cli("plan", "diff", ROOT / "testplans/a57-final.yaml", plan)
    assert ran.out == "variant ae: attach.time: high 12 s -> 11 s\n"


def keep(cli: Cli, *documents: str) -> None:
    """Put documents into a store, each by its hash, as the plan of a run is."""
    cli.store.parent.mkdir()
    named = {sha256(text.encode()): text.encode() for text in documents}
    with Recorder(cli.store) as recorder:
        start = lived("01JD8QGM2R3V5W7X9Y1Z2A4B6C").events[0]
        recorder.begin(start, {**DOCUMENTS, **named})


@pytest.fixture
def ran_before(cli: Cli) -> str:
    """The hash of a plan that the store holds with others."""
    plan = load_plans(PLAN, catalogue()).any
    keep(cli, plan.canonical, LIST)
    return plan.sha256


def test_a_plan_that_ran_is_named_by_its_hash_or_the_beginning(cli: Cli, ran_before: str) -> None:
    other = written(cli, ("low: 450 mA", "low: 440 mA"))
    for name in (ran_before, ran_before[:8]):
        ran = cli("plan", "diff", name, other)
        assert ran.out == "charge.current_jig: low 0.45 A -> 0.44 A\n", ran.err
    assert cli("plan", "diff", ran_before[:9], PLAN).out.startswith("no difference: ")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("0" * 8, "has no plan whose hash begins with 00000000"),
        (sha256(LIST.encode()), "no canonical form of a plan"),
        (PLAN_SHA256[:8], "no canonical form of a plan"),
        ("abc", "abc:1:1: cannot be read: No such file"),
    ],
)
def test_what_is_no_plan_is_said(cli: Cli, ran_before: str, name: str, words: str) -> None:
    ran = cli("plan", "diff", PLAN, name)
    assert (ran.code, ran.out) == (2, "")
    assert words in " ".join(ran.err.split())


def test_a_plan_that_ran_is_compared_with_its_own_variant(cli: Cli) -> None:
    plan = final_in(cli.folder)
    ae = load_plans(plan, catalogue()).named("ae")
    keep(cli, ae.canonical)
    ran = cli("plan", "diff", ae.sha256, plan)
    revision = json.loads(ae.canonical)["revision"]
    assert ran.out == f"no difference: a57-final revision {revision} variant ae {ae.sha256}\n"
