"""What keeps the slots of a station from units that count, known before one comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from harness.errors import HarnessError
from harness.model.entry import Entry, UnitRefused
from harness.model.events import Purpose, Recorded, RunStarted, Stamped
from harness.model.identity import Unit
from harness.model.rules.ready import Doubt
from harness.model.station import SlotDoubt, Unready
from harness.station.files.golden_units import GoldenUnits
from harness.station.screens.breath import Breath
from harness.station.screens.bus import Bus, News

DoubtsOf = Callable[[Iterable[int]], Iterator[tuple[int, list[Doubt]]]]
"""Gives for each of these slots what stands against runs that count; asked of records and files.

Raises: StationFault(STORE-DAMAGED | STORE-ABSENT).
"""
LOOK_S = 10.0
"""How often it is looked what time alone has changed [s]."""
_LOCK = "STOP-"
"""How the codes of locks begin: screens know those by their entries."""
_UNASKED = (HarnessError, OSError)
"""Nothing is foreseen where the records or the disk cannot be asked: the run itself tells."""
_ENDS_S = 2.0
"""How long a look that is on is waited for at the end [s]."""


class Foresight:
    """Looks ahead, for screens and for scans; whether a run is begun, that run asks itself.

    Any thread but those of the slots may ask. In engineering mode nothing `counts`, and nothing
    keeps a slot from units; nor does anything from those of the registry of golden ones, whose
    runs ask for no readiness.
    """

    def __init__(
        self,
        slots: Iterable[int],
        doubts: DoubtsOf,
        golden: GoldenUnits,
        counts: Callable[[], bool],
    ) -> None:
        self._slots, self._doubts = sorted(slots), doubts
        self._golden, self._counts = golden, counts

    def look(self) -> Unready:
        """What keeps each slot from units now, but for its locks.

        Raises: StationFault(STORE-DAMAGED | STORE-ABSENT).
        """
        if not self._counts():
            return Unready()
        found, breath = list[SlotDoubt](), Breath()
        for slot, against in self._doubts(self._slots):
            told = (doubt for doubt in against if not doubt.code.startswith(_LOCK))
            found += (SlotDoubt(slot, doubt.code, doubt.words) for doubt in told)
            breath.take()
        return Unready(tuple(found))

    def require(self, unit: Unit, slot: int | None) -> None:
        """Take the scan of a unit for a slot, or for any of those that are ready.

        Raises: as LineReadiness.require; JigFault, PlanError or OperatorStop of what else is first.
        """
        if self._golden.of(unit) or not self._counts():
            return
        try:
            doubt = self._first(self._slots if slot is None else [slot])
        except _UNASKED:
            return
        if doubt:
            raise doubt.fault()

    def _first(self, slots: Iterable[int]) -> Doubt | None:
        """What keeps the first of these slots from units; None where one of them takes any."""
        found = list[Doubt]()
        for _, against in self._doubts(slots):
            if not against:
                return None
            found.append(against[0])
        return next(iter(found), None)


@contextmanager
def foretold(foresight: Foresight, bus: Bus, each_s: float = LOOK_S) -> Iterator[None]:
    """Screens are told what is foreseen: first of all now, then by a thread of its own.

    It looks when what was said on the bus may have changed something, and `each_s` [s] anyway.
    """

    def look() -> None:
        with suppress(*_UNASKED):
            bus.foresee(foresight.look())

    def go_on() -> None:
        try:
            while not (news.take(each_s) == [] and news.ended):
                look()
        finally:  # else tiles would say for ever what nobody looks after
            bus.foresee(Unready())

    with bus.subscribe(wanted=Changing().changes) as news:
        news.take(0)  # the whole station; only what is said from now on is told by itself
        look()
        thread = threading.Thread(target=go_on, name="foresight", daemon=True)
        thread.start()
        try:
            yield
        finally:
            news.end()
            thread.join(_ENDS_S)


class Changing:
    """Tells from all that is said on a bus what may change how ready a slot is."""

    def __init__(self) -> None:
        self._golden: set[str] = set()

    def changes(self, message: News) -> bool:
        """Whether it is an entry, or the record of a golden unit's run."""
        match message:
            case Entry(what=what):
                return not isinstance(what, UnitRefused)
            case Stamped(event=RunStarted(purpose=Purpose.GOLDEN), run=run):
                self._golden.add(run)
            case Stamped(event=Recorded(), run=run) if run in self._golden:
                self._golden.discard(run)
                return True
        return False
