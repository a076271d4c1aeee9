"""Whatever a peer replies, in whatever pieces: a reply that it gave, or a fault with a code."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.devices.scpi.exchange import ANYONE, Exchange
from harness.devices.scpi.framing import FramedCodec, framed
from harness.devices.scpi.language import Language
from harness.devices.scpi.replies import read_number
from harness.devices.scpi.verb import Verb
from harness.devices.scpi.wire import Wire
from harness.errors import JigFault
from tests.short import lease

LIMIT_S = 0.01
VERBS = {"identify": Verb("*IDN?", 5.0), "errors": Verb("SYST:ERR?", 5.0)}
Replies = Callable[[int], list[bytes]]


class Peer:
    """A link (devices.link.ByteLink) to one who says what he is told to, when he is asked `Q?`."""

    name = "peer"

    def __init__(self, replies: Replies, *, takes_frames: bool) -> None:
        self._replies = replies
        self._takes_frames = takes_frames
        self._said: deque[bytes] = deque()

    def write(self, data: bytes) -> None:
        number, text = 0, data.decode().strip()
        if text.startswith("#"):
            (line,) = FramedCodec(b"\n").feed(data)
            assert line.seq is not None
            number, text = line.seq, line.text
        if text == "Q?":
            self._said += self._replies(number)
            return
        known = {"*IDN?": "A,B,C,D", "SYST:ERR?": '0,"No error"', "SYST:FRAM?": "CRC16"}
        reply = framed(number, known[text]) if number else known[text]
        self._said.append(reply.encode() + b"\n")

    def read(self, timeout_s: float) -> bytes:
        if not self._said:
            time.sleep(min(max(timeout_s, 0), 0.002))
            return b""
        return self._said.popleft()

    def close(self) -> None:
        self._said.clear()


def asked(replies: Replies, *, takes_frames: bool) -> float | JigFault:
    """What comes of `Q?`."""
    verbs = {**VERBS, "framing": Verb("SYST:FRAM?", 5.0)} if takes_frames else VERBS
    peer = Peer(replies, takes_frames=takes_frames)
    wire = Wire(peer.name, lambda: peer, "\n", JigFault)
    try:
        return Exchange(wire, Language(verbs), lease(), ANYONE).query("Q?", LIMIT_S, read_number)
    except JigFault as fault:
        return fault


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"\n", b"5.0", b"5.0\n", b"\r\n", b"A,B,C,D\n", b'-113,"x"\n', b"7" * 5000]
        ),
    ),
    max_size=6,
)


@settings(max_examples=40)
@given(PIECES)
def test_a_plain_reply_is_one_that_the_peer_gave_or_a_fault(pieces: list[bytes]) -> None:
    got = asked(lambda _: pieces, takes_frames=False)
    if isinstance(got, float):
        lines = [line.strip(b"\r") for line in b"".join([*pieces, *pieces]).split(b"\n")]
        assert any(_is(line, got) for line in lines)
    else:
        assert got.code in ("JIG-TIMEOUT", "JIG-GARBLED", "JIG-LATE")


def _is(line: bytes, number: float) -> bool:
    try:
        return read_number(line.decode("ascii")) == number
    except ValueError:
        return False


@settings(max_examples=40)
@given(st.integers(0, 100), st.integers(1, 255))
def test_of_a_framed_reply_no_changed_byte_is_believed(place: int, flipped: int) -> None:
    def changed(number: int) -> list[bytes]:
        whole = bytearray(framed(number, "5.0").encode() + b"\n")
        whole[place % len(whole)] ^= flipped
        return [bytes(whole)]

    got = asked(changed, takes_frames=True)
    assert isinstance(got, JigFault)
    assert got.code in ("JIG-TIMEOUT", "JIG-GARBLED", "JIG-LATE")


def test_a_framed_reply_is_believed() -> None:
    whole = asked(lambda number: [framed(number, "5.0").encode() + b"\n"], takes_frames=True)
    assert whole == 5.0
