"""The station's socket: real Unix sockets, screens that behave and screens that do not."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import CommandRefused, StationFault
from harness.model.events import Measured, Stamped
from harness.model.fold import RecordBuilder, fold, unfold
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.slot_state import SlotState
from harness.model.station import (
    Abort,
    Command,
    Obeyed,
    Refused,
    SlotChanged,
    SlotDoubt,
    Snapshot,
    Unready,
)
from harness.station.screens.asking import ask
from harness.station.screens.bus import Bus
from harness.station.screens.socket import MOST_CLIENTS, NAME, StationSocket
from tests.station.runs import STATION, events, loaded, reload
from tests.station.screen import Screen

RUN = events()
TOLD = (Sentence(Says.PUT_IN), Sentence.of(Says.NOT_INTO, unit="A57A000001", slot=1))
ABORT = '{"is":"Abort","slot":1,"by":"Mei","why":"wrong cable"}'


class Station:
    """A bus and its socket; remembers the commands that came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bus = loaded(Bus(STATION, [1, 2]))
        self.obeyed: list[Command] = []
        self.socket = StationSocket(folder, self.bus, self._obey, patience_s=0.3)

    def _obey(self, command: Command) -> Sentences:
        assert isinstance(command, Abort)
        if command.by == "a bug":
            raise OverflowError("too large")
        if command.slot > 2:
            raise CommandRefused("COMMAND-UNFIT", f"no slot {command.slot}")
        self.obeyed.append(command)
        return TOLD


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    opened = Station(tmp_path / "line")
    yield opened
    opened.socket.close()


def test_a_screen_gets_a_snapshot_then_events_and_sees_what_a_replay_sees(
    station: Station,
) -> None:
    for stamped in RUN[:5]:
        station.bus.publish(stamped)
    with Screen(station.folder) as screen:
        first = screen.message()
        assert isinstance(first, Snapshot)
        begun = first.slots[0].run
        assert begun
        for stamped in RUN[5:]:
            station.bus.publish(stamped)
        followed = [screen.message() for _ in RUN[5:]]
        builder = RecordBuilder()
        for message in [*unfold(begun), *followed]:
            assert isinstance(message, Stamped)
            builder.apply(message)
    assert followed == RUN[5:]
    assert builder.build() == fold(RUN)


def test_what_json_holds_badly_reaches_the_screen_all_the_same(station: Station) -> None:
    at, made = next((i, s) for i, s in enumerate(RUN) if isinstance(s.event, Measured))
    assert isinstance(made.event, Measured)
    odd = replace(made, event=replace(made.event, raw="half \ud800", value=None))
    with Screen(station.folder) as screen:
        screen.message()
        for stamped in [*RUN[:at], odd]:
            station.bus.publish(stamped)
        lines = [screen.line() for _ in range(at + 1)]
    assert json.loads(lines[-1])["event"]["raw"] == "half \ud800"


def test_what_slots_are_not_ready_by_is_told_when_it_changes_and_to_who_joins(
    station: Station,
) -> None:
    golden = Unready((SlotDoubt(2, "READY-GOLDEN", "none has passed"),))
    with Screen(station.folder) as first:
        joined = first.message()
        assert isinstance(joined, Snapshot)
        assert joined.unready == Unready()
        for unready in (Unready(), golden, golden, Unready(), golden):
            station.bus.foresee(unready)
        assert [first.message() for _ in range(3)] == [golden, Unready(), golden]
    with Screen(station.folder) as later:
        joined = later.message()
        assert isinstance(joined, Snapshot)
        assert joined.unready == golden


def test_every_screen_gets_everything(station: Station) -> None:
    screens = [Screen(station.folder) for _ in range(5)]
    assert all(isinstance(screen.message(), Snapshot) for screen in screens)
    for stamped in RUN:
        station.bus.publish(stamped)
    station.bus.close_slot(2, "broken")
    for screen in screens:
        assert [screen.message() for _ in RUN] == RUN
        assert screen.message() == SlotChanged(2, SlotState.QUARANTINED, "broken")
        screen.close()


def test_a_command_is_carried_out_and_answered(station: Station) -> None:
    with Screen(station.folder) as screen:
        screen.message()
        screen.send(ABORT)
        assert screen.message() == Obeyed("Abort", TOLD)
    assert station.obeyed == [Abort(1, "Mei", "wrong cable")]


