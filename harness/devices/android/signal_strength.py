"""The LTE signal of one SIM slot, out of what SignalStrength.toString prints.

Two formats of AOSP: numbers by their place up to Android 9, CellSignalStrengthLte from 10 on.
Ranges: 3GPP TS 36.133 9.1.4 (RSRP), 9.1.7 (RSRQ), with what Android lets through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, scaled
from harness.model.reading import Reading, Unknown, Unreadable

_UNKNOWN = "2147483647"
"""CellInfo.UNAVAILABLE, and before that SignalStrength.INVALID: Integer.MAX_VALUE."""
_LTE = "CellSignalStrengthLte: "
_NEW = "parametersUseForLevel"
"""Stands in the text from Android 11 on, when rssnr became whole decibels."""
_FLAT = re.compile(r"SignalStrength: (?P<numbers>-?[0-9]{1,10}(?: -?[0-9]{1,10}){11,40})(?: .*)?")
_FLAT_RSRP, _FLAT_RSRQ, _FLAT_RSSNR = 8, 9, 10


@dataclass(frozen=True, slots=True)
class LteSignal:
    """Levels [dBm] and ratios [dB] of the serving LTE cell."""

    rssi_dbm: Reading[int]
    rsrp_dbm: Reading[int]
    rsrq_db: Reading[int]
    rssnr_db: Reading[float]


def read_lte_signal(printed: Reading[str]) -> LteSignal:
    """The LTE part of the value of `mSignalStrength`."""
    if not isinstance(printed, str):
        return LteSignal(printed, printed, printed, printed)
    if _LTE in printed:
        return _by_key(printed)
    match = _FLAT.fullmatch(printed)
    if match:
        return _by_place(match["numbers"].split(" "))
    unreadable = Unreadable("mSignalStrength is of no known format", printed)
    return LteSignal(unreadable, unreadable, unreadable, unreadable)


def _by_key(printed: str) -> LteSignal:
    part = printed.partition(_LTE)[2].partition(",")[0]
    fields = gather(
        (key, value) for key, equals, value in (w.partition("=") for w in part.split()) if equals
    )
    return LteSignal(
        rssi_dbm=_known(fields, "rssi", -140, 0),
        rsrp_dbm=_known(fields, "rsrp", -140, -43),
        rsrq_db=_known(fields, "rsrq", -34, 3),
        rssnr_db=_rssnr(fields, tenths=_NEW not in fields),
    )


def _by_place(numbers: list[str]) -> LteSignal:
    fields = {
        "rsrp": numbers[_FLAT_RSRP],
        "rsrq": numbers[_FLAT_RSRQ],
        "rssnr": numbers[_FLAT_RSSNR],
    }
    return LteSignal(
        rssi_dbm=Unknown("not printed before Android 10"),
        rsrp_dbm=_known(fields, "rsrp", -140, -43),
        rsrq_db=_known(fields, "rsrq", -34, 3),
        rssnr_db=_rssnr(fields, tenths=True),
    )


def _known(fields: Fields, key: str, low: int, high: int) -> Reading[int]:
    if fields.get(key) == _UNKNOWN:
        return Unknown(f"{key}={_UNKNOWN}")
    return integer(fields, key, low, high)


def _rssnr(fields: Fields, *, tenths: bool) -> Reading[float]:
    per_db = 10 if tenths else 1
    return scaled(_known(fields, "rssnr", -20 * per_db, 30 * per_db), per_db)
