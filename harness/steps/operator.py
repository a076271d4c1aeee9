"""Steps that ask the person at the station."""

from __future__ import annotations

from harness.errors import PlanError
from harness.model.ports import Measure, Prompt
from harness.model.question import answers_of
from harness.model.units import Duration, seconds
from harness.steps.api import Text, step
from harness.steps.asking.settings import require_positive


@step(measures=[Text("answer")])
def confirm(
    prompt: Prompt,
    measure: Measure,
    *,
    ask: str,
    answers: str = "yes, no",
    within: Duration = seconds(60),
) -> None:
    """What the operator answers to a question that no device can: which of `answers`, with commas.

    The limit says which is good, such as `answer: {equals: yes}`: another one is a FAIL.

    Raises: StationFault(PROMPT-UNANSWERED) when nobody answers `within` [s].
    PlanError(STEP-SETTING) without a text to `ask`, or answers that can be told apart.
    """
    require_positive("s", within=within)
    if not ask.strip():
        raise PlanError("STEP-SETTING", f"ask: expected a question; found {ask!r:.60}")
    try:
        choices = answers_of(answers)
    except ValueError as error:
        raise PlanError("STEP-SETTING", f"answers: {error}") from None
    measure("answer", prompt.ask(ask, choices, within_s=within))
