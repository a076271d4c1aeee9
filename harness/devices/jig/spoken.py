"""What a line that a person has typed would do to a jig, before it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from harness.devices.jig.asking import Asking
from harness.devices.jig.dialect import Dialect
from harness.devices.jig.spelling import form_of, short_form
from harness.devices.jig.vocabulary import COMMANDS, RISKS
from harness.devices.scpi.verb import Verb, first_command
from harness.errors.base import LineFault

LONGEST = 200
UNKNOWN_S = 2.0
"""How long a jig may take for what is none of its verbs [s]."""

_QUERY = re.compile(r"[^\s;?]+\?( [^;?]*)?")
"""One query: SCPI-99 ends its header with a question mark. Not every jig knows that a `;` within
quotes parts no commands."""
_ASKS_ONLY = frozenset(
    ("*IDN?", "*OPC?", "*ESR?", "*ESE?", "*SRE?", "*STB?", "*OPT?", "*PSC?", "*LRN?")
)
"""Common queries that change nothing in hardware; others test or calibrate (IEEE 488.2, 10)."""
_DOES_MORE = re.compile(r"(\*|:?(CAL|DIAG|TEST))", re.IGNORECASE)
"""How queries begin that test or calibrate (SCPI-99 volume 2: CALibration, DIAGnostic, TEST)."""
_ANY = re.compile(r".*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line to a jig, and which of its verbs that is, if it is one."""

    text: str
    name: str = ""
    verb: Verb | None = None

    @property
    def asks(self) -> bool:
        """Whether it is a query: it brings a reply, and may be sent again."""
        return self.name not in COMMANDS if self.name else bool(_QUERY.fullmatch(self.text))

    @property
    def risk(self) -> str:
        """What it may do to hands and handsets; empty when that is nothing."""
        if self.name:
            return RISKS.get(self.name, "")
        if not self.asks:
            return "is none of this jig's verbs, so nobody knows what it does"
        if _DOES_MORE.match(self.text) and self.text.upper() not in _ASKS_ONLY:
            return "may test or calibrate more than it asks"
        return ""


def line_of(dialect: Dialect, text: str) -> Line:
    """What a text means in a dialect: what is spelt so, or else so but for capitals.

    Else it may be the long form of a verb with a risk, which it then has, too. Of several verbs it
    is the one that may do most. Raises: ValueError when it is no line, or several commands.
    """
    text = text.strip()
    if not (text and text.isascii() and text.isprintable() and len(text) <= LONGEST):
        raise ValueError(f"one line of 1 to {LONGEST} printable ASCII characters")
    if (first := first_command(text)) != text:
        raise ValueError(f"one command alone{f', such as {first!r}' if first else ''}, without `;`")
    for meant in (
        list(_meant(dialect, text)),
        list(_meant(dialect, text, re.IGNORECASE)),
        [line for line in _meant(dialect, text, re.IGNORECASE, short_form) if line.risk],
    ):
        if meant:
            return max(meant, key=_weight)
    return Line(text)


def speak(asking: Asking, line: Line) -> str | None:
    """What the jig replies, word for word; None for a command that it has understood.

    What waits for the interlock waits for it here, too.

    Raises: JigFault.
    """
    limit_s = line.verb.limit_s if line.verb else UNKNOWN_S
    if line.asks:
        return asking.exchange.query(line.text, limit_s, str)
    if line.verb and line.verb.guarded:
        asking.require_interlock(line.text)
    done = line.verb.done if line.verb else _ANY
    unsure: LineFault | None = asking.exchange.command(line.text, limit_s, done)
    if unsure:
        raise unsure
    return None


def _meant(
    dialect: Dialect, text: str, flags: int = 0, form: Callable[[str], str] = str
) -> Iterator[Line]:
    """The verbs that a text may be, when both are brought into a form."""
    channels = dialect.channels.values()
    for name, verb in dialect.verbs.items():
        spelt = replace(verb, text=form(verb.text))
        if form_of(name, spelt, channels, flags).fullmatch(form(text)):
            yield Line(text, name, verb)


def _weight(line: Line) -> tuple[bool, bool, bool]:
    """How much a verb may do: what waits for the interlock most, a query least."""
    return bool(line.verb and line.verb.guarded), bool(line.risk), not line.asks
