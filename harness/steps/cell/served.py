"""A handset on the cell that the call box serves to it, and to nobody else meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.errors import DutFault, StationFault
from harness.model.cell import Cell
from harness.model.ports import CallBox
from harness.steps.asking.answers import known
from harness.steps.cell.registration import (
    Look,
    Seen,
    detach,
    require_lte,
    require_registered,
    set_airplane,
)


@dataclass(frozen=True, slots=True)
class Search:
    """A slot that is to find a cell of the call box, and the time for each part of it [s]."""

    look: Look
    callbox: CallBox
    cell: Cell
    detach_s: float
    within_s: float
    settle_s: float

    def start_anew(self) -> float:
        """When the handset began to search [s], detached before, for a cell that came afresh.

        Raises: DutFault(LTE-NO-DETACH); InstrumentFault; PlanError.
        """
        set_airplane(self.look.handset, on=True)
        detach(self.look, self.detach_s)
        self.callbox.serve(self.cell)
        began_s = self.look.stopwatch()
        set_airplane(self.look.handset, on=False)
        return began_s

    def registered(self, began_s: float) -> Seen:
        """The slot once it is on LTE of the cell's network with data and a level, or at last.

        Once the network is right, what follows it has a time of its own.

        Raises: DutFault(SIM-..., LTE-NO-ATTACH) when it is registered with no network; PlanError.
        """
        look, seen, until_s = self.look, None, began_s + self.within_s
        for _ in look.turns(until_s + self.settle_s - look.stopwatch()):
            seen = look(seen)
            right = seen.on_lte_of(self.cell.plmn)
            over_s = seen.since_s + self.settle_s if right else until_s
            if (right and seen.settled) or look.stopwatch() >= over_s:
                break
        assert seen
        require_registered(seen, look, f"not registered within {self.within_s:g} s")
        return seen

    def require_on_cell(self) -> None:
        """Have the handset on this cell of the box, registered again if it has lost the cell.

        Waits as `registered`, and until `within_s` [s] for the box to say that it is attached.
        While the slot has kept the cell, a registration that is lost is the handset's own doing.

        Raises: DutFault(LTE-NO-DETACH, SIM-..., LTE-NO-ATTACH); InstrumentFault; PlanError.
        """
        kept = self.callbox.serves(self.cell)
        began_s = self.look.stopwatch() if kept else self.start_anew()
        seen = self.registered(began_s)
        require_lte([seen], self.within_s)
        plmn, earfcn = known("PLMN", seen.phone.plmn), known("EARFCN", seen.phone.earfcn)
        attached = self._attached(began_s + self.within_s)
        if (plmn, earfcn, attached) != (self.cell.plmn, self.cell.earfcn, True):
            raise _elsewhere(self.cell, plmn, earfcn, attached=attached)

    def _attached(self, until_s: float) -> bool:
        """Whether the box says that a handset is attached, for which it has until then [s]."""
        left_s = until_s - self.look.stopwatch()
        return any(self.callbox.attached() for _ in self.look.turns(left_s))


@contextmanager
def kept(callbox: CallBox, cell: Cell) -> Iterator[None]:
    """What is found meanwhile, good or bad, counts if the box has kept the cell until its end.

    Raises: StationFault(CELL-CHANGED); InstrumentFault.
    """
    try:
        yield
    except DutFault:
        _require_kept(callbox, cell)
        raise
    _require_kept(callbox, cell)


def _elsewhere(cell: Cell, plmn: str, earfcn: int, *, attached: bool) -> DutFault:
    words = f"on PLMN {plmn}, EARFCN {earfcn}; the call box serves PLMN {cell.plmn}, EARFCN"
    said = "a handset" if attached else "no handset"
    evidence = {"plmn": plmn, "earfcn": earfcn, "box_attached": attached}
    message = f"{words} {cell.earfcn}, and says that {said} is attached"
    return DutFault("LTE-NO-ATTACH", message, evidence=evidence)


def _require_kept(callbox: CallBox, cell: Cell) -> None:
    if not callbox.serves(cell):
        words = f"the call box did not keep PLMN {cell.plmn}, band {cell.band}, EARFCN "
        message = f"{words}{cell.earfcn}, {cell.level_dbm:g} dBm as this slot had set it"
        raise StationFault("CELL-CHANGED", message)
