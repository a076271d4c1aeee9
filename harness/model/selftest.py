"""A self-test of a jig as its history needs it: a narrow row of its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from harness.model.readiness import CALIBRATION

DAYS_SINCE = "since"
"""The measurement of the step that asks for the calibration: how long ago it was made [d]."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the last attempt of a step measured; `at` is when its step began [UTC]."""

    step: str
    use: str
    name: str
    unit: str
    at: datetime
    value: float
    failed: bool
    limit: Mapping[str, Any]
    """As the record has it."""


@dataclass(frozen=True, slots=True)
class SelfTestRow:
    """What a self-test measured in numbers, and what it was made by; hashes are SHA-256."""

    run: str
    started: datetime
    plan: str
    revision: int
    plan_sha256: str
    jig_sha256: str | None
    firmware: str | None
    simulated: bool
    numbers: tuple[Number, ...]

    @property
    def calibrated(self) -> date | None:
        """The day of the calibration that the jig told; None when it told none."""
        for number in self.numbers:
            if (number.use, number.name) == (CALIBRATION, DAYS_SINCE):
                return number.at.date() - timedelta(days=number.value)
        return None
