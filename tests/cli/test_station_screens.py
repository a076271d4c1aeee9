"""What the screens of a running station see and do: plans, counts, questions, steps run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

import pytest

from harness.model.events import Answered, Prompted, Purpose, Recorded, RunStarted, Stamped
from harness.model.fold import fold
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.model.station import (
    Answer,
    BeginEngineering,
    Command,
    Counted,
    EndEngineering,
    Obeyed,
    Refused,
    RunSteps,
    Scanned,
    ScanOrder,
    SignIn,
    SlotChanged,
    Snapshot,
)
from harness.records.chain import verify
from harness.records.query import Reader
from harness.station.people.badges import hash_of
from harness.ui.link import StationLink
from harness.ui.told import Reply, Told
from tests.cli.conftest import Cli
from tests.cli.stations import label, labelled, written
from tests.engine.rig import until

pytestmark = pytest.mark.timeout(180)
SECRET = "correct horse"
T = TypeVar("T")
ASKS = """\
  - id: look
    use: operator.confirm
    timeout: 60 s
    with: {ask: 'Is the glass clean?', within: 30 s}
    limits: {answer: {equals: 'yes'}}
teardown:
"""


@pytest.fixture
def station(cli: Cli) -> Path:
    """One simulated slot, whose plan asks the operator in place of a measurement."""
    hashed = hash_of(SECRET)
    (cli.folder / "badges.yaml").write_text(
        "schema: 1\nbadges:\n"
        f"  - {{badge: 'B-3', name: eve, role: engineer, until: 2999-12-31, hash: '{hashed}'}}\n"
    )
    plan = labelled(cli)
    before, after = plan.read_text().split("  - id: charge\n")
    plan.write_text(before + ASKS + after.partition("teardown:\n")[2])
    return written(cli, slots=1, plan=plan, more="badges: badges.yaml\n")


class Screen:
    """A screen of a station that runs, and all that it saw."""

    def __init__(self, cli: Cli, file: Path) -> None:
        self._station = cli.start("station", file)
        self.link = StationLink(cli.store.with_name("records.db.station"))
        self.seen: list[Told] = []
        self._at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()
        self._station.terminate()
        self._station.communicate(timeout=60)

    def wait(self, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
        """The next message of a kind that fits, past those before it."""

        def found() -> bool:
            self.seen += self.link.take()
            while self._at < len(self.seen):
                each = self.seen[self._at]
                self._at += 1
                if isinstance(each, kind) and fits(each):
                    return True
            return False

        until(found, 60)
        message = self.seen[self._at - 1]
        assert isinstance(message, kind)
        return message

    def event(self, kind: type[T]) -> T:
        found = self.wait(Stamped, lambda each: isinstance(each.event, kind)).event
        assert isinstance(found, kind)
        return found

    def say(self, command: Command) -> Obeyed | Refused:
        """The answer to a command; what is told before it stays to be seen."""
        self.link.ask(command)
        answers = list[Obeyed | Refused]()

        def answered() -> bool:
            new = self.link.take()
            self.seen += new
            came = (e.answer for e in new if isinstance(e, Reply))
            answers.extend(answer for answer in came if isinstance(answer, Obeyed | Refused))
            return bool(answers)

        until(answered, 60)
        return answers[0]

    def refusal(self, command: Command) -> str:
        """The code by which a command is refused."""
        answer = self.say(command)
        assert isinstance(answer, Refused), command
        return answer.code

    def scan(self, serial: str) -> Prompted:
        """What the plan asks of a unit that is scanned."""
        assert self.say(Scanned((label(serial),))) == Obeyed("Scanned")
        return self.event(Prompted)

    def record(self) -> Record:
        """That of the run which began last, once it is on disk."""
        run = self.event(Recorded).run
        return fold(e for e in self.seen if isinstance(e, Stamped) and e.run == run)


LOOK_TWICE = RunSteps(1, ("look",), 2)


def test_a_plan_a_question_a_count_and_steps_run_again(cli: Cli, station: Path) -> None:
    with Screen(cli, station) as screen:
        a_station_that_never_ran_shows_its_plan_and_counts_nothing(screen)
        assert screen.say(SignIn("B-3", SECRET)) == Obeyed("SignIn")
        since = screen.wait(Counted).since
        one_pass = Counted(since, {"PASS": 1}, 1, 1)

        first = screen.scan("A57B000001")
        only_an_answer_to_the_question_is_taken(screen, first)
        assert screen.wait(Counted) == one_pass
        assert screen.refusal(Answer(1, first.question, "yes")) == "COMMAND-LATE", "no run is on"

        assert screen.refusal(LOOK_TWICE) == "ENGINEERING-OFF"
        assert screen.say(BeginEngineering("the glass", 600)) == Obeyed("BeginEngineering")
        assert screen.refusal(LOOK_TWICE) == "REPEAT-ABSENT"
        second = screen.scan("A57C100001")
        nothing_is_taken_but_for_this_unit_and_its_plan(screen, before=first)
        assert answered(screen, second, "no") == (Outcome.FAIL, "look.answer:MISMATCH")
        assert screen.wait(Counted) == one_pass, "it does not count"

        assert screen.say(LOOK_TWICE) == Obeyed("RunSteps")
        third = asked_again(screen, before=second)
        assert answered(screen, third, "yes") == (Outcome.ABORTED, "RUN-PARTIAL")
        fourth = asked_again(screen, before=third)
        assert answered(screen, fourth, "no") == (Outcome.FAIL, "look.answer:MISMATCH")

        engineering_ends_with_the_unit_taken_out(screen)
    with Screen(cli, station) as screen:
        a_station_that_is_started_again_goes_on_with_the_shift(screen, one_pass)
    assert verify(cli.store) == []
    with Reader(cli.store) as reader:
        assert [head.purpose for head in reader.runs()] == [*["engineering"] * 3, "rehearsal"]


def a_station_that_never_ran_shows_its_plan_and_counts_nothing(screen: Screen) -> None:
    first = screen.wait(Snapshot)
    assert first.loading is ScanOrder.SCAN_THEN_INSERT
    assert first.counted
    assert (first.counted.ended, first.counted.first) == ({}, 0)
    (plan,) = first.plans
    assert (plan.id, plan.takes_s) == ("skeleton", None)
    assert [step.use for step in plan.steps][-2:] == ["operator.confirm", "jig.open"]


def only_an_answer_to_the_question_is_taken(screen: Screen, asked: Prompted) -> None:
    """The unit of the question passes by it."""
    assert (asked.step, asked.text) == ("look", "Is the glass clean?")
    for wrong, code in (
        (Answer(1, asked.question, "perhaps"), "ANSWER-UNFIT"),
        (Answer(1, "look", "yes"), "ANSWER-UNFIT"),
        (Answer(2, asked.question, "yes"), "COMMAND-UNFIT"),
    ):
        assert screen.refusal(wrong) == code
    assert screen.say(Answer(1, asked.question, "yes", by="nobody")) == Obeyed("Answer")
    assert screen.event(Answered) == Answered("look", "yes", "eve")
    record = screen.record()
    assert (record.outcome, record.purpose) == (Outcome.PASS, Purpose.REHEARSAL)


def nothing_is_taken_but_for_this_unit_and_its_plan(screen: Screen, *, before: Prompted) -> None:
    """`before` is what was asked of the unit before."""
    assert screen.refusal(Answer(1, before.question, "yes")) == "ANSWER-UNFIT"
    for steps in (("lok",), ("close",), ()):
        assert screen.refusal(RunSteps(1, steps)) == "COMMAND-UNFIT"
    for times in (0, 1001):
        assert screen.refusal(RunSteps(1, ("look",), times)) == "COMMAND-UNFIT"


def asked_again(screen: Screen, *, before: Prompted) -> Prompted:
    """What a run of `look` alone asks, which is another question than the one `before`."""
    loaded = screen.wait(SlotChanged, lambda each: each.state is SlotState.LOADED)
    assert loaded.serial == "A57C100001"
    began = screen.event(RunStarted)
    assert (began.purpose, began.plan.only) == (Purpose.ENGINEERING, ("look",))
    assert (began.unit.serial, began.operator) == ("A57C100001", "eve")
    asked = screen.event(Prompted)
    assert screen.refusal(Answer(1, before.question, "yes")) == "ANSWER-UNFIT"
    return asked


def answered(screen: Screen, asked: Prompted, answer: str) -> tuple[Outcome | None, str]:
    """How a run ends that is answered so, and the code of its fault."""
    assert screen.say(Answer(1, asked.question, answer)) == Obeyed("Answer")
    record = screen.record()
    return record.outcome, record.fault.code if record.fault else ""


def engineering_ends_with_the_unit_taken_out(screen: Screen) -> None:
    assert screen.say(EndEngineering()) == Obeyed("EndEngineering")
    screen.wait(SlotChanged, lambda each: each.state is SlotState.EMPTY)
    assert screen.refusal(EndEngineering()) == "COMMAND-LATE"
    assert screen.refusal(LOOK_TWICE) == "ENGINEERING-OFF"


def a_station_that_is_started_again_goes_on_with_the_shift(
    screen: Screen, counted: Counted
) -> None:
    snapshot = screen.wait(Snapshot)
    assert snapshot.counted == counted
    (plan,) = snapshot.plans
    assert plan.takes_s is not None
    assert plan.takes_s > 0
