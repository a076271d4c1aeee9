"""Pictures of the page for docs/page.md: `python -m tests.ui.page.pictures` (make pictures)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from harness.errors import LinkFault
from harness.model.counting import Counting
from harness.model.entry import EngineeringBegun, Locked, Role, SignedIn
from harness.model.events import Purpose
from harness.model.fault import Symptom
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent
from harness.model.station import PlanShown
from harness.station.screens.bus import Bus
from harness.ui.page.server import PageServer
from tests.station.runs import STATION
from tests.ui.operator.line import AT, Line, planned, run
from tests.ui.page.browser import browsing
from tests.ui.page.serving import Place, served

DOCS = Path(__file__).parents[3] / "docs"
SLOTS = range(1, 9)
_SYMPTOM = Symptom("C-12", "battery charges slowly", "B7")


@contextmanager
def line_of_two(folder: Path) -> Iterator[PageServer]:
    """The page of two stations of eight slots, with every face."""
    with ExitStack() as stack:
        places = []
        for name in ("final-1", "final-2"):
            line = Line(Bus(replace(STATION, name=name), SLOTS, counting=Counting(AT)))
            place = Place(folder / name, line)
            stack.callback(place.close)
            places.append(place)
        _busy(places[0].line)
        _locked(places[1].line)
        yield stack.enter_context(served(*places))


def _busy(line: Line) -> None:
    for slot in (1, 2, 5):
        line.tested(run(slot=slot, name=f"01RUN{slot}", serial=f"A57A00410{slot}"))
    line.tested(run(Outcome.FAIL, slot=3, name="01RUN3", serial="A57A004103", symptom=_SYMPTOM))
    lost = LinkFault("ADB-LOST", "the handset dropped off adb")
    line.tested(run(Outcome.ERROR, slot=4, name="01RUN4", serial="A57A004104", fault=lost))
    for slot in (6, 7):
        line.put_in(f"A57A00410{slot}", slot)
    line.publish(run(slot=6, name="01RUN6", serial="A57A004106")[:3], 6)
    plan = planned()
    line.bus.show(PlanShown(plan.sha256, plan.id, plan.revision, "2026-11-a", (), 94.0))
    line.enter(SignedIn("mei", Role.OPERATOR))
    for number in range(190):
        line.bus.count(_ended(number, Outcome.FAIL if number % 20 == 7 else Outcome.PASS))


def _ended(number: int, outcome: Outcome) -> RunHead:
    at = AT + timedelta(hours=1)
    return RunHead(
        *(f"03RUN{number}", f"A57A{number:06}", "final-1", 1, None, "a57", 1, "0" * 64, "final"),
        *(Purpose.PRODUCTION, 1, at, at, outcome, outcome is Outcome.FAIL, None, "mei"),
    )


def _locked(line: Line) -> None:
    line.tested(run(slot=1, name="02RUN1", serial="A57A005201", purpose=Purpose.ENGINEERING))
    line.change(SlotEvent.QUARANTINE, "SLOT-WEDGED: the step camera never came back", 4)
    line.enter(Locked("STOP-STREAK", "3 fails in a row with rf.tx:LOW", 2))
    line.enter(EngineeringBegun("li", "new fixture", AT + timedelta(hours=2)))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        with line_of_two(here) as server, browsing(here / "profile") as page:
            for language in ("en", "ur"):
                page.open(f"{server.url}?language={language}", width=1600, height=900)
                page.until("document.querySelectorAll('.tile').length == 16")
                page.value("document.fonts.ready.then(() => true)")
                (DOCS / f"page-{language}.png").write_bytes(page.picture())


if __name__ == "__main__":
    main()
