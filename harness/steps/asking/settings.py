"""What a plan gives a step under `with:`, and the step cannot take."""

from __future__ import annotations

from harness.errors import PlanError


def require_positive(unit: str = "", **settings: float) -> None:
    """What must be more than 0, in this unit.

    Raises: PlanError(STEP-SETTING) with the first that is not.
    """
    for name, value in settings.items():
        if value <= 0:
            words = f"{name}: expected more than 0, found {value:g} {unit}"
            raise PlanError("STEP-SETTING", words.rstrip())
