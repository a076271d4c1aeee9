"""The modem of a simulated handset: how each SIM slot stands with the network, at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Any

from harness.sim.handset.state.radios import Radios
from harness.sim.unit import SimUnit

DATA_S = 0.4
"""Dwell time from the registration to the data connection [s]."""
SLOW_ATTACH_S = 18.0
"""Real time that an attach takes which is planted as slow [s], whatever the speed."""

PLMN, NAME = "00101", "FactoryNet"
"""The network at the line, which the test SIM belongs to and which alone it uses."""
BANDS = frozenset({1, 3, 5, 7, 8, 20, 28, 38, 40, 41})
"""The LTE bands of its radio (3GPP TS 36.101, table 5.5-1)."""
SENSITIVITY_DBM = -121
"""RSRP below which it finds no cell: the -94 dBm of band 3 in 10 MHz (TS 36.101, table
7.3.1-1), spread over 600 resource elements."""
WEAK_RSRP_DBM = -118
OTHER_PLMN, OTHER_EARFCN = "00102", 1300
OTHER_BAND, EARFCN_OF_OTHER_BAND = 1, 300
"""Cells from outside, which only defects let it camp on: of another network, of another band."""
RSSI_OVER_RSRP_DB = 24
PLMN_NOT_ALLOWED, ILLEGAL_UE = 11, 3
"""Causes with which a network refuses (3GPP TS 24.301, table 9.9.3.9.1)."""
SLOTS = 2


class Registration(Enum):
    """What a slot's modem does about the network."""

    OFF = "off"
    SEARCHING = "searching"
    DENIED = "denied"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Served:
    """What one SIM slot shows at one moment, of the cell that it is on, if it is on one."""

    registration: Registration
    has_sim: bool
    connected: bool = False
    plmn: str = ""
    band: int = 0
    earfcn: int = 0
    rsrp_dbm: int = 0
    rsrq_db: int = 0
    snr_db: int = 0
    reject_cause: int = 0
    """Why the network has refused it (3GPP TS 24.301, Annex A); 0 when it has not."""

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
    """A modem that attaches to the cell it hears, some time after airplane mode ends."""

    def __init__(self, unit: SimUnit, radios: Radios, speed: float) -> None:
        self._unit = unit
        self._radios = radios
        self._reports = 0
        self._data_s = DATA_S / speed
        slow = unit.defects.get("lte.attach_slow")
        self._attach_s = (
            unit.attach_s / speed if slow is None else float(slow.get("attach_s", SLOW_ATTACH_S))
        )

    def report(self) -> None:
        """Have the modem measure its cell anew: each report has noise of its own."""
        self._reports += 1

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
        if "lte.no_detach" in self._unit.defects:
            return self._home(connected=True)
        reason, cause = self._reason(), self._reject_cause()
        has_sim = reason != "sim_absent"
        if self._radios.airplane:
            return Served(Registration.OFF, has_sim)
        since_s = now_s - self._tries_since_s
        if cause and since_s >= self._attach_s:
            return Served(Registration.DENIED, has_sim, reject_cause=cause)
        if reason or cause or since_s < self._attach_s or not self._finds_a_cell:
            return Served(Registration.SEARCHING, has_sim)
        return self._home(connected=self._radios.data and since_s >= self._attach_s + self._data_s)

    def registered_on_cell(self, now_s: float) -> bool:
        """Whether it is registered on the call box's cell, and not on another one."""
        return not self._camps_elsewhere and self.served(now_s).registered

    @property
    def _tries_since_s(self) -> float:
        """Since when it could register: its radio and, unless it camps elsewhere, its cell."""
        own_s = self._radios.modem_since_s
        return own_s if self._camps_elsewhere else max(own_s, self._unit.cell.since_s)

    @property
    def _camps_elsewhere(self) -> bool:
        return not self._unit.defects.keys().isdisjoint({"lte.wrong_plmn", "lte.wrong_band"})

    @property
    def _finds_a_cell(self) -> bool:
        if self._camps_elsewhere:
            return True
        cell = self._unit.cell
        told_to_stay_away = cell.detached_s > self._radios.modem_since_s
        own_network = cell.plmn == PLMN and cell.band in BANDS
        heard = self._heard_dbm >= SENSITIVITY_DBM or "lte.weak" in self._unit.defects
        return cell.on and own_network and heard and not told_to_stay_away

    @property
    def _heard_dbm(self) -> float:
        """RSRP of the cell, less the noise of a report."""
        unit = self._unit
        good = unit.cell.level_dbm - unit.path_loss_db + unit.rsrp_offset_db
        return float(self._setting("lte.weak", "rsrp_dbm", WEAK_RSRP_DBM, good))

    def _home(self, *, connected: bool) -> Served:
        unit, cell = self._unit, self._unit.cell
        noise = Random(f"{unit.seed} {unit.serial} {self._reports}")  # noqa: S311 no secret
        noise_db = noise.uniform(-unit.rsrp_noise_db, unit.rsrp_noise_db)
        own = Served(
            Registration.HOME,
            True,
            connected,
            cell.plmn,
            cell.band,
            cell.earfcn,
            rsrp_dbm=round(self._heard_dbm + noise_db),
            rsrq_db=round(unit.rsrq_db),
            snr_db=round(unit.snr_db),
        )
        if "lte.wrong_plmn" in unit.defects:
            plmn = str(self._setting("lte.wrong_plmn", "plmn", OTHER_PLMN, cell.plmn))
            return replace(own, plmn=plmn, earfcn=OTHER_EARFCN)
        if "lte.wrong_band" in unit.defects:
            return replace(own, band=OTHER_BAND, earfcn=EARFCN_OF_OTHER_BAND)
        return own

    def _reason(self) -> str:
        """Why it never attaches; empty when it does."""
        if "lte.sim_absent" in self._unit.defects:
            return "sim_absent"
        no_attach = self._unit.defects.get("lte.no_attach")
        return "" if no_attach is None else str(no_attach.get("reason", "searching"))

    def _reject_cause(self) -> int:
        """With which cause the network refuses it; 0 when it does not."""
        other = PLMN_NOT_ALLOWED if self._reason() == "rejected" else 0
        return int(self._setting("lte.sim_rejected", "cause", ILLEGAL_UE, other))

    def _setting(self, defect: str, key: str, planted: Any, good: Any) -> Any:
        settings = self._unit.defects.get(defect)
        return good if settings is None else settings.get(key, planted)
