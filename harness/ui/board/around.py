"""What a slot's tile needs to know beside its slot."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.entry import Locked
from harness.model.station import ScanOrder, SlotDoubt
from harness.ui.board.words import Said


@dataclass(frozen=True, slots=True)
class Around:
    """The station around a slot."""

    loading: ScanOrder | None = None
    """The order of the station; None while nobody knows."""
    lock: Locked | None = None
    """What keeps it from taking units."""
    doubt: SlotDoubt | None = None
    """What else keeps it from units that count."""
    first: Said | None = None
    """What is to be done about that before a unit comes."""
    announced: bool = False
    """Whether a label was scanned whose unit is to be put in here, or into any slot."""
    gone: bool = False
    """Whether the station does not answer: what is shown is how it was."""
    takes_s: float | None = None
    """How long the plan of its run usually takes [s]."""
    answer_in_s: float | None = None
    """How long somebody has to answer what its step asks [s]."""
