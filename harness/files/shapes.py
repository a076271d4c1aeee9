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


WORD = {"type": "string", "minLength": 1}
SERIAL = {
    "type": "string",
    "pattern": "^[!-~]{1,64}$",
    "description": "a serial number: 1 to 64 printable ASCII characters without spaces",
}
VERSION_1 = {"const": 1}
