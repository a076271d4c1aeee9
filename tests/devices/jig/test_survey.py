"""All that a jig says of itself, over a real pty."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from harness.devices.jig.survey import Fact, survey
from harness.errors import JigFault
from harness.model.reading import Unknown, Unreadable
from tests.devices.jig.conftest import QUICK, BuildRig
from tests.short import lease


def said(facts: list[Fact]) -> dict[str, object]:
    return {fact.name: fact.value for fact in facts}


def test_a_jig_says_all_that_it_can_and_nothing_is_changed(rig: BuildRig) -> None:
    bench = rig()
    jig = bench.port()
    jig.close()
    jig.supply(5.0)
    jig.connect("vbus")
    heard = len(bench.sim.heard)
    told = said([*survey(bench.jig.asked(lease()))])
    assert {name: told[name] for name in list(told)[:9]} == {
        "interlock": "CLOSED",
        "fixture": "CLOSED",
        "shield": told["shield"],
        "relay vbus": "closed",
        "relay dcp": "open",
        "supply": "on",
        "supply set to": 5.0,
        "light box shows": "FLAT",
        "light": 100.0,
    }
    assert isinstance(told["contact cycles"], int)
    assert isinstance(told["calibration due"], date)
    assert isinstance(told["clock"], datetime)
    assert all("?" in line for line in list(bench.sim.heard)[heard:])


def test_what_it_refuses_is_unreadable_and_what_changes_is_unknown(rig: BuildRig) -> None:
    bench = rig({"jig.refuses": {"on": "CAL:DATE"}}, script={"OUTP?": ["1", "0"]}, dialect=QUICK)
    told = said([*survey(bench.jig.asked(lease()))])
    assert isinstance(told["calibrated"], Unreadable)
    assert told["calibrated"].why.startswith("JIG-REFUSED")
    assert isinstance(told["supply"], Unknown)
    assert isinstance(told["calibration due"], date)


def test_one_question_without_a_reply_costs_no_other(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": "DIAG:CYCL"}}, dialect=QUICK)
    told = said([*survey(bench.jig.asked(lease()))])
    assert isinstance(told["contact cycles"], Unreadable)
    assert isinstance(told["clock"], datetime)


def test_a_jig_that_is_gone_ends_it(rig: BuildRig) -> None:
    bench = rig(dialect=QUICK)
    facts = survey(bench.jig.asked(lease()))
    assert next(facts).name == "interlock"
    bench.unplug()
    with pytest.raises(JigFault) as lost:
        list(facts)
    assert lost.value.code == "JIG-LOST"


def test_a_jig_that_falls_silent_ends_it(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {}}, dialect=QUICK)
    with pytest.raises(JigFault) as silent:
        list(survey(bench.jig.asked(lease())))
    assert silent.value.code == "JIG-TIMEOUT"
