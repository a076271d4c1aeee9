"""A resolved plan: everything that was written or implied, ready to run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from harness.model.identity import Unit
from harness.model.label import Label
from harness.model.limits import Limit, Matches
from harness.model.outcome import Outcome
from harness.model.units import Quantity

Argument = Quantity | str | bool | int
"""What a plan gives for a parameter of a step."""


class Phase(StrEnum):
    """Setup and teardown frame the steps; teardown runs on every way out."""

    SETUP = "setup"
    STEPS = "steps"
    TEARDOWN = "teardown"


class OnFail(StrEnum):
    """What a FAIL of a step does to the steps after it. An ERROR always stops."""

    STOP = "stop"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Retry:
    """How often an attempt that ended in one of `on` is made again."""

    times: int = 0
    on: frozenset[Outcome] = frozenset()


@dataclass(frozen=True, slots=True)
class Product:
    """What the plan is for; `serial` is the expression that the unit's serial must match."""

    model: str
    part: str
    serial: str = ""


@dataclass(frozen=True, slots=True)
class LimitsRef:
    """The limit set by its hash; None in a run whose plan has its limits inline."""

    id: str
    revision: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the plan, with one limit for each measurement that it declares."""

    id: str
    use: str
    phase: Phase
    timeout_s: Decimal
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    retry: Retry = Retry()
    on_fail: OnFail = OnFail.STOP


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and its canonical form (JSON text), whose SHA-256 names it for good.

    `files` are those that it was read from, by their role: plan, limits, label.
    """

    id: str
    revision: int
    title: str
    process: str
    product: Product
    steps: tuple[PlannedStep, ...]
    canonical: str
    limits: LimitsRef | None = None
    label: Label | None = None
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    def of(self, phase: Phase) -> tuple[PlannedStep, ...]:
        """The steps of one phase, in order."""
        return tuple(step for step in self.steps if step.phase is phase)

    def unit_of(self, scan: str) -> Unit:
        """The unit that is announced by a scan of its label.

        Raises: ValueError when it is no label of this plan, or one of another product.
        """
        if self.label is None:
            raise ValueError(f"the plan {self.id} names no label file, so no scan can be read")
        unit = self.label.read(scan)
        if unit.part and unit.part != self.product.part:
            raise ValueError(
                f"the label is of part {unit.part}, the plan tests {self.product.part}"
            )
        pattern = self.product.serial
        if pattern and Matches(pattern).judge(unit.serial).outcome is not Outcome.PASS:
            raise ValueError(f"the label's {unit.serial} is no serial of {self.product.model}")
        return unit
