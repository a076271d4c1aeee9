"""The driver of a jig: what it adds to a round trip, how fast it decodes, how soon it stops."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from statistics import median

from harness.clock import Cancel, Deadline, Lease
from harness.devices.jig.asking import Asking
from harness.devices.jig.dialect import CORE
from harness.devices.jig.jig import SerialJig
from harness.devices.jig.watch import LOOK_S
from harness.devices.scpi.codec import Codec, LineCodec
from harness.devices.scpi.framing import FramedCodec, framed
from harness.devices.scpi.replies import read_number
from harness.errors import JigFault
from harness.sim.jig import JigBehaviour, Reply, on_pty
from harness.sim.pty import PtyJig
from tests.bench.figure import Figure, percentile

PAIRS, WARM_UP, STOPS = 2000, 200, 40
MEGABYTES, CHUNK = 8, 4096
COMMAND = "MEAS:CURR? (@1)"
_LASTS_S = 600.0


def figures() -> Iterator[Figure]:
    with _jig() as path, _bare(path) as bare_us, _driven(path) as driven_us:
        pairs = [(driven_us(), bare_us()) for _ in range(WARM_UP + PAIRS)][WARM_UP:]
    driven, bare = (median(samples) for samples in zip(*pairs, strict=True))
    yield Figure("jig_round_trip_bare_p50", bare, "us", None, PAIRS)
    yield Figure("jig_driver_own_cost_p50", driven - bare, "us", 150.0, PAIRS)
    line = b"4.987654\n"
    yield Figure("jig_decoder_plain", _mb_per_s(LineCodec(b"\n"), line), "MB/s", None, 1)
    line = framed(4711, "4.987654").encode() + b"\n"
    yield Figure("jig_decoder_framed", _mb_per_s(FramedCodec(b"\n"), line), "MB/s", None, 1)
    stopped_s = [_stopped_s(after_s=LOOK_S * n / STOPS) for n in range(STOPS)]
    yield Figure("jig_interlock_stops_p99", percentile(stopped_s, 99), "s", 0.5, STOPS)


@contextmanager
def _jig() -> Iterator[str]:
    """The port of a simulated jig in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.jig"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as jig:
        assert jig.stdin and jig.stdout
        yield jig.stdout.readline().strip()
        jig.stdin.close()


@contextmanager
def _bare(path: str) -> Iterator[Callable[[], float]]:
    """One round trip without a driver [us]."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)  # before the driver has it for itself
    sent = COMMAND.encode() + b"\n"

    def round_trip_us() -> float:
        begun = time.perf_counter()
        os.write(port, sent)
        got = b""
        while not got.endswith(b"\n"):
            select.select([port], [], [])
            got += os.read(port, CHUNK)
        return (time.perf_counter() - begun) * 1e6

    yield round_trip_us
    os.close(port)


@contextmanager
def _driven(path: str) -> Iterator[Callable[[], float]]:
    """One query by the driver [us]."""
    jig = SerialJig(path)
    asking: Asking = jig.asked(Lease(Deadline(_LASTS_S), Cancel()))
    limit_s = CORE.verbs["current"].limit_s

    def query_us() -> float:
        begun = time.perf_counter()
        asking.exchange.query(COMMAND, limit_s, read_number)
        return (time.perf_counter() - begun) * 1e6

    yield query_us
    jig.shut()


class _Cover:
    """A jig whose cover somebody opens."""

    def __init__(self) -> None:
        self.open = False
        self._jig = JigBehaviour(None)

    def answer(self, line: str, now_s: float) -> list[Reply]:
        replies = self._jig.answer(line, now_s)
        return [Reply("OPEN")] if self.open and line == "INT:STAT?" else replies


def _stopped_s(after_s: float) -> float:
    """From a cover that opens some time into a run, to what waits in it being woken [s]."""
    cover, stop = _Cover(), Cancel()
    wire = PtyJig(cover)
    jig = SerialJig(wire.path)
    watch = jig.watch(stop)
    step = Lease(Deadline(_LASTS_S), stop)
    jig.under(step).identify()
    time.sleep(after_s)
    cover.open = True
    begun = time.perf_counter()
    with suppress(JigFault):
        step.sleep(_LASTS_S)
    took_s = time.perf_counter() - begun
    watch.close()
    jig.shut()
    wire.close()
    return took_s


def _mb_per_s(codec: Codec, line: bytes) -> float:
    """How much of a stream a decoder takes, in pieces as they come off a port [MB/s]."""
    stream = line * (CHUNK // len(line) + 1)
    pieces = [stream[at : at + CHUNK] for at in range(0, len(stream), CHUNK)]
    times = MEGABYTES * 1_000_000 // len(stream)
    begun = time.perf_counter()
    lines = sum(len(codec.feed(piece)) for _ in range(times) for piece in pieces)
    took_s = time.perf_counter() - begun
    assert lines == times * (CHUNK // len(line) + 1)
    return times * len(stream) / took_s / 1e6


def _serve() -> None:
    """A jig on a pty, until its standard input ends."""
    wire = on_pty(JigBehaviour(None))
    print(wire.path, flush=True)
    sys.stdin.read()
    wire.close()


if __name__ == "__main__":
    _serve()
