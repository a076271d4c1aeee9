"""What the rules of a line are asked through, and what they ask in their turn."""

from __future__ import annotations

from typing import Protocol

from harness.model.events import Event, FaultConfirmed
from harness.model.identity import Unit
from harness.model.record import Record
from harness.model.rules.values import UnitHistory


class UnitRules(Protocol):
    """The rules of a line, for the runs of one plan with one purpose."""

    def require(
        self, unit: Unit, process: str, slot: int, jig: str | None, *, run: str = ""
    ) -> tuple[Event, ...]:
        """What the record is to say of the unit's admission; nothing, as a rule.

        `run` is the one that asks, if it has begun: it does not count. A unit of which nobody
        knows yet who it is may be tested: it is asked for again when the handset says it.

        Raises: OperatorStop(RETEST-OPEN | RETEST-LIMIT | RETEST-SLOT | ROUTE-MISSING |
        ROUTE-FAILED | ROUTE-RECALLED | ROUTE-OFFLINE | STOP-STREAK | STOP-FPY);
        StationFault(STORE-...).
        """
        ...

    def confirmed(self, code: str, run: Record) -> FaultConfirmed | None:
        """What makes this fault of a run that is about to end the unit's own, if it is.

        Raises: StationFault(STORE-...).
        """
        ...


class CentreOffline(Exception):
    """The centre of a plant cannot be asked; the words say why."""


class RouteCentre(Protocol):
    """Knows what a unit has passed at all stations of a plant."""

    def history(self, serial: str) -> UnitHistory:
        """Its runs, of every process, and all recalls.

        Raises: CentreOffline.
        """
        ...
