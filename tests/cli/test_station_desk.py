"""People at a station that runs: they sign in over its socket, and its runs say who they were."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.model.entry import (
    ContactsRenewed,
    EngineeringBegun,
    EngineeringEnded,
    Entry,
    Recalled,
    Reworked,
    Role,
    SignedIn,
    SignInRefused,
    Unlocked,
)
from harness.model.entry import Locked as LockedEntry
from harness.model.events import Purpose, RunStarted, Stamped
from harness.model.sentence import Says, Sentence
from harness.model.station import Message, Obeyed, Refused, Snapshot
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.people.badges import hash_of
from tests.cli.conftest import Cli
from tests.cli.stations import is_recorded, label, labelled, serving, until, written
from tests.cli.test_badge import told
from tests.station.screen import Screen

pytestmark = pytest.mark.timeout(180)
SECRET = "correct horse"
MEI, EVE = SignedIn("mei", Role.OPERATOR), SignedIn("eve", Role.ENGINEER)


@pytest.fixture
def station(cli: Cli) -> Path:
    hashed = hash_of(SECRET)
    (cli.folder / "badges.yaml").write_text(
        "schema: 1\nbadges:\n"
        f"  - {{badge: 'B-1', name: mei, role: operator, until: 2999-12-31, hash: '{hashed}'}}\n"
        f"  - {{badge: 'B-3', name: eve, role: engineer, until: 2999-12-31, hash: '{hashed}'}}\n"
    )
    more = "badges: badges.yaml\nrules: {sign_in: true}\n"
    return written(cli, slots=1, plan=labelled(cli), more=more)


def say(screen: Screen, kind: str, **said: Any) -> Message:
    """Ask for something; the answer, past what else is told."""
    screen.send(json.dumps({"is": kind, **said}))
    return until(screen, lambda m: isinstance(m, Obeyed | Refused))


def has(kind: type) -> Callable[[Message], bool]:
    return lambda m: isinstance(m, Entry) and isinstance(m.what, kind)


def start_of(screen: Screen, serial: str) -> RunStarted:
    """How the run of a unit began that is scanned; returns once it is on record."""
    assert say(screen, "Scanned", scans=[label(serial)]) == Obeyed("Scanned")
    return started(screen)


def started(screen: Screen) -> RunStarted:
    """How the next run began; returns once it is on record."""
    began = until(screen, lambda m: isinstance(m, Stamped) and isinstance(m.event, RunStarted))
    until(screen, is_recorded)
    assert isinstance(began, Stamped)
    assert isinstance(began.event, RunStarted)
    return began.event


def test_a_shift_over_the_socket_also_after_a_restart(cli: Cli, station: Path) -> None:
    with serving(cli, station) as (_, screen):
        until(screen, lambda m: isinstance(m, Snapshot))
        refused = say(screen, "Scanned", scans=[label("A57B000001")])
        assert isinstance(refused, Refused)
        assert refused.code == "READY-SIGN-IN"
        for badge, secret in (("B-1", "s3cret-word"), ("s3cret-word", SECRET)):
            refused = say(screen, "SignIn", badge=badge, secret=secret)
            assert isinstance(refused, Refused)
            assert "SIGN-IN-REFUSED" in refused.why
            assert "s3cret" not in refused.why
        assert say(screen, "SignIn", badge="B-1", secret=SECRET) == Obeyed("SignIn")
        began = start_of(screen, "A57B000001")
        assert (began.operator, began.purpose) == ("mei", Purpose.REHEARSAL)
        refused = say(screen, "BeginEngineering", why="new fixture", for_s=60)
        assert isinstance(refused, Refused)
        assert "ROLE-NEEDED" in refused.why
        say(screen, "SignIn", badge="B-3", secret=SECRET)
        for length in (1e9, 1e300):
            refused = say(screen, "BeginEngineering", why="w", for_s=length)
            assert isinstance(refused, Refused)
            assert refused.code == "COMMAND-UNFIT"
        assert say(screen, "BeginEngineering", why="w", for_s=3600) == Obeyed("BeginEngineering")
    with Recorder(cli.store, name="floor") as recorder:
        recorder.enter(LockedEntry("STOP-STREAK", "three", 1))
    with serving(cli, station) as (_, screen):
        snapshot = until(screen, lambda m: isinstance(m, Snapshot))
        assert isinstance(snapshot, Snapshot)
        kinds = {type(entry.what): entry.what for entry in snapshot.in_force}
        assert kinds[SignedIn] == EVE
        assert isinstance(kinds[EngineeringBegun], EngineeringBegun)
        waits = say(screen, "Scanned", scans=[label("A57C100001")])
        in_row = Sentence.of(Says.IN_ROW, unit="A57C100001", why="slot 1: STOP-STREAK: three")
        assert waits == Obeyed("Scanned", (in_row,))
        screen.send(json.dumps({"is": "Unlock", "slot": 1, "why": "probe mended"}))
        told = until(screen, has(Unlocked))
        assert isinstance(told, Entry)
        assert told.what == Unlocked("eve", "probe mended", 1)
        began = started(screen)
        assert (began.operator, began.purpose) == ("eve", Purpose.ENGINEERING)
        say(screen, "EndEngineering")
        refused = say(screen, "Scanned", scans=[label("A57C100002")])
        assert isinstance(refused, Refused)
        assert refused.code == "READY-GOLDEN", "unlocked, but no golden unit has passed since"
    said = [each.said for each in _entered(cli) if isinstance(each, SignInRefused)]
    assert said == ["B-1", ""]
    assert verify(cli.store) == []


def test_the_command_line_asks_the_station_that_runs(cli: Cli, station: Path) -> None:
    at = ("--station", station)
    with serving(cli, station) as (_, screen):
        until(screen, lambda m: isinstance(m, Snapshot))
        refused = say(screen, "Unlock", slot=3, why="probe mended")
        assert isinstance(refused, Refused)
        assert refused.why == "COMMAND-UNFIT: no slot 3; this station has 1"
        wrong = told(cli, "wrong horse", "badge", "in", "B-1", *at)
        assert (wrong.code, "SIGN-IN-REFUSED" in wrong.err, "-> Scan" in wrong.err) == (
            3,
            True,
            True,
        )
        signed = told(cli, SECRET, "badge", "in", "B-1", *at)
        assert signed.out.endswith("mei signed in as operator\n"), signed.err
        jig = start_of(screen, "A57B000001").jig
        assert jig
        assert (
            "REWORKED by mei: display"
            in cli("rework", "A57B000001", "--note", "display", "--by", "ben").out
        )
        assert "ROLE-NEEDED" in cli("jig", "renewed", jig.id, "--by", "eve").err
        assert told(cli, SECRET, "badge", "in", "B-3", *at).code == 0
        assert f"jig {jig.id} renewed by eve" in cli("jig", "renewed", jig.id).out
        assert "revoked 1 pass of 1 unit" in cli("recall", "--slot", "1", "--why", "worn").out
        no_recall = cli("recall", "--why", "worn")
        assert (no_recall.code, "COMMAND-UNFIT: name what" in no_recall.err) == (2, True)
        no_lock = cli("badge", "unlock", *at, "--why", "w")
        assert (no_lock.code, "COMMAND-LATE: nothing is" in no_lock.err) == (2, True)
        assert "-> Look at the slots" in no_lock.err, "with the remedy"
        assert cli("badge", "out", *at).code == 0
        out = cli("rework", "A57B000001", "--note", "display", "--by", "mei")
        assert (out.code, "READY-SIGN-IN" in out.err) == (3, True)
    kinds = [type(each) for each in _entered(cli)]
    assert [kinds.count(kind) for kind in (Reworked, ContactsRenewed, Recalled)] == [1, 1, 1]
    assert verify(cli.store) == []


def test_engineering_mode_is_announced_and_a_stop_that_was_asked_for_is_no_failure(
    cli: Cli, station: Path
) -> None:
    with serving(cli, station) as (child, screen):
        until(screen, lambda m: isinstance(m, Snapshot))
        say(screen, "SignIn", badge="B-3", secret=SECRET)
        say(screen, "BeginEngineering", why="new fixture", for_s=3600)
        assert start_of(screen, "A57B000002").purpose is Purpose.ENGINEERING
        say(screen, "EndEngineering")
        assert start_of(screen, "A57B000001").purpose is Purpose.REHEARSAL
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    runs, screens, lacking, why, what, begun, bad, over, good, summed, fpy, *_ = err.splitlines()
    assert re.fullmatch("Station floor runs skeleton revision [0-9]+ for rehearsal", runs)
    assert screens.endswith("reports/records.db.station/socket")
    assert lacking == "No slot takes units that count yet"
    assert why == "  slot 1: READY-SIGN-IN: nobody is signed in"
    assert what == f"  What to do: `harness ready --station {station}`"
    assert begun.startswith("ENGINEERING MODE until ")
    assert begun.endswith(" UTC, by eve: new fixture. Nothing that is run counts.")
    assert "A57B000002  FAIL (engineering) charge.current_jig:LOW" in bad
    assert over == "engineering mode is over: what is run counts again"
    assert "A57B000001  PASS (rehearsal)" in good
    assert summed == "2 units: 1 PASS (rehearsal), 1 FAIL (engineering)"
    assert fpy == "first-pass yield 100.0 % (1 of 1)"


def test_engineering_mode_that_is_changed_and_expires_is_told_each_time(
    cli: Cli, station: Path
) -> None:
    with serving(cli, station) as (child, screen):
        until(screen, lambda m: isinstance(m, Snapshot))
        assert child.stderr
        say(screen, "SignIn", badge="B-3", secret=SECRET)
        say(screen, "BeginEngineering", why="new fixture", for_s=3600)
        while not (begun := child.stderr.readline()).startswith("ENGINEERING"):
            assert begun
        say(screen, "BeginEngineering", why="one more unit", for_s=0.5)
        changed, over = child.stderr.readline(), child.stderr.readline()
        until(screen, has(EngineeringEnded))
        assert start_of(screen, "A57B000001").purpose is Purpose.REHEARSAL
    for line, why in ((begun, "new fixture"), (changed, "one more unit")):
        assert line.startswith("ENGINEERING MODE until ")
        assert line.endswith(f" UTC, by eve: {why}. Nothing that is run counts.\n")
    assert over == "engineering mode is over: what is run counts again\n"


def _entered(cli: Cli) -> list[Any]:
    with Reader(cli.store) as reader:
        return [entry.what for entry in reader.entries()][::-1]
