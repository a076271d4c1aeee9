"""A shift at a simulated station of 16 slots, through the operator's screen in a terminal.

Scans come at the speed of a scanner, people press keys, and every frame of the screen is held
against what is on disk. What a scan names is looked for on the screen, as an operator does.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from harness.model.outcome import Outcome
from harness.model.slot_state import SlotState
from harness.model.station import SlotView, Snapshot
from harness.records.query import Reader
from harness.station.screens.socket import folder_of, is_served
from harness.ui.board.tile import Face
from harness.ui.operator.attention import READ_S
from harness.ui.scanning.layouts import WAYS, bent
from tests.cli.conftest import Cli
from tests.cli.stations import label
from tests.station.screen import Screen
from tests.ui.operator.seen import Held, Seen, shows, tiles
from tests.ui.operator.shift_station import (
    GOLDEN,
    HANGS,
    PEOPLE,
    SECRET,
    SWAPPED,
    WEAK,
    station_file,
)
from tests.ui.operator.terminal import PATIENCE_S, Drawn, alone_in, children, sentence

WIDTH, HEIGHT = 120, 24
"""In this size slots and units are written as text, and faces in block characters."""
SHUT, STOPPED, WRONG = 5, 9, (1, 2)
"""The slots on which three units fail, whose run is aborted, and that wrong units come into."""
AZERTY = "French (AZERTY)"
SCAN_S = 0.25
"""From one scan to the next [s]: nobody is faster."""
_READ_S = 1.25 * READ_S
"""So long a person reads which unit is wrong, with no key near (docs/operator.md) [s]."""
_SEEN_S = 2.0
"""After so long a person presses again a key that has done nothing [s]."""
ESCAPE, F4, F10, ENTER = "\x1b", "\x1bOS", "\x1b[21~", "\r"
_BADGE = "HARNESS:BADGE:"
"""As badges are printed: of a code of six keys a busy PC may make no scan at all."""


@dataclass
class Shift:
    """The people, the units, and the screen that they stand before."""

    store: Path
    opened: Callable[[], Drawn]
    """Starts a screen."""
    screen: Drawn
    held: Held
    good: Iterator[str]
    expected: dict[str, list[Outcome]] = field(default_factory=dict)
    again: list[tuple[str, str]] = field(default_factory=list)
    """Good scans that the screen has not used, and why: they were made once more."""
    refused: int = 0
    """Scans that must be refused, and were."""
    first_screen_s: float = 0.0
    right_s: float = 0.0
    """Of the screen that was started again: its first tile, and from then until all were right."""
    open_at_the_kill: set[str] = field(default_factory=set)
    """The units that were tested while it was killed."""

    def scan(self, code: str, used: Callable[[], bool], again: Callable[[], object] = str) -> None:
        """Scan a code; where the screen says that a busy PC has cut it, do so `again` and scan."""
        whys = self.screen.scan(f"{code}\r", used, SCAN_S, again)
        self.again += [(code, why) for why in whys]

    def wrong(self, keys: str, why: str) -> None:
        """Something that no scan may be used of; the screen says why."""
        self.screen.scan(
            keys, lambda: self._says(sentence("shout.again")) and self._says(why), SCAN_S
        )
        self.refused += 1

    def units(self, number: int) -> None:
        """So many good units, one after another."""
        for serial in (next(self.good) for _ in range(number)):
            self._unit(serial, Outcome.PASS)

    def _unit(self, serial: str, outcome: Outcome, slot: int | None = None) -> None:
        named = partial(self._slot, slot) if slot else str  # a scan that is refused unnames it
        named()
        self.scan(label(serial), lambda: serial[-6:] in self._digits(), named)
        self.expected.setdefault(serial, []).append(outcome)

    def _slot(self, slot: int) -> None:
        self.scan(f"HARNESS:SLOT:{slot}", lambda: self._says(sentence("scan.slot", slot=str(slot))))

    def _digits(self) -> set[str]:
        return {tile.digits for tile in tiles(self.screen.lines).values()}

    def _says(self, text: str) -> bool:
        return text in self.screen.words

    def sign_in(self, badge: str) -> None:
        name, _ = PEOPLE[badge]
        self.scan(f"{_BADGE}{badge}", lambda: self._says(sentence("ask.secret")))
        self.screen.key(*SECRET, ENTER)
        self.screen.see(sentence("label.operator", name=name))

    def wrong_scans(self) -> None:
        """Codes that are unknown, bent by a layout, of another kind, of a wrong part."""
        code = label("A57C900001")
        self.wrong("4006381333931\r", sentence("scan.article"))
        self.wrong(f"{bent(code, WAYS['french'])}\r", sentence("scan.layout", layout=AZERTY))
        self.wrong(f"{code.replace('A57-4G', 'A57-5G')}\r", sentence("scan.label_part"))
        self.wrong(code.split(";")[1] + "\r", sentence("scan.no_label"))

    def cut_off(self) -> None:
        """A code without its end; what comes soon after it is refused."""
        self.wrong(label("A57C900001")[:25], sentence("scan.no_end"))

    def swapped(self, serial: str, slot: int) -> None:
        """A unit with the label of another one: a hard stop, until it was seen."""
        self._unit(serial, Outcome.ABORTED, slot)
        self.screen.see(sentence("shout.wrong"))
        self.screen.type(label("A57C900002") + "\r")
        self._seen()
        self.screen.see(sentence("shout.again"))
        self.refused += 1

    def _seen(self) -> None:
        """Say that the wrong unit was seen: Enter counts with no key near it, once it was read."""
        while shown := self._wrong():
            self.screen.rest(_READ_S)
            self.screen.type(ENTER)
            self._other_than(shown)

    def _wrong(self) -> str:
        """Which wrong unit is shown."""
        return self.screen.words.partition(sentence("shout.wrong"))[2].partition(" Operator ")[0]

    def _other_than(self, shown: str) -> None:
        """A person waits until another one is shown, or none, and loses patience."""
        end = time.monotonic() + _SEEN_S
        self.screen.until(lambda: self._wrong() != shown or time.monotonic() > end, "seen")

    def weak(self, serial: str) -> None:
        """A bad unit, for the slot that is shut after three of them."""
        self._unit(serial, Outcome.FAIL, SHUT)

    def failed(self, serial: str) -> None:
        """It stands on the screen that it has failed."""
        self._until(SHUT, Seen(Face.FAIL, serial[-6:]))

    def unlocked(self) -> None:
        """A stop rule has shut the slot: an engineer unlocks it, and puts a golden unit in."""
        self.sign_in("B-0003")
        self.screen.key(F4)
        self.screen.see("STOP-STREAK", sentence("who.engineer"))
        self.screen.key("u", *"ok", ENTER, ESCAPE)
        self.screen.until(lambda: bool(self._digits()), "shows its tiles")
        self._unit(GOLDEN, Outcome.PASS, SHUT)

    def golden_passed(self) -> None:
        """The slot takes units again."""
        self._until(SHUT, Seen(Face.PASS, GOLDEN[-6:]))
        self._unit(next(self.good), Outcome.PASS, SHUT)

    def abort(self) -> None:
        """The run of a handset that hangs is stopped by somebody."""
        self._unit(HANGS, Outcome.ABORTED, STOPPED)
        self._until(STOPPED, Seen(Face.RUN, HANGS[-6:]))
        self._slot(STOPPED)
        self.scan("HARNESS:CMD:ABORT", lambda: self._says(sentence("ask.why")))
        self.screen.key(*"no", ENTER)
        self._until(STOPPED, Seen(Face.STOP, HANGS[-6:]))

    def killed(self) -> None:
        """The screen is killed in the middle of runs, and started again."""
        while len(tested := self._tested()) < 2:  # a busy PC is slow to scan: they are over
            self.units(1)
        self.open_at_the_kill = tested
        os.kill(self.screen.pid, signal.SIGKILL)
        self.screen.close()
        self.screen = self.opened()
        self.screen.until(lambda: bool(tiles(self.screen.lines)), "any tile")
        first = time.monotonic()
        self.first_screen_s = first - self.screen.begun_s
        self.screen.until(self.is_right, "right")
        self.right_s = time.monotonic() - first
        self.screen.rest(SCAN_S)
        self._seen()  # no new screen knows that somebody has seen a wrong unit

    def _tested(self) -> set[str]:
        """The units that are tested now, or are about to be."""
        now = (SlotState.LOADED, SlotState.RUNNING)
        return {view.serial for view in self._view() if view.state in now}

    def is_right(self) -> bool:
        """Whether the screen shows each slot as the station says it now."""
        self.screen.read(0)
        shown = tiles(self.screen.lines)
        return all(shows(shown.get(view.slot), view) for view in self._view())

    def done(self) -> None:
        """Wait until all that was scanned is on record."""

        def is_so() -> bool:
            recorded = self.recorded()
            return sum(map(len, recorded.values())) >= sum(map(len, self.expected.values()))

        self.screen.until(is_so, "on record")
        self.screen.until(self.is_right, "right")

    def recorded(self) -> dict[str, list[Outcome]]:
        """What is on disk of each unit, first things first."""
        with Reader(self.store) as reader:
            runs = [run for run in reader.runs(limit=2000) if run.outcome]
        found: dict[str, list[Outcome]] = {}
        for run in sorted(runs, key=lambda run: run.number or 0):
            assert run.outcome
            found.setdefault(run.serial, []).append(run.outcome)
        return found

    def passed(self) -> set[str]:
        """The units of which the last record is a PASS."""
        return {serial for serial, all_ in self.recorded().items() if all_[-1] is Outcome.PASS}

    def _view(self) -> tuple[SlotView, ...]:
        with Screen(folder_of(self.store)) as screen:
            snapshot = screen.message()
        assert isinstance(snapshot, Snapshot)
        return snapshot.slots

    def _until(self, slot: int, tile: Seen) -> None:
        self.screen.until(lambda: tiles(self.screen.lines).get(slot) == tile, f"slot {slot} {tile}")


@contextmanager
def shift(
    cli: Cli, terminal: Callable[..., Drawn] = Drawn, before: Sequence[str] = ()
) -> Iterator[Shift]:
    """A screen that has started its station; both are ended.

    `before` are words before the command of the screen.
    """
    file, held = station_file(cli), Held(cli.store)
    command = [*before, *cli.command("operator", "--station", file)]

    def opened() -> Drawn:
        screen = terminal(command, cli.folder, width=WIDTH, height=HEIGHT)
        screen.watch.append(held.frame)
        return screen

    good = (f"A57C{100001 + number}" for number in range(1000))
    with alone_in(cli.folder):
        at = Shift(cli.store, opened, opened(), held, good)
        try:
            at.screen.until(lambda: bool(tiles(at.screen.lines)), "any tile")
            (station,) = children(at.screen.pid)
            yield at
            at.screen.type(F10)
            assert at.screen.end() == 0, "a screen that has started no station just ends"
        finally:
            at.screen.close()
        _end(station, cli.store)


def work(at: Shift, number: int, mark: Callable[[str], None] = lambda _: None) -> None:
    """A whole shift with so many good units or more, besides those with which something is wrong.

    What waits for the end of a run goes on behind other work; no other unit is put in where one
    after another must fail.
    """
    share, rest = divmod(number - 1, 6)
    one, two, three = WEAK
    this, that = zip(SWAPPED, WRONG, strict=True)
    acts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("sign in", lambda: at.sign_in("B-0001")),
        ("units", lambda: at.units(share + rest)),
        ("fails", lambda: at.weak(one)),
        ("swapped", lambda: at.swapped(*this)),
        ("fails", lambda: at.failed(one)),
        ("fails again", lambda: at.weak(two)),
        ("swapped", lambda: at.swapped(*that)),
        ("fails again", lambda: at.failed(two)),
        ("fails a third time", lambda: at.weak(three)),
        ("wrong scans", at.wrong_scans),
        ("fails a third time", lambda: at.failed(three)),
        ("shift change", lambda: at.sign_in("B-0002")),
        ("units", lambda: at.units(share)),
        ("unlocked", at.unlocked),
        ("shift change", lambda: at.sign_in("B-0001")),
        ("golden unit", at.golden_passed),
        ("units", lambda: at.units(share)),
        ("units", lambda: at.units(share)),
        ("abort", at.abort),
        ("units", lambda: at.units(share)),
        ("killed", at.killed),
        ("units", lambda: at.units(share)),
        ("cut off", at.cut_off),
        ("done", at.done),
    )
    for words, act in acts:
        mark(words)
        act()


def counted(outcomes: dict[str, list[Outcome]]) -> Counter[Outcome]:
    return Counter(outcome for each in outcomes.values() for outcome in each)


def _end(station: int, store: Path) -> None:
    """End a station whose screen is gone."""
    os.kill(station, signal.SIGTERM)
    end = time.monotonic() + PATIENCE_S
    while is_served(folder_of(store)):
        assert time.monotonic() < end, "the station does not end"
        time.sleep(0.02)
