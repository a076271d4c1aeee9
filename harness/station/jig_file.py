"""Jig files: how one kind of jig speaks, and what it must say that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.devices.jig.dialect import DIALECTS, Dialect
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem
from harness.files.schema import read
from harness.files.shapes import NAME, REVISION, VERSION, mapping
from harness.model.plan import InputFile
from harness.model.units import UNITS
from harness.plans.values import quantity

_IDENTITY_FIELD = {
    "type": "string",
    "pattern": "^[!-+\\--~]([ -+\\--~]*[!-+\\--~])?$",
    "description": "a text as *IDN? says it: ASCII without a comma",
}
IDENTITY = mapping("maker model", maker=_IDENTITY_FIELD, model=_IDENTITY_FIELD)
SCHEMA = mapping(
    "schema jig revision dialect identity",
    schema=VERSION,
    jig=NAME,
    revision=REVISION,
    dialect={"enum": sorted(DIALECTS)},
    identity=IDENTITY,
    baud={"type": "integer", "minimum": 300, "maximum": 4_000_000},
    channels={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 999},
    },
    moves_within={"type": "string", "description": "a time with its unit, such as 5 s"},
)
_MOTIONS = ("close", "open", "show")
_LONGEST_MOTION_S = 600


@dataclass(frozen=True, slots=True)
class JigFile:
    """A kind of jig. What its file leaves out is as the dialect has it."""

    name: str
    revision: int
    maker: str
    model: str
    dialect: Dialect


def read_jig_file(path: Path) -> tuple[InputFile, JigFile | None, list[Problem]]:
    """The file, the kind of jig unless there are problems, and the problems."""
    root, shape, file = read(path, SCHEMA)
    found = Problems(str(path), shape)
    moves_s = _moves_within_s(root, found) if root else None
    if root:
        _tell_twins(root, found)
    problems = found.sorted()
    if problems or root is None:
        return file, None, problems
    data: Any = root.plain()
    identity = data["identity"]
    kind = JigFile(
        data["jig"],
        int(data["revision"]),
        identity["maker"],
        identity["model"],
        _dialect(data, moves_s),
    )
    return file, kind, []


def _moves_within_s(root: Node, found: Problems) -> float | None:
    node = root.get("moves_within")
    given = quantity(node, UNITS["s"], found) if node else None
    if node is None or given is None:
        return None
    if not 0 < given.amount <= _LONGEST_MOTION_S:
        found.error(node, f"{given} is no time of a motion: more than 0 s, at most 600 s")
    return float(given.amount)


def _tell_twins(root: Node, found: Problems) -> None:
    """Two channels on one relay would be switched together without a word."""
    taken: dict[object, str] = {}
    channels = root.get("channels")
    for name, relay in channels.items() if channels else ():
        if other := taken.get(relay.value):
            found.error(relay, f"relay {relay.describe()} is channel {other!r} already")
        taken.setdefault(relay.value, name.text)


def _dialect(data: Mapping[str, Any], moves_s: float | None) -> Dialect:
    dialect = DIALECTS[data["dialect"]]
    verbs = dict(dialect.verbs)
    if moves_s is not None:
        verbs |= {name: replace(verbs[name], limit_s=moves_s) for name in _MOTIONS}
    channels = {name: int(relay) for name, relay in data.get("channels", {}).items()}
    return replace(
        dialect,
        verbs=verbs,
        channels=channels or dialect.channels,
        baud=int(data.get("baud", dialect.baud)),
    )
