"""The paths from the call box to the slots: whether somebody has measured them, and when."""

from __future__ import annotations

from datetime import date, timedelta

from harness.errors import StationFault
from harness.station.doctor.finding import Finding, Level
from harness.station.files.config import SlotConfig, StationConfig
from harness.station.files.path_loss import PathLossTable, named_path

SOON = timedelta(days=14)
"""How long before the values expire somebody should measure again."""
_MEASURE = StationFault.codes["PATH-LOSS-STALE"].remedy


def path_loss(station: StationConfig, today: date) -> Finding:
    """Whether every slot with a call box has losses that hold today, and for a while."""
    name = "path loss"
    slots = [slot for slot in station.slots if slot.call_box or station.call_box]
    if not slots:
        return Finding.ok(name, "no call box is connected")
    try:
        table, *_ = [_table_of(station, slot) for slot in slots]
    except StationFault as fault:
        return Finding(name, Level.FAIL, fault.message, fault.remedy)
    until = min(row.until for row in table.rows.values())
    words = f"table {table.name} revision {table.revision} holds until {until}"
    if until < today:
        return Finding(name, Level.FAIL, words, _MEASURE)
    return (
        Finding(name, Level.WARN, words, _MEASURE)
        if until - today < SOON
        else Finding.ok(name, words)
    )


def _table_of(station: StationConfig, slot: SlotConfig) -> PathLossTable:
    """Raises: StationFault(PATH-LOSS-ABSENT) when no loss of the slot's path can be known."""
    table, cable = named_path(station.path_loss, slot.number, slot.rf_cable)
    table.require(slot.number, cable)
    return table
