"""Dialects of call boxes: what makes one, and how its replies are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.instrument.dialect import CORE, Setting, gaps_of
from harness.sim.callbox import CHANNELS, COMMANDS, LEVELS_DBM
from harness.station.files.instrument_file import read_instrument_file

ROOT = Path(__file__).parents[3]


def test_the_core_is_what_the_simulated_box_obeys() -> None:
    sent = [verb.text for verb in (*CORE.commands.values(), *CORE.common.values())]
    sent += [text for setting in CORE.settings for text in (setting.send, setting.ask)]
    sent += [state.ask for state in CORE.states.values()]
    assert {text.partition(" ")[0] for text in sent} <= COMMANDS.keys()
    assert (CORE.lowest_dbm, CORE.highest_dbm) == LEVELS_DBM


def test_channels_of_bands_do_not_overlap() -> None:
    """The first and last channels of 3GPP TS 36.101, table 5.7.3-1."""
    every = [earfcn for channels in CHANNELS.values() for earfcn in channels]
    assert len(every) == len(set(every))
    assert {band: (seen[0], seen[-1]) for band, seen in CHANNELS.items()} == {
        1: (0, 599),
        3: (1200, 1949),
        5: (2400, 2649),
        7: (2750, 3449),
        8: (3450, 3799),
        20: (6150, 6449),
        28: (9210, 9659),
        38: (37750, 38249),
        40: (38650, 39649),
        41: (39650, 41589),
    }


@pytest.mark.parametrize(
    ("send", "reply"), [("B {band}", "{earfcn}"), ("B", "{band}"), ("B {band}", "{band} {band}")]
)
def test_a_setting_sends_and_reads_one_thing(send: str, reply: str) -> None:
    with pytest.raises(ValueError, match="no setting of band"):
        Setting("band", send, "B?", reply)


@pytest.mark.parametrize("text", ["{band", "band}", "{band:.1f}", "{band!r}"])
def test_a_gap_is_a_name_in_braces(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        gaps_of(text)


def test_a_language_that_lacks_something_is_none() -> None:
    with pytest.raises(ValueError, match="makes no cell"):
        replace(CORE, settings=CORE.settings[1:])
    with pytest.raises(ValueError, match="missing or unknown"):
        replace(CORE, states={})


@given(st.text())
def test_a_reply_is_what_was_set_or_no_reply(text: str) -> None:
    setting = Setting("band", "B OB{band}", "B?", "OB{band}")
    try:
        said = setting.said(text)
    except ValueError:
        return
    assert text == f"OB{said}"
    assert said


def test_the_other_box_splits_a_network_into_its_parts() -> None:
    _, kind, problems = read_instrument_file(ROOT / "fixtures/instruments/cmw500.yaml")
    assert not problems
    assert kind
    said = kind.dialect
    assert [setting.gap for setting in said.settings] == [
        *("mcc", "mnc_digits", "mnc", "band", "earfcn", "level")
    ]
    digits = said.settings[1]
    assert (digits.words["2"], digits.words["3"]) == ("TWO", "THR")
    assert said.states["cell"].said("ON,ADJ") == "on"
    assert said.states["attached"].said("CEST") == "yes"
    with pytest.raises(ValueError, match="ATT or"):
        said.states["attached"].said("ATTACHED")
