"""The operator's screen under Textual's pilot, over the socket of a bus."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from harness.model.entry import Entered
from harness.model.events import Stamped
from harness.model.plan import Variants
from harness.model.sentence import Sentences
from harness.model.slot_state import SlotEvent
from harness.model.station import Command
from harness.plans.resolve import load_plans
from harness.station.screens.bus import Bus
from harness.station.screens.socket import StationSocket
from harness.steps import catalogue
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.words import Words
from harness.ui.link import StationLink
from harness.ui.operator.app import DRAW_S, OperatorApp
from harness.ui.operator.attention import READ_S
from harness.ui.operator.painted import Painted
from harness.ui.operator.signing import ENTER_S
from harness.ui.scanning.scanner import Scanner
from harness.ui.scanning.scans import GAP_S, PAUSE_S, QUIET_S
from tests.station.runs import STATION
from tests.ui.operator.line import entry

PLANS = Path(__file__).parents[3] / "testplans"
LABEL = "A57A000001;860123450000012;860123450000020;A57-4G;A57-PK"
PATIENCE_S = 10.0


@cache
def plans() -> Variants:
    """Those of the station: with the label of an A57."""
    return load_plans(PLANS / "a57-final.yaml", catalogue())


class Rung(OperatorApp):
    """The screen, with its bell counted."""

    rung = 0

    def bell(self) -> None:
        self.rung += 1


@dataclass
class Shown:
    """A station in memory, and its screen."""

    bus: Bus
    folder: Path
    sent: list[Command] = field(default_factory=list)
    answer: Callable[[Command], Sentences] = lambda _: ()
    entered: int = 0
    gone: bool = False
    free_s: float = 0.0
    """When a scan is not too near to the last key [s]."""
    pressed_s: float = 0.0
    """When a key was pressed last [s]."""

    app: Rung = field(init=False)
    socket: StationSocket = field(init=False)
    pilot: Pilot[str] = field(init=False)

    def obey(self, command: Command) -> Sentences:
        self.sent.append(command)
        return self.answer(command)

    def serve(self) -> StationSocket:
        return StationSocket(self.folder, self.bus, self.obey)

    def go(self) -> None:
        """Answer no more."""
        self.socket.close()
        self.gone = True

    def close(self) -> None:
        if not self.gone:
            self.socket.close()

    def text(self, area: str) -> str:
        """What stands in an area of the tiles' screen, each blank once."""
        widget = self.app.screen_stack[0].query_one(f"#{area}", Painted)
        return " ".join(widget.text.split())

    def over(self) -> str:
        """What the screen over the tiles says."""
        return "\n".join(str(each.render()) for each in self.app.screen.query(Static))

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait for a state."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():
                await self.pilot.pause(0.01)

    async def says(self, area: str, *texts: str) -> None:
        """Wait until an area says all of this."""
        try:
            await self.until(lambda: all(text in self.text(area) for text in texts))
        except TimeoutError:
            raise AssertionError(f"{area} says {self.text(area)!r}, not {texts}") from None

    async def asks(self, *texts: str) -> None:
        """Wait until the screen over the tiles says all of this."""
        try:
            await self.until(lambda: all(text in self.over() for text in texts))
        except TimeoutError:
            raise AssertionError(f"it says {self.over()!r}, not {texts}") from None

    async def scan(self, text: str) -> None:
        """A wedge types a code: all of it at once, some time after the last key."""
        await asyncio.sleep(self.free_s - monotonic())
        self.pressed(*text, "enter", at_s=monotonic())  # however busy this PC is
        self.free_s = monotonic() + 2 * QUIET_S

    def pressed(self, *keys: str, at_s: float, apart_s: float = 0.0) -> None:
        """Keys come now that were pressed from then on, so far apart [s]."""
        for number, key in enumerate(keys):
            event = _key(key)
            event.time = at_s + number * apart_s
            self.app.post_message(event)

    async def before_a_scan(self, key: str) -> None:
        """A person presses a key; at once a wedge begins to type, at 8 to 10 ms a key."""
        await asyncio.sleep(self.free_s - monotonic())
        self.pressed(key, at_s=monotonic())
        await asyncio.sleep(2 * GAP_S)
        for each in (*LABEL, "enter"):
            self.pressed(each, at_s=monotonic())
            await asyncio.sleep(0.009)
        self.free_s = monotonic() + PAUSE_S

    async def keys(self, *keys: str) -> None:
        """A person presses keys: as fast as people can, and not as fast as scanners.

        Before Enter he makes a little pause.
        """
        await asyncio.sleep(self.free_s - PAUSE_S - monotonic())
        for key in keys:
            if key == "enter":
                await asyncio.sleep(self.pressed_s + 1.1 * ENTER_S - monotonic())
            self.app.post_message(_key(key))
            self.pressed_s = monotonic()
            await asyncio.sleep(1.2 * GAP_S)
        self.free_s = monotonic() + PAUSE_S

    async def read(self) -> None:
        """As long as a person takes to read a question, with his hands off the keys."""
        await self.until(lambda: not self.app.attention.unpainted)
        await asyncio.sleep(READ_S)

    async def settled(self) -> None:
        """Wait until nothing is drawn any more."""
        before = ""
        while before != (now := self.app.export_screenshot()):
            before = now
            await self.pilot.pause(1.2 * DRAW_S)

    def enter(self, what: Entered) -> None:
        self.entered += 1
        self.bus.enter(entry(what, self.entered))

    def put_in(self, serial: str = "A57A000001", slot: int = 1) -> None:
        self.bus.change(slot, SlotEvent.PUT_IN, "", serial)

    def publish(self, stamped: Iterable[Stamped]) -> None:
        for each in stamped:
            self.bus.publish(each)


def _key(key: str) -> events.Key:
    return events.Key(key, "\r" if key == "enter" else key if len(key) == 1 else None)


Flow = Callable[[Shown], Coroutine[Any, Any, None]]


def shown(
    flow: Flow,
    *,
    slots: Sequence[int] = (1, 2),
    size: tuple[int, int] = (120, 40),
    language: str = "en",
    scanner: Scanner | None = None,
) -> None:
    """Run what a person does at a screen that has joined."""
    made = partial(
        Rung, words=Words(language), palette=PALETTES[DEFAULT], scanner=scanner, plans=plans
    )
    asyncio.run(joined(flow, Bus(STATION, list(slots)), size, made))


async def joined(
    flow: Flow, bus: Bus, size: tuple[int, int], made: Callable[[StationLink], Rung]
) -> None:
    """The same at the screen that is made of a link."""
    with TemporaryDirectory() as place:
        station = Shown(bus, Path(place) / "station")
        station.socket = station.serve()
        with closing(station), StationLink(station.folder) as link:
            station.app = made(link)
            async with station.app.run_test(size=size) as pilot:
                station.pilot = pilot
                await station.until(lambda: not station.app.board.gone)
                await station.until(lambda: station.app.knows_labels)
                await flow(station)
