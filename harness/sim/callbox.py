"""What a simulated call box does: a line and a time in, replies out. No clock, no I/O.

Speaks the core language of call boxes (IEEE 488.2 and SCPI-99 in ASCII lines), read from its
command table and not from the driver's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from harness.sim.answering import Planted
from harness.sim.cell import SimCell
from harness.sim.scpi import COMMON, Commands, ScpiBehaviour, one_of
from harness.sim.unit import SimUnit

DWELL_S = 1.5
"""How long a cell takes to come on the air [s of real time at speed 1]."""
CHANNELS: Mapping[int, range] = {
    1: range(600),
    3: range(1200, 1950),
    5: range(2400, 2650),
    7: range(2750, 3450),
    8: range(3450, 3800),
    20: range(6150, 6450),
    28: range(9210, 9660),
    38: range(37750, 38250),
    40: range(38650, 39650),
    41: range(39650, 41590),
}
"""The downlink channels of its bands (3GPP TS 36.101, table 5.7.3-1)."""
LEVELS_DBM = (-120.0, -20.0)
_PLMN = re.compile(r'"([0-9]{5,6})"')


class CallBoxBehaviour(ScpiBehaviour):
    """A call box with one LTE cell, and the defects of the unit that is cabled to it.

    `speed` divides how long the cell takes to come on.
    """

    kind = "callbox"

    def __init__(
        self,
        cell: SimCell,
        *,
        serial: str = "SIMBOX01",
        speed: float = 1.0,
    ) -> None:
        super().__init__(Planted(self.kind), serial=serial)
        self.cell = cell
        self._dwell_s = DWELL_S / speed
        self._on_air_s = -math.inf
        self._registered: Callable[[float], bool] = lambda _: False

    def insert(self, unit: SimUnit, registered: Callable[[float], bool]) -> None:
        """Cable another unit to it; `registered` says at a time whether it is on the cell."""
        self.planted.unit, self._registered = unit, registered

    def _changed(self, now_s: float) -> None:
        """Whoever was on the cell has lost it, and may come back to the one that is there now."""
        self._on_air_s = now_s + self._dwell_s
        self.cell.since_s = self._on_air_s

    # Commands.

    def _identity(self, _argument: str, _now_s: float) -> str:
        return f"Simulated,CallBox,{self.serial},1.0"

    def _reset(self, _argument: str, _now_s: float) -> None:
        self.cell.on = False

    def _switch(self, argument: str, now_s: float) -> None:
        on = one_of(argument, "ON", "OFF") == "ON"
        if on and not self.cell.on:
            self._changed(now_s)
        self.cell.on = on

    def _state(self, _argument: str, now_s: float) -> str:
        if not self.cell.on:
            return "OFF"
        return "PEND" if now_s < self._on_air_s else "ON"

    def _set_plmn(self, argument: str, now_s: float) -> None:
        match = _PLMN.fullmatch(argument)
        if not match:
            raise ValueError("five or six digits in quotes")
        self.cell.plmn = match[1]
        self._changed(now_s)

    def _plmn(self, _argument: str, _now_s: float) -> str:
        return f'"{self.cell.plmn}"'

    def _set_band(self, argument: str, now_s: float) -> None:
        """A channel of another band goes to the middle of this one."""
        band = int(argument)
        if band not in CHANNELS:
            raise ValueError("no such band")
        if self.cell.earfcn not in CHANNELS[band]:
            self.cell.earfcn = CHANNELS[band][len(CHANNELS[band]) // 2]
        self.cell.band = band
        self._changed(now_s)

    def _band(self, _argument: str, _now_s: float) -> str:
        return str(self.cell.band)

    def _set_channel(self, argument: str, now_s: float) -> None:
        earfcn = int(argument)
        if earfcn not in CHANNELS[self.cell.band]:
            raise ValueError(f"no downlink channel of band {self.cell.band}")
        self.cell.earfcn = earfcn
        self._changed(now_s)

    def _channel(self, _argument: str, _now_s: float) -> str:
        return str(self.cell.earfcn)

    def _set_level(self, argument: str, _now_s: float) -> None:
        """A level takes effect at once; nobody loses the cell by it."""
        low, high = LEVELS_DBM
        level_dbm = float(argument)
        if not low <= level_dbm <= high:
            raise ValueError(f"{low:g} to {high:g} dBm")
        if self.planted.struck("wrong_level", "CELL:LEV"):
            level_dbm += self.planted.value(0, "wrong_level", "off_db", -10)
        self.cell.level_dbm = round(level_dbm, 1)

    def _level(self, _argument: str, _now_s: float) -> str:
        return f"{self.cell.level_dbm:.1f}"

    def _attached(self, _argument: str, now_s: float) -> str:
        on_air = self.cell.on and now_s >= self._on_air_s
        return str(int(on_air and self._registered(now_s)))

    def _detach(self, _argument: str, now_s: float) -> None:
        self.cell.detached_s = now_s


COMMANDS: Commands = {
    **COMMON,
    "*RST": CallBoxBehaviour._reset,
    "CELL:STAT": CallBoxBehaviour._switch,
    "CELL:STAT?": CallBoxBehaviour._state,
    "CELL:PLMN": CallBoxBehaviour._set_plmn,
    "CELL:PLMN?": CallBoxBehaviour._plmn,
    "CELL:BAND": CallBoxBehaviour._set_band,
    "CELL:BAND?": CallBoxBehaviour._band,
    "CELL:CHAN": CallBoxBehaviour._set_channel,
    "CELL:CHAN?": CallBoxBehaviour._channel,
    "CELL:LEV": CallBoxBehaviour._set_level,
    "CELL:LEV?": CallBoxBehaviour._level,
    "CELL:ATT?": CallBoxBehaviour._attached,
    "CELL:DET": CallBoxBehaviour._detach,
}
"""What it obeys, by the header of the command."""
CallBoxBehaviour.commands = COMMANDS
