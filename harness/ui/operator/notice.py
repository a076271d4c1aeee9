"""What somebody has to see besides the tiles: refused scans, questions, stops. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len

from harness.errors import CommandRefused
from harness.model.question import MOST_ANSWERS
from harness.model.station import Obeyed, Refused
from harness.ui.board.glyphs import sign
from harness.ui.board.prompt import Prompt
from harness.ui.board.sentences import place, slots_of
from harness.ui.board.stop import Stop, StopKind, answer_to
from harness.ui.board.tile import Face, Mark, Seen
from harness.ui.board.words import Said, Words, happened
from harness.ui.operator.lines import Line, Look, clock, cut, wrapped
from harness.ui.operator.tiles import digits, glyph
from harness.ui.operator.wrong import Wrong
from harness.ui.scanning.scans import Bent
from harness.ui.text import printable
from harness.ui.told import Unasked

_NAMES = {
    name: name for name in ("Enter", "Esc", *(f"F{number}" for number in range(1, 13)), *"ALMRUY")
}
"""Keys are called so in every language."""
_BLOCK, _BELOW = 3, 4
"""Lines of a headline in block characters, and those that most notices need below it."""
LARGE, SMALL = _BLOCK + _BELOW, 1 + _BELOW
"""Lines for a notice with a headline in block characters, which has none in fewer; or of text."""
_MOST = 240
"""No more cells of what the station says of a wrong unit: the rest of the notice has room then."""
_APART = 8
"""In fewer lines nothing is left free between the tiles and a notice."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told in the panel, in one language; `keys` are what may be pressed."""

    face: Seen
    shout: str
    """In a few words, as large as there is room for."""
    texts: tuple[str, ...]
    keys: tuple[str, ...] = ()
    whole: bool = False
    """Whether it is of no use with anything of it left out."""


class Panel(NamedTuple):
    """What stands below the tiles; whether a notice that must be whole has room there."""

    lines: tuple[Line, ...]
    has_room: bool


def naming(key: str) -> Said:
    """A sentence that names keys."""
    return Said(key, _NAMES)


def told(*texts: str) -> Notice:
    """What came of a command, or what to do now."""
    return Notice(Face.RUN, "", tuple(map(printable, texts)))


def of_obeyed(obeyed: Obeyed, words: Words) -> tuple[str, ...]:
    """What the station tells of a command: a text for each sentence."""
    return tuple(words.say(Said(f"told.{each.says}", each.names)) for each in obeyed.told)


def starting(words: Words) -> Notice:
    """The station was just started, and does not answer yet."""
    return told(words.say(Said("screen.starting")))


def of_bent(bent: Bent, words: Words) -> Notice:
    """A scan that is not used, with what to do."""
    return refusal(words.say(Said("shout.again")), words.say(bent.reason))


def refusal(shout: str, *texts: str) -> Notice:
    """Something that is not done; no slot and no line has stopped."""
    return Notice(Mark.REFUSED, shout, texts)


def of_refused(refused: Refused, words: Words) -> Notice:
    """What the station would not do, and what to do: then what it said of it, in its own words.

    Where there is no action in the catalogues, the station's remedy stands in its place. That of
    a CommandRefused is left out: the action is its translation.
    """
    why, remedy = printable(refused.why), printable(refused.remedy)
    shout, code = words.say(Said("shout.refused")), refused.code
    if not code:
        plain = words.say(Said("refused.plain", {"why": refused.why}))
        return refusal(shout, *filter(None, (plain, remedy)))
    action = answer_to(code)
    known = CommandRefused.codes.get(code)
    translated = known is not None and refused.remedy == known.remedy
    own = (why.removeprefix(f"{code}: "), remedy if action and not translated else "")
    texts = (f"{code}: {words.say(happened(code))}", words.say(action) if action else remedy, *own)
    return refusal(shout, *filter(None, texts))


def of_unasked(unasked: Unasked, words: Words) -> Notice:
    """Why the station has not answered."""
    return refusal(words.say(Said("shout.refused")), words.say(Said(unasked.key)))


def of_wrong(wrong: Wrong, words: Words) -> Notice:
    """A unit that is not the one of its label; somebody has to say that he has seen it."""
    slot = place(wrong.slot, words)
    told_ = f"{slot}: {wrong.code}: {wrong.words}" if wrong.words else f"{slot}: {wrong.code}"
    texts = words.say(wrong.action), cut(told_, _MOST)
    keys = (words.say(naming("key.seen")),)
    return Notice(Face.STOP, words.say(Said("shout.wrong")), texts, keys, whole=True)


def of_prompt(prompt: Prompt, words: Words) -> Notice:
    """A question of a step, with its answers on the keys from 1 on."""
    shout = words.say(Said("shout.slot", {"slot": str(prompt.slot)}))
    left = ""
    if prompt.left_s is not None:
        left = words.say(Said("label.left", {"time": clock(prompt.left_s)}))
    answers = map(printable, prompt.answers[:MOST_ANSWERS])
    keys = tuple(f"{at}   {answer}" for at, answer in enumerate(answers, 1))
    return Notice(Face.WAIT, shout, (f"{prompt.text}  {left}".rstrip(),), keys, whole=True)


