"""Faults that carry a code, a blame, evidence and a remedy.

One code has one meaning. A code belongs to the class that raises it, so its blame cannot be
written down twice; `docs/codes.md` is generated from these tables.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self


class Blame(StrEnum):
    """Who has to act."""

    DUT = "DUT"
    LINK = "LINK"
    STATION = "STATION"
    PLAN = "PLAN"
    OPERATOR = "OPERATOR"


@dataclass(frozen=True, slots=True)
class Code:
    """What a fault code means, and what the person in front of it does."""

    meaning: str
    remedy: str


class HarnessError(Exception):
    """A fault with a stable code. Raise one of the subclasses.

    `evidence` is what was sent, what was received and after how long: JSON values only.
    """

    blame: ClassVar[Blame]
    codes: ClassVar[Mapping[str, Code]]

    def __init__(
        self,
        code: str,
        message: str,
        *,
        evidence: Mapping[str, Any] | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.evidence = dict(evidence or {})
        known = type(self).codes[code]
        self.remedy = remedy or known.remedy

    def again(self, **more: Any) -> Self:
        """A fresh exception that says the same, with more evidence or for another thread."""
        evidence = {**self.evidence, **more}
        return type(self)(self.code, self.message, evidence=evidence, remedy=self.remedy)


class LineFault(HarnessError):
    """What stands at the end of a line is silent, refuses, or cannot be trusted.

    Its codes are the `device` in capitals and a kind, such as `JIG-TIMEOUT`; the kinds of what
    goes wrong with any line have a code for every device.
    """

    device: ClassVar[str]

    @classmethod
    def of(
        cls,
        kind: str,
        message: str,
        *,
        evidence: Mapping[str, Any] | None = None,
        remedy: str | None = None,
    ) -> Self:
        return cls(f"{cls.device.upper()}-{kind}", message, evidence=evidence, remedy=remedy)

    @property
    def kind(self) -> str:
        """The code without the device."""
        return self.code.partition("-")[2]


def unexpected(error: BaseException) -> dict[str, str]:
    """The evidence of an error that nobody foresaw: its words, and where it came from."""
    return {
        "error": f"{type(error).__name__}: {error}",
        "traceback": "".join(traceback.format_exception(error)[-6:]),
    }
