"""The LTE cell of a simulated call box: pure state, shared with the units that hear it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(slots=True)
class SimCell:
    """What the call box of a slot has on the air, and what its network did last.

    Times are of the clock that all simulators share [s].
    """

    on: bool = True
    plmn: str = "00101"
    band: int = 3
    earfcn: int = 1650
    level_dbm: float = -53.0
    """Energy per resource element at the call box's connector [dBm per 15 kHz]."""
    since_s: float = -math.inf
    """When it last came on the air, changed, or detached its handset."""
    detached_s: float = -math.inf
    """When its network last detached the handset: that one stays away until airplane mode."""