GARBAGE = {
    "hello": "not JSON",
    "[1]": "expected a command (Abort, Scanned",
    '{"is":"Fly"}': "Fly",
    '{"is":["Abort"]}': "expected a command",
    '{"slot":1}': "expected a command",
    '{"is":"Abort","slot":1}': "missing or unknown: by, why",
    '{"is":"Abort","slot":"1","by":"a","why":"b"}': "Abort.slot",
    '{"is":"Abort","slot":1,"by":"a","why":"b","more":1}': "more",
    "[" * 5000: "not JSON",
}


def test_what_is_no_command_is_refused_clearly_and_the_screen_stays(station: Station) -> None:
    with Screen(station.folder) as screen:
        screen.message()
        for text, words in GARBAGE.items():
            screen.send(text)
            answer = screen.message()
            assert isinstance(answer, Refused), text
            assert words in answer.why
            assert (answer.code, answer.remedy) == ("", ""), "no screen of ours asks so"
        screen.send(b"\xff\xfe")
        assert isinstance(screen.message(), Refused)
        screen.send(ABORT)
        assert screen.message() == Obeyed("Abort", TOLD)
    assert len(station.obeyed) == 1


def test_what_is_not_carried_out_is_refused_by_its_code_with_the_remedy(station: Station) -> None:
    with Screen(station.folder) as screen:
        screen.message()
        screen.send(ABORT.replace('"slot":1', '"slot":9'))
        words, code = "COMMAND-UNFIT: no slot 9", "COMMAND-UNFIT"
        assert screen.message() == Refused(words, code, CommandRefused.codes[code].remedy)
    with pytest.raises(CommandRefused, match=f"^{words}$") as refused:
        ask(station.folder, Abort(9, "Mei", "why"))
    assert refused.value.remedy == CommandRefused.codes[code].remedy
    assert station.obeyed == []


