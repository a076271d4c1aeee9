"""An LTE cell of a call box, and what is lost on the way from it to a handset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cell:
    """What a call box puts on the air.

    `level_dbm` is the energy per resource element at its connector [dBm per 15 kHz], which a
    handset behind a path without loss would measure as RSRP (3GPP TS 36.214, clause 5.1.1).
    """

    plmn: str
    band: int
    earfcn: int
    level_dbm: float


@dataclass(frozen=True, slots=True)
class PathLoss:
    """What cable, coupler and shield box of one slot lose in one band [dB], and who measured it.

    It counts up to and with the day `until`.
    """

    loss_db: float
    cable: str
    band: int
    measured: date
    until: date
    by: str
