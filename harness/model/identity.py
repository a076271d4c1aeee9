"""Serial numbers, IMEIs and the unit they name."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SERIAL = re.compile(r"[\x21-\x7e]{1,64}")


def luhn_digit(digits: str) -> int:
    """The check digit of a string of digits (3GPP TS 23.003 annex B; ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char)
        if place % 2 == 0:
            digit *= 2
        total += digit - 9 if digit > 9 else digit
    return -total % 10


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial number: 1 to 64 printable ASCII characters without spaces."""

    text: str

    def __post_init__(self) -> None:
        if not _SERIAL.fullmatch(self.text):
            raise ValueError(f"not a serial number: {self.text!r:.60}")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Imei:
    """An IMEI: TAC of 8 digits, serial of 6, Luhn digit (3GPP TS 23.003 clause 6.2.1)."""

    text: str

    def __post_init__(self) -> None:
        if not (len(self.text) == 15 and self.text.isascii() and self.text.isdigit()):
            raise ValueError(f"an IMEI has 15 digits: {self.text!r:.60}")
        if not self.text.strip("0"):
            raise ValueError("an IMEI is not all zero")
        if int(self.text[14]) != luhn_digit(self.text[:14]):
            found, expected = self.text[14], luhn_digit(self.text[:14])
            raise ValueError(f"check digit of {self.text}: found {found}, expected {expected}")

    @property
    def tac(self) -> str:
        """Type allocation code: the first 8 digits."""
        return self.text[:8]

    @property
    def is_test(self) -> bool:
        """Whether it is one for tests, which no unit that is sold may have.

        Its reporting body (first two digits) is 00, or one of 02 to 09; 01 is North America's
        (GSMA TS.06, annex on reporting bodies).
        """
        return self.text[0] == "0" and self.text[1] != "1"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Claim:
    """That an IMEI is of a unit, since this run said so first."""

    imei: str
    serial: str
    run: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The device under test, as far as it is known. Texts are what was scanned or read."""

    serial: str = ""
    imei: tuple[str, ...] = ()
    part: str = ""
    sku: str = ""
    revision: str = ""
    variant: str = ""

    def __post_init__(self) -> None:
        if self.serial:
            Serial(self.serial)
