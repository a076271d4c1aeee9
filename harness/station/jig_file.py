"""Jig files: how one kind of jig speaks, and what it must say that it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.devices.jig.dialect import DIALECTS, Dialect
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem
from harness.files.schema import read
from harness.files.shapes import NAME, REVISION, VERSION, WORD, mapping
from harness.model.plan import InputFile
from harness.station.jig_language import LANGUAGE, read_dialect

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
    dialect={"enum": sorted(DIALECTS)},
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


def read_jig_file(path: Path) -> tuple[InputFile, JigFile | None, list[Problem]]:
    """The file, the kind of jig unless there are problems, and the problems."""
    root, shape, file = read(path, SCHEMA)
    found = Problems(str(path), shape)
    dialect = read_dialect(root, found) if root and not shape else None
    if root:
        _tell_twins(root, found)
    problems = found.sorted()
    if problems or root is None or dialect is None:
        return file, None, problems
    data: Any = root.plain()
    identity = data["identity"]
    plan = path.parent / data["selftest"] if "selftest" in data else None
    kind = JigFile(
        data["jig"], int(data["revision"]), identity["maker"], identity["model"], dialect, plan
    )
    return file, kind, []


def _tell_twins(root: Node, found: Problems) -> None:
    """Two channels on one relay would be switched together without a word."""
    taken: dict[object, str] = {}
    channels = root.get("channels")
    for name, relay in channels.items() if channels else ():
        if other := taken.get(relay.value):
            found.error(relay, f"relay {relay.describe()} is channel {other!r} already")
        taken.setdefault(relay.value, name.text)
