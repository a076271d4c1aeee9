"""`harness operator` end to end: a real terminal, the station as a process of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from harness.cli.operator import Started
from harness.model.outcome import Outcome
from harness.records.chain import verify
from harness.records.query import Reader
from harness.station.people.badges import hash_of
from harness.station.screens.bus import Bus
from harness.station.screens.socket import StationSocket, folder_of, is_served
from harness.ui.board.words import Said, Words
from tests.cli.conftest import Cli
from tests.cli.stations import label, labelled, serving, written
from tests.station.runs import STATION
from tests.ui.operator.terminal import PATIENCE_S, Drawn, alone_in, sentence, working_in

pytestmark = pytest.mark.timeout(120)
ENTER, F10 = "\r", "\x1b[21~"
HASH = hash_of("secret")


def terminal(cli: Cli, *words: str | Path, width: int = 120) -> Drawn:
    return Drawn(cli.command("operator", *words), cli.folder, width=width)


def with_badges(cli: Cli) -> Path:
    """The file of a station of one slot at which mei may sign in."""
    mei = f"{{badge: 'B-0042', name: mei, role: operator, until: 2999-12-31, hash: '{HASH}'}}"
    (cli.folder / "badges.yaml").write_text(f"schema: 1\nbadges: [{mei}]\n")
    more = "badges: badges.yaml\nrules: {sign_in: true}\n"
    return written(cli, slots=1, plan=labelled(cli), more=more)


def stations_in(folder: Path) -> list[int]:
    """The processes of stations that work in a folder."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in working_in(folder)}
    return [pid for pid, command in commands.items() if b"\0station\0" in command]


