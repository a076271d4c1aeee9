"""What values the settings of planted defects take."""

from __future__ import annotations

from collections.abc import Mapping

_COMMAND_PART = {"type": "string", "minLength": 1, "description": "a part of a command"}
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "address": {
        "type": "string",
        "pattern": "^[0-9A-F]{2}(:[0-9A-F]{2}){5}$",
        "not": {"pattern": "^00:00:5E:00:53:"},
        "description": "an address such as 00:00:00:00:5A:AD, of another range than 00:00:5E:00:53",
    },
    "allow_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "amplitude": {"type": "number", "exclusiveMinimum": 0.005, "maximum": 0.5},
    "at": {"type": "integer", "minimum": 1},
    "attach_s": {"type": "number", "exclusiveMinimum": 12, "maximum": 3600},
    "back_s": {"type": "number", "minimum": 0, "maximum": 3600},
    "battery_c": {"type": "number", "exclusiveMinimum": 40, "maximum": 120},
    "blur_ratio": {"type": "number", "exclusiveMinimum": 1.25, "maximum": 5},
    "by_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "cause": {"enum": [2, 3, 5, 6, 7, 8]},
    "channel": {"enum": [1, 2]},
    "cn0_dbhz": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 35},
    "code": {"type": "integer", "minimum": 1, "maximum": 32767},
    "column_light": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.95},
    "contrast_percent": {"type": "number", "exclusiveMinimum": 8, "maximum": 100},
    "corner_red": {"type": "number", "exclusiveMinimum": 0.06, "maximum": 0.5},
    "count": {"type": "integer", "minimum": 4, "maximum": 1000},
    "current_a": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.45},
    "cycles": {"type": "integer", "exclusiveMinimum": 200_000, "maximum": 10**9},
    "days": {"type": "integer", "minimum": 1, "maximum": 3650},
    "dcp_a": {"type": "number", "minimum": 0, "exclusiveMaximum": 1.5},
    "downlink_mbps": {"type": "number", "minimum": 0, "exclusiveMaximum": 19},
    "falloff": {"type": "number", "exclusiveMinimum": 0.68, "maximum": 1},
    "for_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "gain": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.2},
    "gauge_a": {"type": "number", "minimum": -5, "maximum": 5},
    "grey_light": {"type": "number", "minimum": 0, "maximum": 0.5},
    "health": {"enum": ["overheat", "dead", "over voltage", "failure", "cold"]},
    "imei": {"type": ["string", "integer"]},
    "label": {"type": "string", "minLength": 1},
    "level": {"type": "integer", "exclusiveMinimum": 80, "maximum": 100},
    "light": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.75},
    "light_share": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.85},
    "low_pct": {"type": "number", "exclusiveMinimum": 1.2, "maximum": 100},
    "luma": {"type": "number", "minimum": 0, "exclusiveMaximum": 36},
    "noise": {"type": "number", "exclusiveMinimum": 3.1, "maximum": 40},
    "off_db": {"type": "number", "minimum": -60, "maximum": -1},
    "offset_s": {"type": "number", "exclusiveMinimum": 3, "maximum": 10**8},
    "ohm": {"type": "number", "exclusiveMinimum": 0.11, "maximum": 1000},
    "on": _COMMAND_PART,
    "plmn": {
        "type": "string",
        "pattern": "^[0-9]{5,6}$",
        "not": {"const": "00101"},
        "description": "another network than 00101, five or six digits in quotes",
    },
    "processor_c": {"type": "number", "exclusiveMinimum": 65, "maximum": 150},
    "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "reason": {"enum": ["searching", "rejected", "sim_absent"]},
    "red_gain": {"type": "number", "exclusiveMinimum": 1.1, "maximum": 4},
    "rsrp_dbm": {"type": "integer", "minimum": -139, "exclusiveMaximum": -101},
    "sensor": {"enum": ["accelerometer", "gyroscope", "light", "proximity"]},
    "share": {"type": "number", "minimum": -2, "maximum": 0.55},
    "sigma_px": {"type": "number", "exclusiveMinimum": 1.2, "maximum": 5},
    "stray_light": {"type": "number", "exclusiveMinimum": 0.08, "maximum": 1},
    "storage_gb": {"enum": [16, 32, 64]},
    "technology": {
        "type": "string",
        "minLength": 1,
        "not": {"const": "Li-ion"},
        "description": "another technology than Li-ion",
    },
    "width_percent": {"type": "number", "minimum": 1.5, "maximum": 10},
    "times": {"type": "integer", "minimum": 1, "maximum": 1000000},
}
"""What values each setting takes (JSON Schema), by its name: it is the same for every defect.

None is that of a unit that the final test, of its strictest variant, finds good, nor of a jig that
its self-test finds good: what is planted is there.
"""
