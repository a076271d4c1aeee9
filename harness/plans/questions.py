"""Finds questions to the operator that are not asked long enough, or whose limits say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.model.judgement import Limit
from harness.model.limits import RecordOnly
from harness.model.outcome import Outcome
from harness.model.ports import Prompt
from harness.model.question import answers_of
from harness.model.step import StepSpec
from harness.model.units import UNITS, plain_decimal
from harness.plans.entries import Entry
from harness.plans.rules import LimitsOfSteps
from harness.plans.values import quantity, text
from harness.plans.variants import VariantNames

_PARAMS = {"ask", "answers", "within"}
_MEASURED = "answer"


def tell_idle_questions(
    entries: Sequence[Entry], limits: LimitsOfSteps, known: VariantNames, found: Problems
) -> None:
    """Tell what nobody could answer, and the limits that all of the answers meet, or none.

    Of the steps that ask: with `ask`, `answers` and `within`, and `answer` for what was said.
    """
    for number, entry in enumerate(entries):
        spec = entry.spec
        if spec and Prompt in spec.ports.values() and spec.params.keys() >= _PARAMS:
            _tell_time(entry.node, spec, found)
            answers = _answers(entry.node, spec, found)
            its = {name: limits[name][number] for name in known.names if entry.is_in(name)}
            if answers and _MEASURED in spec.measures:
                _tell_limits(entry.node, answers, its, known, found)


def _answers(step: Node, spec: StepSpec, found: Problems) -> tuple[str, ...]:
    """What can be answered; () where that is told, here or where arguments are read."""
    given = step.get("with") or step
    asked, answers = given.get("ask"), given.get("answers")
    if asked and (words := text(asked)) is not None and not words.strip():
        found.error(asked, f"expected a question to ask; found {asked.describe()}")
    written = text(answers) if answers else spec.params["answers"].default
    if not isinstance(written, str):
        return ()
    try:
        return answers_of(written)
    except ValueError as error:
        found.error(answers or step, str(error))
        return ()


def _tell_time(step: Node, spec: StepSpec, found: Problems) -> None:
    """Tell a question that is to stand longer than its step may take."""
    timeout, given = step.get("timeout"), step.get("with") or step
    within = given.get("within")
    longest_s = _seconds(timeout, found)
    asked_s = _seconds(within, found) if within else _default_s(spec)
    if timeout is None or longest_s is None or asked_s is None:
        return
    if within and asked_s <= 0:
        found.error(within, f"a question stands for more than 0 s; found {within.describe()}")
    elif asked_s > longest_s:
        said = f"the question stands for {plain_decimal(asked_s)} s"
        limit = f"{plain_decimal(longest_s)} s"
        write = f"write 'within: {limit}' or less, or a longer timeout"
        found.error(within or timeout, f"{said}, its step for {limit}: {write}")


def _seconds(node: Node | None, found: Problems) -> Decimal | None:
    given = quantity(node, UNITS["s"], found) if node else None
    return given.amount if given else None


def _default_s(spec: StepSpec) -> Decimal | None:
    default = spec.params["within"].default
    return None if default is None else Decimal(repr(default))


def _tell_limits(
    step: Node,
    answers: Sequence[str],
    limits: Mapping[str, Mapping[str, Limit]],
    known: VariantNames,
    found: Problems,
) -> None:
    """Tell a limit that no answer meets, and one that each does and that is not to be recorded."""
    of_none, of_all = set(), set()
    for variant, its in limits.items():
        limit = its.get(_MEASURED)
        if limit is None or isinstance(limit, RecordOnly):
            continue  # told where limits are read, and of what cannot fail
        good = [answer for answer in answers if limit.judge(answer).outcome is Outcome.PASS]
        if not good:
            of_none.add(variant)
        elif len(good) == len(answers):
            of_all.add(variant)
    written = (step.get("limits") or step).get(_MEASURED)
    node = written or step.get("use") or step
    write = f"write which is good, such as 'answer: {{equals: {answers[0]!r}}}'"
    for words, those in (("no answer passes", of_none), ("every answer passes", of_all)):
        if those:
            said = f"{words}{_only(those, limits, known)} of {', '.join(answers)}"
            found.error(node, f"{said}: {write}")


def _only(those: set[str], limits: Mapping[str, object], known: VariantNames) -> str:
    return known.only(those) if len(those) < len(limits) else ""
