"""The page in parts that are sent one by one: a head for each station, and its tiles. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.ui.board.board import Board
from harness.ui.board.footer import Footer
from harness.ui.board.sentences import how, mode, slots_of, what, who
from harness.ui.board.stop import Stop
from harness.ui.board.tile import Tile
from harness.ui.board.words import Said, Words
from harness.ui.text import printable

Part = Mapping[str, object]
"""What JSON can hold."""
_SURE_S = 1.0
"""An end that is foreseen is said anew when it moves by more than this [s]."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A tile as long as nothing but the time changes: its end and its length in place of both."""

    tile: Tile
    ends_s: float | None
    """When what is timed will be over."""
    takes_s: float | None
    """How long it takes in all [s]."""

    def is_still(self, other: Timed) -> bool:
        """Whether nobody sees a difference."""
        same = (self.tile, self.ends_s is None) == (other.tile, other.ends_s is None)
        return same and abs((self.ends_s or 0.0) - (other.ends_s or 0.0)) < _SURE_S


def timed(tile: Tile, now_s: float) -> Timed:
    """What the browser counts down by itself."""
    left_s, share = tile.left_s, tile.share
    if not left_s:
        return Timed(replace(tile, share=None if share is None else round(share, 2)), None, None)
    takes_s = left_s / (1.0 - share) if share is not None and share < 1.0 else None
    return Timed(replace(tile, left_s=None, share=None), now_s + left_s, takes_s)


def tile_part(station: int, told: Timed, words: Words) -> Part:
    """A tile in one language."""
    tile = told.tile
    return {
        "key": f"{station}/{tile.slot}",
        "station": station,
        "slot": tile.slot,
        "name": words.say(Said("label.slot", {"slot": str(tile.slot)})),
        "face": tile.face.value,
        "said": words.say(Said(f"face.{tile.face.value}")),
        "digits": tile.digits,
        "code": tile.code,
        "words": tile.words,
        "bin": words.say(Said("label.bin", {"bin": tile.bin})) if tile.bin else "",
        "action": words.say(tile.action),
        "step": tile.step,
        "counts": tile.counts,
        "notes": [words.say(note) for note in tile.notes],
        "late": words.say(Said("label.late")) if tile.share == 1.0 else "",
        "left": words.say(Said("label.left", {"time": "{time}"})),
        "share": tile.share,
        "ends_s": told.ends_s,
        "takes_s": told.takes_s,
    }


def head_part(station: int, name: str, board: Board, words: Words) -> Part:
    """What is told of a station beside its tiles; `name` is that of its file."""
    footer = board.footer()
    shown = footer.station or printable(name)
    return {
        "key": f"{station}",
        "station": station,
        "name": shown,
        "gone": board.gone,
        "slots": board.slots,
        "banner": mode(footer, words),
        "stops": [_stop(stop, words) for stop in board.stops()],
        "footer": _footer(footer, words) if board.slots else [],
    }


def _footer(footer: Footer, words: Words) -> list[str]:
    return [said for each in (how, who, what) for said in each(footer, words)]


def _stop(stop: Stop, words: Words) -> Part:
    return {
        "title": f"{slots_of(stop, words)}: {words.say(Said(f'title.{stop.kind}'))}",
        "code": stop.code,
        "happened": words.say(stop.happened),
        "told": list(stop.told),
        "action": words.say(stop.action),
        "who": words.say(stop.who),
    }
