"""The schema is for editors too: plain JSON, valid by its own draft, of the types that we read."""

import json

import jsonschema_rs
import pytest

from harness.files.parse import parse
from harness.files.schema import Schema
from harness.plans.limits.schema import LIMIT_SET_SCHEMA
from harness.plans.schema import LABEL_SCHEMA, PLAN_SCHEMA
from tests.plans.catalogue import PLAN
from tests.plans.limits.test_limit_set import LIMITS


@pytest.mark.parametrize("written", [PLAN_SCHEMA, LIMIT_SET_SCHEMA, LABEL_SCHEMA])
def test_a_schema_is_json_of_draft_2020_12(written: Schema) -> None:
    schema = json.loads(json.dumps(written))
    assert schema == written
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


def test_a_plan_fits_the_schema_as_an_editor_reads_it() -> None:
    root, _ = parse(PLAN, "plan")
    assert root
    assert jsonschema_rs.is_valid(dict(PLAN_SCHEMA), root.plain())
    assert not jsonschema_rs.is_valid(dict(PLAN_SCHEMA), root.plain() | {"owner": "me"})


def test_a_limit_set_fits_its_schema_as_an_editor_reads_it() -> None:
    root, _ = parse(LIMITS, "limits")
    assert root
    assert jsonschema_rs.is_valid(dict(LIMIT_SET_SCHEMA), root.plain())
    assert not jsonschema_rs.is_valid(dict(LIMIT_SET_SCHEMA), root.plain() | {"values": {}})


def test_every_mapping_but_those_of_names_is_closed() -> None:
    """`with`, `limits`, `values` take the names that steps declare; the checker knows those."""

    def open_ones(rule: object, name: str) -> list[str]:
        if isinstance(rule, list):
            return [found for part in rule for found in open_ones(part, name)]
        if not isinstance(rule, dict):
            return []
        is_open = rule.get("type") == "object" and rule["additionalProperties"] is not False
        return ([name] if is_open else []) + [
            found
            for key, part in rule.items()
            if key != "if"  # asks which of two mappings it is
            for found in open_ones(part, key)
        ]

    assert set(open_ones(PLAN_SCHEMA, "plan")) == {"with", "limits", "variants"}
    assert set(open_ones(LIMIT_SET_SCHEMA, "limit set")) == {"values", "symptoms", "variants"}
    assert not open_ones(LABEL_SCHEMA, "label")
