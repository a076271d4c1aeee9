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
_FLAT_KEYS = {"asu": 7, "rsrp": 8, "rsrq": 9, "rssnr": 10, "cqi": 11}
_ASU_UNKNOWN = ("99", "255")


@dataclass(frozen=True, slots=True)
class LteSignal:
    """Levels `rssi` and `rsrp` [dBm] and ratios `rsrq` and `rssnr_db` [dB] of the LTE cell.

    `rssnr_raw` is in tenths of a dB up to Android 10, in dB after. `lte_signal_asu` is
    3GPP TS 27.007 8.5, `cqi` TS 36.213 7.2.3, `level` the bars of the status line, 0 to 4.
    """

    lte_signal_asu: Reading[int]
    rssi: Reading[int]
    rsrp: Reading[int]
    rsrq: Reading[int]
    rssnr_raw: Reading[int]
    rssnr_db: Reading[float]
    cqi: Reading[int]
    level: Reading[int]


def read_lte_signal(printed: Reading[str]) -> LteSignal:
    """The LTE part of the value of `mSignalStrength`."""
    if not isinstance(printed, str):
        return _all(printed)
    if printed.count(_LTE) > 1:
        return _all(Unreadable(f"{_LTE!r} stands twice", printed))
    if _LTE in printed:
        return _by_key(printed)
    match = _FLAT.fullmatch(printed)
    if match:
        return _by_place(match["numbers"].split(" "))
    return _all(Unreadable("mSignalStrength is of no known format", printed))


def _all(reading: Unknown | Unreadable) -> LteSignal:
    return LteSignal(*(reading,) * 8)


def _by_key(printed: str) -> LteSignal:
    part, ends, _ = printed.partition(_LTE)[2].partition(",")
    if not ends:
        return _all(Unreadable(f"{_LTE!r} has no end", part))
    fields = gather(
        (key, value) for key, equals, value in (w.partition("=") for w in part.split()) if equals
    )
    tenths = _NEW not in fields
    return LteSignal(
        lte_signal_asu=Unknown("not printed from Android 10 on"),
        rssi=_known(fields, "rssi", -140, 0),
        rsrp=_known(fields, "rsrp", -140, -43),
        rsrq=_known(fields, "rsrq", -34, 3),
        rssnr_raw=_rssnr(fields, tenths=tenths),
        rssnr_db=_rssnr_db(fields, tenths=tenths),
        cqi=_known(fields, "cqi", 0, 15),
        level=_known(fields, "level", 0, 4),
    )


def _by_place(numbers: list[str]) -> LteSignal:
    nothing = Unknown("not printed before Android 10")
    fields: dict[str, Reading[str]] = {key: numbers[at] for key, at in _FLAT_KEYS.items()}
    asu = fields["asu"]
    return LteSignal(
        lte_signal_asu=Unknown(f"asu {asu}")
        if asu in _ASU_UNKNOWN
        else _known(fields, "asu", 0, 97),
        rssi=nothing,
        rsrp=_known(fields, "rsrp", -140, -43),
        rsrq=_known(fields, "rsrq", -34, 3),
        rssnr_raw=_rssnr(fields, tenths=True),
        rssnr_db=_rssnr_db(fields, tenths=True),
        cqi=_known(fields, "cqi", 0, 15),
        level=nothing,
    )


def _known(fields: Fields, key: str, low: int, high: int) -> Reading[int]:
    if fields.get(key) == _UNKNOWN:
        return Unknown(f"{key}={_UNKNOWN}")
    return integer(fields, key, low, high)


def _rssnr(fields: Fields, *, tenths: bool) -> Reading[int]:
    per_db = _per_db(tenths=tenths)
    return _known(fields, "rssnr", -20 * per_db, 30 * per_db)


def _rssnr_db(fields: Fields, *, tenths: bool) -> Reading[float]:
    return scaled(_rssnr(fields, tenths=tenths), _per_db(tenths=tenths))


def _per_db(*, tenths: bool) -> int:
    return 10 if tenths else 1
