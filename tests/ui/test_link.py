"""A screen's link over real sockets: a station that dies and comes back, floods, slow screens."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from harness.errors import CommandRefused
from harness.model.events import Stamped
from harness.model.fold import RecordBuilder, fold, unfold
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.slot_state import SlotState
from harness.model.station import (
    Abort,
    Command,
    Obeyed,
    Refused,
    SignIn,
    SlotChanged,
    Snapshot,
)
from harness.station.screens.bus import Bus
from harness.station.screens.socket import MOST_CLIENTS, NAME, StationSocket
from harness.ui.link import MOST_WAITING, STRANGE_S, StationLink
from harness.ui.told import Gone, Joined, Reply, Told, Unasked
from tests.engine.rig import until
from tests.station.runs import STATION, events, loaded, reload
from tests.station.screen import Screen

RUN = events()
ABORT = Abort(1, "Mei", "wrong cable")


class Taken:
    """All that a link gave."""

    def __init__(self, link: StationLink) -> None:
        self.link = link
        self.all: list[Told] = []

    def until(self, seen: Callable[[list[Told]], object]) -> None:
        def met() -> bool:
            self.all += self.link.take()
            return bool(seen(self.all))

        until(met)

    def until_is(self, kind: type, count: int = 1) -> None:
        self.until(lambda told: sum(isinstance(each, kind) for each in told) >= count)

    def of(self, kind: type) -> list[Told]:
        return [each for each in self.all if isinstance(each, kind)]


def told(by: str) -> Sentences:
    return (Sentence.of(Says.IN_ROW, unit=by, why="asked"),)


def obey(command: Command) -> Sentences:
    if isinstance(command, Abort) and command.slot > 2:
        raise CommandRefused("COMMAND-UNFIT", f"no slot {command.slot}", remedy="Another one.")
    return told(getattr(command, "by", ""))


@contextmanager
def served(folder: Path, bus: Bus, **more: float) -> Iterator[StationSocket]:
    with StationSocket(folder, bus, obey, **more) as served:
        yield served


@contextmanager
def linked(
    folder: Path, most_waiting: int = MOST_WAITING, strange_s: float = STRANGE_S
) -> Iterator[Taken]:
    with StationLink(folder, most_waiting, strange_s) as link:
        yield Taken(link)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "line"


def test_a_snapshot_comes_first_then_what_happens_as_a_replay_sees_it(folder: Path) -> None:
    bus = loaded(Bus(STATION, [1, 2]))
    for stamped in RUN[:5]:
        bus.publish(stamped)
    with served(folder, bus), linked(folder) as taken:
        taken.until_is(Snapshot)
        for stamped in RUN[5:]:
            bus.publish(stamped)
        taken.until_is(Stamped, len(RUN) - 5)
    joined, snapshot, *followed = taken.all
    assert joined == Joined()
    assert isinstance(snapshot, Snapshot)
    assert followed == RUN[5:]
    begun = snapshot.slots[0].run
    assert begun
    builder = RecordBuilder()
    for each in [*unfold(begun), *RUN[5:]]:
        builder.apply(each)
    assert builder.build() == fold(RUN)


def test_commands_are_answered_in_order_among_the_messages(folder: Path) -> None:
    bus = loaded(Bus(STATION, [1, 2]))
    with served(folder, bus), linked(folder) as taken:
        taken.until_is(Snapshot)
        asked: list[Command] = [Abort(slot, f"p{n}", "why") for n in range(50) for slot in (1, 9)]
        for command in asked:
            taken.link.ask(command)
        taken.until_is(Reply, len(asked))
        bus.explain(1, "after them")
        taken.until_is(SlotChanged)
    answers = [each for each in taken.all if isinstance(each, Reply)]
    assert [each.command for each in answers] == asked
    assert answers[0].answer == Obeyed("Abort", told("p0"))
    assert answers[1].answer == Refused("COMMAND-UNFIT: no slot 9", "COMMAND-UNFIT", "Another one.")
    assert not taken.of(Obeyed)


def test_what_no_keyboard_types_is_refused_and_the_link_stays(folder: Path) -> None:
    with served(folder, Bus(STATION, [1])), linked(folder) as taken:
        taken.until_is(Snapshot)
        taken.link.ask(Abort(1, "half a pair \ud800", "why"))
        taken.link.ask(ABORT)
        taken.until_is(Reply, 2)
    refused, obeyed = (each.answer for each in taken.all if isinstance(each, Reply))
    assert isinstance(refused, Refused)
    assert obeyed == Obeyed("Abort", told("Mei"))


def test_a_secret_is_in_nothing_that_is_shown(folder: Path) -> None:
    with served(folder, Bus(STATION, [1])), linked(folder) as taken:
        taken.until_is(Snapshot)
        taken.link.ask(SignIn("B-1", "s3cret"))
        taken.until_is(Reply)
    assert "s3cret" not in repr(taken.all)


def test_a_station_that_comes_later_is_joined(folder: Path) -> None:
    with linked(folder) as taken:
        taken.until_is(Gone)
        taken.link.ask(ABORT)
        taken.until_is(Reply)
        (refused,) = taken.of(Reply)
        assert isinstance(refused, Reply)
        assert refused.answer == Unasked("unasked.gone")
        with served(folder, Bus(STATION, [1])):
            taken.until_is(Snapshot)
        taken.until_is(Gone, 2)
    kinds = [type(each) for each in taken.all]
    assert kinds == [Gone, Reply, Joined, Snapshot, Gone]
    (first, last) = taken.of(Gone)
    assert isinstance(first, Gone)
    assert isinstance(last, Gone)
    assert str(folder) in first.why


def test_a_station_that_is_gone_for_long_is_told_once(folder: Path) -> None:
    with linked(folder) as taken:
        taken.until_is(Gone)
        folder.mkdir(mode=0o700)
        (folder / NAME).touch()
        taken.until_is(Gone, 2)  # another reason
        assert len({repr(each) for each in taken.of(Gone)}) == 2


STATION_OF_TEST = """
import sys
from pathlib import Path
from harness.station.screens.bus import Bus
from harness.station.screens.socket import StationSocket
from tests.station.runs import STATION, events, loaded
bus = loaded(Bus(STATION, [1, 2]))
def obey(command):
    print("asked", flush=True)
    sys.stdin.read()
