"""What a jig file says of a jig's language: into a dialect, or every problem at its place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from harness.devices.jig.dialect import DIALECTS, Dialect, Scale
from harness.devices.jig.flaws import DialectError, Flaw, flaws_beside
from harness.devices.jig.vocabulary import ABILITIES, GUARDED, MOTIONS, RESTING, VERBS
from harness.devices.scpi.language import Answers
from harness.devices.scpi.verb import VALUE, Verb
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.shapes import Shape, listing, mapping
from harness.model.jig_ports import JigIdentity
from harness.model.pattern import compiled
from harness.model.units import UNITS
from harness.plans.values import quantity, text, whole

_TERMINATORS = {"LF": "\n", "CR": "\r", "CRLF": "\r\n"}
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
_SEND = {
    **_SPELLING,
    "pattern": "^[ -~]*[!-~][ -~]*$",
    "description": "one command in printable ASCII, such as MEAS:VOLT? (@{channel}), without its "
    "line end: `terminator` adds that",
}
_FORM = {**_SPELLING, "description": "a form: a regular expression in printable ASCII"}
_TIME = {"type": "string", "description": "a time with its unit, such as 5 s"}
_VERB = mapping(
    "send",
    send=_SEND,
    within=_TIME,
    guarded={"type": "boolean"},
    reply=_FORM,
    replies={"type": "object", "minProperties": 1, "additionalProperties": _SPELLING},
    done=_FORM,
)
_SCALE = mapping("", gain={"type": "number"}, offset={"type": "number"})
_SCALES = {"type": "object", "additionalProperties": _SCALE}
_LACKING = sorted(ABILITIES.keys() - {"identity", "error queue"})
LANGUAGE: dict[str, Shape] = {
    "dialect": {"enum": sorted(DIALECTS)},
    "without": listing({"enum": _LACKING}, least=1),
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
    "electrical": listing({"enum": sorted(RESTING)}, least=1),
    "heartbeat": _TIME,
}
"""The keys of a jig file that say how it speaks."""


def read_dialect(root: Node, found: Problems) -> Dialect | None:
    """The dialect of a file; None when there are problems, of its shape or of what it means."""
    base = DIALECTS.get(text(root.get("dialect")) or "")
    if not (root.get("dialect") or root.get("verbs")):
        found.error(root, "missing key 'dialect' (or 'verbs', for a language of its own)")
    _tell_twins(root.get("channels"), found)
    given = {
        _FIELDS.get(key, key): read(node, found)
        for key, read in _READERS.items()
        if (node := root.get(key))
    }
    given["verbs"] = _verbs(root, base, found)
    if found.sorted():
        return None
    try:
        if not base:
            return Dialect(text(root.get("jig")) or "", **given)
        dialect = replace(base, **given)
        flaws = tuple(flaws_beside(dialect, base))
    except DialectError as error:
        flaws = error.flaws
    for flaw in flaws:
        found.error(_place(root, flaw), flaw.words)
    return None if flaws else dialect


def _place(root: Node, flaw: Flaw) -> Node:
    """Where the file says what is wrong, or the nearest thing around it that it does say."""
    node = root if root.get(flaw.at[0]) else root.get("verbs") or root.get("dialect") or root
    for key in flaw.or_at if flaw.or_at and not _says(root, flaw.at) else flaw.at:
        node = node.get(key) or node
    return node


def _says(root: Node, at: tuple[str, ...]) -> bool:
    """Whether a file has the keys that lead there."""
    node: Node | None = root
    for key in at:
        node = node.get(key) if node else None
    return node is not None


def _tell_twins(channels: Node | None, found: Problems) -> None:
    """Two channels on one relay would be switched together without a word."""
    taken: dict[object, str] = {}
    for name, relay in channels.items() if channels else ():
        if other := taken.get(relay.value):
            found.error(relay, f"relay {relay.describe()} is channel {other!r} already")
        taken.setdefault(relay.value, name.text)


def _verbs(root: Node, base: Dialect | None, found: Problems) -> dict[str, Verb]:
    """Those of the dialect that the file begins with and that the jig has, and the file's own."""
    lacking = {text(ability) for ability in root.get("without") or ()}
    absent = frozenset().union(*(ABILITIES.get(each or "", ()) for each in lacking))
    own = root.get("verbs")
    written = {name.text: each for name, each in own.items()} if own else {}
    for name in written.keys() & absent:
        found.error(written[name], f"`without` says that the jig has no verb {name}")
    verbs = {
        name: verb for name, verb in (base.verbs if base else {}).items() if name not in absent
    }
    if "interlock" in absent:
        verbs = {name: replace(verb, guarded=False) for name, verb in verbs.items()}
    if (moves := root.get("moves_within")) and (limit_s := _seconds(moves, found, _LONGEST_S)):
        moved = {name: replace(verbs[name], limit_s=limit_s) for name in MOTIONS & verbs.keys()}
        verbs |= moved
    has_interlock = "interlock" in verbs.keys() | written.keys()
    for name, node in written.items():
        default = verbs.get(name) or Verb(name, guarded=has_interlock and name in GUARDED)
        if verb := _verb(node, default, found):
            verbs[name] = verb
    return verbs


