"""What the numbers of a dump mean: words for Android's codes, units of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.devices.android import battery, telephony, thermal

_WORDS: Mapping[tuple[str, str], Mapping[int, str]] = {
    ("battery", "status"): battery.STATUS,
    ("battery", "health"): battery.HEALTH,
    ("telephony", "data_connection_state"): telephony.DATA_STATES,
    ("thermal", "status"): thermal.THROTTLING,
}
_UNITS = {
    "age": "s",
    "capacity": "%",
    "charge_counter": "uAh",
    "cn0_top4_mean": "dB-Hz",
    "density": "dpi",
    "density_override": "dpi",
    "freq": "MHz",
    "height": "px",
    "nominal_ram_gb": "GiB",
    "orientation": "deg",
    "rsrp": "dBm",
    "rsrq": "dB",
    "rssi": "dBm",
    "saved_asoc": "%",
    "size": "byte",
    "width": "px",
}
_SUFFIXES = {
    "bytes": "byte",
    "c": "degC",
    "db": "dB",
    "dbm": "dBm",
    "gb": "GB",
    "hz": "Hz",
    "kb": "kB",
    "ma": "mA",
    "mbps": "Mbit/s",
    "mhz": "MHz",
    "mv": "mV",
    "pct": "%",
    "s": "s",
    "ua": "uA",
    "uah": "uAh",
    "uv": "uV",
}
"""Units at the ends of names."""
_TEMPERATURES = "current."
_INDEX = re.compile(r"\[[0-9]+\]")


def in_words(kind: str, field: str, value: object) -> object:
    """The word for a code of a field of this kind; whatever is no code stays as it is."""
    words = _WORDS.get((kind, field))
    if words is None or not isinstance(value, int):
        return value
    return words.get(value, f"code {value}")


def field_of(path: str) -> str:
    """The name of a field at the end of its path, such as `phones[0].rsrp`."""
    return _INDEX.sub("", path).rpartition(".")[2]


def unit_of(kind: str, path: str) -> str:
    """The unit of the number at a path of a decoded dump; none where it has none."""
    if kind == "thermal" and path.startswith(_TEMPERATURES):
        return "degC"
    field = field_of(path)
    return _UNITS.get(field) or _SUFFIXES.get(field.rpartition("_")[2], "")
