"""How one make of jig spells the jig language: plain values that a file can fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.devices.scpi.verb import Verb


@dataclass(frozen=True, slots=True)
class Agreement:
    """When two readings of one value agree: they differ by `absolute` + `relative` of it."""

    relative: float
    absolute: float

    def holds(self, first: float, second: float) -> bool:
        """Whether the two agree; `absolute` is in their unit."""
        allowed = self.absolute + self.relative * max(abs(first), abs(second))
        return abs(first - second) <= allowed


VERBS = frozenset(
    {
        "identify",
        *("clear", "errors", "interlock", "safe"),
        *("close", "open", "fixture"),
        *("connect", "disconnect", "relay"),
        *("set_voltage", "voltage_set", "output_on", "output_off", "output"),
        *("voltage", "current"),
        *("show", "shown", "light", "light_set"),
    }
)
"""What every dialect can say."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A jig's spelling, its channels and its times."""

    name: str
    verbs: Mapping[str, Verb]
    channels: Mapping[str, int]
    terminator: str = "\n"
    baud: int = 115200
    readings: Agreement = field(default_factory=lambda: Agreement(relative=0.01, absolute=0.003))

    def __post_init__(self) -> None:
        if odd := VERBS ^ self.verbs.keys():
            raise ValueError(f"dialect {self.name}: verbs missing or unknown: {sorted(odd)}")
        if self.terminator not in ("\n", "\r", "\r\n"):
            raise ValueError(f"dialect {self.name}: no terminator: {self.terminator!r}")


_QUERY_S = 1.0
_MOTION_S = 5.0

CORE = Dialect(
    name="core",
    channels={"vbus": 1, "dcp": 2},
    verbs={
        "identify": Verb("*IDN?", _QUERY_S),
        "clear": Verb("*CLS"),
        "errors": Verb("SYST:ERR?", _QUERY_S),
        "interlock": Verb("INT:STAT?", _QUERY_S),
        "safe": Verb("SAFE"),
        "close": Verb("FIXT:CLOS", _MOTION_S, guarded=True),
        "open": Verb("FIXT:OPEN", _MOTION_S, guarded=True),
        "fixture": Verb("FIXT:STAT?", _QUERY_S),
        "connect": Verb("ROUT:CLOS (@{channel})"),
        "disconnect": Verb("ROUT:OPEN (@{channel})"),
        "relay": Verb("ROUT:CLOS? (@{channel})", _QUERY_S),
        "set_voltage": Verb("SOUR:VOLT {value}"),
        "voltage_set": Verb("SOUR:VOLT?", _QUERY_S),
        "output_on": Verb("OUTP ON", guarded=True),
        "output_off": Verb("OUTP OFF"),
        "output": Verb("OUTP?", _QUERY_S),
        "voltage": Verb("MEAS:VOLT? (@{channel})", _QUERY_S),
        "current": Verb("MEAS:CURR? (@{channel})", _QUERY_S),
        "show": Verb("LIGH:FIEL {value}", _MOTION_S, guarded=True),
        "shown": Verb("LIGH:FIEL?", _QUERY_S),
        "light": Verb("LIGH:LEV {value}"),
        "light_set": Verb("LIGH:LEV?", _QUERY_S),
    },
)
"""The core: a subset of IEEE 488.2 and SCPI-99 with a device tree for jigs."""

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (CORE,)}
