"""The paths from the call box to the slots: whether somebody has measured them, and when."""

from __future__ import annotations

from datetime import date, timedelta

from harness.errors import StationFault
from harness.station.config import SlotConfig, StationConfig
from harness.station.doctor.finding import Finding, Level

SOON = timedelta(days=14)
"""How long before the values expire somebody should measure again."""
_MEASURE = "Measure the paths again and write values and dates into the path-loss file."


def path_loss(station: StationConfig, today: date) -> Finding:
    """Whether every slot with a call box has losses that hold today, and for a while."""
    name = "path loss"
    slots = [slot for slot in station.slots if slot.call_box or station.call_box]
    if not slots:
        return Finding.ok(name, "no call box is connected")
    table = station.path_loss
    if table is None:
        remedy = "Name a path-loss file in the station file: `path_loss: FILE`."
        return Finding(name, Level.FAIL, "the station file names no path_loss", remedy)
    for slot in slots:
        if wrong := _without(station, slot):
            code = StationFault.codes["PATH-LOSS-ABSENT"]
            return Finding(name, Level.FAIL, wrong, code.remedy)
    until = min(row.until for row in table.rows.values())
    words = f"table {table.name} revision {table.revision} holds until {until}"
    if until < today:
        return Finding(name, Level.FAIL, words, _MEASURE)
    return (
        Finding(name, Level.WARN, words, _MEASURE)
        if until - today < SOON
        else Finding.ok(name, words)
    )


def _without(station: StationConfig, slot: SlotConfig) -> str:
    """Why no loss of a slot's path can be known; empty when one is."""
    assert station.path_loss
    if slot.rf_cable is None:
        return f"slot {slot.number} has no rf_cable"
    if any(key[:2] == (slot.number, slot.rf_cable) for key in station.path_loss.rows):
        return ""
    return f"{station.path_loss.name} has no row for slot {slot.number}, cable {slot.rf_cable}"
