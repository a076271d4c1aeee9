"""Instrument files: how one kind of call box speaks, and what it must say that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.devices.instrument.dialect import (
    COMMANDS,
    CORE,
    GAPS,
    STATES,
    WHOLE,
    CallBoxDialect,
    Setting,
    State,
    gaps_of,
)
from harness.devices.scpi.verb import Verb
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem, nearest
from harness.files.schema import read
from harness.files.shapes import NAME, REVISION, VERSION, listing, mapping
from harness.model.plan import InputFile
from harness.model.units import UNITS
from harness.plans.values import quantity, text
from harness.station.files.jig_file import IDENTITY

CALL_BOX = "callbox"
"""The kind of instrument that is a call box, and the name that plans call one by."""
_LONGEST_S = 600
_TERMINATORS = {"LF": "\n", "CR": "\r", "CRLF": "\r\n"}
_SPELLING = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": "^[ -~]+$",
    "description": "what is sent or replied: printable ASCII",
}
_TIME = {"type": "string", "description": "a time with its unit, such as 5 s"}
_LEVEL = {"type": "string", "description": "a level with its unit, such as -53 dBm"}
_COMMAND = mapping("send within", send=_SPELLING, within=_TIME)
_LANGUAGE = ("commands", "settings", "states")
SCHEMA = mapping(
    "schema instrument revision kind identity",
    schema=VERSION,
    instrument=NAME,
    revision=REVISION,
    kind={"enum": [CALL_BOX]},
    identity=IDENTITY,
    dialect={"enum": [CORE.name]},
    terminator={"enum": list(_TERMINATORS)},
    baud={"type": "integer", "minimum": 300, "maximum": 4_000_000},
    replies_within=_TIME,
    level=mapping("low high", low=_LEVEL, high=_LEVEL),
    commands=mapping(" ".join(sorted(COMMANDS)), **dict.fromkeys(sorted(COMMANDS), _COMMAND)),
    settings=listing(
        mapping(
            "send ask reply",
            send=_SPELLING,
            ask=_SPELLING,
            reply=_SPELLING,
            words={"type": "object", "additionalProperties": _SPELLING},
        ),
        least=1,
    ),
    states=mapping(
        " ".join(STATES),
        **{
            name: mapping(
                f"ask {' '.join(meanings[:2])}",
                ask=_SPELLING,
                **dict.fromkeys(meanings, listing(_SPELLING, least=1)),
            )
            for name, meanings in STATES.items()
        },
    ),
)


@dataclass(frozen=True, slots=True)
class InstrumentFile:
    """A kind of call box. What its file leaves out is as the core has it."""

    name: str
    revision: int
    maker: str
    model: str
    dialect: CallBoxDialect


def read_instrument_file(path: Path) -> tuple[InputFile, InstrumentFile | None, list[Problem]]:
    """The file, the kind of instrument unless there are problems, and the problems."""
    root, shape, file = read(path, SCHEMA)
    found = Problems(str(path), shape)
    if root is None:
        return file, None, found.sorted()
    numbers = _Numbers.read(root, found)
    gaps = [_tell_gaps(setting, found) for setting in root.get("settings") or ()]
    _tell_language(root, gaps, found)
    _tell_twins(root, found)
    problems = found.sorted()
    if problems:
        return file, None, problems
    data: Any = root.plain()
    identity = data["identity"]
    kind = InstrumentFile(
        data["instrument"],
        int(data["revision"]),
        identity["maker"],
        identity["model"],
        _dialect(data, numbers, gaps),
    )
    return file, kind, []


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What a file says with units; None where it says nothing, or nothing that can be."""

    within_s: Mapping[str, float | None]
    replies_s: float | None
    lowest_dbm: float | None
    highest_dbm: float | None

    @classmethod
    def read(cls, root: Node, found: Problems) -> _Numbers:
        commands, level = root.get("commands"), root.get("level")
        within_s = {
            name.text: _time_s(command.get("within"), found)
            for name, command in (commands.items() if commands else ())
        }
        low, high = (level.get(key) if level else None for key in ("low", "high"))
        lowest, highest = _level_dbm(low, found), _level_dbm(high, found)
        if high and lowest is not None and highest is not None and lowest > highest:
            found.error(high, f"the highest level is below the lowest, {lowest:g} dBm")
        return cls(within_s, _time_s(root.get("replies_within"), found), lowest, highest)


