"""The simulated shield boxes, read without any driver or wire."""

from __future__ import annotations

import pytest

from harness.sim.jig import JigBuild, Reply, RsBox, ShieldBox, TescomBox
from harness.sim.unit import SimUnit

BUILD = JigBuild(dwell_s=2.0, cycles=7)


def said(box: ShieldBox, line: str, now_s: float = 0.0) -> list[str]:
    return [reply.text for reply in box.answer(line, now_s)]


def test_a_tescom_box() -> None:
    box = TescomBox(None, serial="T1", build=BUILD)
    assert said(box, "ID?") == ["TESCOM TC-5970 SN:T1 V1.0"]
    assert (said(box, "LID?"), said(box, "COUNT?")) == (["OPENED"], ["COUNT=7"])
    assert said(box, "close", 10.0) == ["OK"]  # small or capital letters
    assert said(box, "LID?", 11.9) == ["MOVING"]
    assert (said(box, "LID?", 12.0), said(box, "COUNT?", 12.0)) == (["CLOSED"], ["COUNT=8"])
    assert said(box, "CLOSE", 12.0) == ["OK"]
    assert said(box, "LID?", 12.0) == ["CLOSED"]
    assert said(box, "OPEN", 13.0) == ["OK"]


@pytest.mark.parametrize("line", ["JUMP", "CLOSE NOW", "*IDN?", "\xff"])
def test_a_tescom_box_says_that_it_does_not_understand(line: str) -> None:
    box = TescomBox(None)
    assert said(box, line) == ["ERR40"]
    assert not box.heard


def test_a_tescom_box_takes_no_motion_while_it_moves() -> None:
    box = TescomBox(None, build=BUILD)
    assert said(box, "CLOSE") == ["OK"]
    assert said(box, "OPEN", 1.0) == ["ERR40"]
    assert said(box, "LID?", 2.0) == ["CLOSED"]


def test_a_tescom_box_answers_when_a_moment_has_passed() -> None:
    (reply,) = TescomBox(None).answer("LID?", 0.0)
    assert reply.delay_s > 0


def test_an_rs_box() -> None:
    box = RsBox(None, serial="R1", build=BUILD)
    assert said(box, "*IDN?") == ["Rohde&Schwarz,CMW-Z10,R1,1.0"]
    assert said(box, "OPEN") == ["OPEN"]  # it is open
    replies = box.answer("CLOSE", 10.0)
    assert replies[0] == Reply("PENDING")
    by_itself = sorted(replies[1:], key=lambda reply: reply.dwell_s)
    assert {reply.text for reply in by_itself[:-1]} == {"PENDING", "INFO:VALVE ON"}
    assert by_itself[-1] == Reply("CLOSED", dwell_s=2.0)
    assert said(box, "STATE?", 11.9)[-1] == "BUSY"
    assert said(box, "STATE?", 12.0) == ["INFO:AIR 5.2 BAR", "CLOSED"]
    assert said(box, "CYCLES?", 12.0) == ["8"]
    assert said(box, "JUMP") == ["ERR"]


def test_an_rs_box_gives_up_a_lid_that_does_not_arrive() -> None:
    box = RsBox(None, build=BUILD, defects={"jig.stuck_fixture": {}})
    last = max(box.answer("CLOSE", 0.0), key=lambda reply: reply.dwell_s)
    assert last.text == "ERR"
    assert 2.0 < last.dwell_s < 8.0
    assert said(box, "STATE?", 1e9)[-1] == "BUSY"


@pytest.mark.parametrize("make", [TescomBox, RsBox])
def test_defects_of_a_box(make: type[ShieldBox]) -> None:
    def box(defect: str, **settings: object) -> ShieldBox:
        return make(None, build=BUILD, defects={f"jig.{defect}": settings})

    who, _, _, where, count = make.commands
    assert said(box("silent"), where) == []
    assert (said(box("silent", on="CLOSE"), "CLOSE"), said(box("silent", on="CLOSE"), who)) == (
        [],
        said(make(None), who),
    )
    assert said(box("refuses"), "CLOSE") == [make.refusal]
    assert said(box("refuses"), who) == said(make(None), who)
    assert "600000" in said(box("cycles_worn"), count)[0]
    assert "WRONGJIG" in said(box("wrong_identity"), who)[0]
    assert box("late_reply", by_s=3).answer(who, 0.0)[0].delay_s >= 3
    assert said(box("noise", rate=1), who) != said(make(None), who)


def test_what_a_unit_has_left_behind_is_mended_for_the_next() -> None:
    pulls = list[float]()
    box = TescomBox(None, build=BUILD)
    box.cable.watch(pulls.append)
    unit = SimUnit("A", defects={"jig.stuck_fixture": {}, "jig.unplug": {}})
    box.insert(unit, 0)
    assert said(box, "CLOSE") == []  # its cable was pulled
    assert (pulls, box.fixture(1e9)) == ([0.0], "MOVING")
    assert unit.met == {"jig.stuck_fixture", "jig.unplug"}
    box.insert(SimUnit("B"), 0)
    assert said(box, "CLOSE", 1e9) == ["OK"]
    assert box.fixture(2e9) == "CLOSED"
    assert box.safe
