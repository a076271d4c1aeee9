"""What commands share that work on all slots of a station at once: a screen, and how to stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from harness.clock import SystemClock
from harness.model.station import Abort, Answer
from harness.station.screens.bus import Bus
from harness.station.screens.obeying import Obeying
from harness.station.screens.socket import StationSocket, folder_of
from harness.station.stopping import stopping
from harness.ui.live import LiveLine
from harness.ui.text import Terminal

T = TypeVar("T")


class Work(Protocol):
    """Work on the slots of a station that can be stopped, as a whole or on one slot."""

    def stop(self, by: str, why: str) -> None: ...

    def abort(self, command: Abort) -> None: ...

    def answer(self, command: Answer) -> None: ...


def on_screen(
    bus: Bus,
    records: Path,
    work: Work,
    do: Callable[[Callable[[], None]], T],
    ended: Callable[[LiveLine, T], None],
) -> T:
    """Do the work with a screen on stderr and a socket beside the records for others.

    `do` is handed what it calls at each poll; `ended` may say more on the screen.
    """
    screen = LiveLine(Terminal(stderr=True), SystemClock())
    folder = folder_of(records)
    with (
        StationSocket(folder, bus, Obeying(work.abort, answer=work.answer)),
        bus.subscribe() as told,
        stopping(work.stop) as each_poll,
    ):
        with screen:

            def poll() -> None:
                screen.draw(told.take(0))
                each_poll()

            results = do(poll)
            screen.draw(told.take(0))
        ended(screen, results)
    return results
