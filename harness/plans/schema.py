"""The JSON Schemas (draft 2020-12) of plans and labels: for editors, and to check by.

A `description` completes "expected ..." in the message about a value that does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.files.shapes import NAME, REVISION, VERSION, WORD, Shape, listing, mapping
from harness.model.plan import GroupKind
from harness.model.scan import AI, FIELDS, IDENTIFIER, SEPARATOR
from harness.plans.limits.schema import DRAFT, FILE, LIMIT, SCALAR

_EXPRESSION = {"type": "string", "description": "a regular expression in quotes"}
_SEPARATOR = {
    "type": "string",
    "pattern": f"^{SEPARATOR}$",
    "description": "one punctuation mark in quotes",
}
_STEP_ID = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]{0,63}$",
    "description": "an id that starts with a small letter, then small letters, digits and _",
}
_RETRY = mapping(
    "times on",
    times={"type": "integer", "minimum": 1, "maximum": 5, "description": "a number from 1 to 5"},
    on={"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": ["error", "fail"]}},
)


def _each_once(description: str, item: Shape) -> Shape:
    """A list of such items, at least one, none of them twice."""
    words = {"uniqueItems": True, "description": f"{description}, each once"}
    return listing(item, least=1) | words


_KINDS = tuple(kind.value for kind in GroupKind)
_TIME = {"type": "string", "description": "a time with its unit, such as 10 s"}
_STEP = mapping(
    "id use timeout",
    id=_STEP_ID,
    use=WORD,
    timeout=_TIME,
    expect=_TIME,
    only=mapping("variant", variant=_each_once("the names of variants", NAME)),
    needs=_each_once("the names of instruments", NAME),
    **{"with": {"type": "object", "additionalProperties": SCALAR}},
    limits={"type": "object", "additionalProperties": LIMIT},
    retry=_RETRY,
    on_fail={"enum": ["stop", "continue"]},
)
STEP_KEYS = tuple(key for key in _STEP["properties"] if key != "id")
"""What a step says and a group does not."""


def _refused(description: str) -> Shape:
    return {"not": {}, "description": description}


def _has(*keys: str) -> Shape:
    """Whether a mapping has one of these keys."""
    return {"type": "object", "anyOf": [{"required": [key]} for key in keys]}


_ONE_STEP = {
    "if": _has(*_KINDS),
    "then": _refused("a step: a group stands under steps, and in no other group"),
    "else": _STEP,
}


def _group(kind: str) -> Shape:
    steps = listing(_ONE_STEP, least=1) | {"description": "a list of steps, at least one"}
    strays = {key: _refused(f"no {key!r} of a group: its steps have it") for key in STEP_KEYS}
    others = {other: _refused("either parallel or any_order") for other in _KINDS}
    return mapping(f"id {kind}", id=_STEP_ID, **{**strays, **others, kind: steps})


_UNCLEAR = mapping(
    "id",
    **{key: {} for key in ("id", "use", "timeout", *_KINDS)},
) | {
    "minProperties": 2,
    "description": "a step with use and timeout, or a group with parallel or any_order",
}
_ENTRY = {
    "if": _has("parallel"),
    "then": _group("parallel"),
    "else": {
        "if": _has("any_order"),
        "then": _group("any_order"),
        "else": {"if": _has(*STEP_KEYS), "then": _STEP, "else": _UNCLEAR},
    },
}
_RETEST = mapping(
    "",
    max_runs={
        "type": "integer",
        "minimum": 1,
        "maximum": 10,
        "description": "a number of runs from 1 to 10",
    },
    other_slot_after={
        "type": "integer",
        "minimum": 1,
        "maximum": 9,
        "description": "a number of runs from 1 to 9",
    },
    then={"const": "rework"},
)
_VARIANTS = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": NAME,
    "additionalProperties": mapping("sku", sku=WORD, ships={"type": "boolean"}),
    "description": "one variant or more, each by its name",
}

PLAN_SCHEMA: Mapping[str, Any] = {
    "$schema": DRAFT,
    "title": "Test plan",
    **mapping(
        "schema plan revision title process product steps",
        schema=VERSION,
        plan=NAME,
        revision=REVISION,
        title=WORD,
        process=NAME,
        product=mapping(
            "model part",
            model=WORD,
            part=WORD,
            serial=_EXPRESSION,
        ),
        label=FILE,
        limits=FILE,
        variants=_VARIANTS,
        retest=_RETEST,
        setup=listing(_ONE_STEP),
        steps=listing(_ENTRY, least=1),
        teardown=listing(_ONE_STEP),
    ),
}

_AI = {
    "type": "string",
    "pattern": f"^{AI}$",
    "description": "an application identifier of GS1 in quotes, such as '21'",
}
_IDENTIFIER = {
    "type": "string",
    "pattern": f"^{IDENTIFIER}$",
    "description": "a symbology identifier in quotes, such as ']C1'",
}
_IDENTIFIERS = _each_once("symbology identifiers", _IDENTIFIER)


def _code(required: str, **properties: Shape) -> Shape:
    return mapping(required, **properties, identifiers=_IDENTIFIERS)


def _of_fields(shape: Shape) -> Shape:
    return mapping("", **dict.fromkeys(FIELDS, shape)) | {"minProperties": 1}


_SCAN = {
    "description": "matches, fields and separator, gs1, or keys",
    "anyOf": [
        _code("matches", matches=_EXPRESSION),
        _code("fields separator", fields=listing(WORD, least=1), separator=_SEPARATOR),
        _code("gs1", gs1=_of_fields(_AI)),
        _code("keys", keys=_of_fields(WORD), separator=_SEPARATOR, sign=_SEPARATOR),
    ],
}
LABEL_SCHEMA: Mapping[str, Any] = {
    "$schema": DRAFT,
    "title": "Label",
    **mapping(
        "schema label revision",
        schema=VERSION,
        label=NAME,
        revision=REVISION,
        scan=_SCAN,
        scans=listing(_SCAN, least=2),
    ),
}
