"""Several questions in one shell, by the real adb server, a simulated handset on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb import AdbHandset, AdbServer
from harness.errors import LinkFault, PlanError
from harness.model.ports import Handset, ShellResult
from harness.model.reading import Unreadable
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.steps.asking.answers import ask_together, listed, names, printed, understood

UEVENT = "cat /sys/class/power_supply/battery/uevent"
QUESTIONS = ("getprop ro.serialno", UEVENT, "false", "dumpsys battery")
Plug = Callable[..., Handset]


@pytest.fixture
def plug(server: AdbServer, handsets: SimHandsets) -> Plug:
    cancel = Cancel()

    def plug(**defects: dict[str, str]) -> Handset:
        named = {f"adb.{name}": settings for name, settings in defects.items()}
        address = handsets.add(SimUnit("A57A000001", defects=named))
        return AdbHandset(server, address).under(Lease(Deadline(40.0), cancel))

    return plug


def test_answers_come_in_order_with_their_codes(plug: Plug) -> None:
    serial, uevent, false, battery = ask_together(plug(), *QUESTIONS)
    assert printed(serial) == "A57A000001\n"
    assert isinstance(uevent, ShellResult)
    assert uevent.out.startswith("POWER_SUPPLY_NAME=battery\n")
    assert printed(false) == Unreadable("ended with 1")
    assert isinstance(battery, ShellResult)
    assert "level: 62" in battery.out


def test_a_command_that_is_stuck_loses_only_itself(plug: Plug) -> None:
    serial, uevent, false, battery = ask_together(plug(stuck={"on": UEVENT}), *QUESTIONS, limit_s=1)
    assert printed(serial) == "A57A000001\n"
    assert isinstance(uevent, Unreadable)
    assert uevent.why == "no answer within 1 s"
    assert isinstance(false, ShellResult)
    assert isinstance(battery, ShellResult)


def test_every_command_may_be_stuck(plug: Plug) -> None:
    answers = ask_together(plug(stuck={"on": UEVENT}), UEVENT, UEVENT, limit_s=1)
    assert [type(answer) for answer in answers] == [Unreadable] * 2


def test_only_what_was_printed_is_given_to_a_reader() -> None:
    assert understood(str.strip, ShellResult(0, " a\n", "")) == "a"
    assert understood(str.strip, ShellResult(1, " a\n", "")) == Unreadable("ended with 1")
    stuck = Unreadable("no answer within 1 s")
    assert understood(str.strip, stuck) is stuck


WORD = re.compile("[a-z]+")


@pytest.mark.parametrize(("words", "found"), [("a", ("a",)), (" a ,b,c ", ("a", "b", "c"))])
def test_names_stand_between_commas(words: str, found: tuple[str, ...]) -> None:
    assert names(words, WORD) == found
    assert names(listed(found), WORD) == found


@pytest.mark.parametrize("words", ["", " ", "a,", ",a", "a b", "a, B", "a\nb"])
def test_what_is_no_name_is_refused(words: str) -> None:
    with pytest.raises(PlanError) as caught:
        names(words, WORD)
    assert caught.value.code == "STEP-SETTING"
    assert "[a-z]+" in caught.value.message


def test_no_names_are_told_as_none() -> None:
    assert listed(()) == "none"


@pytest.mark.parametrize(
    ("fault", "code"), [("hang", "ADB-HANG"), ("drop", "ADB-LOST"), ("garbage", "ADB-GARBLED")]
)
def test_what_takes_the_shell_with_it_is_a_fault_of_the_link(
    plug: Plug, fault: str, code: str
) -> None:
    with pytest.raises(LinkFault) as caught:
        ask_together(plug(**{fault: {"on": UEVENT}}), *QUESTIONS, limit_s=1)
    assert caught.value.code == code
    if fault == "hang":
        assert "A57A000001" in caught.value.evidence["out"]
