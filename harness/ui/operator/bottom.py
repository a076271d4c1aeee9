"""What stands above and below the tiles: the banner, the footer, the keys. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from harness.ui.board.footer import Footer
from harness.ui.board.sentences import how, mode, what, who
from harness.ui.board.words import Said, Words
from harness.ui.operator.lines import Line, Look, apart, cut, listed
from harness.ui.operator.notice import naming
from harness.ui.operator.tiles import digits

_LARGE = 30
"""From so many lines of the screen on the banner has block characters."""


def banner_lines(footer: Footer, words: Words, width: int, height: int) -> tuple[Line, ...]:
    """The banner of a run that is played, or of engineering mode; () while there is none."""
    said = mode(footer, words)
    if not said:
        return ()
    key = "shout.replay" if footer.played else "shout.engineering"
    large = digits(words.say(Said(key)), width, 3) if height >= _LARGE else ()
    shout = [Line(line, Look.STRONG) for line in large] if len(large) > 1 else []
    return (*shout, Line(cut(said, width), Look.STRONG))


def footer_lines(footer: Footer, words: Words, width: int) -> tuple[Line, ...]:
    """Who is here and how it goes; what is run, and since when."""
    where = words.say(Said("label.station", {"station": footer.station})) if footer.station else ""
    lost = words.say(Said("label.lost", {"number": str(footer.lost)})) if footer.lost else ""
    return (
        Line(_both(who(footer, words), how(footer, words), width), Look.STRONG),
        Line(_both(what(footer, words), filter(None, (lost, where)), width)),
    )


def keys_lines(words: Words, width: int) -> tuple[Line, ...]:
    """What may be pressed at the tiles."""
    return (Line(cut(words.say(naming("key.tiles")), width), Look.KEY),)


def _both(left: Iterable[str], right: Iterable[str], width: int) -> str:
    """Facts at both ends of a line, the right ones in half of it at least.

    No number is cut: what has no room is left out as a whole.
    """
    before, facts = list(left), list(right)
    room = width - cell_len(listed(facts, width // 2)) - 2
    one = listed(before, room) or cut("  ".join(before), room)
    return apart(one, listed(facts, width - cell_len(one) - 2), width)
