"""Steps that ask the operator: answered, answered wrongly, not in time, stopped; all on record."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.engine.execute import execute
from harness.errors import Blame, OperatorStop
from harness.model.conclude import conclude_again
from harness.model.events import Answered, Prompted
from harness.model.fold import fold, unfold
from harness.model.limits import Equals
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind, PlannedStep, Retry
from harness.model.ports import Measure, Prompt
from harness.model.record import Record
from harness.model.step import StepSpec
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.steps.api import MARK, Text
from harness.steps.operator import confirm
from tests.engine.rig import Rig, planned, spec_of, until

YES = Equals("yes")
CONFIRM: StepSpec = getattr(confirm, MARK)


def asking(
    step_id: str = "clean", *, timeout_s: float = 20, retry: Retry | None = None, **given: Any
) -> tuple[StepSpec, PlannedStep]:
    """`operator.confirm` in a plan."""
    made = planned(CONFIRM, step_id, timeout_s=timeout_s, limit=YES, retry=retry or Retry())
    return CONFIRM, replace(made, arguments={"ask": "Is the glass clean?", **given})


def open_questions(rig: Rig) -> list[Prompted]:
    return [each.event for each in rig.published if isinstance(each.event, Prompted)]


def asked(rig: Rig, step: str = "clean") -> str:
    """The name of what a step has asked last."""
    return [each.question for each in open_questions(rig) if each.step == step][-1]


def answer(rig: Rig, said: str, by: str, step: str = "clean") -> None:
    rig.job.questions.answer(asked(rig, step), said, by)


def answers_in(record: Record) -> list[Answered]:
    return [note.event for note in record.notes if isinstance(note.event, Answered)]


def run(rig: Rig, say: Callable[[], object]) -> Record:
    """The record of the run; once the step asks, somebody says something."""
    with ThreadPoolExecutor(1) as other:
        running = other.submit(execute, rig.job, rig.log)
        until(lambda: bool(open_questions(rig)))
        say()
        return running.result(30)


def test_the_answer_is_measured_and_on_record_with_who_gave_it() -> None:
    rig = Rig([asking()])
    record = run(rig, lambda: answer(rig, "yes", "mei"))
    assert record.outcome is Outcome.PASS
    (step,) = record.steps
    assert [(m.name, m.value, m.outcome) for m in step.measurements] == [
        ("answer", "yes", Outcome.PASS)
    ]
    notes = [note.event for note in record.notes if isinstance(note.event, Prompted | Answered)]
    prompted, answered = notes
    assert isinstance(prompted, Prompted)
    assert (prompted.text, prompted.answers) == ("Is the glass clean?", ("yes", "no"))
    assert prompted.within_s is not None
    assert 0 < prompted.within_s <= 20, "the time of the step is less than that of the question"
    assert answered == Answered("clean", "yes", "mei")
    assert fold(unfold(record)) == record == rig.replay()
    assert conclude_again(record).outcome is Outcome.PASS


def test_an_answer_that_is_not_the_good_one_is_a_fail_of_the_unit() -> None:
    rig = Rig([asking()])
    record = run(rig, lambda: answer(rig, "no", "mei"))
    assert record.outcome is Outcome.FAIL
    assert record.dut_failed
    assert record.fault
    assert (record.fault.code, record.fault.blame) == ("clean.answer:MISMATCH", Blame.DUT)


def test_no_answer_in_time_is_an_error_and_the_unit_is_not_to_blame() -> None:
    rig = Rig([asking(within=0.05)])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert not record.dut_failed
    assert record.fault
    assert record.fault.code == "PROMPT-UNANSWERED"
    assert record.fault.blame is Blame.STATION
    assert "Is the glass clean?" in record.fault.message
    assert "Answer at the station's screen" in record.fault.remedy
    with pytest.raises(ValueError, match="is not asked now"):
        answer(rig, "yes", "mei")


def test_the_time_of_the_step_is_the_longest_that_a_question_stands() -> None:
    rig = Rig([asking(timeout_s=0.2, within=600.0)])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "PROMPT-UNANSWERED"
    (prompted,) = open_questions(rig)
    assert prompted.within_s is not None
    assert prompted.within_s <= 0.2


@pytest.mark.parametrize(
    ("question", "said", "words"),
    [
        ("", "maybe", "'maybe' is no answer to clean: there are yes, no"),
        ("", "", "'' is no answer"),
        ("", "Yes", "is no answer"),
        ("clean", "yes", "the question 'clean' is not asked now"),
    ],
)
def test_what_is_no_answer_is_refused_and_the_question_stays(
    question: str, said: str, words: str
) -> None:
    rig = Rig([asking()])

    def say() -> None:
        with pytest.raises(ValueError, match=words):
            rig.job.questions.answer(question or asked(rig), said, "mei")
        answer(rig, "yes", "mei")
        with pytest.raises(ValueError, match="is not asked now"):
            answer(rig, "no", "eve")

    record = run(rig, say)
    assert record.outcome is Outcome.PASS
    assert answers_in(record) == [Answered("clean", "yes", "mei")]


def test_one_of_many_who_answer_at_once_is_heard() -> None:
    rig = Rig([asking()])
    refused: list[str] = []

    def try_it(who: str) -> None:
        try:
            answer(rig, "yes", who)
        except ValueError as error:
            refused.append(str(error))

    def say() -> None:
        people = [threading.Thread(target=try_it, args=[f"p{n}"]) for n in range(20)]
        for person in people:
            person.start()
        for person in people:
            person.join()

    record = run(rig, say)
    assert record.outcome is Outcome.PASS
    assert len(refused) == 19
    assert len(answers_in(record)) == 1


def test_an_abort_wakes_a_step_that_waits_for_an_answer() -> None:
    rig = Rig([asking(within=600.0, timeout_s=600)])
    stop = OperatorStop("RUN-ABORTED", "wrong cable", evidence={"by": "mei"})
    record = run(rig, lambda: rig.job.abort.set(stop))
    assert record.outcome is Outcome.ABORTED
    assert not answers_in(record)
    with pytest.raises(ValueError, match="is not asked now"):
        answer(rig, "yes", "mei")


def test_each_attempt_asks_anew() -> None:
    rig = Rig([asking(retry=Retry(1, frozenset({Outcome.FAIL})))])

    def say() -> None:
        answer(rig, "no", "mei")
        until(lambda: len(open_questions(rig)) == 2)
        answer(rig, "yes", "mei")

    record = run(rig, say)
    assert record.outcome is Outcome.PASS
    assert [step.outcome for step in record.steps] == [Outcome.FAIL, Outcome.PASS]


def test_an_answer_that_was_meant_for_an_attempt_is_none_to_the_next() -> None:
    rig = Rig([asking(retry=Retry(1, frozenset({Outcome.FAIL})))])

    def say() -> None:
        first = asked(rig)
        answer(rig, "no", "mei")
        until(lambda: len(open_questions(rig)) == 2)
        with pytest.raises(ValueError, match="is not asked now"):
            rig.job.questions.answer(first, "yes", "mei")
        answer(rig, "no", "mei")

    record = run(rig, say)
    assert record.outcome is Outcome.FAIL
    assert [each.answer for each in answers_in(record)] == ["no", "no"]


def test_an_answer_that_was_taken_while_the_run_is_stopped_is_on_record() -> None:
    stop = OperatorStop("RUN-ABORTED", "wrong cable", evidence={"by": "mei"})
    taken = 0
    for _ in range(20):
        rig = Rig([asking()])
        said: list[Answered] = []

        def say(rig: Rig = rig, said: list[Answered] = said) -> None:
            with suppress(ValueError):
                answer(rig, "yes", "mei")
                said.append(Answered("clean", "yes", "mei"))

        def abort(rig: Rig = rig, say: Callable[[], None] = say) -> None:
            with rig.job.abort.waking(say):  # it is called after the step was woken
                rig.job.abort.set(stop)

        record = run(rig, abort)
        assert record.outcome is Outcome.ABORTED
        assert answers_in(record) == said
        taken += len(said)
    assert taken, "none came in time: nothing was shown"


def test_steps_that_run_at_once_ask_at_once() -> None:
    group = Group("look", GroupKind.PARALLEL)
    both = [asking(name) for name in ("glass", "frame")]
    rig = Rig([(spec, replace(step, group=group)) for spec, step in both][:2])

    def say() -> None:
        until(lambda: len(open_questions(rig)) == 2)
        answer(rig, "no", "mei", "frame")
        answer(rig, "yes", "eve", "glass")

    record = run(rig, say)
    said = {step.id: step.measurements[0].value for step in record.steps}
    assert said == {"glass": "yes", "frame": "no"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ask": "  "}, "STEP-SETTING"),
        ({"answers": "yes"}, "STEP-SETTING"),
        ({"answers": "yes, yes"}, "STEP-SETTING"),
        ({"answers": "yes,, no"}, "STEP-SETTING"),
        ({"answers": "yes, Yes"}, "STEP-SETTING"),
        ({"answers": "yes, no\u202e"}, "STEP-SETTING"),
        ({"answers": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"}, "STEP-SETTING"),
        ({"within": 0.0}, "STEP-SETTING"),
    ],
)
def test_what_nobody_could_answer_is_a_fault_of_the_plan(given: dict[str, Any], code: str) -> None:
    rig = Rig([asking(**given)])
    record = execute(rig.job, rig.log)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == code
    assert not open_questions(rig)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("", ["a", "b"]),
        ("what?", []),
        ("what?", ["a"]),
        ("what?", ["a", " "]),
        ("what?", ["yes", "Yes"]),
        ("what?", [*"abcdefghij"]),
    ],
)
def test_a_step_that_asks_what_nobody_could_answer_has_a_bug(
    text: str, answers: Sequence[str]
) -> None:
    def asks(prompt: Prompt, measure: Measure) -> None:
        measure("said", prompt.ask(text, answers, within_s=1))

    spec = spec_of(asks, measures=[Text("said")])
    rig = Rig([(spec, planned(spec, limit=YES))])
    record = execute(rig.job, rig.log)
    assert record.fault
    assert record.fault.code == "STEP-BUG"
    assert "2 to 9 answers" in record.fault.message
    assert not open_questions(rig)


def test_a_store_keeps_question_and_answer_and_verifies(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with Recorder(path, name="bench") as recorder:
        rig = Rig([asking()], store=recorder)
        made = run(rig, lambda: answer(rig, "yes", "mei\x1b[2J"))
    assert verify(path) == []
    with Reader(path) as reader:
        assert reader.record(made.run) == made
