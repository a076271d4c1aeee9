"""`harness rework` and `harness recall` on a store that the real recorder wrote."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from harness.model.entry import Recalled, Reworked, UnitRefused
from harness.model.events import Purpose
from harness.model.rules.recalls import recalls_of
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.cli.conftest import Cli
from tests.cli.test_records import on_a_terminal
from tests.records.runs import IMEIS, MORNING, PLAN_SHA256, hand_in, leave_open, lived

SERIAL, OTHER = "A57A000000", "A57A000001"
WHY = ("--why", "worn contacts", "--by", "quinn")


@pytest.fixture
def line(cli: Cli) -> Cli:
    """A store with a unit that failed on jig-7 and passed on jig-8, and one that passed twice."""
    with Recorder(cli.store, name="ft-03", location="hall-2") as recorder:
        hand_in(recorder, lived("01RUN1", bad=True))
        hand_in(recorder, lived("01RUN2", started=MORNING + timedelta(minutes=1), jig="jig-8"))
        hand_in(recorder, lived("01RUN3", seed=1, started=MORNING + timedelta(minutes=2)))
        camera: dict[str, Any] = {"process": "camera", "jig": "jig-9", "slot": 4}
        hand_in(recorder, lived("01RUN4", seed=1, started=MORNING + timedelta(hours=1), **camera))
    return cli


def entered(cli: Cli) -> list[object]:
    with Reader(cli.store) as reader:
        return [entry.what for entry in reader.entries()]


def test_a_rework_is_entered_for_the_unit_that_is_named(line: Cli) -> None:
    ran = line("rework", SERIAL, "--note", "new charging board", "--by", "ben")
    assert ran.code == 0, ran.err
    assert f"{SERIAL} REWORKED by ben: new charging board" in ran.out
    by_run = line("rework", "01RUN3", "--note", "display", "--process", "camera")
    assert by_run.code == 0, by_run.err
    assert f"{OTHER} REWORKED for camera by " in by_run.out
    assert verify(line.store) == []
    with Reader(line.store) as reader:
        last, first = reader.entries()
        history = reader.unit_history(SERIAL, Purpose.PRODUCTION, "final-test")
    assert first.what == Reworked(SERIAL, "ben", "new charging board")
    assert isinstance(last.what, Reworked)
    assert (last.what.serial, last.what.process) == (OTHER, "camera")
    assert (last.station.name, last.station.location) == ("ft-03", "hall-2")
    assert list(history.reworks) == [first]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((SERIAL[:-1] + "7",), "did you mean 'A57A00000"),
        ((IMEIS[0],), f"units {SERIAL}, {OTHER} showed it"),
        (("01RUN",), "which run is meant"),
        ((SERIAL, "--process", "final-tset"), "did you mean 'final-test'?"),
        (("",), "which run is meant"),
    ],
    ids=["serial", "imei", "run", "process", "nothing"],
)
def test_a_rework_of_nobody_is_refused(line: Cli, arguments: tuple[str, ...], said: str) -> None:
    ran = line("rework", *arguments, "--note", "display")
    assert ran.code == 2
    assert "RECORD-UNKNOWN" in ran.err
    assert said in ran.err
    assert ran.out == ""
    assert entered(line) == []


def test_a_rework_without_a_word_is_refused(line: Cli) -> None:
    assert line("rework", SERIAL).code == line("rework", SERIAL, "--note", " ").code == 2
    assert entered(line) == []


def test_a_store_that_is_not_there_is_not_made(cli: Cli) -> None:
    for command in (("rework", SERIAL, "--note", "display"), ("recall", "--slot", "1", *WHY)):
        ran = cli(*command)
        assert (ran.code, "STORE-ABSENT" in ran.err) == (2, True)
    assert not cli.store.exists()


def test_while_a_station_holds_the_store_nothing_is_entered(line: Cli) -> None:
    with Recorder(line.store) as recorder:
        leave_open(recorder, lived("01OPEN", seed=1))
        ran = line("rework", SERIAL, "--note", "display")
        recall = line("recall", "--jig", "jig-7", *WHY)
        assert (ran.code, recall.code) == (3, 3)
        assert "STORE-LOCKED" in ran.err
        assert "nothing was entered" in ran.err
        assert "Wait for what holds the store, or stop it" in ran.err
        assert recorder.failure is None
    assert entered(line) == []


def test_a_recall_is_shown_before_it_is_made(line: Cli) -> None:
    dry = line("recall", "--jig", "jig-7", *WHY, "--dry-run")
    assert dry.code == 0, dry.err
    assert "01RUN3" in dry.out
    assert "01RUN1" not in dry.out and "01RUN2" not in dry.out
    assert "would revoke 1 pass of 1 unit: passes on jig jig-7, before " in dry.out
    assert entered(line) == []
    made = line("recall", "--jig", "jig-7", *WHY)
    assert made.code == 0, made.err
    assert "revoked 1 pass of 1 unit" in made.out
    (what,) = entered(line)
    assert isinstance(what, Recalled)
    assert (what.jig, what.by, what.why, what.since) == ("jig-7", "quinn", "worn contacts", None)
    assert what.until, "what is made from now on is not revoked"
    assert verify(line.store) == []


def test_a_recall_is_of_a_window_a_slot_and_a_plan(line: Cli) -> None:
    window = ("--from", "2026-11-22T15:01:00+05:00", "--to", "2026-11-22T10:02")
    ran = line("recall", "--slot", "2", "--plan", PLAN_SHA256[:8], *window, *WHY)
    assert ran.code == 0, ran.err
    assert "revoked 1 pass of 1 unit" in ran.out
    (what,) = entered(line)
    since, until = (MORNING + timedelta(minutes=minutes) for minutes in (1, 2))
    assert what == Recalled("quinn", "worn contacts", "", 2, PLAN_SHA256, since, until)


def test_a_recall_names_a_plan_by_its_id_and_revision(line: Cli) -> None:
    made = line("recall", "--plan", "a57-final:14", *WHY)
    assert "by plan a57-final revision 14, before " in made.out, made.err
    assert "revoked 3 passes of 2 units" in made.out
    with Reader(line.store) as reader:
        assert {bool(recalls_of(head, reader.recalls())) for head in reader.runs()} == {False, True}
    dry = line("recall", "--plan", "a57-final", *WHY, "--dry-run")
    assert "would revoke 3 passes of 2 units: passes by plan a57-final, before " in dry.out
    (what,) = entered(line)
    assert isinstance(what, Recalled)
    assert (what.plan, what.revision, what.plan_sha256) == ("a57-final", 14, "")


def test_an_id_that_a_hash_begins_with_is_asked_about(cli: Cli) -> None:
    twin = PLAN_SHA256[0]
    with Recorder(cli.store) as recorder:
        hand_in(recorder, lived("01RUN1"))
        hand_in(recorder, lived("01RUN2", plan=twin))
    ran = cli("recall", "--plan", twin, *WHY)
    assert (ran.code, "2 plans have this id, or a SHA-256 that begins so" in ran.err) == (2, True)
    assert "revoked 1 pass of 1 unit" in cli("recall", "--plan", f"{twin}:14", *WHY).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name what is recalled"),
        (("--jig", "jjig-7"), "did you mean 'jig-7'?"),
        (("--slot", "9"), "Name a slot that runs were in: 2, 4."),
        (("--plan", "ffff"), "no plan has this id, or a SHA-256 that begins so"),
        (("--plan", "a57-fianl"), "did you mean 'a57-final'?"),
        (("--plan", "a57-final:9"), "did you mean 'a57-final:"),
        (("--from", "last Tuesday"), "is no time such as"),
        (("--jig", "jig-7", "--to", "2999-01-01"), "is still to come"),
    ],
    ids=["nothing", "jig", "slot", "plan", "id", "revision", "time", "future"],
)
def test_a_recall_that_cannot_be_meant_is_refused(
    line: Cli, arguments: tuple[str, ...], said: str
) -> None:
    ran = line("recall", *arguments, *WHY)
    assert ran.code == 2
    assert said in ran.err
    assert entered(line) == []


def test_a_pass_of_a_clock_that_was_ahead_is_recalled_too(cli: Cli) -> None:
    ahead = MORNING + timedelta(days=365 * 900)
    with Recorder(cli.store) as recorder:
        hand_in(recorder, lived("01RUN1", started=ahead))
    assert "revoked 1 pass of 1 unit" in cli("recall", "--jig", "jig-7", *WHY).out
    (listed,) = cli("records", "list", "--json").records()
    assert len(listed["recalls"]) == 1


def test_a_trace_tells_what_befell_the_unit_in_order_of_time(line: Cli) -> None:
    with Recorder(line.store) as recorder:
        recorder.enter(UnitRefused(SERIAL, "final-test", 2, "RETEST-LIMIT", "3 runs"))
        recorder.enter(Reworked(SERIAL, "ben", "new charging board"))
        recorder.enter(Reworked(OTHER, "ben", "another unit"))
        gone = recorder.enter(Recalled("quinn", "worn", "jig-8", until=MORNING + timedelta(days=1)))
        recorder.enter(Recalled("quinn", "others", "jig-9", until=MORNING + timedelta(days=1)))
    ran = line("trace", SERIAL)
    assert ran.code == 0, ran.err
    told = ("attempt 1  FAIL", "attempt 1  PASS (recalled)", "REFUSED", "REWORKED", "RECALLED by")
    places = [ran.out.index(words) for words in told]
    assert places == sorted(places)
    assert "final-test (production): first FAIL, final PASS (recalled), 2 runs" in ran.out
    assert f"the PASS is revoked by the recall {gone.id}" in ran.out
    assert f"{SERIAL} REFUSED for final-test, slot 2, RETEST-LIMIT: 3 runs" in ran.out
    assert "another unit" not in ran.out
    assert "others" not in ran.out
    life = json.loads(line("trace", SERIAL, "--json").out)
    assert [run["recalls"] for run in life["runs"]] == [[], [gone.id]]
    assert [e["what"]["is"] for e in life["entries"]] == ["UnitRefused", "Reworked", "Recalled"]
    assert life["courses"][0]["recalled"] is True
    said = on_a_terminal(line, 80, "trace", SERIAL)
    assert max(map(len, said.splitlines())) <= 80


def test_a_unit_that_was_only_ever_refused_has_a_life(cli: Cli) -> None:
    with Recorder(cli.store) as recorder:
        recorder.enter(UnitRefused("A57A000009", "final-test", 2, "ROUTE-MISSING", "no camera"))
    ran = cli("trace", "A57A000009")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("unit  A57A000009\n")
    assert "ROUTE-MISSING: no camera" in ran.out
    assert cli("rework", "A57A000009", "--note", "camera").code == 0


def test_the_list_marks_what_was_recalled(line: Cli) -> None:
    assert line("recall", "--jig", "jig-7", *WHY).code == 0
    rows = {row.split()[0]: row for row in line("records", "list").out.splitlines()}
    assert rows["01RUN3"].count("recalled") == 1
    assert "recalled" not in rows["01RUN1"] + rows["01RUN2"] + rows["01RUN4"]
    recalls = {r["run"]: r["recalls"] for r in line("records", "list", "--json").records()}
    assert [bool(recalls[f"01RUN{n}"]) for n in (1, 2, 3, 4)] == [False, False, True, False]


def test_the_list_of_a_jig_says_where_its_units_went(line: Cli) -> None:
    (listed,) = line(
        "records", "list", "--jig", "jig-7", "--from", "2026-11-22", "--json"
    ).records()
    assert (listed["head"]["run"], listed["next"]["run"]) == ("01RUN3", "01RUN4")
    out = line("records", "list", "--jig", "jig-7").out
    assert "camera PASS, ft-03 slot 4, 2026-11-22 11:00" in out
    assert "01RUN1" not in out
    late = line("records", "list", "--jig", "jig-7", "--from", "2026-11-23")
    assert len(late.out.splitlines()) == 1
    window = line("records", "list", "--from", "2026-11-22T10:01", "--to", "2026-11-22T10:02")
    assert [row.split()[0] for row in window.out.splitlines()[1:]] == ["01RUN2"]


def test_the_entries_are_listed_newest_first(line: Cli) -> None:
    with Recorder(line.store) as recorder:
        recorder.enter(Reworked(SERIAL, "ben", "display\x1b[2J"))
        recorder.enter(Reworked(OTHER, "ben", "board"))
    said = line("records", "list", "--entries").out.splitlines()
    assert ["board" in said[0], "display\\x1b[2J" in said[1], len(said)] == [True, True, 2]
    (one,) = line("records", "list", "--entries", "--serial", SERIAL, "--json").records()
    assert one["what"]["is"] == "Reworked"
    for odd in (["--jig", "jig-7", "--entries"], ["--entries", "--from", "2026-11-22"]):
        assert line("records", "list", *odd).code == 2
