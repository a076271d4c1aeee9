"""`nfc.present` as its plan says, by the real engine, over the real adb server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.devices.adb import AdbServer
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.units import Quantity
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer
from harness.sim.unit import SimUnit
from tests.steps.phone import Phone, fault, measured
from tests.steps.plans import steps_of


def run(phone: Phone, folder: Path) -> Record:
    (step,) = (s for s in steps_of("radio.yaml", folder) if s.id == "nfc")
    return phone.run(replace(step, arguments={"within": Quantity.of("1", "s")}))


@pytest.mark.parametrize("on", [True, False])
def test_a_controller_that_has_died_since_the_boot_fails_whatever_the_service_says(
    server: AdbServer, handsets: SimHandsets, tmp_path: Path, on: bool
) -> None:
    phone = Phone(server, handsets, SimUnit("A57A000001", nfc_on=on))
    switch = phone.behaviour.programs["svc nfc"]
    phone.behaviour.programs["svc nfc"] = lambda words, now_s: (
        Answer() if words == ["enable"] else switch(words, now_s)
    )
    record = run(phone, tmp_path)
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "NFC-NOT-ON")


def test_nfc_that_does_not_go_off_proves_nothing(
    server: AdbServer, handsets: SimHandsets, tmp_path: Path
) -> None:
    phone = Phone(server, handsets, SimUnit("A57A000001"))
    phone.behaviour.programs["svc nfc"] = lambda *_: Answer()
    record = run(phone, tmp_path)
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "HANDSET-REFUSED")


@pytest.mark.parametrize("on", [True, False])
def test_nfc_comes_on_and_is_left_as_it_was(
    server: AdbServer, handsets: SimHandsets, tmp_path: Path, on: bool
) -> None:
    unit = SimUnit("A57A000001", nfc_on=on)
    record = run(Phone(server, handsets, unit), tmp_path)
    assert (record.outcome, measured(record)) == (Outcome.PASS, {"on": True})
    assert unit.nfc_on is on


def test_a_handset_without_nfc_fails(
    server: AdbServer, handsets: SimHandsets, tmp_path: Path
) -> None:
    record = run(Phone(server, handsets, SimUnit("A57A000001", nfc=False)), tmp_path)
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "NFC-MISSING")
