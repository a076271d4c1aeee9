"""Lines of SCPI in their short form, by which the long form of a verb is known."""

from __future__ import annotations

import pytest

from harness.devices.jig.dialect import CORE
from harness.devices.jig.spelling import short_form

SHORT = {
    ":MEASure:VOLTage? (@1)": "MEAS:VOLT? (@1)",
    "measure:volt? (@{channel})": "MEAS:VOLT? (@{channel})",
    "OUTPut2  ON": "OUTP2 ON",
    "LIGHt:LEVel 20": "LIGH:LEV 20",
    ":fixture:close": "FIXT:CLOS",
    "V{channel}": "V{channel}",
    "*TST?": "*TST?",
    "::OUTPUT?": "::OUTPUT?",
    "(close)": "(close)",
}


@pytest.mark.parametrize(("line", "short"), SHORT.items(), ids=SHORT)
def test_each_word_of_a_header_is_four_letters_or_three(line: str, short: str) -> None:
    assert short_form(line) == short


def test_the_core_is_spelt_in_short_forms() -> None:
    for verb in CORE.verbs.values():
        assert short_form(verb.text) == verb.text
