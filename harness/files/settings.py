"""Reads a file of settings (a station, a scenario): right in full, or refused with every place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from harness.errors import StationFault
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem
from harness.files.schema import Schema, read
from harness.model.plan import InputFile

Meaning = Callable[[Node, Problems], None]
"""Adds the problems that a schema cannot tell."""


class Settings(NamedTuple):
    """The plain values of a file, and the file."""

    values: dict[str, Any]
    file: InputFile


def load_settings(path: Path, schema: Schema, meaning: Meaning) -> Settings:
    """Read a file of settings.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    root, shape, file = read(path, schema)
    found = Problems(str(path), shape)
    if root is not None:
        meaning(root, found)
    require_right(found.sorted())
    assert root is not None, "what cannot be read is a problem"
    values = root.plain()
    assert isinstance(values, dict), "the schema asks for a mapping"
    return Settings(values, file)


def require_right(problems: Iterable[Problem]) -> None:
    """Raises: StationFault(STATION-FILE) with every problem, if there is one, as evidence."""
    if told := [str(problem) for problem in problems]:
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        raise StationFault("STATION-FILE", told[0] + more, evidence={"problems": told})
