"""The simulated jig of the framed core, read without any driver; its checksum is its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.scpi import framing
from harness.sim.jig import FramedJigBehaviour, JigBehaviour
from harness.sim.jig.framed import crc16, framed


def ask(jig: JigBehaviour, line: str) -> list[str]:
    return [reply.text for reply in jig.answer(line, 0.0)]


def test_a_frame_is_answered_with_one_of_its_number_and_a_plain_line_plainly() -> None:
    jig = FramedJigBehaviour(None)
    assert ask(jig, "SYST:FRAM?") == ["CRC16"]
    assert ask(jig, framed(17, "OUTP?")) == [framed(17, "0")]
    assert ask(jig, "OUTP?") == ["0"]
    assert ask(jig, "*IDN?") == ["Example,Core F,SIMJIG01,1.0"]
    assert ask(jig, framed(18, "OUTP ON")) == []
    assert jig.output


@given(st.integers(0, 9999), st.integers(0, 12), st.integers(1, 255))
def test_a_frame_with_a_changed_byte_is_dropped_and_told(seq: int, at: int, change: int) -> None:
    jig = FramedJigBehaviour(None)
    line = framed(seq, "OUTP ON")
    at = at % len(line)
    damaged = line[:at] + chr(ord(line[at]) ^ change) + line[at + 1 :]
    if damaged.strip() == line:
        return
    assert ask(jig, damaged) == []
    assert not jig.output
    code = ask(jig, "SYST:ERR?")[0].split(",")[0]
    assert code == ("-360" if damaged.strip().startswith("#") else "-113")


@pytest.mark.parametrize("text", ["#", "#5", "#5 OUTP ON", "#5 OUTP ON*", "#5 OUTP ON*00", "##*"])
def test_what_is_no_frame_moves_nothing(text: str) -> None:
    jig = FramedJigBehaviour(None)
    assert ask(jig, text) == []
    assert not jig.output
    assert ask(jig, "SYST:ERR?") == ['-360,"Communication error"']


def test_the_core_knows_no_frames() -> None:
    jig = JigBehaviour(None)
    assert ask(jig, "SYST:FRAM?") == ["NONE"]
    assert ask(jig, framed(1, "OUTP ON")) == []
    assert not jig.output


def test_noise_is_in_the_frame_and_not_under_it() -> None:
    jig = FramedJigBehaviour(None, defects={"jig.noise": {"rate": 0.1}})
    replies = {ask(jig, framed(3, "*IDN?"))[0] for _ in range(100)}
    good = [reply for reply in replies if (match := _FRAME.fullmatch(reply)) and holds(match)]
    assert len(replies) > 50
    assert set(good) <= {framed(3, "Example,Core F,SIMJIG01,1.0")}


_FRAME = re.compile(r"(.*)\*([0-9A-F]{4})", re.DOTALL)


def holds(match: re.Match[str]) -> bool:
    return crc16(match[1].encode("latin-1")) == int(match[2], 16)


def test_the_checksum_is_crc_16_ibm_3740() -> None:
    assert crc16(b"123456789") == 0x29B1  # the check value of the catalogue of CRCs


@given(st.binary(max_size=100))
def test_simulator_and_driver_have_the_same_checksum(data: bytes) -> None:
    assert crc16(data) == framing.crc(data)


@given(st.integers(0, 9999), st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_simulator_and_driver_make_the_same_frames(seq: int, text: str) -> None:
    assert framed(seq, text) == framing.framed(seq, text)
