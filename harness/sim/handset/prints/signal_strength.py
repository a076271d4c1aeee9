"""How Android prints the signal of a simulated SIM slot: SignalStrength.toString of AOSP.

Numbers by their place up to Android 9, a CellSignalStrength for each technology from 10 on.
"""

from __future__ import annotations

from harness.sim.handset.state.cellular import RSSI_OVER_RSRP_DB, Served

_UNKNOWN = 2147483647
_ASU_UNKNOWN = 99
_RSRP_THRESHOLDS_DBM = (-115, -105, -95, -85)
"""CellSignalStrengthLte's defaults: how many of them the level reaches is the number of bars."""


def printed(slot: Served, sdk: int) -> str:
    """The value of `mSignalStrength`."""
    return _by_place(slot) if sdk < 29 else _by_technology(slot, sdk)


def lte(slot: Served, sdk: int) -> str:
    """The LTE part of it, which the list of cells repeats."""
    rssi, rsrp, rsrq, rssnr = _levels(slot, tenths=sdk < 30)
    level = sum(slot.rsrp_dbm >= low for low in _RSRP_THRESHOLDS_DBM) if slot.registered else 0
    index = f"cqiTableIndex={_UNKNOWN} " if sdk >= 31 else ""
    used = " parametersUseForLevel=0" if sdk >= 30 else ""
    return (
        f"CellSignalStrengthLte: rssi={rssi} rsrp={rsrp} rsrq={rsrq} rssnr={rssnr} "
        f"{index}cqi={_UNKNOWN} ta={_UNKNOWN} level={level}{used}"
    )


def _levels(slot: Served, *, tenths: bool) -> tuple[int, int, int, int]:
    """RSSI, RSRP, RSRQ and the ratio, which was in tenths of a dB up to Android 10."""
    if not slot.registered:
        return (_UNKNOWN,) * 4
    rssnr = slot.snr_db * 10 if tenths else slot.snr_db
    return slot.rsrp_dbm + RSSI_OVER_RSRP_DB, slot.rsrp_dbm, slot.rsrq_db, rssnr


def _by_place(slot: Served) -> str:
    _, *levels = _levels(slot, tenths=True)
    asu = slot.rsrp_dbm + 140 if slot.registered else _ASU_UNKNOWN
    numbers = [99, 0, -120, -160, -120, -1, -1, asu, *levels, _UNKNOWN, 0, _UNKNOWN, 99, 255, -120]
    return (
        f"SignalStrength: {' '.join(map(str, numbers))} gsm|lte use_rsrp_and_rssnr_for_lte_level "
        f"rssi {list(_RSRP_THRESHOLDS_DBM)} [-115, -105, -95, -85]"
    )


def _by_technology(slot: Served, sdk: int) -> str:
    return (
        f"SignalStrength:{{mCdma=CellSignalStrengthCdma: cdmaDbm={_UNKNOWN} cdmaEcio={_UNKNOWN} "
        f"evdoDbm={_UNKNOWN} evdoEcio={_UNKNOWN} evdoSnr={_UNKNOWN} level=0,"
        f"mGsm=CellSignalStrengthGsm: rssi={_UNKNOWN} ber={_UNKNOWN} mTa={_UNKNOWN} mLevel=0,"
        f"mWcdma=CellSignalStrengthWcdma: ss={_UNKNOWN} ber={_UNKNOWN} rscp={_UNKNOWN} "
        f"ecno={_UNKNOWN} level=0,"
        f"mTdscdma=CellSignalStrengthTdscdma: rssi={_UNKNOWN} ber={_UNKNOWN} rscp={_UNKNOWN} "
        f"level=0,mLte={lte(slot, sdk)},mNr=CellSignalStrengthNr:{{ {_nr(sdk)} }},"
        "primary=CellSignalStrengthLte}"
    )


def _nr(sdk: int) -> str:
    """5G: not there; its words changed with Android 12 and 15."""
    csi = f"csiRsrp = {_UNKNOWN} csiRsrq = {_UNKNOWN} "
    csi += (
        f"csiCqiTableIndex = {_UNKNOWN} csiCqiReport = []" if sdk >= 31 else f"csiSinr = {_UNKNOWN}"
    )
    ss = f"ssRsrp = {_UNKNOWN} ssRsrq = {_UNKNOWN} ssSinr = {_UNKNOWN} level = 0"
    used = " parametersUseForLevel = 0" if sdk >= 31 else ""
    advance = f" timingAdvance = {_UNKNOWN}" if sdk >= 35 else ""
    return f"{csi} {ss}{used}{advance}"
