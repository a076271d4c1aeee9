"""How a device spells what it is told and asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.pattern import fitting

VALUE = "value"
"""The group of a reply's form that holds what was asked for."""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
"""String program data (IEEE 488.2 clause 7.7.5): what stands in it separates nothing."""


def first_command(line: str) -> str:
    """The first command of a line: all of it, unless `;` joins several (IEEE 488.2 clause 7.4.1).

    Several bring several replies, or one that holds several: each would answer another question.
    """
    bare = _QUOTED.sub(lambda text: "." * len(text[0]), line)
    return line[: bare.index(";")].strip() if ";" in bare else line


@dataclass(frozen=True, slots=True)
class Verb:
    """One command or query.

    `text` may have gaps, such as `{value}`. `limit_s` is the time in which a query brings
    its reply, or in which the state that a command asks for shows [s]. A command that moves
    mechanics or puts voltage on the contacts is `guarded`: sent only while the interlock is closed.

    A query whose reply is more than its value has a form of `reply`, with the group `value`; one
    that is answered in other words than the core's has them in `replies`, each with what it means.
    A command that is answered in its own words has them as `done`.
    """

    text: str
    limit_s: float = 1.0
    guarded: bool = False
    reply: re.Pattern[str] | None = None
    replies: Mapping[str, str] = field(default_factory=dict)
    done: re.Pattern[str] | None = None

    def __post_init__(self) -> None:
        if not self.text.isascii() or not self.text.isprintable() or not self.limit_s > 0:
            raise ValueError(f"no verb: {self.text!r}, {self.limit_s} s")

    def said(self, text: str) -> str:
        """What a reply says, in the words of the core.

        Raises: ValueError with what was expected.
        """
        if self.reply:
            match = fitting(self.reply, text)
            if not match:
                raise ValueError(f"the form {self.reply.pattern}")
            text = match[VALUE]
        if not self.replies:
            return text
        try:
            return self.replies[text]
        except KeyError:
            raise ValueError(" or ".join(self.replies)) from None
