"""What is entered from outside a station: in whose name, and what nobody can mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.errors import CommandRefused, HarnessError
from harness.model.entry import ContactsRenewed, Entry, Reworked, Role, SignedIn, SignedOut
from harness.model.station import Outside, Recall, RenewContacts, Rework
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.people.outside import enter_outside
from tests.records.runs import hand_in, lived

SERIAL, JIG = "A57A000000", "jig-7"
Enter = Callable[[Outside], Entry]


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "r.db") as recorder:
        hand_in(recorder, lived("01RUN1"))
        yield recorder


@pytest.fixture
def entering(recorder: Recorder) -> Enter:
    return partial(enter_outside, store=recorder.path, enter=recorder.enter, clock=SystemClock())


def test_where_nobody_ever_signed_in_it_is_in_the_name_that_is_said(entering: Enter) -> None:
    assert entering(Rework(SERIAL, "display", by="ben")).what == Reworked(SERIAL, "ben", "display")
    assert entering(RenewContacts(JIG, "ben")).what == ContactsRenewed(JIG, "ben")


def test_where_people_sign_in_it_is_in_the_name_of_who_is_signed_in(
    entering: Enter, recorder: Recorder
) -> None:
    recorder.enter(SignedIn("mei", Role.OPERATOR))
    assert entering(Rework(SERIAL, "display", by="ben")).what == Reworked(SERIAL, "mei", "display")
    for command in (RenewContacts(JIG, "ben"), Recall("worn", jig=JIG, by="ben")):
        assert _refused(entering, command) == "ROLE-NEEDED"
    recorder.enter(SignedIn("eve", Role.ENGINEER))
    assert entering(RenewContacts(JIG)).what == ContactsRenewed(JIG, "eve")


def test_where_people_sign_in_and_nobody_has_a_name_alone_does_not_do(
    entering: Enter, recorder: Recorder
) -> None:
    recorder.enter(SignedIn("eve", Role.ENGINEER))
    recorder.enter(SignedOut("eve", "left"))
    for command in (Rework(SERIAL, "display", by="eve"), Recall("worn", jig=JIG, by="eve")):
        assert _refused(entering, command) == "READY-SIGN-IN"
    with Reader(recorder.path) as reader:
        assert not reader.entries(kinds=(Reworked,))


@pytest.mark.parametrize(
    "command",
    [
        Rework(SERIAL, "  ", by="ben"),
        Rework(SERIAL, "display"),
        RenewContacts(JIG),
        Recall("worn", by="ben"),
        Recall(" ", jig=JIG, by="ben"),
    ],
)
def test_nothing_is_entered_without_who_what_and_why(entering: Enter, command: Outside) -> None:
    with pytest.raises(CommandRefused, match=r"^COMMAND-UNFIT: (say why|name what is recalled)"):
        entering(command)


@pytest.mark.parametrize("slot", [-5, 0, 9, 2**63])
def test_passes_of_a_slot_that_had_no_run_are_not_recalled(
    entering: Enter, recorder: Recorder, slot: int
) -> None:
    with pytest.raises(HarnessError, match=rf"no run was in a slot {slot}(?!.*mean)") as caught:
        entering(Recall("worn", slot=slot, by="ben"))
    assert caught.value.code == "RECORD-UNKNOWN"
    with Reader(recorder.path) as reader:
        assert reader.slots() == [2]
        assert not reader.recalls()


def _refused(entering: Enter, command: Outside) -> str:
    with pytest.raises(HarnessError) as caught:
        entering(command)
    return caught.value.code
