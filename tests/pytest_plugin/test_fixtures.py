"""Bench work in plain pytest: a slot, its devices, and values that are judged."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.pytest_plugin.conftest import Session

pytest_plugins = ["pytester"]

CHARGE = """
import pytest

@pytest.mark.limit_s(50)
def test_spread(slot, jig, measure):
    jig.supply(5.0)
    jig.connect("vbus")
    slot.wait(0.5)
    for _ in range(50):
        measure("current", jig.current_a("vbus"), "A", low=0.45, high=1.1)

def test_the_rail_is_off_again(jig, handset, slot, measure):
    measure("rail", jig.voltage_v("vbus"), "V", low=0, high=0.1)
    measure("serial", handset.shell("getprop ro.serialno").out.strip())
    assert slot.number == 1
    assert slot.unit.serial == "A57A000001"
    assert slot.jig_health.identify() == jig.identify()
    assert slot.usb.look().serial == "A57A000001"
    assert slot.call_box.identify().model
"""


def test_a_reading_is_repeated_and_its_spread_is_told(session: Session) -> None:
    session.pytester.makepyfile(test_charge=CHARGE)
    session.scenario("jig: {noise: 0.002}\nunits: [{serial: A57A000001}]")
    ran = session("test_charge.py", "--junitxml", "junit.xml")
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(
        [
            "harness: station simulated, slot 1 (A57A000001), for engineering: *",
            "test_charge.py::test_spread",
            "  *current: 50 values, mean 0.* A, s 0.* A, from 0.* to 0.* A; limit 0.45 to 1.1 A",
            "test_charge.py::test_the_rail_is_off_again",
            "  *rail * 0 V * 0 to 0.1 V",
            "  *serial *A57A000001 *record only",
            "no record is made of tests that use the slot*",
        ]
    )
    spread, rail = ET.parse(session.folder / "junit.xml").iter("testcase")
    assert sum(each.get("name") == "current" for each in spread.iter("property")) == 50
    assert {each.get("name") for each in rail.iter("property")} >= {"rail", "rail.limit"}
    assert session.records() == []


BAD = """
import time
import pytest
from harness.model.reading import Unknown

kept = []

def test_out_of_its_limit(measure):
    measure("bus", 0.1, "V", low=4.75)
    measure("after", 1.0)

def test_unknown(measure):
    measure("gauge", Unknown("no gauge"), "A")

def test_a_fault(jig):
    jig.connect("nowhere")

@pytest.mark.limit_s(0.2)
def test_too_long(slot):
    slot.wait(5)

def test_keeps_its_jig(jig):
    jig.supply(5.0)
    kept.append(jig)

def test_has_it_no_more():
    kept[0].supply(5.0)

def test_skipped_after_it(measure):
    measure("bus", 0.1, "V", low=4.75)
    pytest.skip("enough")

@pytest.fixture
def late(measure):
    yield
    measure("late", 99, high=1)

def test_too_late(late):
    pass

@pytest.mark.limit_s("long")
def test_no_limit(slot):
    pass
"""


def test_what_is_bad_fails_its_test_with_what_to_do(session: Session) -> None:
    session.pytester.makepyfile(test_bad=BAD)
    ran = session("test_bad.py")
    ran.assert_outcomes(failed=6, passed=2, errors=2)
    ran.stdout.fnmatch_lines(
        [
            "1 of 2 values are bad: bus",
            "* measured *",
            "  *bus *0.1 V *LOW *at least 4.75 V",
            "  *after *1 *record only",
        ]
    )
    ran.stdout.fnmatch_lines(["1 of 1 values are bad: gauge", "  *gauge * no gauge*UNKNOWN*"])
    ran.stdout.fnmatch_lines(["*what to do*", "PLAN-DEVICE: *nowhere*", "  -> *"])
    ran.stdout.fnmatch_lines(["E *STEP-TIMEOUT*"])
    ran.stdout.fnmatch_lines(["E *LEASE-ENDED*"])
    ran.stdout.fnmatch_lines(["*ERROR at teardown of test_too_late*", "E *LEASE-ENDED*"])
    ran.stdout.fnmatch_lines(["the mark limit_s takes seconds, such as limit_s(120)"])


def test_a_jig_that_cannot_be_made_safe_is_an_error_of_the_test(session: Session) -> None:
    session.scenario(
        "jig: {defects: [{jig.noise: {on: 'OUTP?', rate: 1}}]}\nunits: [{serial: A57A000001}]"
    )
    session.pytester.makepyfile("def test_slot(slot): pass")
    ran = session()
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*ERROR at teardown of test_slot*", "JIG-UNSAFE: *", "  -> *"])


def test_a_plan_has_ended_before_a_test_takes_the_slot(session: Session) -> None:
    session.pytester.makepyfile(
        """
        def test_after(jig, measure):
            measure("rail", jig.voltage_v("vbus"), "V", high=0.1)
        """
    )
    ran = session("skeleton.yaml", ".")  # pytest itself takes the file for one of the folder
    ran.assert_outcomes(passed=5)
    (record,) = session.records()
    assert record.outcome


def test_an_interlock_that_opens_is_an_error_of_the_test_whatever_it_makes_of_that(
    session: Session,
) -> None:
    session.scenario(
        "jig: {defects: [{jig.interlock_open: {on: 'MEAS:VOLT'}}]}\nunits: [{serial: A57A000001}]"
    )
    session.pytester.makepyfile(
        """
        import contextlib

        def test_open(slot, jig):
            with contextlib.suppress(Exception):
                jig.voltage_v("vbus")
                slot.wait(30)
        """
    )
    ran = session()
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*ERROR at teardown of test_open*", "JIG-INTERLOCK: *", "  -> *"])