def test_a_bug_of_ours_is_answered_and_traced_and_cuts_nobody_off(
    station: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    with Screen(station.folder) as screen:
        screen.message()
        screen.send(ABORT.replace("Mei", "a bug"))
        answer = screen.message()
        assert isinstance(answer, Refused)
        assert (answer.code, answer.why) == ("ENGINE-BUG", "ENGINE-BUG: OverflowError: too large")
        screen.send(ABORT)
        assert screen.message() == Obeyed("Abort", TOLD)
    assert "Traceback" in capsys.readouterr().err


def test_a_command_that_nests_without_end_is_answered_and_the_screen_stays(
    station: Station,
) -> None:
    with Screen(station.folder) as screen:
        screen.message()
        for depth in (100, 900, 1010, 5000):
            screen.send(ABORT.replace('"slot":1', f'"slot":{"[" * depth}{"]" * depth}'))
            assert isinstance(screen.message(), Refused)
        screen.send(ABORT)
        assert screen.message() == Obeyed("Abort", TOLD)


def test_who_comes_when_all_places_are_taken_is_told_so(station: Station) -> None:
    with ExitStack() as others:
        for _ in range(MOST_CLIENTS):
            others.enter_context(Screen(station.folder))
        with Screen(station.folder) as one_more:
            answer = one_more.message()
            assert isinstance(answer, Refused)
            assert answer.code == "STATION-SOCKET"
            assert f"{MOST_CLIENTS} screens and programs are joined to it" in answer.why
            assert one_more.line() == b"", "it hangs up then"
        with pytest.raises(StationFault, match="no more are served") as fault:
            ask(station.folder, Abort(1, "Mei", "why"))
        assert fault.value.remedy == answer.remedy
    assert station.obeyed == []


def test_what_a_screen_is_told_first_is_made_for_one_at_a_time_with_rests(tmp_path: Path) -> None:
    made = next(stamped for stamped in RUN if isinstance(stamped.event, Measured))
    at = RUN.index(made)
    bus = loaded(Bus(STATION, [1, 2]))
    for stamped in [*RUN[:at], *[made] * 3000]:
        bus.publish(stamped)
    with StationSocket(tmp_path / "line", bus, lambda _: ()), ExitStack() as screens:
        began_s = time.monotonic()
        joined = [screens.enter_context(Screen(tmp_path / "line")) for _ in range(3)]
        told_s = []
        for screen in joined:
            assert b'"is":"Snapshot"' in screen.line()
            told_s.append(time.monotonic() - began_s)
    took_s = told_s[0]
    assert told_s[1] >= 2 * took_s
    assert told_s[2] >= 3 * took_s


def test_a_line_without_end_is_refused_and_hung_up_on(station: Station) -> None:
    with Screen(station.folder) as screen:
        screen.message()
        screen.link.sendall(b"x" * 70_000)
        answer = screen.message()
        assert isinstance(answer, Refused)
        assert "bytes long" in answer.why


def test_a_screen_that_stops_reading_is_dropped_and_costs_nobody_anything(
    station: Station,
) -> None:
    with Screen(station.folder) as dead, Screen(station.folder) as well:
        assert isinstance(well.message(), Snapshot)
        got: list[Stamped] = []
        reading = threading.Thread(target=lambda: _read(well, got))
        reading.start()
        until = time.monotonic() + 40
        sent = 0
        while len(station.socket._clients) > 1 and time.monotonic() < until:
            for stamped in RUN:
                station.bus.publish(stamped)
            reload(station.bus)
            sent += 1
            while len(got) < (sent - 5) * len(RUN) and time.monotonic() < until:
                time.sleep(0.002)  # on a busy machine the one that reads must not fall behind too
        assert len(station.socket._clients) == 1, "the dead screen was not dropped"
        while dead.line():
            pass
        station.bus.close_slot(1, "end")
        reading.join(40)
        assert not reading.is_alive()
        assert len(got) == sent * len(RUN)


def _read(screen: Screen, into: list[Stamped]) -> None:
    while not _is_shut(message := screen.message()):
        into += [message] if isinstance(message, Stamped) else []


def _is_shut(message: object) -> bool:
    return isinstance(message, SlotChanged) and message.state is SlotState.QUARANTINED


def test_a_screen_that_dies_is_forgotten(station: Station) -> None:
    screen = Screen(station.folder)
    screen.message()
    screen.close()
    until = time.monotonic() + 20
    station.bus.publish(RUN[0])
    while (station.socket._clients or station.bus._subscribers) and time.monotonic() < until:
        station.bus.publish(RUN[1])
        time.sleep(0.01)
    assert not station.socket._clients
    assert not station.bus._subscribers


def test_closing_hangs_up_and_leaves_no_socket(tmp_path: Path) -> None:
    station = Station(tmp_path / "line")
    with Screen(station.folder) as screen:
        screen.message()
        station.socket.close()
        assert screen.line() == b""
    assert list(station.folder.iterdir()) == []


def test_only_its_owner_may_enter(station: Station) -> None:
    assert stat.S_IMODE(station.folder.stat().st_mode) == 0o700


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "line"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(StationFault, match=r"STATION-SOCKET: .*others than its owner"):
        Station(folder)
    folder.chmod(0o700)
    Station(folder).socket.close()


def test_something_else_in_its_place_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "line"
    folder.mkdir(mode=0o700)
    (folder / NAME).write_text("precious")
    with pytest.raises(StationFault, match="something else"):
        Station(folder)
    assert (folder / NAME).read_text() == "precious"


def test_a_living_station_is_not_replaced(station: Station) -> None:
    with pytest.raises(StationFault, match="another station serves it"):
        Station(station.folder)
    with Screen(station.folder) as screen:
        assert isinstance(screen.message(), Snapshot)


CHILD = """
import sys
from pathlib import Path
from tests.station.screens.test_socket import Station
Station(Path(sys.argv[1]))
print("serving", flush=True)
sys.stdin.read()
"""


def test_the_socket_of_a_killed_station_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "line"
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, folder],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == b"serving\n"
        with pytest.raises(StationFault, match="another station serves it"):
            Station(folder)
        os.kill(child.pid, signal.SIGKILL)
    assert (folder / NAME).is_socket()
    station = Station(folder)
    with Screen(folder) as screen:
        assert isinstance(screen.message(), Snapshot)
    station.socket.close()


def test_a_path_longer_than_an_address_may_be_is_served(tmp_path: Path) -> None:
    station = Station(tmp_path / ("long-" * 30) / "line")
    with Screen(station.folder) as screen:
        assert isinstance(screen.message(), Snapshot)
    station.socket.close()
