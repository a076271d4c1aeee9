"""A handset on the cell that the call box serves to it, and to nobody else meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import DutFault, StationFault
from harness.model.cell import Cell
from harness.model.ports import CallBox, Wait
from harness.steps.asking.answers import known
from harness.steps.cell.registration import (
    LOOK_S,
    Look,
    detach,
    registered,
    require_lte,
    set_airplane,
)


def start_anew(
    look: Look, callbox: CallBox, cell: Cell, detach_within_s: float, wait: Wait
) -> float:
    """When the handset began to search [s], detached before, for a cell that came on afresh.

    Raises: DutFault(LTE-NO-DETACH); InstrumentFault; PlanError.
    """
    set_airplane(look.handset, on=True)
    detach(look, detach_within_s, wait)
    callbox.serve(cell)
    began_s = look.stopwatch()
    set_airplane(look.handset, on=False)
    return began_s


def require_on_cell(
    look: Look,
    callbox: CallBox,
    cell: Cell,
    within_s: float,
    settle_s: float,
    detach_within_s: float,
    wait: Wait,
) -> None:
    """Have the handset on this cell of the box, registered again if the slot has lost the cell.

    Waits as `registered`, and until `within_s` [s] for the box to say that it is attached. While
    the slot has kept the cell, a registration that is lost is the handset's own doing.

    Raises: DutFault(LTE-NO-DETACH, LTE-NO-ATTACH); InstrumentFault; PlanError.
    """
    kept = callbox.serves(cell)
    began_s = look.stopwatch() if kept else start_anew(look, callbox, cell, detach_within_s, wait)
    seen = registered(look, began_s, cell.plmn, within_s, settle_s, wait)
    require_lte(seen, look, within_s)
    plmn, earfcn = known("PLMN", seen.phone.plmn), known("EARFCN", seen.phone.earfcn)
    while not (attached := callbox.attached()) and look.stopwatch() < began_s + within_s:
        wait(LOOK_S)
    if (plmn, earfcn, attached) != (cell.plmn, cell.earfcn, True):
        words = f"on PLMN {plmn}, EARFCN {earfcn}; the call box serves PLMN {cell.plmn}, EARFCN"
        said = "a handset" if attached else "no handset"
        evidence = {"plmn": plmn, "earfcn": earfcn, "box_attached": attached}
        message = f"{words} {cell.earfcn}, and says that {said} is attached"
        raise DutFault("LTE-NO-ATTACH", message, evidence=evidence)


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


def _require_kept(callbox: CallBox, cell: Cell) -> None:
    if not callbox.serves(cell):
        words = f"the call box did not keep PLMN {cell.plmn}, band {cell.band}, EARFCN "
        message = f"{words}{cell.earfcn}, {cell.level_dbm:g} dBm as this slot had set it"
        raise StationFault("CELL-CHANGED", message)
