"""What a run names: its station, its plan, its release, its jig, and what kept its clock."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.plan import Phase, Plan
from harness.model.step import Catalogue


@dataclass(frozen=True, slots=True)
class StationRef:
    """The station that ran it; the UUID is the store's."""

    name: str
    uuid: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRef:
    """A step of the plan, with the measurements that it must make."""

    id: str
    use: str
    phase: Phase
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanRef:
    """The resolved plan by its hash, and what must have been done for a PASS."""

    id: str
    revision: int
    sha256: str
    steps: tuple[PlannedRef, ...]
    only: tuple[str, ...] = ()
    """The steps that somebody chose to run without the others; empty when none were left out."""

    @classmethod
    def of(cls, plan: Plan, catalogue: Catalogue, only: tuple[str, ...] = ()) -> PlanRef:
        steps = (
            PlannedRef(step.id, step.use, step.phase, tuple(catalogue[step.use].measures))
            for step in plan.steps
        )
        return cls(plan.id, plan.revision, plan.sha256, tuple(steps), only)

    def leaves_out(self, step: str, phase: Phase) -> bool:
        """Whether a step is not run because others were chosen; setup and teardown always are."""
        return bool(self.only) and step not in self.only and phase is Phase.STEPS


@dataclass(frozen=True, slots=True)
class ReleaseRef:
    """The release that a production run was made by, and who signed it."""

    process: str
    number: int
    sha256: str
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JigRef:
    """The jig, as it said itself; `firmware` is None when it could not be asked."""

    id: str
    firmware: str | None = None
    calibrated: str | None = None


@dataclass(frozen=True, slots=True)
class ClockRef:
    """What the kernel said of the clock when the run was admitted: whether a server keeps it."""

    kept: bool
    error_s: float
    """How far off it may have been [s]."""
