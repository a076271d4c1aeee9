"""How a device spells what it is told and asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One command or query.

    `text` may have gaps, such as `{value}`. `limit_s` is the time in which a query brings
    its reply, or in which the state that a command asks for shows [s]. A command that moves
    mechanics or puts voltage on the contacts is `guarded`: sent only while the interlock is closed.
    """

    text: str
    limit_s: float = 1.0
    guarded: bool = False

    def __post_init__(self) -> None:
        if not self.text.isascii() or not self.text.isprintable() or not self.limit_s > 0:
            raise ValueError(f"no verb: {self.text!r}, {self.limit_s} s")