def _time_s(node: Node | None, found: Problems) -> float | None:
    given = quantity(node, UNITS["s"], found) if node else None
    if node is None or given is None:
        return None
    if not 0 < given.amount <= _LONGEST_S:
        found.error(node, f"{given} is no time limit: more than 0 s, at most {_LONGEST_S} s")
    return float(given.amount)


def _level_dbm(node: Node | None, found: Problems) -> float | None:
    given = quantity(node, UNITS["dBm"], found) if node else None
    return None if given is None else float(given.amount)


def _tell_gaps(setting: Node, found: Problems) -> str:
    """What a setting sets; told when what is sent and what is replied do not name it, once each."""
    sent, replied = (_gap(setting.get(key), found) for key in ("send", "reply"))
    reply = setting.get("reply")
    if reply and sent and replied and sent != replied:
        found.error(reply, f"what is sent has {{{sent}}}, and this has {{{replied}}}")
    return sent


def _gap(node: Node | None, found: Problems) -> str:
    written = text(node)
    if node is None or not written:
        return ""  # a problem of shape, already told
    try:
        gaps = gaps_of(written)
    except ValueError:
        found.error(node, f"a brace in {node.describe()} opens or closes no gap")
        return ""
    if len(gaps) != 1:
        found.error(node, f"{node.describe()} must have one gap, such as {{band}}")
    elif gaps[0] not in GAPS:
        words = f"no gap {{{gaps[0]}}}: there are {', '.join(sorted(GAPS))}"
        found.error(node, words, nearest(gaps[0], GAPS))
    else:
        return gaps[0]
    return ""


def _tell_language(root: Node, gaps: list[str], found: Problems) -> None:
    """A file speaks the core, or spells a whole language of its own."""
    own = [key for key in _LANGUAGE if root.get(key)]
    core = root.get("dialect")
    if core and own:
        found.error(core, f"either a dialect, or {', '.join(own)} of its own")
    elif not core and (missing := [key for key in _LANGUAGE if key not in own]):
        found.error(root, f"missing {', '.join(missing)} (or 'dialect: {CORE.name}')")
    settings = root.get("settings")
    if settings and all(gaps) and (len(gaps) != len(set(gaps)) or set(gaps) not in WHOLE):
        either = " or ".join(", ".join(sorted(names)) for names in WHOLE)
        found.error(settings, f"must set each once: {either}; sets {', '.join(gaps)}")


def _tell_twins(root: Node, found: Problems) -> None:
    """A reply that means two things would mean neither."""
    states = root.get("states")
    for _, state in states.items() if states else ():
        seen: dict[object, str] = {}
        for meaning, replies in state.items():
            for reply in () if meaning.text == "ask" else replies:
                if other := seen.get(reply.value):
                    found.error(reply, f"{reply.describe()} means {other!r} already")
                seen.setdefault(reply.value, meaning.text)


def _dialect(data: Mapping[str, Any], numbers: _Numbers, gaps: list[str]) -> CallBoxDialect:
    given: dict[str, Any] = {
        "terminator": _TERMINATORS[data["terminator"]] if "terminator" in data else None,
        "baud": data.get("baud"),
        "replies_within_s": numbers.replies_s,
        "lowest_dbm": numbers.lowest_dbm,
        "highest_dbm": numbers.highest_dbm,
    }
    if "commands" in data:
        given |= _language(data, numbers, gaps)
    return replace(CORE, **{name: value for name, value in given.items() if value is not None})


def _language(data: Mapping[str, Any], numbers: _Numbers, gaps: list[str]) -> dict[str, Any]:
    commands = {
        name: Verb(command["send"], numbers.within_s[name] or _LONGEST_S)
        for name, command in data["commands"].items()
    }
    settings = tuple(
        Setting(gap, each["send"], each["ask"], each["reply"], each.get("words", {}))
        for gap, each in zip(gaps, data["settings"], strict=True)
    )
    states = {
        name: State(
            state["ask"],
            {reply: meaning for meaning in STATES[name] for reply in state.get(meaning, ())},
        )
        for name, state in data["states"].items()
    }
    name = data["instrument"]
    return {"name": name, "commands": commands, "settings": settings, "states": states}
