"""Parts that JSON Schemas are put together from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Shape = Mapping[str, Any]


def mapping(required: str, **properties: Shape) -> dict[str, Any]:
    """A mapping of these keys and no others; `required` names some of them, between spaces."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def listing(items: Shape, least: int = 0) -> dict[str, Any]:
    """A list of at least so many such items."""
    return {"type": "array", "minItems": least, "items": items}


_ONE_LINE = {
    # no control characters, no line separators, nothing that turns the direction of writing
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]*$",
    "description": "a text of one line, with nothing in it that cannot be seen",
}
WORD = {"type": "string", "minLength": 1, "maxLength": 200, "allOf": [_ONE_LINE]}
SERIAL = {
    "type": "string",
    "pattern": "^[!-~]{1,64}$",
    "description": "a serial number: 1 to 64 printable ASCII characters without spaces",
}
NAME = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$",
    "description": "a name of small letters, digits, - and _",
}
VERSION = {"const": 1, "description": "schema 1, the only one that this version reads"}
REVISION = {
    "type": "integer",
    "minimum": 1,
    "maximum": 2**31 - 1,
    "description": "a whole number from 1 to 2147483647",
}
DATE = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "description": "a date such as 2027-04-01",
}
MEASURED = mapping("by on until", by=WORD, on=DATE, until=DATE)