@contextmanager
def all_ended(cli: Cli) -> Iterator[None]:
    """Nothing that is started goes on after it."""
    try:
        yield
    finally:
        for pid in working_in(cli.folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_sign_in_scan_pass_and_leave(cli: Cli) -> None:
    with alone_in(cli.folder), terminal(cli, "--station", with_badges(cli)) as screen:
        screen.see(sentence("do.sign_in_first"), sentence("label.nobody"))
        screen.scan(f"B-0042{ENTER}", lambda: sentence("ask.secret") in screen.words)
        screen.key(*"secret", ENTER)
        screen.see(sentence("label.operator", name="mei"))
        passed = sentence("label.fpy", percent="100.0", first="1")
        screen.scan(label("A57B000001") + ENTER, lambda: passed in screen.words)
        screen.key(F10)
        screen.see(sentence("ask.leave"))
        screen.key("y", ENTER)
        assert screen.end() == 0
    assert not is_served(folder_of(cli.store))
    with Reader(cli.store) as reader:
        (run,) = reader.runs()
        assert run.outcome is Outcome.PASS
        assert reader.record(run.run).operator == "mei"
    assert verify(cli.store) == []


def test_the_station_file_says_language_badges_and_scanner(cli: Cli) -> None:
    leader, follower = pty.openpty()
    file = with_badges(cli)
    said = f"{{language: zh, badge: 'M[0-9]{{6}}', scanner: {os.ttyname(follower)}}}"
    file.write_text(f"{file.read_text()}screen: {said}\n")
    words = Words("zh")
    with serving(cli, file), terminal(cli, "--station", file) as screen:
        found = words.say(Said("scanner.found", {"port": os.ttyname(follower)}))
        screen.see(words.say(Said("label.nobody")), found)
        os.write(leader, b"M000042\r")
        screen.see(words.say(Said("ask.secret")), "M000042")
    os.close(leader)
    os.close(follower)


def test_a_station_that_runs_already_goes_on_when_the_screen_is_left(cli: Cli) -> None:
    file = with_badges(cli)
    with serving(cli, file) as (station, _):
        with terminal(cli, "--station", file, "--language", "zh") as screen:
            screen.see("无人登录")
            screen.type(F10)
            assert screen.end() == 0
        assert station.poll() is None
        with terminal(cli, "--station", file) as again:
            again.see(sentence("label.nobody"), sentence("do.sign_in_first"))
        assert station.poll() is None, "the screen was killed, and no slot has noticed"


def test_of_two_screens_at_once_one_starts_the_station_and_both_show_it(cli: Cli) -> None:
    file = written(cli, slots=1)
    with (
        all_ended(cli),
        terminal(cli, "--station", file) as one,
        terminal(cli, "--station", file) as other,
    ):
        one.see(sentence("do.scan"))
        other.see(sentence("do.scan"))
        assert len(stations_in(cli.folder)) == 1


def test_while_another_screen_starts_the_station_this_one_says_so_and_alarms_nobody(
    cli: Cli,
) -> None:
    file = written(cli, slots=1)
    log = cli.store.with_name(f"{cli.store.name}.station.log")
    log.parent.mkdir(exist_ok=True)
    frames = list[str]()
    with log.open("ab") as held, terminal(cli, "--station", file) as screen:
        fcntl.flock(held, fcntl.LOCK_EX)  # as the other screen does before it starts one
        screen.watch.append(lambda lines: frames.append(" ".join(lines)))
        screen.see(sentence("screen.starting"))
        with serving(cli, file):
            screen.see(sentence("do.scan"))
    assert not [frame for frame in frames if sentence("what.gone") in frame]


def test_a_screen_joins_the_station_that_is_started_while_it_is(cli: Cli) -> None:
    """As a service and a screen are at the start of a PC: one of two stations gets the records."""
    file = written(cli, slots=1)
    child = cli.start("station", file)
    with all_ended(cli), terminal(cli, "--station", file) as screen:
        screen.see(sentence("do.scan"))
        screen.until(lambda: len(stations_in(cli.folder)) == 1, "one station")
        screen.rest(0.3)
        assert screen.child.poll() is None
    child.communicate()


def test_a_test_that_breaks_off_leaves_no_station(cli: Cli) -> None:
    def broken() -> None:
        file = written(cli, slots=1)
        with alone_in(cli.folder), terminal(cli, "--station", file) as screen:
            screen.see(sentence("do.scan"))
            assert len(working_in(cli.folder)) > 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    until = time.monotonic() + PATIENCE_S
    while working_in(cli.folder):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_station_that_cannot_start_is_told_with_what_it_said(cli: Cli) -> None:
    file = written(cli, slots=1)
    file.write_text(file.read_text().replace("plan:", "plann:"))
    with terminal(cli, "--station", file, width=400) as screen:  # a path may be long
        screen.see("STATION-FILE", "plann")
        assert screen.end() == 2


def test_a_station_that_is_killed_is_told_as_that_with_what_to_do(cli: Cli) -> None:
    file = written(cli, slots=1)
    with all_ended(cli), terminal(cli, "--station", file, width=400) as screen:
        screen.see(sentence("do.scan"))
        (station,) = stations_in(cli.folder)
        os.kill(station, signal.SIGKILL)
        log = str(cli.store.with_name(f"{cli.store.name}.station.log").relative_to(cli.folder))
        screen.see(sentence("screen.killed", signal="9", command="`harness operator`", log=log))
        assert screen.end() == 3


def test_a_screen_that_came_late_does_not_end_when_the_other_station_starts_again(
    cli: Cli,
) -> None:
    """Its own ended at once, long ago: that says nothing of the one that it shows."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    log = cli.store.with_name(f"{cli.store.name}.station.log")
    log.parent.mkdir()
    log.write_text("error STORE-LOCKED: another station has them\n")
    with log.open("ab") as held:
        late, alone = (Started(ended, cli.store, held, Words("en"), began_s=0.0) for _ in range(2))
        with StationSocket(folder_of(cli.store), Bus(STATION, [1]), lambda _: ()):
            assert late.why() == ""
        assert late.why() == ""
        first, *said = alone.why().splitlines()
        assert "exit code 0" in first
        assert str(log) in first
        assert said == ["error STORE-LOCKED: another station has them"]
    assert late.end(wanted=True) == 0
