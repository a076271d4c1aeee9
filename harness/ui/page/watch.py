"""Looks at several stations, and says in each language what changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import orjson

from harness.ui.board.board import Board
from harness.ui.board.words import LANGUAGES, Words
from harness.ui.page.feed import Feed
from harness.ui.page.parts import Part, Timed, head_part, tile_part, timed
from harness.ui.told import Telling

LOOK_S = 0.2
"""How often the stations are looked at [s]."""


@dataclass(slots=True)
class Watched:
    """A station, by the name in its file, and what was said of it last."""

    name: str
    link: Telling
    board: Board = field(default_factory=Board)
    tiles: dict[int, Timed] = field(default_factory=dict)


class Watch:
    """A thread that looks at the stations until it is ended; a context manager.

    `feeds` has a Feed for each language. Times in the parts are those of the `monotonic` clock [s].
    """

    def __init__(self, stations: Sequence[Watched], monotonic: Callable[[], float]) -> None:
        self._stations = stations
        self._monotonic = monotonic
        self.failure: Exception | None = None
        """What ended it, if nobody did."""
        self._over = threading.Event()
        self._words = [Words(language) for language in LANGUAGES]
        self.feeds: Mapping[str, Feed] = {words.language: Feed() for words in self._words}
        self._thread = threading.Thread(target=self._run, name="page-watch", daemon=True)

    def now_s(self) -> float:
        """The time by which ends are told [s]."""
        return self._monotonic()

    def look(self) -> None:
        """Take what the stations have said, and say what changed."""
        now_s = self.now_s()
        for number, station in enumerate(self._stations):
            station.board.apply(station.link.take(), now_s)
            for words in self._words:
                self._say(words, head_part(number, station.name, station.board, words))
            for told in self._news(number, station, now_s):
                for words in self._words:
                    self._say(words, tile_part(number, told, words))

    def __enter__(self) -> Self:
        self.look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._over.wait(LOOK_S):
                self.look()
        except Exception as error:  # noqa: BLE001 whoever serves the page raises it again
            self.failure = error
        finally:  # else viewers would take what is old for what is
            for feed in self.feeds.values():
                feed.end()

    def _news(self, number: int, station: Watched, now_s: float) -> Iterator[Timed]:
        """The tiles that changed."""
        shown = {tile.slot: timed(tile, now_s) for tile in station.board.tiles(now_s)}
        for slot in station.tiles.keys() - shown.keys():
            del station.tiles[slot]
            for feed in self.feeds.values():
                feed.drop(f"{number}/{slot}")
        for slot, told in shown.items():
            before = station.tiles.get(slot)
            if before is None or not told.is_still(before):
                station.tiles[slot] = told
                yield told

    def _say(self, words: Words, part: Part) -> None:
        self.feeds[words.language].put({str(part["key"]): orjson.dumps(part)})
