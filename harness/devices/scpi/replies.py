"""What a reply must look like to be one. Every reader raises ValueError when it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.model.jig_ports import JigIdentity

OVERRANGE = 9.9e37
"""From here on a number is SCPI's infinity or not-a-number (SCPI-99 volume 1, 7.2.1.4)."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_ERROR = re.compile(r'([+-]?[0-9]{1,5}),"((?:[^"]|"")*)"')


@dataclass(frozen=True, slots=True)
class QueuedError:
    """An entry of the error queue (SCPI-99 volume 2, 21.8); code 0 says that it is empty."""

    code: int
    words: str

    def __str__(self) -> str:
        return f'{self.code},"{self.words}"'


def read_number(text: str) -> float:
    """A number in NR1, NR2 or NR3 form (IEEE 488.2 clause 8.7.2 to 8.7.4); never NaN."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number")
    return float(text)


def read_whole(text: str) -> int:
    """A whole number in NR1 form (IEEE 488.2 clause 8.7.2)."""
    if not _WHOLE.fullmatch(text):
        raise ValueError("a whole number")
    return int(text)


def read_identity(text: str) -> JigIdentity:
    """The four fields of `*IDN?` (IEEE 488.2 clause 10.14)."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(parts):
        raise ValueError("maker,model,serial,firmware")
    return JigIdentity(*parts)


def read_flag(text: str) -> bool:
    """0 or 1."""
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def read_framing(text: str) -> bool:
    """CRC16 of a device that answers frames with frames, NONE of one that knows none."""
    if text not in ("CRC16", "NONE"):
        raise ValueError("CRC16 or NONE")
    return text == "CRC16"


def read_error(text: str) -> QueuedError:
    """An entry of the error queue; a zero with other words than `No error` is no entry."""
    match = _ERROR.fullmatch(text)
    if not match:
        raise ValueError('a number and words, such as 0,"No error"')
    error = QueuedError(int(match[1]), match[2].replace('""', '"'))
    if (error.code == 0) != (error.words.lower() == "no error"):
        raise ValueError('0,"No error"')
    return error