for stamped in events()[: int(sys.argv[2])]:
    bus.publish(stamped)
with StationSocket(Path(sys.argv[1]), bus, obey):
    print("serves", flush=True)
    sys.stdin.read()
"""


@contextmanager
def station_process(folder: Path, count: int) -> Iterator[subprocess.Popen[str]]:
    """A station in a process of its own, with the first events of a run."""
    child = subprocess.Popen(
        [sys.executable, "-c", STATION_OF_TEST, str(folder), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout
    try:
        assert child.stdout.readline() == "serves\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def test_a_station_that_is_killed_is_joined_again_and_leaves_no_command_open(folder: Path) -> None:
    with linked(folder) as taken:
        with station_process(folder, 4) as station:
            taken.until_is(Snapshot)
            taken.link.ask(ABORT)
            assert station.stdout
            assert station.stdout.readline() == "asked\n"
            os.kill(station.pid, signal.SIGKILL)
            taken.until_is(Reply)
        (answered,) = taken.of(Reply)
        assert isinstance(answered, Reply)
        assert answered.command == ABORT
        assert answered.answer == Unasked("unasked.lost")
        with station_process(folder, len(RUN)):
            taken.until_is(Snapshot, 2)
        first, second = taken.of(Snapshot)
    assert isinstance(first, Snapshot)
    assert isinstance(second, Snapshot)
    assert first.slots[0].run
    assert first.slots[0].run.outcome is None
    assert second.slots[0].run
    assert second.slots[0].run.outcome is not None
    told = [type(each) for each in taken.all]
    assert told[:1] != [Snapshot], "it says that it has joined first"
    assert Gone in told


def test_a_screen_that_takes_nothing_reads_on_only_so_far_and_gets_a_snapshot(
    folder: Path,
) -> None:
    bus = loaded(Bus(STATION, [1, 2]))
    with served(folder, bus, patience_s=0.2), linked(folder, most_waiting=100) as taken:
        taken.until_is(Snapshot)

        def lost() -> bool:
            for stamped in RUN:
                bus.publish(stamped)
            reload(bus)
            return not bus._subscribers

        until(lost)
        assert len(taken.link._heard) < 5_000, "it keeps what fits into a read, and no more"
        for stamped in RUN:
            bus.publish(stamped)
        taken.until_is(Snapshot, 2)
        last = taken.of(Snapshot)[-1]
        assert isinstance(last, Snapshot)
        assert last.slots[0].run == fold(RUN)


def test_a_flood_comes_whole_to_who_takes(folder: Path) -> None:
    bus = loaded(Bus(STATION, [1, 2]))
    times = 60
    with served(folder, bus), linked(folder, most_waiting=200) as taken:
        taken.until_is(Snapshot)
        for _ in range(times):
            for stamped in RUN:
                bus.publish(stamped)
            reload(bus)
            taken.all += taken.link.take()
        taken.until_is(Stamped, times * len(RUN))
    assert taken.of(Stamped) == RUN * times
    assert not taken.of(Gone)[1:]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b'{"is":"Fly"}', "another language"),
        (b"hello", "another language"),
        (b'{"is":"SlotChanged","slot":"x","state":"empty"}', "another language"),
    ],
)
def test_what_is_no_message_is_told_and_it_is_tried_again_ever_more_seldom(
    folder: Path, said: bytes, words: str
) -> None:
    folder.mkdir(mode=0o700)
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / NAME))
        listener.listen()
        listener.settimeout(20)
        with linked(folder, strange_s=0.2) as taken:
            left_s = []
            for _ in range(3):
                peer, _address = listener.accept()
                left_s.append(time.monotonic())
                with closing(peer), suppress(OSError):
                    peer.sendall(said + b"\n")
                    while peer.recv(100):
                        pass
            taken.until_is(Gone)
    assert left_s[1] - left_s[0] >= 0.2
    assert left_s[2] - left_s[1] >= 0.4
    (gone,) = taken.of(Gone)
    assert isinstance(gone, Gone)
    assert words in gone.why


def test_a_folder_in_which_others_could_listen_is_not_trusted(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    folder.chmod(0o777)
    with linked(folder) as taken:
        taken.until_is(Gone)
    (gone,) = taken.of(Gone)
    assert isinstance(gone, Gone)
    assert "owner's alone" in gone.why


def test_a_line_that_comes_in_pieces_is_one_message(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    plain = {"is": "SlotChanged", "slot": 1, "state": "empty", "why": "ü"}
    line = json.dumps(plain, ensure_ascii=False)
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / NAME))
        listener.listen()
        listener.settimeout(20)
        with linked(folder) as taken:
            peer, _ = listener.accept()
            with closing(peer):
                for byte in f"{line}\n".encode():
                    peer.sendall(bytes([byte]))
                taken.until_is(SlotChanged)
    assert taken.all[:2] == [Joined(), SlotChanged(1, SlotState.EMPTY, "ü")]


def test_who_is_not_served_says_why_and_joins_once_he_is(folder: Path) -> None:
    with served(folder, Bus(STATION, [1])), ExitStack() as others:
        first, *_ = [others.enter_context(Screen(folder)) for _ in range(MOST_CLIENTS)]
        with linked(folder) as taken:
            taken.until_is(Gone)
            (gone,) = taken.all
            assert isinstance(gone, Gone)
            assert f"{MOST_CLIENTS} screens and programs are joined to it" in gone.why
            first.close()
            taken.until_is(Snapshot)
    assert [type(each) for each in taken.all] == [Gone, Joined, Snapshot]
