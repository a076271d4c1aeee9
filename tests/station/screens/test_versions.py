"""A station of another version, as its socket is heard by a screen and by the command line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest

from harness.clock import Deadline
from harness.errors import StationFault
from harness.model.codec import encode_tagged
from harness.model.sentence import Says, Sentence
from harness.model.slot_state import SlotState
from harness.model.station import Abort, Obeyed, SlotChanged
from harness.station.screens.asking import ask
from harness.station.screens.socket import NAME
from harness.ui.link import StationLink
from harness.ui.told import Reply, Told

ABORT = Abort(1, "Mei", "wrong cable")
FIRST = orjson.dumps(encode_tagged(SlotChanged(1, SlotState.EMPTY)))
STRANGE = [
    b'{"is":"Obeyed","command":"Abort","told":"put it in now"}',
    b'{"is":"Obeyed","command":"Abort","told":[{"says":"brand_new","names":{}}]}',
    b'{"is":"Obeyed","command":"Abort","told":[{"says":"put_in","names":{"slot":"1"}}]}',
    b'{"is":"Obeyed","command":"Abort","told":[],"more":1}',
]
"""How it may say that it has carried out a command."""


@contextmanager
def station(folder: Path, answer: bytes) -> Iterator[None]:
    """It tells whoever joins of a slot, and answers the first command so."""
    folder.mkdir(mode=0o700)
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / NAME))
        listener.listen()

        def serve() -> None:
            with closing(listener.accept()[0]) as peer:
                peer.sendall(FIRST + b"\n")
                peer.recv(4096)
                peer.sendall(answer + b"\n")
                peer.recv(4096)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("answer", STRANGE)
def test_a_screen_says_that_its_command_was_obeyed_and_stays_joined(
    tmp_path: Path, answer: bytes
) -> None:
    heard = list[Told]()
    within = Deadline(20)
    with station(tmp_path / "line", answer), StationLink(tmp_path / "line") as link:
        while not any(isinstance(each, SlotChanged) for each in heard):
            assert not within.expired()
            heard += link.take()
        link.ask(ABORT)
        while not (replies := [each for each in heard if isinstance(each, Reply)]):
            assert not within.expired()
            heard += link.take()
    assert replies == [Reply(ABORT, Obeyed("Abort", (Sentence(Says.UNREAD),)))]


@pytest.mark.parametrize("answer", STRANGE)
def test_the_command_line_takes_it_for_obeyed(tmp_path: Path, answer: bytes) -> None:
    with station(tmp_path / "line", answer):
        ask(tmp_path / "line", ABORT)


@pytest.mark.parametrize("answer", [b'{"is":"Refused","because":"no"}', b'{"is":"Obeyed"}', b"{"])
def test_the_command_line_says_what_to_do_where_it_cannot_read_the_answer(
    tmp_path: Path, answer: bytes
) -> None:
    with (
        station(tmp_path / "line", answer),
        pytest.raises(StationFault, match=r"^STATION-SOCKET: .*another version") as caught,
    ):
        ask(tmp_path / "line", ABORT)
    assert caught.value.remedy
