"""What a typed line would do to a jig is known before it is sent, however it is spelt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.spoken import line_of, speak
from harness.devices.jig.vocabulary import COMMANDS, RISKS, VERBS
from harness.errors import JigFault
from harness.station.files.jig_file import load_jig_file
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
    ":MEAS:VOLT? (@1)",
    "MEASure:VOLTage? (@1)",
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


NOBODY_KNOWS = "is none of this jig's verbs, so nobody knows what it does"
RISKY = {
    "DISP:TEXT? 'a;b'": NOBODY_KNOWS,  # not every jig knows quotes
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
    ":OUTP ON": "puts voltage on the contacts",
    "OUTPut  ON": "puts voltage on the contacts",
    "FIXTURE:CLOSE": "moves the fixture",
    ":rout:close (@1)": "puts the supply on a contact",
    ":SOURce:VOLTage 20": "changes the voltage on the contacts",
    "OUTPut OFF": NOBODY_KNOWS,
    "SAFELY": NOBODY_KNOWS,
    "OUTP 1": NOBODY_KNOWS,
    "OUTPUT:STATE ON": NOBODY_KNOWS,
    "*RST": NOBODY_KNOWS,
}


@pytest.mark.parametrize(("text", "risk"), RISKY.items(), ids=RISKY)
def test_what_moves_powers_or_is_unknown_is_told(text: str, risk: str) -> None:
    assert line_of(CORE, text).risk == risk


def test_boxes_that_spell_it_otherwise() -> None:
    for name in ("shield-tescom", "shield-rs"):
        assert line_of(box(name), "OPEN").risk == "moves the fixture"
        assert line_of(box(name), "COUNTER").risk
    assert not line_of(box("shield-tescom"), "LID?").risk


def _dialect(**spelt: str) -> Dialect:
    """The core, spelt otherwise."""
    verbs = {name: replace(CORE.verbs[name], text=text) for name, text in spelt.items()}
    return replace(CORE, verbs={**CORE.verbs, **verbs})


SHORT = _dialect(
    fixture="p",
    close="P",
    voltage="V{channel}",
    output_on="VON",
    relay="r{channel}",
    connect="R{channel}",
    light="L{value}",
    show="LF{value}",
)
MEANT = {
    "p": "fixture",
    "P": "close",
    "V1": "voltage",
    "v2": "voltage",
    "V3": "",
    "VON": "output_on",
    "von": "output_on",
    "r1": "relay",
    "R1": "connect",
    "R12": "",
    "L20": "light",
    "l1.5e1": "light",
    "LX": "",
    "LFCHAR": "show",
    "LFUP": "",
}


@pytest.mark.parametrize(("text", "name"), MEANT.items(), ids=MEANT)
def test_a_short_line_is_the_verb_that_is_spelt_so(text: str, name: str) -> None:
    line = line_of(SHORT, text)
    assert line.name == name
    assert line.asks == (name in {"fixture", "voltage", "relay"})
    assert line.risk == (RISKS.get(name, "") if name else NOBODY_KNOWS)


def test_of_verbs_that_differ_in_capitals_alone_it_is_the_riskiest() -> None:
    assert line_of(_dialect(fixture="Go", close="GO"), "go").name == "close"
    assert line_of(_dialect(close="GO", open="gO", cycles="Go"), "go").name in {"close", "open"}
    assert (
        line_of(_dialect(connect="R{channel}", relay="R{channel}".lower()), "R2").name == "connect"
    )
    assert line_of(_dialect(output_off="Off", output="oFF"), "off").name == "output_off"
    assert line_of(_dialect(output_on="On", break_interlock="oN"), "on").name == "output_on"


def test_the_long_form_of_what_is_spelt_short_and_of_what_is_spelt_long() -> None:
    for spelt in (CORE, _dialect(output_on=":OUTPut ON")):
        for text in ("OUTP ON", ":OUTP ON", "OUTPut ON", "OUTPUT ON"):
            line = line_of(spelt, text)
            assert (line.text, line.name, line.asks) == (text, "output_on", False)
            assert line.verb
            assert line.verb.guarded


@pytest.mark.parametrize("sent", ["P", "VON"])
def test_a_short_line_waits_for_the_interlock_too(rig: BuildRig, sent: str) -> None:
    made = rig()
    asking = made.jig.asked(lease())
    speak(asking, line_of(CORE, "DIAG:INT OPEN"))
    with pytest.raises(JigFault) as caught:
        speak(asking, line_of(SHORT, sent))
    assert caught.value.code == "JIG-INTERLOCK"


def test_every_verb_that_changes_more_than_light_or_power_off_has_a_risk() -> None:
    harmless = {"clear", "safe", "disconnect", "output_off", "light"}
    assert RISKS.keys() == (COMMANDS - harmless) | {"self_test"}
    assert RISKS.keys() < VERBS


@pytest.mark.parametrize("text", ["", "  ", "A\nOUTP ON", "A\rB", "ä", "A" * 201])
def test_what_is_no_line_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        line_of(CORE, text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("*IDN?;OUTP ON", "such as '*IDN?', without `;`"),
        ("OUTP ON;*OPC?", "such as 'OUTP ON', without `;`"),
        ("DIAG:ECHO? 'a;b' ; *OPC?", "such as \"DIAG:ECHO? 'a;b'\", without `;`"),
        (";*OPC?", "one command alone, without `;`"),
        ("*IDN?;", "such as '*IDN?', without `;`"),
    ],
)
def test_several_commands_in_one_line_are_none(text: str, first: str) -> None:
    with pytest.raises(ValueError, match="one command alone") as told:
        line_of(CORE, text)
    assert str(told.value).endswith(first)


def test_replies_come_word_for_word_and_commands_are_heard_of(rig: BuildRig) -> None:
    asking = rig().jig.asked(lease())
    assert speak(asking, line_of(CORE, "*IDN?")) == "Example,Core,SIMJIG01,1.0"
    assert speak(asking, line_of(CORE, "OUTP?")) == "0"
    assert speak(asking, line_of(CORE, "LIGH:LEV 20")) is None
    assert speak(asking, line_of(CORE, "LIGH:LEV?")) == "20.0"
