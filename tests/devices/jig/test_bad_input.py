"""What no jig should send, over a real pty: a fault with a code, and nothing is believed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from harness.clock import Deadline
from harness.devices.jig.port import JigPort
from harness.errors import JigFault
from harness.sim.jig import Reply
from tests.devices.jig.conftest import BuildWired
from tests.devices.jig.wired import QUERY_S, Meddle, Wired, fault, once
from tests.engine.rig import until

VOLTAGE = "MEAS:VOLT? (@1)"
MEGABYTE = "7" * 1_000_000


def powered(bench: Wired) -> JigPort:
    port = bench.port()
    port.supply(5.0)
    port.connect("vbus")
    return port


def instead(*texts: str) -> Meddle:
    """What the jig says to every reading of the voltage."""
    return once(VOLTAGE, list(texts), times=99)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["7" * 20_000], "longer than 4096 bytes"),
        (["\0" * 5000], "longer than 4096 bytes"),
        (["5.0\0"], "not ASCII"),
        (["\0"], "not ASCII"),
        (["5.000000", "5.000000"], ""),
        (["\x1b[2J5.000000"], "not ASCII"),
        (["5,000000"], "expected a number"),
        (["#7 5.000000*ABCD"], "expected a number"),
        (['-113,"Undefined header"'], "expected a number"),
        (["Example,Core,SIMJIG01,1.0"], "expected a number"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_line_that_is_no_reading(wired: BuildWired, texts: list[str], words: str) -> None:
    bench = wired("core")
    port = powered(bench)
    bench.line.meddle = instead(*texts)
    if words:
        garbled = fault(lambda: port.voltage_v("vbus"), "JIG-GARBLED")
        assert words in garbled.message
        assert garbled.evidence["sent"] == VOLTAGE
        assert len(str(garbled.evidence)) < 1000
    else:
        assert port.voltage_v("vbus") == 5.0
    bench.line.meddle = lambda _, replies: replies
    assert port.current_a("vbus") == 0.0
    bench.jig.make_safe(Deadline(5))
    assert bench.sim.safe


def test_a_megabyte_without_an_end_is_given_up_in_time(wired: BuildWired) -> None:
    bench = wired("core")
    port = powered(bench)
    bench.pty.say(MEGABYTE)
    started = time.monotonic()
    assert port.voltage_v("vbus") == 5.0  # nobody asked for that line
    assert time.monotonic() - started < 20 * QUERY_S


def test_half_a_line_and_then_nothing(wired: BuildWired) -> None:
    bench = wired("core")
    port = powered(bench)

    def half(line: str, replies: list[Reply]) -> list[Reply]:
        if VOLTAGE not in line:
            return replies
        bench.pty.say("5.00")
        return []

    bench.line.meddle = half
    garbled = fault(lambda: port.voltage_v("vbus"), "JIG-GARBLED")
    assert garbled.evidence["received"] == "5.00"


def test_the_end_of_a_line_whose_start_was_thrown_away_is_no_line(wired: BuildWired) -> None:
    """The start of a late reply comes before the next query, the rest after it: a number, too."""
    bench = wired("core")
    powered(bench)
    bench.pty.say("5.0")

    def torn(line: str, replies: list[Reply]) -> list[Reply]:
        bench.line.meddle = lambda _, replies: replies
        return [Reply("3"), *replies]

    bench.line.meddle = torn
    assert bench.port().current_a("vbus") == 0.0


@pytest.mark.parametrize("kind", ["core", "core-framed", "shield-rs", "shield-tescom"])
def test_noise_before_and_between_lines(wired: BuildWired, kind: str) -> None:
    """Bytes at random, as from a line that nobody drives: no command is sent twice."""
    bench = wired(kind)
    noise = random.Random(kind)

    def noisy(_line: str, replies: list[Reply]) -> list[Reply]:
        if noise.random() < 0.2:
            junk = "".join(chr(noise.randrange(256)) for _ in range(noise.randrange(1, 40)))
            return [Reply(junk), *replies]
        return replies

    bench.line.meddle = noisy
    codes: list[str] = []
    for times in range(1, 7):
        try:
            bench.port().close()
        except JigFault as error:
            codes.append(error.code)
        assert bench.sent("FIXT:CLOS") + bench.sent("CLOSE") <= times
    assert set(codes) <= {"JIG-GARBLED", "JIG-TIMEOUT", "JIG-UNSTABLE"}
    assert len(codes) < 6


MOTIONS: list[tuple[str, Callable[[JigPort], None]]] = [
    ("core", lambda port: port.close()),
    ("core-framed", lambda port: port.show("chart")),
    ("shield-rs", lambda port: port.close()),
    ("shield-tescom", lambda port: port.close()),
]


@pytest.mark.parametrize(("kind", "move"), MOTIONS)
def test_unplugged_in_the_middle_of_a_motion(
    wired: BuildWired, kind: str, move: Callable[[JigPort], None]
) -> None:
    bench = wired(kind, {"jig.unplug": {"back_s": 0.5}})
    lost = fault(lambda: move(bench.port()), "JIG-LOST")
    assert lost.evidence["os_error"]
    until(lambda: bench.pty.plugged)
    bench.jig.make_safe(Deadline(10))
    assert bench.port().identify().serial == "SIMJIG01"
