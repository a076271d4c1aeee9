"""Instrument files: a kind of call box in full, or every problem at its place."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from harness.devices.instrument.dialect import CORE
from harness.station.files.instrument_file import InstrumentFile, read_instrument_file

ROOT = Path(__file__).parents[3]
HEAD = """\
schema: 1
instrument: box
revision: 3
kind: callbox
identity: {maker: Acme, model: 'Box 2'}
"""
CORE_HEAD = HEAD + "dialect: core\n"
OWN = """\
commands:
  cell_on: {send: 'ON', within: 30 s}
  cell_off: {send: 'OFF', within: 20 s}
  detach: {send: 'DET', within: 10 s}
settings:
  - {send: 'P {plmn}', ask: 'P?', reply: '{plmn}'}
  - {send: 'B OB{band}', ask: 'B?', reply: 'OB{band}'}
  - {send: 'C {earfcn}', ask: 'C?', reply: '{earfcn}'}
  - {send: 'L {level} DBM', ask: 'L?', reply: '{level}'}
states:
  cell: {ask: 'S?', "on": [UP, 'ON,ADJ'], "off": [DOWN]}
  attached: {ask: 'A?', "yes": [ATT], "no": ['-']}
"""


def read(folder: Path, text: str) -> tuple[InstrumentFile | None, list[str]]:
    path = folder / "box.yaml"
    path.write_text(text)
    file, kind, problems = read_instrument_file(path)
    assert file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (kind is None) == bool(problems)
    return kind, [str(problem).removeprefix(f"{path}:") for problem in problems]


def test_the_shipped_core_is_the_core() -> None:
    _, kind, problems = read_instrument_file(ROOT / "fixtures/instruments/callbox.yaml")
    assert not problems
    assert kind == InstrumentFile("callbox", 1, "Example", "CallBox", CORE)


def test_what_is_left_out_is_as_the_core_has_it(tmp_path: Path) -> None:
    assert read(tmp_path, CORE_HEAD) == (InstrumentFile("box", 3, "Acme", "Box 2", CORE), [])


def test_what_is_written_goes_into_the_dialect(tmp_path: Path) -> None:
    more = (
        "terminator: CRLF\nbaud: 9600\nreplies_within: 700 ms\nlevel: {low: -99 dBm, high: -40 dBm}"
    )
    kind, problems = read(tmp_path, CORE_HEAD + more)
    assert not problems
    assert kind
    assert kind.dialect == replace(
        CORE,
        terminator="\r\n",
        baud=9600,
        replies_within_s=0.7,
        lowest_dbm=-99.0,
        highest_dbm=-40.0,
    )


def test_a_language_of_its_own(tmp_path: Path) -> None:
    kind, problems = read(tmp_path, HEAD + OWN)
    assert not problems
    assert kind
    said = kind.dialect
    assert said.name == "box"
    assert (said.commands["cell_on"].text, said.commands["cell_on"].limit_s) == ("ON", 30.0)
    assert [setting.gap for setting in said.settings] == ["plmn", "band", "earfcn", "level"]
    assert said.settings[1].said("OB7") == "7"
    assert [said.states["cell"].said(reply) for reply in ("UP", "ON,ADJ", "DOWN")] == [
        *("on", "on", "off")
    ]


WRONG = [
    ("P {plmn}", "P {plnm}", "11:12: no gap {plnm}: there are band, "),
    ("P {plmn}", "P", "11:12: 'P' must have one gap, such as {band}"),
    ("P {plmn}", "P {plmn", "11:12: a brace in 'P {plmn' opens or closes no gap"),
    ("'P?', reply: '{plmn}'", "'P?', reply: '{band}'", "11:42: what is sent has {plmn}, and this"),
    (
        "C {earfcn}', ask: 'C?', reply: '{earfcn}",
        "C {band}', ask: 'C?', reply: '{band}",
        "11:3: must",
    ),
    ("[DOWN]", "[DOWN, UP]", "16:57: 'UP' means 'on' already"),
    ("'ON', within: 30 s", "'ON', within: 0 s", "7:33: 0 s is no time limit: more than 0 s"),
    ("'ON', within: 30 s", "'ON', within: 30 V", "7:33: 30 V: "),
    ("'ON', within: 30 s", "'ON'", "7:12: missing key 'within'"),
    ("'DET'", '"DE\\tT"', "9:18: expected what is sent or replied: printable ASCII"),
    ("states:", "stats:", "15:1: unknown key 'stats'"),
]


@pytest.mark.parametrize(("part", "instead", "told"), WRONG)
def test_what_is_wrong_is_told_at_its_place(
    tmp_path: Path, part: str, instead: str, told: str
) -> None:
    assert part in OWN
    kind, problems = read(tmp_path, HEAD + OWN.replace(part, instead, 1))
    assert kind is None
    assert [problem for problem in problems if problem.startswith(told)], problems


def test_a_file_speaks_the_core_or_a_language_of_its_own(tmp_path: Path) -> None:
    _, problems = read(tmp_path, CORE_HEAD + OWN)
    assert problems == ["6:10: either a dialect, or commands, settings, states of its own"]
    _, problems = read(tmp_path, HEAD)
    assert problems == ["1:1: missing commands, settings, states (or 'dialect: core')"]


def test_levels_in_the_wrong_order(tmp_path: Path) -> None:
    _, problems = read(tmp_path, CORE_HEAD + "level: {low: -20 dBm, high: -120 dBm}\n")
    assert problems == ["7:29: the highest level is below the lowest, -20 dBm"]
