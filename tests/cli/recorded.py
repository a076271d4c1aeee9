"""Short forms of the records that commands print."""

from __future__ import annotations

from typing import Any


def notes(record: dict[str, Any]) -> list[str]:
    return [note["event"]["is"] for note in record["notes"]]


def steps(record: dict[str, Any]) -> dict[str, str]:
    return {step["id"]: step["outcome"] for step in record["steps"]}
