"""The JSON Schemas (draft 2020-12) of limits, limit sets and golden files.

A `description` completes "expected ..." in the message about a value that does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.files.shapes import MEASURED, NAME, REVISION, VERSION, WORD, Shape, mapping

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FILE = {
    "type": "string",
    "minLength": 1,
    "description": "the path of a file, relative to this one",
}
SCALAR = {
    "type": ["string", "number", "boolean"],
    "description": "a text, a quantity such as 450 mA, a number, or true or false",
}
_AMOUNT = {
    "type": ["string", "number"],
    "description": "a number and its unit, such as 450 mA, or a bare number of things",
}


def _some(items: Shape) -> Shape:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}


def _by_name(values: Shape, description: str) -> Shape:
    """A mapping of names that only the checker knows."""
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": values,
        "description": description,
    }


_TAC = {
    "type": "string",
    "pattern": "^[0-9]{8}$",
    "description": "a TAC: 8 digits in quotes",
}
LIMIT = {
    "description": "a limit: low and high, equals, one_of, matches, imei, near, mask, "
    "or a text such as record only",
    "anyOf": [
        {"enum": ["record only", "record only, may be unknown", "not offered"]},
        mapping("", low=_AMOUNT, high=_AMOUNT, guard=_AMOUNT, marginal=_AMOUNT),
        mapping("equals", equals=SCALAR),
        mapping("one_of", one_of=_some(SCALAR)),
        mapping("matches", matches={"type": "string", "description": "a regular expression"}),
        mapping("imei", imei={"const": True}, tac=_some(_TAC)),
        mapping(
            "near within",
            near={"const": "golden"},
            within=_AMOUNT,
            guard=_AMOUNT,
            marginal=_AMOUNT,
        ),
        mapping("mask", mask=FILE),
    ],
}

_LIMITS = _by_name(LIMIT, "a limit for each step.measurement")
_SYMPTOM = mapping(
    "code words bin",
    code={
        "type": "string",
        "pattern": "^[A-Z0-9-]{1,16}$",
        "description": "a short code of capitals, digits and -",
    },
    words=WORD,
    bin={
        "type": "string",
        "pattern": "^[A-Za-z0-9-]{1,16}$",
        "description": "a short word of letters, digits and -",
    },
)

LIMIT_SET_SCHEMA: Mapping[str, Any] = {
    "$schema": DRAFT,
    "title": "Limit set",
    **mapping(
        "schema limits revision values",
        schema=VERSION,
        limits=NAME,
        revision=REVISION,
        golden=FILE,
        values=_LIMITS,
        symptoms=_by_name(_SYMPTOM, "a symptom for each step.measurement:REASON or fault code"),
        variants=_by_name(mapping("values", values=_LIMITS), "the limits of each variant"),
    ),
}

GOLDEN_SCHEMA: Mapping[str, Any] = {
    "$schema": DRAFT,
    "title": "Golden values",
    **mapping(
        "schema golden revision measured values",
        schema=VERSION,
        golden=NAME,
        revision=REVISION,
        measured=MEASURED,
        values=_by_name(_AMOUNT, "a value for each step.measurement"),
    ),
}
