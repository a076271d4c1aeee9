"""The closed table of units, and quantities in exact decimals.

SI symbols after the BIPM brochure (9th edition), spelt in ASCII: `u` for micro, `Ohm`, `degC`.
Spatial frequency in cycles per pixel after ISO 12233; levels in dBm after IEC 60027-3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Annotated

_TABLE: dict[str, dict[str, str]] = {
    "voltage": {"V": "1", "uV": "0.000001", "mV": "0.001", "kV": "1000"},
    "current": {"A": "1", "nA": "0.000000001", "uA": "0.000001", "mA": "0.001"},
    "resistance": {"Ohm": "1", "mOhm": "0.001", "kOhm": "1000", "MOhm": "1000000"},
    "charge": {"Ah": "1", "mAh": "0.001", "uAh": "0.000001"},
    "power": {"W": "1", "mW": "0.001", "uW": "0.000001"},
    "time": {
        "s": "1",
        "us": "0.000001",
        "ms": "0.001",
        "min": "60",
        "h": "3600",
        "d": "86400",
    },
    "frequency": {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"},
    "data": {
        "B": "1",
        "kB": "1000",
        "MB": "1000000",
        "GB": "1000000000",
        "KiB": "1024",
        "MiB": "1048576",
        "GiB": "1073741824",
    },
    "data rate": {"bit/s": "1", "kbit/s": "1000", "Mbit/s": "1000000", "Gbit/s": "1000000000"},
    "length": {"m": "1", "mm": "0.001", "um": "0.000001"},
    "temperature": {"degC": "1"},
    "angle": {"deg": "1"},
    "acceleration": {"g": "1"},
    "illuminance": {"lx": "1"},
    "fraction": {"%": "1"},
    "count": {"1": "1"},
    "level": {"dBm": "1"},
    "level difference": {"dB": "1"},
    "carrier to noise density": {"dB-Hz": "1"},
    "sound pressure level": {"dB(SPL)": "1"},
    "spatial frequency": {"cy/px": "1"},
    "picture length": {"px": "1"},
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A symbol of the table, the quantity it measures, and its factor to the base unit."""

    symbol: str
    measures: str
    factor: Decimal


UNITS: dict[str, Unit] = {
    symbol: Unit(symbol, kind, Decimal(factor))
    for kind, symbols in _TABLE.items()
    for symbol, factor in symbols.items()
}
_BASE: dict[str, str] = {kind: next(iter(symbols)) for kind, symbols in _TABLE.items()}
_OF_LEVELS = {"dBm": "dB", "dB(SPL)": "dB", "dB-Hz": "dB"}
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_LONGEST_NUMBER = 32
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])
"""Arithmetic that refuses to round: nearly a limit is another limit."""


def unit(symbol: str) -> Unit:
    """The unit with this symbol.

    Raises: ValueError when it is not in the table.
    """
    try:
        return UNITS[symbol]
    except KeyError:
        raise ValueError(f"no unit {symbol!r:.60}") from None


def difference_symbol(symbol: str) -> str:
    """The unit of a difference between two values: levels differ by decibels."""
    return _OF_LEVELS.get(symbol, symbol)


def plain_decimal(number: Decimal) -> str:
    """The one spelling of a number: no exponent, no trailing zeros, no minus zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit. Exact: 450 mA is 0.45 A."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise ValueError(f"not a finite number: {self.amount}")

    @classmethod
    def of(cls, amount: Decimal | str | int, symbol: str) -> Quantity:
        return cls(Decimal(amount), unit(symbol))

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read `450 mA`: a plain decimal, one space, a symbol; a bare number counts things.

        Raises: ValueError when it is written in any other way.
        """
        number, space, symbol = text.partition(" ")
        if not _NUMBER.fullmatch(number) or len(number) > _LONGEST_NUMBER:
            raise ValueError(f"{text!r:.60} does not start with a plain number and a space")
        if bool(space) != bool(symbol) or symbol != symbol.strip():
            raise ValueError(f"{text!r:.60} has a stray space")
        return cls.of(number, symbol or "1")

    def to(self, target: Unit) -> Quantity:
        """The same quantity in another unit.

        Raises: ValueError when the units measure different things, or when the number would
        have to be rounded (100 s in minutes).
        """
        if target.measures != self.unit.measures:
            raise ValueError(
                f"{self.unit.symbol} measures {self.unit.measures}, "
                f"{target.symbol} measures {target.measures}"
            )
        try:
            base = EXACT.multiply(self.amount, self.unit.factor)
            return Quantity(EXACT.divide(base, target.factor), target)
        except DecimalException:
            raise ValueError(f"{self!s:.60} is no exact number of {target.symbol}") from None

    def canonical(self) -> str:
        """The one spelling of this quantity, in its base unit."""
        base = self.to(unit(_BASE[self.unit.measures]))
        return f"{plain_decimal(base.amount)} {base.unit.symbol}"

    def __str__(self) -> str:
        symbol = "" if self.unit.symbol == "1" else f" {self.unit.symbol}"
        return f"{plain_decimal(self.amount)}{symbol}"


def seconds(amount: float) -> float:
    """Spells out that a default is in seconds."""
    return amount


def volts(amount: float) -> float:
    """Spells out that a default is in volts."""
    return amount


# Types of step parameters: a float in the unit named, written with its unit in the plan.
Duration = Annotated[float, UNITS["s"]]
Voltage = Annotated[float, UNITS["V"]]
Current = Annotated[float, UNITS["A"]]
Level = Annotated[float, UNITS["dBm"]]
Illuminance = Annotated[float, UNITS["lx"]]
