"""`handset.reboot` by the real engine, over the real adb server."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from harness.devices.adb import AdbServer
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from tests.steps.phone import Phone, fault, measured, step

REBOOT = step("handset.reboot", "reboot")


@pytest.fixture(scope="module")
def quick() -> Iterator[SimHandsets]:
    with SimHandsets(speed=50) as handsets:
        yield handsets


@pytest.fixture
def phone(server: AdbServer, quick: SimHandsets) -> Phone:
    return Phone(server, quick, SimUnit("A57A000001"))


def test_measures_the_time_of_the_boot_and_the_run_goes_on(phone: Phone) -> None:
    record = phone.run(REBOOT, step("identity.read", "identity"))
    assert record.outcome is Outcome.PASS, record.fault
    assert 0.3 <= measured(record)["boot_time"] < 30
    assert measured(record)["serial"] == "A57A000001"


def test_a_boot_that_takes_too_long_for_its_limit_fails(phone: Phone) -> None:
    short = Range(None, Decimal("0.1"))
    assert phone.run(step("handset.reboot", boot_time=short)).outcome is Outcome.FAIL


def test_a_handset_that_stays_where_it_is(phone: Phone) -> None:
    phone.behaviour.system.ignores_reboot = True
    record = phone.run(step("handset.reboot", "reboot", within=1))
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "ADB-NO-REBOOT"