def of_stop(stop: Stop, words: Words) -> Notice:
    """What keeps slots from testing, what to do, and who may end it."""
    face = Face.WAIT if stop.kind is StopKind.STATION else Face.STOP
    told_ = (slots_of(stop, words), stop.code, words.say(stop.happened))
    texts = ": ".join(filter(None, told_)), words.say(stop.action), words.say(stop.who)
    return Notice(face, words.say(Said(f"title.{stop.kind}")), texts)


def fitted(
    notice: Notice, width: int, rooms: Sequence[int], most_whole: int, words: Words
) -> Panel:
    """A notice in so many columns, in the first of these numbers of lines that has room for it.

    One that must be whole may have `most_whole` lines besides. One that has no room is cut in the
    last of `rooms`; where it must be whole, there stands what to do instead.
    """
    tried = (*rooms, most_whole) if notice.whole else rooms
    if lines := next(filter(None, (uncut(notice, width, each) for each in tried)), ()):
        return Panel(lines, has_room=True)
    shown = no_room(notice, words) if notice.whole else notice
    return Panel(drawn(shown, width, rooms[-1]), has_room=not notice.whole)


def no_room(notice: Notice, words: Words) -> Notice:
    """Says that a notice has no room on this screen."""
    return Notice(notice.face, notice.shout, (words.say(Said("ask.room")),))


def uncut(notice: Notice, width: int, most: int) -> tuple[Line, ...]:
    """All of a notice in so many columns and lines; () where there is no room for that."""
    texts: list[Line] = []
    for at, text in enumerate(notice.texts):
        look = Look.PLAIN if at else Look.STRONG
        texts += [Line(line, look) for line in wrapped(text, width, max(most, 0) + 1)]
    for head in _heads(notice, width, most):
        keys = _keys(notice.keys, width, most - len(head) - len(texts))
        lines = (*head, *texts, *keys)
        if len(lines) <= most and all(cell_len(line.text) <= width for line in lines):
            return lines
    return ()


def _heads(notice: Notice, width: int, most: int) -> Iterator[tuple[Line, ...]]:
    """Its shout, not cut, the largest first."""
    above = (Line("", Look.HEAD),) if most >= _APART else ()
    if not notice.shout:
        yield from (above, ())
        return
    large = (*above, *_head(notice, width, _BLOCK)) if most >= LARGE else ()
    small = _head(notice, width, 1)
    for head in (large, (*above, *small), small):
        if head and not head[-1].text.endswith("…"):
            yield head


def drawn(notice: Notice, width: int, most: int) -> tuple[Line, ...]:
    """What of a notice has room in so many columns and lines; its keys are never left out.

    Where any of its texts is left out, the last line that is shown of them ends in `…`.
    """
    above = (Line("", Look.HEAD),) if most >= _APART else ()
    head = (*above, *_head(notice, width, 1))
    keys = _keys(notice.keys, width, most - len(head) - 1)
    room = max(1, most - len(head) - len(keys))
    lines = (*head, *_texts(notice.texts, width, room), *keys)
    last = max(most, 1) - 1
    return lines if len(lines) <= last + 1 else (*lines[:last], _open(lines[last], width))


def _texts(texts: Sequence[str], width: int, most: int) -> list[Line]:
    """Those that have room, each in two lines at most."""
    lines: list[Line] = []
    for at, text in enumerate(texts):
        if len(lines) == most:
            return [*lines[:-1], _open(lines[-1], width)]
        look = Look.PLAIN if at else Look.STRONG
        lines += [Line(line, look) for line in wrapped(text, width, min(2, most - len(lines)))]
    return lines


def _open(line: Line, width: int) -> Line:
    """The last line of what goes on where nobody sees it."""
    return line if line.text.endswith("…") else replace(line, text=cut(f"{line.text} …", width))


def _keys(keys: Sequence[str], width: int, most: int) -> list[Line]:
    """A line for each key; where these are too many, as many keys in a line as it has room for."""
    lines: list[str] = []
    for key in keys:
        if cell_len(key) > width - 2:
            lines += [f"  {line}" for line in wrapped(key, width - 2, len(key))]
            continue
        joined = f"{lines[-1]}    {key}" if lines else ""
        if len(keys) > most and joined and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(f"  {key}")
    return [Line(line, Look.KEY) for line in lines]


def _head(notice: Notice, width: int, high: int) -> tuple[Line, ...]:
    if not notice.shout:
        return ()
    room, seen = width // 2, notice.face
    shape = sign(seen, room, high) if isinstance(seen, Mark) else glyph(seen, room, high)
    room = width - len(shape[0]) - 3
    large: Sequence[str] = digits(notice.shout.upper(), room, high)
    shown = large if len(large) > 1 else wrapped(notice.shout, room, 1)
    rows = zip_longest(shape, shown, fillvalue="")
    return tuple(Line(f"{one:<{len(shape[0])}}   {other}", Look.STRONG) for one, other in rows)
