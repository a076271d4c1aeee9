"""What a jig file says of a jig's language: into a dialect, or every problem at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from harness.devices.jig.dialect import DIALECTS, VERBS, Dialect, Scale
from harness.devices.scpi.language import Answers
from harness.devices.scpi.verb import VALUE, Verb
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.shapes import Shape, listing, mapping
from harness.model.ports import JigIdentity
from harness.model.units import UNITS
from harness.plans.values import quantity, text

_TERMINATORS = {"LF": "\n", "CR": "\r", "CRLF": "\r\n"}
_MOTIONS = ("close", "open", "show")
_LONGEST_S = 600
_LONGEST_BEAT_S = 60
_IDENTITY: set[str] = {each.name for each in fields(JigIdentity)}
_SPELLING = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": "^[ -~]+$",
    "description": "what is sent or replied: printable ASCII",
}
_FORM = {**_SPELLING, "description": "a form: a regular expression in printable ASCII"}
_TIME = {"type": "string", "description": "a time with its unit, such as 5 s"}
_VERB = mapping(
    "send",
    send=_SPELLING,
    within=_TIME,
    guarded={"type": "boolean"},
    reply=_FORM,
    replies={"type": "object", "minProperties": 1, "additionalProperties": _SPELLING},
    done=_FORM,
)
_SCALE = mapping("", gain={"type": "number"}, offset={"type": "number"})
_SCALES = {"type": "object", "additionalProperties": _SCALE}
LANGUAGE: dict[str, Shape] = {
    "baud": {"type": "integer", "minimum": 300, "maximum": 4_000_000},
    "terminator": {"enum": list(_TERMINATORS)},
    "identity_form": _FORM,
    "answers": mapping("done refused", done=_FORM, refused=_FORM, pending=_FORM),
    "unsolicited": _FORM,
    "verbs": mapping("", **dict.fromkeys(sorted(VERBS), _VERB)),
    "channels": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 999},
    },
    "moves_within": _TIME,
    "scales": _SCALES,
    "corrections": {"type": "object", "additionalProperties": _SCALES},
    "electrical": listing({"enum": ["safe", "output_off", "disconnect"]}, least=1),
    "heartbeat": _TIME,
}
"""The keys of a jig file that say how it speaks."""


def read_dialect(root: Node, found: Problems) -> Dialect | None:
    """The dialect of a file of the right shape; None when there are problems."""
    given = _given(root, found)
    base = DIALECTS.get(text(root.get("dialect")) or "")
    if found.sorted():
        return None
    verbs = dict(base.verbs) if base else {}
    verbs |= given.pop("verbs", {})
    if (moves_s := given.pop("moves_within", None)) is not None:
        moved = {name: replace(verbs[name], limit_s=moves_s) for name in _MOTIONS if name in verbs}
        verbs |= moved
    try:
        if base:
            return replace(base, verbs=verbs, **given)
        return Dialect(text(root.get("jig")) or "", verbs, **given)
    except ValueError as error:
        found.error(root.get("verbs") or root.get("dialect") or root, str(error))
        return None


def _given(root: Node, found: Problems) -> dict[str, Any]:
    """What the file says, by the fields of a dialect."""
    told = {key.text: node for key, node in root.items()}
    if "corrections" in told:
        _tell_unknown_channels(told["corrections"], root.get("channels"), found)
    return {
        _FIELDS.get(key, key): read(told[key], found)
        for key, read in _READERS.items()
        if key in told
    }


def _verbs(node: Node, found: Problems) -> dict[str, Verb]:
    return {name.text: _verb(each, found) for name, each in node.items()}


def _verb(node: Node, found: Problems) -> Verb:
    within, reply, done = node.get("within"), node.get("reply"), node.get("done")
    replies, guarded = node.get("replies"), node.get("guarded")
    return Verb(
        text(node.get("send")) or "",
        (_seconds(within, found, _LONGEST_S) if within else None) or 1.0,
        guarded=bool(guarded and guarded.plain()),
        reply=_form(reply, found, {VALUE}) if reply else None,
        replies=dict(replies.plain()) if replies else {},
        done=_form(done, found) if done else None,
    )


def _answers(node: Node, found: Problems) -> Answers | None:
    forms = {name.text: _form(each, found) for name, each in node.items()}
    done, refused = forms["done"], forms["refused"]
    return Answers(done, refused, forms.get("pending")) if done and refused else None


def _form(node: Node, found: Problems, groups: set[str] | None = None) -> re.Pattern[str] | None:
    """A regular expression; with exactly one of these groups at least, and no others."""
    try:
        form = re.compile(text(node) or "")
    except re.error as error:
        found.error(node, f"{node.describe()} is no regular expression: {error}")
        return None
    named = form.groupindex.keys()
    if groups and (not named or named - groups):
        wanted = " or ".join(f"(?P<{name}>...)" for name in sorted(groups))
        found.error(node, f"{node.describe()} needs a group {wanted}")
    return form


def _seconds(node: Node, found: Problems, most_s: float) -> float | None:
    given = quantity(node, UNITS["s"], found)
    if given is None:
        return None
    if not 0 < given.amount <= most_s:
        found.error(node, f"{given} is no such time: more than 0 s, at most {most_s:g} s")
    return float(given.amount)


def _corrections(node: Node, found: Problems) -> dict[str, dict[str, Scale]]:
    return {name.text: _scales(each, found) for name, each in node.items()}


def _scales(node: Node, found: Problems) -> dict[str, Scale]:
    scales = {}
    for name, each in node.items():
        if name.text not in _NUMBERS:
            known = ", ".join(sorted(_NUMBERS))
            found.error(name, f"{name.text!r} reads no number; these do: {known}")
        scale = Scale(**{key.text: float(number.plain()) for key, number in each.items()})
        if scale.gain == 0:
            found.error(each, "a gain of 0 makes every reading the same")
        scales[name.text] = scale
    return scales


_NUMBERS = frozenset({"voltage", "current", "resistance", "illuminance", "voltage_set"})
"""The verbs that bring a number with a unit."""


def _tell_unknown_channels(node: Node, channels: Node | None, found: Problems) -> None:
    known = set(channels.plain()) if channels else set()
    wrong = [name for name, _ in node.items() if channels and name.text not in known]
    for name in wrong:
        found.error(name, f"{name.text!r} is none of the channels: {', '.join(sorted(known))}")


_READERS: Mapping[str, Callable[[Node, Problems], Any]] = {
    "baud": lambda node, _: int(node.plain()),
    "terminator": lambda node, _: _TERMINATORS[node.plain()],
    "identity_form": lambda node, found: _form(node, found, _IDENTITY),
    "unsolicited": _form,
    "answers": _answers,
    "verbs": _verbs,
    "channels": lambda node, _: {name: int(at) for name, at in node.plain().items()},
    "moves_within": lambda node, found: _seconds(node, found, _LONGEST_S),
    "heartbeat": lambda node, found: _seconds(node, found, _LONGEST_BEAT_S),
    "electrical": lambda node, _: tuple(node.plain()),
    "scales": _scales,
    "corrections": _corrections,
}
_FIELDS = {"identity_form": "identity", "heartbeat": "heartbeat_s"}
"""How a dialect calls what its file calls otherwise."""
