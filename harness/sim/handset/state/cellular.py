"""The modem of a simulated handset: how each SIM slot stands with the network, at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from harness.sim.handset.state.radios import Radios
from harness.sim.unit import SimUnit

ATTACH_S = 4.0
"""Dwell time from the end of airplane mode to the registration [s]."""
DATA_S = 0.4
"""Dwell time from the registration to the data connection [s]."""
SLOW_ATTACH_S = 18.0
"""Real time that an attach takes which is planted as slow [s], whatever the speed."""

PLMN, NAME, EARFCN, BAND = "00101", "FactoryNet", 1650, 3
"""The network at the line, which the test SIM belongs to."""
RSRP_DBM, WEAK_RSRP_DBM = -95, -118
RSRQ_DB, RSSNR_DB, RSSI_OVER_RSRP_DB = -10, 15, 24
SLOTS = 2


class Registration(Enum):
    """What a slot's modem does about the network."""

    OFF = "off"
    SEARCHING = "searching"
    DENIED = "denied"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Served:
    """What one SIM slot shows at one moment. `plmn` and `rsrp_dbm` are of the cell it is on."""

    registration: Registration
    has_sim: bool
    connected: bool = False
    plmn: str = PLMN
    rsrp_dbm: int = RSRP_DBM

    @property
    def registered(self) -> bool:
        return self.registration is Registration.HOME

    @property
    def denied(self) -> bool:
        return self.registration is Registration.DENIED

    @property
    def airplane(self) -> bool:
        return self.registration is Registration.OFF


class Cellular:
    """A modem that attaches some time after airplane mode ends."""

    def __init__(self, unit: SimUnit, radios: Radios, speed: float) -> None:
        self._unit = unit
        self._radios = radios
        self._data_s = DATA_S / speed
        slow = unit.defects.get("lte.attach_slow")
        self._attach_s = (
            ATTACH_S / speed if slow is None else float(slow.get("attach_s", SLOW_ATTACH_S))
        )

    def slots(self, now_s: float) -> tuple[Served, ...]:
        """Each SIM slot: one holds the test SIM, unless that is missing; the others are empty."""
        off = self._radios.airplane
        empty = Served(Registration.OFF if off else Registration.SEARCHING, has_sim=False)
        return tuple(
            self.served(now_s) if number == self._unit.sim_slot else empty
            for number in range(SLOTS)
        )

    def served(self, now_s: float) -> Served:
        """The slot that is for the test SIM."""
        reason = self._reason()
        if "lte.no_detach" in self._unit.defects:
            return self._home(connected=True)
        has_sim = reason != "sim_absent"
        since_s = now_s - self._radios.modem_since_s
        if self._radios.airplane:
            return Served(Registration.OFF, has_sim)
        if reason == "rejected" and since_s >= self._attach_s:
            return Served(Registration.DENIED, has_sim)
        if reason or since_s < self._attach_s:
            return Served(Registration.SEARCHING, has_sim)
        return self._home(connected=self._radios.data and since_s >= self._attach_s + self._data_s)

    def _home(self, *, connected: bool) -> Served:
        plmn = str(self._setting("lte.wrong_plmn", "plmn", "00102", PLMN))
        rsrp_dbm = int(self._setting("lte.weak", "rsrp_dbm", WEAK_RSRP_DBM, RSRP_DBM))
        return Served(Registration.HOME, True, connected, plmn, rsrp_dbm)

    def _reason(self) -> str:
        """Why it never attaches; empty when it does."""
        no_attach = self._unit.defects.get("lte.no_attach")
        return "" if no_attach is None else str(no_attach.get("reason", "searching"))

    def _setting(self, defect: str, key: str, planted: Any, good: Any) -> Any:
        settings = self._unit.defects.get(defect)
        return good if settings is None else settings.get(key, planted)
