"""The JSON Schemas (draft 2020-12) of plans, limit sets and labels: for editors, and to check by.

A `description` completes "expected ..." in the message about a value that does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.files.shapes import WORD, listing, mapping
from harness.model.label import SEPARATOR

_NAME = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9_-]*$",
    "description": "a name of small letters, digits, - and _",
}
_VERSION = {"const": 1, "description": "schema 1, the only one that this version reads"}
_REVISION = {"type": "integer", "minimum": 1, "description": "a whole number from 1"}
_FILE = {
    "type": "string",
    "minLength": 1,
    "description": "the path of a file, relative to this one",
}
_EXPRESSION = {"type": "string", "description": "a regular expression in quotes"}
_SEPARATOR = {
    "type": "string",
    "pattern": f"^{SEPARATOR}$",
    "description": "one punctuation mark in quotes",
}
_STEP_ID = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]*$",
    "description": "an id that starts with a small letter, then small letters, digits and _",
}
_AMOUNT = {
    "type": ["string", "number"],
    "description": "a number and its unit, such as 450 mA, or a bare number of things",
}
_SCALAR = {
    "type": ["string", "number", "boolean"],
    "description": "a text, a quantity such as 450 mA, a number, or true or false",
}


_LIMIT = {
    "description": "a limit: low and high, equals, one_of, matches, imei, or the text record only",
    "anyOf": [
        {"const": "record only"},
        mapping("", low=_AMOUNT, high=_AMOUNT, guard=_AMOUNT),
        mapping("equals", equals=_SCALAR),
        mapping(
            "one_of",
            one_of={"type": "array", "minItems": 1, "uniqueItems": True, "items": _SCALAR},
        ),
        mapping("matches", matches={"type": "string", "description": "a regular expression"}),
        mapping(
            "imei",
            imei={"const": True},
            tac={
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {
                    "type": "string",
                    "pattern": "^[0-9]{8}$",
                    "description": "a TAC: 8 digits in quotes",
                },
            },
        ),
    ],
}

_RETRY = mapping(
    "times on",
    times={"type": "integer", "minimum": 1, "maximum": 5, "description": "a number from 1 to 5"},
    on={"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": ["error", "fail"]}},
)

_STEP = mapping(
    "id use timeout",
    id=_STEP_ID,
    use=WORD,
    timeout={"type": "string", "description": "a time with its unit, such as 10 s"},
    **{"with": {"type": "object", "additionalProperties": _SCALAR}},
    limits={"type": "object", "additionalProperties": _LIMIT},
    retry=_RETRY,
    on_fail={"enum": ["stop", "continue"]},
)

PLAN_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Test plan",
    **mapping(
        "schema plan revision title process product steps",
        schema=_VERSION,
        plan=_NAME,
        revision=_REVISION,
        title=WORD,
        process=_NAME,
        product=mapping(
            "model part",
            model=WORD,
            part=WORD,
            serial=_EXPRESSION,
        ),
        label=_FILE,
        limits=_FILE,
        setup=listing(_STEP),
        steps=listing(_STEP, least=1),
        teardown=listing(_STEP),
    ),
}

LIMIT_SET_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Limit set",
    **mapping(
        "schema limits revision values",
        schema=_VERSION,
        limits=_NAME,
        revision=_REVISION,
        values={
            "type": "object",
            "minProperties": 1,
            "additionalProperties": _LIMIT,
            "description": "a limit for each step.measurement",
        },
    ),
}

LABEL_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Label",
    **mapping(
        "schema label revision scan",
        schema=_VERSION,
        label=_NAME,
        revision=_REVISION,
        scan={
            "description": "matches, or fields and separator",
            "anyOf": [
                mapping("matches", matches=_EXPRESSION),
                mapping("fields separator", fields=listing(WORD, least=1), separator=_SEPARATOR),
            ],
        },
    ),
}
