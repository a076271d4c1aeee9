"""What the steps of a run ask the operator, and how his answer comes to the step that waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from harness.clock import Lease
from harness.engine.log import RunLog
from harness.errors import StationFault, StepBug
from harness.model.events import Answered, Prompted
from harness.model.question import MOST_ANSWERS, told_apart


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody chose; nobody did where the step was stopped."""

    answer: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    """What one step asks; the first that comes is its answer."""

    name: str
    step: str
    answers: tuple[str, ...]
    said: queue.SimpleQueue[_Said] = field(default_factory=queue.SimpleQueue)


class Questions:
    """The open questions of a run. Any thread may answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, _Question] = {}
        self._asked = 0

    def answer(self, question: str, answer: str, by: str) -> None:
        """Give a step what it waits for.

        Raises: ValueError when that is not asked now, or that is no answer to it.
        """
        with self._lock:
            asked = self._open.get(question)
            if asked is None:
                words = "is not asked now: it was answered, or its time is over"
                raise ValueError(f"the question {question!r:.60} {words}; answer what is asked now")
            if answer not in asked.answers:
                known = ", ".join(asked.answers)
                raise ValueError(f"{answer!r:.60} is no answer to {asked.step}: there are {known}")
            del self._open[question]  # it is answered once
            asked.said.put(_Said(answer, by))

    @contextmanager
    def asking(self, run: str, step: str, answers: tuple[str, ...]) -> Iterator[_Question]:
        """A question stands open while the block runs, or until it is answered.

        What is asked again is another question: an answer to the first one is none to it.
        """
        with self._lock:
            self._asked += 1
            question = _Question(f"{run}-{self._asked}", step, answers)
            self._open[question.name] = question
        try:
            yield question
        finally:
            with self._lock:
                self._open.pop(question.name, None)


class Prompts:
    """The Prompt port of one attempt."""

    def __init__(self, log: RunLog, lease: Lease, step: str, questions: Questions) -> None:
        self._log, self._lease = log, lease
        self._step, self._questions = step, questions

    def ask(self, text: str, answers: Sequence[str], *, within_s: float) -> str:
        lease, choices = self._lease, tuple(answers)
        lease.check()
        _require_question(text, choices)
        limit_s = max(0.0, min(within_s, lease.deadline.left_s()))
        with self._questions.asking(self._log.run, self._step, choices) as asked:
            self._log.emit(Prompted(self._step, text, choices, limit_s, asked.name))
            with lease.cancel.waking(lambda: asked.said.put(_Said())):
                heard = [_next(asked.said, limit_s)]
        while said := _next(asked.said, 0):  # before that was closed, an answer may have come
            heard.append(said)
        answered = next((said for said in heard if said and said.answer), None)
        if answered:
            self._log.emit(Answered(self._step, answered.answer, answered.by))
        lease.check()
        if answered is None:
            words = f"nobody answered within {limit_s:g} s: {text}"
            raise StationFault("PROMPT-UNANSWERED", words, evidence={"answers": list(choices)})
        return answered.answer


def _next(said: queue.SimpleQueue[_Said], limit_s: float) -> _Said | None:
    try:
        return said.get(timeout=limit_s)
    except queue.Empty:
        return None


def _require_question(text: str, answers: tuple[str, ...]) -> None:
    """Raises: StepBug(STEP-BUG)."""
    if not text.strip() or not told_apart(answers):
        expected = f"a text and 2 to {MOST_ANSWERS} answers, each another word whatever its case"
        found = f"{text!r:.60} with {answers!r:.200}"
        raise StepBug("STEP-BUG", f"a question has {expected}; found {found}")