def _verb(node: Node, default: Verb, found: Problems) -> Verb | None:
    """A verb as the file spells it, as guarded and as quick as it is otherwise."""
    send, within, guarded = text(node.get("send")), node.get("within"), node.get("guarded")
    reply, replies, done = node.get("reply"), node.get("replies"), node.get("done")
    limit_s = _seconds(within, found, _LONGEST_S) if within else default.limit_s
    if not send or not send.isascii() or not send.isprintable() or not limit_s or limit_s < 0:
        return None  # a problem, already told
    return Verb(
        send,
        limit_s,
        guarded=guarded.value is True if guarded else default.guarded,
        reply=_form(reply, found, {VALUE}) if reply else None,
        replies={key.text: text(word) or "" for key, word in replies.items()} if replies else {},
        done=_form(done, found) if done else None,
    )


def _answers(node: Node, found: Problems) -> Answers | None:
    forms = {name.text: _form(each, found) for name, each in node.items()}
    done, refused = forms.get("done"), forms.get("refused")
    if done and refused and done.pattern == refused.pattern:
        found.error(node, f"one reply, {done.pattern!r}, cannot mean both done and refused")
    return Answers(done, refused, forms.get("pending")) if done and refused else None


def _form(node: Node, found: Problems, groups: set[str] | None = None) -> re.Pattern[str] | None:
    """A regular expression; with one of these groups at least, and no others."""
    pattern = text(node)
    if not pattern:
        return None  # a problem of shape, already told
    try:
        form = compiled(pattern)
    except ValueError as error:
        found.error(node, f"{node.describe()}: {error}")
        return None
    named = form.groupindex.keys()
    if groups and (not named or named - groups):
        wanted = " or ".join(f"(?P<{name}>...)" for name in sorted(groups))
        found.error(node, f"{node.describe()} needs a group {wanted}, and no other")
    return form


def _seconds(node: Node, found: Problems, most_s: float) -> float | None:
    given = quantity(node, UNITS["s"], found)
    if given is None:
        return None
    if not 0 < given.amount <= most_s:
        found.error(node, f"{given} is no such time: more than 0 s, at most {most_s:g} s")
    return float(given.amount)


def _channels(node: Node, _found: Problems) -> dict[str, int]:
    return {name.text: number for name, at in node.items() if (number := whole(at)) is not None}


def _corrections(node: Node, found: Problems) -> dict[str, dict[str, Scale]]:
    return {name.text: _scales(each, found) for name, each in node.items()}


def _scales(node: Node, found: Problems) -> dict[str, Scale]:
    return {name.text: _scale(each, found) for name, each in node.items()}


def _scale(node: Node, found: Problems) -> Scale:
    numbers = {key.text: _number(each, found) for key, each in node.items()}
    if numbers.get("gain") == 0:
        found.error(node, "a gain of 0 makes every reading the same")
    return Scale(gain=numbers.get("gain", 1.0), offset=numbers.get("offset", 0.0))


def _number(node: Node, found: Problems) -> float:
    plain = node.plain()
    number = float(plain) if isinstance(plain, int | float) else math.nan
    if math.isinf(number):
        found.error(node, f"{node.describe()} is too large a number")
    return number


_READERS: Mapping[str, Callable[[Node, Problems], Any]] = {
    "baud": lambda node, _: whole(node),
    "terminator": lambda node, _: _TERMINATORS.get(text(node) or ""),
    "identity_form": lambda node, found: _form(node, found, _IDENTITY),
    "unsolicited": _form,
    "answers": _answers,
    "channels": _channels,
    "heartbeat": lambda node, found: _seconds(node, found, _LONGEST_BEAT_S),
    "electrical": lambda node, _: tuple(text(each) or "" for each in node),
    "scales": _scales,
    "corrections": _corrections,
}
_FIELDS = {"identity_form": "identity", "heartbeat": "heartbeat_s"}
"""How a dialect calls what its file calls otherwise."""
