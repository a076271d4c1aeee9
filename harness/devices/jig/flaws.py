"""What keeps a dialect from being one: what is missing, contradicts itself, or is not safe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from harness.devices.jig.spelling import Twins, twins, twins_of_base
from harness.devices.jig.vocabulary import (
    ABILITIES,
    COMMANDS,
    GAPS,
    NUMBERS,
    OPPOSITES,
    PER_CHANNEL,
    RESTING,
    VERBS,
    WORDS,
)
from harness.devices.scpi.verb import Verb, first_command

if TYPE_CHECKING:  # each knows the other
    from harness.devices.jig.dialect import Dialect

_IDENTITY = ("maker", "model", "serial")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong, and the keys that lead to it in a jig file."""

    at: tuple[str, ...]
    words: str
    or_at: tuple[str, ...] = ()
    """Where else a file may have said it."""


class DialectError(ValueError):
    """A dialect that is none, with all that is wrong with it."""

    def __init__(self, name: str, flaws: tuple[Flaw, ...]) -> None:
        super().__init__(f"dialect {name}: {'; '.join(flaw.words for flaw in flaws)}")
        self.flaws = flaws


def flaws_of(dialect: Dialect) -> Iterator[Flaw]:
    """All that is wrong with a dialect."""
    yield from _incomplete(dialect)
    for name, verb in dialect.verbs.items():
        if name in VERBS:
            yield from _misspelt(name, verb, dialect)
    yield from map(_twin, twins(_spelt_well(dialect), dialect.channels.values()))
    yield from _unused_numbers(dialect)
    yield from _never_heard(dialect)
    yield from _unsafe(dialect)


def flaws_beside(dialect: Dialect, base: Dialect) -> Iterator[Flaw]:
    """Verbs that say what is another in the dialect that a file begins with.

    A jig of that dialect may heed it still, respelt or not.
    """
    found = twins_of_base(dialect.verbs, base.verbs, dialect.channels.values())
    yield from (_twin(each, f" in the dialect {base.name}") for each in found)


def _twin(found: Twins, where: str = "") -> Flaw:
    name, other, line = found
    words = f"{name} is spelt as {other} is{where}: {line!r}"
    return Flaw(("verbs", name, "send"), words, ("verbs", other, "send"))


def _spelt_well(dialect: Dialect) -> dict[str, Verb]:
    """The verbs that have the gaps that they need."""
    return {
        name: verb
        for name, verb in dialect.verbs.items()
        if name in VERBS and not any(_odd_gaps(name, verb))
    }


def _incomplete(dialect: Dialect) -> Iterator[Flaw]:
    verbs = dialect.verbs
    if odd := verbs.keys() - VERBS:
        yield Flaw(("verbs",), f"no such verbs: {', '.join(sorted(odd))}")
    if "identify" not in verbs:
        yield Flaw(("verbs",), "it needs the verb identify, or nobody knows which jig answers")
    for ability, needed in ABILITIES.items():
        if (missing := needed - verbs.keys()) and missing != needed:
            words = f"a jig with {ability} needs the verbs {', '.join(sorted(missing))}, too"
            yield Flaw(("verbs", min(needed & verbs.keys())), words)
    if not dialect.can("error queue") and dialect.answers is None:
        words = "it says by nothing whether it has understood: verbs clear and errors, or answers"
        yield Flaw(("verbs",), words)
    if dialect.terminator not in ("\n", "\r", "\r\n"):
        yield Flaw(("terminator",), f"no terminator: {dialect.terminator!r}")
    told = dialect.identity.groupindex.keys() if dialect.identity else _IDENTITY
    if untold := [name for name in _IDENTITY if name not in told]:
        groups = ", ".join(f"(?P<{name}>...)" for name in untold)
        yield Flaw(("identity_form",), f"it does not tell who the jig is: it needs {groups}")
    if not dialect.channels and (of_channels := _of_channels(dialect)):
        yield Flaw(("verbs", of_channels), "it needs channels: which relay connects what")


def _of_channels(dialect: Dialect) -> str:
    """A verb that is told for a channel, if there is any."""
    return next((name for name in dialect.verbs if GAPS.get(name) == "channel"), "")


def _misspelt(name: str, verb: Verb, dialect: Dialect) -> Iterator[Flaw]:
    yield from _odd_gaps(name, verb)
    yield from _several(name, verb)
    if name in COMMANDS:
        if verb.reply or verb.replies:
            key = "reply" if verb.reply else "replies"
            words = f"{name} is a command, which brings no reply: `done` is how it is answered"
            yield Flaw(("verbs", name, key), words)
        if verb.done and dialect.answers is None:
            words = "it keeps an error queue, so no command is answered: `done` is for `answers`"
            yield Flaw(("verbs", name, "done"), words)
    elif verb.done:
        words = f"{name} is a query: `reply` and `replies` are how it is answered"
        yield Flaw(("verbs", name, "done"), words)
    if name in WORDS and verb.replies:
        yield from _odd_words(name, verb)


