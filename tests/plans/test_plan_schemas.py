"""The schemas that editors get, by a second opinion: python-jsonschema, not the one we check by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.files.parse import load, parse
from tests.cli.conftest import ROOT, Cli

FOLDERS = {"plan": "testplans", "limits": "testplans/limits", "golden": "testplans/golden"}
SHIPPED = [
    *((kind, file) for kind, folder in FOLDERS.items() for file in (ROOT / folder).glob("*.yaml")),
    *(("label", file) for file in (ROOT / "fixtures/labels").glob("*.yaml")),
]
PLAN = """\
schema: 1
plan: house
revision: 1
title: House
process: house
product: {model: M, part: P}
variants: {pk: {sku: PK}}
retest: {max_runs: 3, other_slot_after: 1, then: rework}
setup:
  - {id: close, use: jig.close, timeout: 10 s}
steps:
  - id: bench
    any_order:
      - {id: charge, use: battery.charge, timeout: 20 s, needs: [supply], expect: 5 s}
  - id: nfc
    use: nfc.present
    timeout: 5 s
    with: {band: 3}
    limits: {seen: {equals: true}, level: {low: 1 V, high: 2 V, guard: 1 mV, marginal: 1 mV}}
    retry: {times: 1, on: [error]}
    on_fail: continue
    only: {variant: [pk]}
"""
LIMITS = """\
schema: 1
limits: house
revision: 1
golden: golden.yaml
values:
  a.a: {near: golden, within: 5 dB}
  a.b: {mask: masks/b.csv}
  a.c: {imei: true, tac: ['86012345']}
  a.d: not offered
  a.e: record only, may be unknown
  a.f: {one_of: [1, 2]}
  a.g: {matches: 'a+'}
symptoms:
  a.a:LOW: {code: A-1, words: too low, bin: B}
variants:
  pk: {values: {a.a: {high: 1 dBm}}}
"""
GOLDEN = """\
schema: 1
golden: house
revision: 1
measured: {by: A. Engineer, on: 2026-11-01, until: 2027-05-01}
values: {a.a: -47 dBm}
"""
LABEL = """\
schema: 1
label: house
revision: 1
scan: {fields: [serial, sku], separator: ';'}
"""
WHOLE = {"plan": PLAN, "limits": LIMITS, "golden": GOLDEN, "label": LABEL}
MISTAKES = [
    ("plan", "schema: 1", "schema: 2"),
    ("plan", "plan: house", "plan: House"),
    ("plan", "revision: 1", "revision: 0"),
    ("plan", "title: House", "titel: House"),
    ("plan", "process: house\n", ""),
    ("plan", "{model: M, part: P}", "{model: M}"),
    ("plan", "{sku: PK}", "{}"),
    ("plan", "max_runs: 3", "max_runs: 0"),
    ("plan", "then: rework", "then: scrap"),
    ("plan", "timeout: 10 s}", "timeout: 10}"),
    ("plan", ", timeout: 10 s", ""),
    ("plan", "id: close", "id: Close"),
    ("plan", "any_order:", "anyorder:"),
    ("plan", "any_order:", "use: jig.open\n    any_order:"),
    ("plan", "needs: [supply]", "needs: []"),
    ("plan", "with: {band: 3}", "with: [band]"),
    ("plan", "{equals: true}", "{equal: true}"),
    ("plan", "{equals: true}", "{equals: true, low: 1}"),
    ("plan", "{equals: true}", "record-only"),
    ("plan", "times: 1", "times: 6"),
    ("plan", "on: [error]", "on: [abort]"),
    ("plan", "on_fail: continue", "on_fail: go on"),
    ("plan", "variant: [pk]", "variant: pk"),
    ("limits", "near: golden", "near: silver"),
    ("limits", ", within: 5 dB", ""),
    ("limits", "{mask: masks/b.csv}", "{mask: [1, 2]}"),
    ("limits", "['86012345']", "['8601234']"),
    ("limits", "not offered", "unknown"),
    ("limits", "[1, 2]", "[1, 1]"),
    ("limits", "bin: B", "bin: ''"),
    ("limits", "code: A-1, ", ""),
    ("limits", "{values: {a.a: {high: 1 dBm}}}", "{a.a: {high: 1 dBm}}"),
    ("golden", "until: 2027-05-01", "until: soon"),
    ("golden", "by: A. Engineer, ", ""),
    ("golden", "-47 dBm", "true"),
    ("label", "scan:", "scans:"),
    ("label", "separator: ';'", "separator: ''"),
    ("label", "[serial, sku]", "[]"),
]


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """What the command prints."""
    cli = Cli(tmp_path_factory.mktemp("schemas"))
    return {kind: json.loads(cli("plan", "schema", kind).out) for kind in WHOLE}


def problems(schema: dict[str, Any], text: str) -> list[str]:
    root, of_text = parse(text, "text")
    assert root
    assert not of_text
    return [error.message for error in Draft202012Validator(schema).iter_errors(root.plain())]


@pytest.mark.parametrize("kind", WHOLE)
def test_a_schema_is_one_by_its_metaschema(
    schemas: Mapping[str, dict[str, Any]], kind: str
) -> None:
    assert schemas[kind]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schemas[kind])


@pytest.mark.parametrize(("kind", "file"), SHIPPED, ids=lambda part: getattr(part, "stem", part))
def test_what_is_shipped_fits(schemas: Mapping[str, dict[str, Any]], kind: str, file: Path) -> None:
    root, of_text, _ = load(file)
    assert root
    assert not of_text
    Draft202012Validator(schemas[kind]).validate(root.plain())


def test_something_of_each_kind_is_shipped() -> None:
    assert {kind for kind, _ in SHIPPED} == set(WHOLE)


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_right_fits(schemas: Mapping[str, dict[str, Any]], kind: str) -> None:
    assert problems(schemas[kind], WHOLE[kind]) == []


@pytest.mark.parametrize(
    ("kind", "old", "new"), MISTAKES, ids=[f"{kind}: {new.strip()}" for kind, _, new in MISTAKES]
)
def test_a_mistake_of_shape_does_not(
    schemas: Mapping[str, dict[str, Any]], kind: str, old: str, new: str
) -> None:
    assert WHOLE[kind].count(old) >= 1
    assert problems(schemas[kind], WHOLE[kind].replace(old, new, 1))


def test_a_schema_of_something_else_is_refused(tmp_path: Path) -> None:
    ran = Cli(tmp_path)("plan", "schema", "station")
    assert (ran.code, ran.out) == (2, "")
    assert "'station' is not one of 'plan', 'limits', 'golden', 'label'" in ran.err
