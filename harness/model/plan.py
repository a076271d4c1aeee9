"""A resolved plan: everything that was written or implied, ready to run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from harness.model.fault import Symptom
from harness.model.identity import Imei, Unit
from harness.model.judgement import Limit
from harness.model.label import Label, Mislabelled
from harness.model.outcome import Outcome
from harness.model.pattern import matches
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
class GoldenRef:
    """The golden values that limits are near to, and the last day on which they hold."""

    id: str
    revision: int
    until: date


@dataclass(frozen=True, slots=True)
class Retest:
    """How often a unit may be tried before a rework, and how often seated again on one slot."""

    max_runs: int = 3
    other_slot_after: int = 1
    """After so many re-seats on one slot another slot, or another jig, is asked for."""
    then: str = "rework"


class GroupKind(StrEnum):
    """How the steps of a group run: at the same time, or one after another in any order."""

    PARALLEL = "parallel"
    ANY_ORDER = "any_order"


@dataclass(frozen=True, slots=True)
class Group:
    """What steps that stand together share."""

    id: str
    kind: GroupKind


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read, by the SHA-256 of the bytes that were."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the plan, with one limit for each measurement that it declares.

    `needs` names the shared instruments that it uses; `expect_s` is how long it should take.
    """

    id: str
    use: str
    phase: Phase
    timeout_s: Decimal
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    retry: Retry = Retry()
    on_fail: OnFail = OnFail.STOP
    group: Group | None = None
    needs: tuple[str, ...] = ()
    expect_s: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for one variant, and its canonical form (JSON text), whose SHA-256 names it.

    `variant` and its `sku` are "" in a plan without variants; the units of one that does not
    `ships` are kept by the line, such as golden units. `symptoms` stand under the fault
    codes that they explain. `files` are those that it was read from, by their role: plan, limits,
    golden, label, and `mask:PATH` as the limit set names each.
    """

    id: str
    revision: int
    title: str
    process: str
    product: Product
    steps: tuple[PlannedStep, ...]
    canonical: str
    variant: str = ""
    sku: str = ""
    ships: bool = True
    retest: Retest = Retest()
    symptoms: Mapping[str, Symptom] = field(default_factory=dict)
    limits: LimitsRef | None = None
    golden: GoldenRef | None = None
    label: Label | None = None
    files: Mapping[str, InputFile] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    def of(self, phase: Phase) -> tuple[PlannedStep, ...]:
        """The steps of one phase, in order."""
        return tuple(step for step in self.steps if step.phase is phase)

    def expired(self, today: date) -> str:
        """Why its golden values no longer hold; empty while they do."""
        if self.golden is None or today <= self.golden.until:
            return ""
        golden = self.golden
        return f"the golden values {golden.id} revision {golden.revision} held until {golden.until}"

    def unit_of(self, *scans: str) -> Unit:
        """The unit that is announced by the scans of its label.

        Raises: ValueError when it is no label of this plan, or one of another product.
        """
        if self.label is None:
            raise ValueError(f"the plan {self.id} names no label file, so no scan can be read")
        unit = self.label.read(*scans)
        self.require_of({"serial": unit.serial, "part": unit.part})
        return unit

    def require_of(self, said: Mapping[str, str]) -> None:
        """Of what one code of a label says, or all of them.

        Raises: Mislabelled when it can be of no unit of this plan.
        """
        for imei in (said[name] for name in ("imei1", "imei2") if name in said):
            try:
                Imei(imei)
            except ValueError as error:
                raise Mislabelled("imei", str(error)) from None
        part, serial, product = said.get("part", ""), said.get("serial", ""), self.product
        if part and part != product.part:
            raise Mislabelled("part", f"the label is of part {part}, the plan tests {product.part}")
        if serial and product.serial and not matches(product.serial, serial):
            raise Mislabelled("serial", f"the label's {serial} is no serial of {product.model}")


@dataclass(frozen=True, slots=True)
class Variants:
    """One file's plans, each by its variant: one under "" when the plan has no variants."""

    plans: Mapping[str, Plan]

    @property
    def any(self) -> Plan:
        """Any of the plans, for what all of them share: id, process, product, label, files."""
        return next(iter(self.plans.values()))

    @property
    def skus(self) -> Mapping[str, str]:
        """The variant that each SKU is."""
        return {plan.sku: name for name, plan in self.plans.items() if plan.sku}

    def named(self, variant: str) -> Plan:
        """The plan of a variant; "" will do where there are none.

        Raises: ValueError when there is no such variant, or it must be said which.
        """
        if variant in self.plans:
            return self.plans[variant]
        known = ", ".join(name for name in self.plans if name)
        if not known:
            raise ValueError(f"the plan {self.any.id} has no variants, so none called {variant}")
        which = f"no variant {variant!r:.60}" if variant else "a variant has to be named"
        raise ValueError(f"the plan {self.any.id} has the variants {known}: {which}")

    def of(self, unit: Unit) -> Plan:
        """The plan for a unit, by the SKU on its label.

        Raises: ValueError when that says no variant of this plan.
        """
        skus = self.skus
        if not skus:
            return self.named("")
        if unit.sku not in skus:
            known = ", ".join(f"{sku} ({variant})" for sku, variant in skus.items())
            said = f"SKU {unit.sku!r:.60}" if unit.sku else "no SKU"
            raise ValueError(f"the label says {said}; the plan {self.any.id} has {known}")
        return self.plans[skus[unit.sku]]
