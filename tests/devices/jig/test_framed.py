"""A jig of the core language that takes frames, over a real pty."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from harness.clock import Deadline
from harness.errors import JigFault
from harness.sim.jig import JigBehaviour, Reply
from harness.sim.jig.framed import framed
from tests.devices.jig.conftest import BuildWired
from tests.devices.jig.wired import QUERY_S, Meddle, Wired, fault
from tests.engine.rig import until

VOLTAGE = "MEAS:VOLT? (@1)"


def powered(bench: Wired) -> Wired:
    port = bench.port()
    port.supply(5.0)
    port.connect("vbus")
    return bench


def spoilt(command: str, change: Callable[[str], str], times: int) -> Meddle:
    """The first replies to a command are changed on their way."""
    left = [times]

    def meddle(line: str, replies: list[Reply]) -> list[Reply]:
        if command not in line or not replies or not left[0]:
            return replies
        left[0] -= 1
        return [replace(each, text=change(each.text)) for each in replies]

    return meddle


def at(place: int) -> Callable[[str], str]:
    """Changes one character into a digit."""

    def change(text: str) -> str:
        other = "1" if text[place] != "1" else "7"
        return text[:place] + other + text[place:][1:]

    return change


def numbers(bench: Wired) -> list[int]:
    """Of the frames that came."""
    lines = bench.line.lines
    return [int(line[1:].split(maxsplit=1)[0]) for line in lines if line.startswith("#")]


def test_once_it_says_that_it_takes_frames_it_gets_nothing_else(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    assert bench.port().voltage_v("vbus") == 5.0
    bench.port().close()
    lines = bench.line.lines
    asked = lines.index("SYST:FRAM?")
    assert lines[:asked] == ["*IDN?", "*CLS"]
    assert all(re.fullmatch(r"#\d+ .*\*[0-9A-F]{4}", line) for line in lines[asked + 1 :])


def test_a_reading_is_taken_once_where_no_changed_byte_goes_unseen(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    bench.port().voltage_v("vbus")
    assert bench.sent(VOLTAGE) == 1


def test_numbers_follow_one_another(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    assert {after - before for before, after in pairwise(numbers(bench))} <= {1, 1 - 9999}


def test_numbers_go_on_where_they_were_when_the_line_comes_back(wired: BuildWired) -> None:
    """A reply from before may still come, and would be taken for one of now."""
    bench = powered(wired("core-framed"))
    before = numbers(bench)[-1]
    bench.pty.pull(0.0)
    fault(lambda: bench.port().voltage_v("vbus"), "JIG-LOST")
    until(lambda: bench.pty.plugged)
    bench.line.lines.clear()
    bench.port().voltage_v("vbus")
    assert numbers(bench)[0] in (before + 1, before + 2, before + 1 - 9999, before + 2 - 9999)


def test_a_late_reply_is_known_by_its_number(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    bench.line.meddle = lambda line, replies: (
        [Reply(each.text, 1.4 * QUERY_S) for each in replies] if VOLTAGE in line else replies
    )
    late = fault(lambda: bench.port().voltage_v("vbus"), "JIG-LATE")
    assert "5.000000" in str(late.evidence["received"])
    bench.line.meddle = lambda _, replies: replies
    assert bench.port().current_a("vbus") == 0.0


def test_replies_to_nobody_are_thrown_away(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))

    def among_others(line: str, replies: list[Reply]) -> list[Reply]:
        number = int(line[1:].split(maxsplit=1)[0])
        others = [Reply(framed(other, "9.000000")) for other in (0, number - 1)]
        return [*others, *replies, *others]

    bench.line.meddle = among_others
    for _ in range(3):
        assert bench.port().voltage_v("vbus") == 5.0
    assert bench.sent(VOLTAGE) == 3


def test_whichever_byte_of_a_reply_is_changed_it_is_asked_again(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    for place in (0, 1, *range(-len(" 5.000000*ABCD"), 0)):
        before = bench.sent(VOLTAGE)
        bench.line.meddle = spoilt(VOLTAGE, at(place), 1)
        assert bench.port().voltage_v("vbus") == 5.0
        assert bench.sent(VOLTAGE) == before + 2


def test_changed_again_and_again_it_is_garbled(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    bench.line.meddle = spoilt(VOLTAGE, at(8), 99)
    garbled = fault(lambda: bench.port().voltage_v("vbus"), "JIG-GARBLED")
    assert "checksum" in garbled.message
    assert bench.sent(VOLTAGE) == 2


def damaged(command: str, times: int) -> Callable[[str], str]:
    """The first of these commands reach the jig with a changed byte."""
    left = [times]

    def spoil(line: str) -> str:
        if command not in line or not left[0]:
            return line
        left[0] -= 1
        return at(5)(line)

    return spoil


def test_a_query_that_was_damaged_on_its_way_is_asked_again(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    bench.line.spoil = damaged(VOLTAGE, 1)
    assert bench.port().voltage_v("vbus") == 5.0
    assert bench.sent(VOLTAGE) == 2


def test_a_query_that_never_comes_through_says_what_the_jig_heard(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    bench.line.spoil = damaged(VOLTAGE, 99)
    refused = fault(lambda: bench.port().voltage_v("vbus"), "JIG-REFUSED")
    assert refused.evidence["received"] == ['-360,"Communication error"']


def test_a_motion_that_was_damaged_on_its_way_is_never_sent_again(wired: BuildWired) -> None:
    bench = wired("core-framed")
    bench.line.spoil = damaged("FIXT:CLOS", 99)
    refused = fault(bench.port().close, "JIG-REFUSED")
    assert "Communication error" in refused.message
    assert bench.sent("FIXT:CLOS") == 1
    assert isinstance(bench.sim, JigBehaviour)
    assert "FIXT:CLOS" not in bench.sim.heard


def test_a_garbled_agreement_is_asked_for_again(wired: BuildWired) -> None:
    bench = wired("core-framed")
    bench.line.meddle = spoilt("SYST:FRAM?", at(0), 1)
    assert bench.port().voltage_v("vbus") == 0.0
    assert bench.line.lines[-1].startswith("#")


def test_one_that_takes_no_frames_is_read_twice(wired: BuildWired) -> None:
    bench = wired("core-framed")
    bench.line.meddle = spoilt("SYST:FRAM?", lambda _: "NONE", 99)
    assert bench.port().voltage_v("vbus") == 0.0
    assert bench.sent(VOLTAGE) == 2
    assert not any(line.startswith("#") for line in bench.line.lines)


def forgetful(bench: Wired) -> None:
    """After a power cycle it runs a firmware that takes no frames."""
    bench.line.spoil = lambda line: "BOOT" if line.startswith("#") else line
    bench.line.meddle = spoilt("SYST:FRAM?", lambda _: "NONE", 99)


def test_one_that_takes_frames_no_more_is_told_apart_and_made_safe(wired: BuildWired) -> None:
    bench = powered(wired("core-framed"))
    forgetful(bench)
    dead = fault(lambda: bench.port().voltage_v("vbus"), "JIG-TIMEOUT")
    assert dead.evidence["alive"] is False
    bench.jig.make_safe(Deadline(10))
    assert bench.sim.safe
    assert bench.port().voltage_v("vbus") == 0.0


def test_it_is_safe_before_anything_else_is_found_out(wired: BuildWired) -> None:
    """Its switch-off is understood with and without frames."""
    bench = powered(wired("core-framed"))
    forgetful(bench)
    fault(lambda: bench.port().voltage_v("vbus"), "JIG-TIMEOUT")
    bench.line.meddle = lambda _, __: []  # and now it is dumb, too
    fault(lambda: bench.jig.make_safe(Deadline(2)), "JIG-UNSAFE")
    assert bench.sim.safe


def test_noise_never_changes_a_value(wired: BuildWired) -> None:
    bench = powered(wired("core-framed", {"jig.noise": {"on": "MEAS", "rate": 0.03}}))
    right = 0
    for _ in range(40):
        with suppress(JigFault):
            assert bench.port().voltage_v("vbus") == 5.0
            right += 1
    assert right > 20
