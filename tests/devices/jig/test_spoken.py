"""What a typed line would do to a jig is known before it is sent, however it is spelt."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.spoken import line_of, speak
from harness.devices.jig.vocabulary import COMMANDS, RISKS, VERBS
from harness.station.jig_file import load_jig_file
from tests.devices.jig.conftest import BuildRig
from tests.short import lease

FILES = Path(__file__).parents[3] / "fixtures" / "jigs"


def box(name: str) -> Dialect:
    return load_jig_file(FILES / f"{name}.yaml").dialect


ASKS = [
    "*IDN?",
    "*idn?",
    "MEAS:VOLT? (@1)",
    "meas:volt? (@2)",
    "INT:STAT?",
    "SYST:ERR?",
    "SOUR:VOLT? MAX",
    "*OPC?",
    "DIAG:CYCL?",
    "CAL:DUE?",
    "DIAG:ECHO? OUTP ON",
]


@pytest.mark.parametrize("text", ASKS)
def test_a_question_is_no_risk(text: str) -> None:
    line = line_of(CORE, text)
    assert line.asks
    assert not line.risk


@pytest.mark.parametrize(
    "text", ["OUTP OFF", "SAFE", "*CLS", "ROUT:OPEN (@2)", "LIGH:LEV 20", "safe"]
)
def test_what_takes_power_off_or_only_shines_is_no_risk(text: str) -> None:
    line = line_of(CORE, text)
    assert not line.asks
    assert not line.risk


RISKY = {
    "FIXT:CLOS": "moves the fixture",
    " fixt:open ": "moves the fixture",
    "LIGH:FIEL CHAR": "moves the carriage of the light box",
    "OUTP ON": "puts voltage on the contacts",
    "outp on": "puts voltage on the contacts",
    "ROUT:CLOS (@1)": "puts the supply on a contact",
    "SOUR:VOLT 20": "changes the voltage on the contacts",
    "DIAG:INT OPEN": "opens the interlock loop",
    "*TST?": "may switch relays and move things",
    "*tst?": "may switch relays and move things",
    "*CAL?": "may test or calibrate more than it asks",
    "CAL:ALL?": "may test or calibrate more than it asks",
    ":diag:probe?": "may test or calibrate more than it asks",
    "TEST:RELAYS?": "may test or calibrate more than it asks",
    "OUTP 1": "is none of this jig's verbs, so nobody knows what it does",
    "OUTPUT:STATE ON": "is none of this jig's verbs, so nobody knows what it does",
    "*IDN?;OUTP ON": "is none of this jig's verbs, so nobody knows what it does",
    "OUTP ON;*OPC?": "is none of this jig's verbs, so nobody knows what it does",
    "LIGH:LEV 20;OUTP ON": "is none of this jig's verbs, so nobody knows what it does",
    "*RST": "is none of this jig's verbs, so nobody knows what it does",
}


@pytest.mark.parametrize(("text", "risk"), RISKY.items(), ids=RISKY)
def test_what_moves_powers_or_is_unknown_is_told(text: str, risk: str) -> None:
    assert line_of(CORE, text).risk == risk


def test_boxes_that_spell_it_otherwise() -> None:
    for name in ("shield-tescom", "shield-rs"):
        assert line_of(box(name), "OPEN").risk == "moves the fixture"
        assert line_of(box(name), "COUNTER").risk
    assert not line_of(box("shield-tescom"), "LID?").risk


def test_every_verb_that_changes_more_than_light_or_power_off_has_a_risk() -> None:
    harmless = {"clear", "safe", "disconnect", "output_off", "light"}
    assert RISKS.keys() == (COMMANDS - harmless) | {"self_test"}
    assert RISKS.keys() < VERBS


@pytest.mark.parametrize("text", ["", "  ", "A\nOUTP ON", "A\rB", "ä", "A" * 201])
def test_what_is_no_line_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        line_of(CORE, text)


def test_replies_come_word_for_word_and_commands_are_heard_of(rig: BuildRig) -> None:
    asking = rig().jig.asked(lease())
    assert speak(asking, line_of(CORE, "*IDN?")) == "Example,Core,SIMJIG01,1.0"
    assert speak(asking, line_of(CORE, "OUTP?")) == "0"
    assert speak(asking, line_of(CORE, "LIGH:LEV 20")) is None
    assert speak(asking, line_of(CORE, "LIGH:LEV?")) == "20.0"