def _odd_gaps(name: str, verb: Verb) -> Iterator[Flaw]:
    wanted = {GAPS[name]} if name in GAPS else set()
    at = ("verbs", name, "send")
    try:
        parts = [part for part in Formatter().parse(verb.text) if part[1] is not None]
    except ValueError:
        yield Flaw(at, f"a brace in {verb.text!r} opens or closes no gap")
        return
    found = {gap for _, gap, _, _ in parts}
    if found != wanted:
        needs, has = (
            " and ".join(sorted(f"{{{gap}}}" for gap in gaps)) for gaps in (wanted, found)
        )
        words = f"{verb.text!r} has {f'the gap {has}' if has else 'no gap'}"
        yield Flaw(at, f"{words}; {name} needs {needs or 'none'}")
    elif any(form or conversion for _, _, form, conversion in parts):
        yield Flaw(at, f"{verb.text!r}: a gap has a name alone, such as {{{GAPS[name]}}}")


def _several(name: str, verb: Verb) -> Iterator[Flaw]:
    """A line that is several commands: what they reply would answer what is asked later."""
    if (first := first_command(verb.text)) != verb.text:
        alone = f", such as {first!r}" if first else ""
        words = f"{verb.text!r} is several commands: `;` joins them. Write one alone{alone}"
        yield Flaw(("verbs", name, "send"), words)


def _odd_words(name: str, verb: Verb) -> Iterator[Flaw]:
    """Replies that mean nothing, or can never mean what is waited for."""
    needed, more = WORDS[name]
    said = set(verb.replies.values())
    at = ("verbs", name, "replies")
    for reply, word in verb.replies.items():
        if word not in needed | more:
            known = ", ".join(sorted(needed | more))
            yield Flaw((*at, reply), f"{word!r} is nothing that {name} can say: {known}")
    if said <= needed | more and (missing := needed - said):
        yield Flaw(at, f"no reply means {' or '.join(sorted(missing))}")


def _unused_numbers(dialect: Dialect) -> Iterator[Flaw]:
    """Scales and corrections that nobody would look at."""
    for name in dialect.scales.keys() - (NUMBERS & dialect.verbs.keys()):
        yield Flaw(("scales", name), f"{name} reads no number with a unit: {_spelt(NUMBERS)} do")
    for channel, scales in dialect.corrections.items():
        at = ("corrections", channel)
        if channel not in dialect.channels:
            known = ", ".join(dialect.channels) or "none"
            yield Flaw(at, f"{channel!r} is none of the channels: {known}")
        for name in scales.keys() - (PER_CHANNEL & dialect.verbs.keys()):
            words = f"{name} reads nothing of one channel: {_spelt(PER_CHANNEL)} do"
            yield Flaw((*at, name), words)


def _never_heard(dialect: Dialect) -> Iterator[Flaw]:
    """Replies that would be taken for something else and thrown away."""
    answers = dialect.answers
    others = {"unsolicited": dialect.unsolicited}
    if answers:
        others |= {"pending": answers.pending, "refused": answers.refused}
    for other, form in others.items():
        for name, verb in dialect.verbs.items() if form else ():
            for reply in verb.replies:
                if form and form.fullmatch(reply):
                    words = f"{reply!r} also says {other}, so {name} would never bring it"
                    yield Flaw(("verbs", name, "replies", reply), words)
            if form and verb.done and form.fullmatch(verb.done.pattern):
                words = f"{verb.done.pattern!r} also says {other}, so {name} would never be done"
                yield Flaw(("verbs", name, "done"), words)
        if form and answers and other != "refused" and form.fullmatch(answers.done.pattern):
            words = f"{answers.done.pattern!r} also says {other}, so nothing would ever be done"
            yield Flaw(("answers", "done"), words)


def _spelt(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _unsafe(dialect: Dialect) -> Iterator[Flaw]:
    """Why its safe state would not be one."""
    at = ("electrical",)
    for name in dialect.electrical:
        if name not in RESTING:
            yield Flaw(at, f"{name} is no way to a safe state: {_spelt(RESTING)} are")
        elif name not in dialect.verbs and dialect.powers:
            yield Flaw(at, f"its safe state is {name}, which is none of its verbs")
    if dialect.powers and not dialect.electrical:
        yield Flaw(at, "it puts voltage on contacts, and has no electrical safe state")
    if dialect.electrical and "safe" not in dialect.electrical:
        for off, on in OPPOSITES.items():
            if off in RESTING and on in dialect.verbs and off not in dialect.electrical:
                yield Flaw(at, f"its safe state leaves {on} as it is: {off} is missing")
    if not dialect.can("interlock"):
        for name in sorted(name for name, verb in dialect.verbs.items() if verb.guarded):
            words = f"{name} is guarded by the interlock, and there is no verb interlock"
            yield Flaw(("verbs", name, "guarded"), words)
    if (dialect.heartbeat_s is not None) != dialect.can("heartbeat"):
        has, lacks = ("key", "verb") if dialect.heartbeat_s is not None else ("verb", "key")
        words = f"a {has} heartbeat needs the {lacks} heartbeat, too: how it is told, and how often"
        yield Flaw(("heartbeat",) if has == "key" else ("verbs", "heartbeat"), words)
