"""Jig files: how one kind of jig speaks, and what it must say that it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.devices.jig.dialect import Dialect
from harness.files.collect import Problems
from harness.files.problems import Problem
from harness.files.schema import read
from harness.files.settings import require_right
from harness.files.shapes import NAME, REVISION, VERSION, WORD, mapping
from harness.model.plan import InputFile
from harness.plans.values import named_file
from harness.station.files.jig_language import LANGUAGE, read_dialect

_IDENTITY_FIELD = {
    "type": "string",
    "pattern": "^[!-+\\--~]([ -+\\--~]*[!-+\\--~])?$",
    "description": "a text as *IDN? says it: ASCII without a comma",
}
IDENTITY = mapping("maker model", maker=_IDENTITY_FIELD, model=_IDENTITY_FIELD)
SCHEMA = mapping(
    "schema jig revision identity",
    schema=VERSION,
    jig=NAME,
    revision=REVISION,
    identity=IDENTITY,
    selftest=WORD,
    **LANGUAGE,
)


@dataclass(frozen=True, slots=True)
class JigFile:
    """A kind of jig. What its file leaves out is as the dialect has it.

    `selftest` is the plan by which a jig of this kind is tested.
    """

    name: str
    revision: int
    maker: str
    model: str
    dialect: Dialect
    selftest: Path | None = None
    file: InputFile | None = field(default=None, compare=False)


def load_jig_file(path: Path) -> JigFile:
    """The kind of jig that a file describes.

    Raises: StationFault(STATION-FILE) with every problem and its place as evidence.
    """
    _, kind, problems = read_jig_file(path)
    require_right(problems)
    assert kind, "a file without problems describes one"
    return kind


def read_jig_file(path: Path) -> tuple[InputFile, JigFile | None, list[Problem]]:
    """The file, the kind of jig unless there are problems, and the problems."""
    root, shape, file = read(path, SCHEMA)
    found = Problems(str(path), shape)
    if root is None:
        return file, None, found.sorted()
    selftest = root.get("selftest")
    plan = named_file(selftest, found, beside=path) if selftest else None
    dialect = read_dialect(root, found)
    problems = found.sorted()
    if problems or dialect is None:
        return file, None, problems
    data: Any = root.plain()
    identity = data["identity"]
    kind = JigFile(
        name=data["jig"],
        revision=int(data["revision"]),
        maker=identity["maker"],
        model=identity["model"],
        dialect=dialect,
        selftest=plan,
        file=file,
    )
    return file, kind, []
