"""A cable that is pulled, before every service and in the middle of every kind of answer.

Whatever was lost is ADB-LOST with what had arrived; nothing that is partial is ever a reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.ports import Handset
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from tests.engine.rig import Rig
from tests.steps.phone import SPECS, fault, step

SHARES = 6
FEWEST_SERVICES = 40
"""What the plan asks of a handset at the least; else this would not test what it says."""
TRIES = 10
TIMED = {"time", "scan_age"}
"""Measurements that differ from run to run."""

PLAN = (
    replace(step("handset.prepare", "prepare"), phase=Phase.SETUP),
    step("identity.read", "identity"),
    step("radio.wifi", "wifi", ssid="LINE-REF-5G"),
    step("camera.still", "rear", camera="rear", settle=0.1),
    step(
        "battery.charge",
        "charge",
        vbus=5.0,
        settle=0.1,
        gauge_unit="uA",
        gauge_charges="positive",
    ),
    replace(step("handset.restore", "restore"), phase=Phase.TEARDOWN),
)


@pytest.fixture(scope="module")
def quick() -> Iterator[SimHandsets]:
    with SimHandsets(speed=50) as handsets:
        yield handsets


Made = dict[tuple[str, str], Any]


class Line:
    """Runs the plan on one unit after another."""

    def __init__(self, server: AdbServer, handsets: SimHandsets) -> None:
        self._server = server
        self._handsets = handsets

    def run(self, **unplug: Any) -> tuple[Record, int]:
        """The record of a unit, and how many services it was asked for."""
        planted = {"usb.unplug": unplug} if unplug else {}
        address = self._handsets.add(SimUnit("A57A000001", defects=planted))
        rig = Rig([(SPECS[each.use], each) for each in PLAN])
        handset = AdbHandset(self._server, address)
        bench = Bench({Handset: handset, Jig: rig.jig}).for_run()
        record = execute(replace(rig.job, bench=bench), rig.log)
        opened = self._handsets.opened(address)
        self._handsets.unplug(address)
        return record, opened


@pytest.fixture(scope="module")
def line(server: AdbServer, quick: SimHandsets) -> Line:
    return Line(server, quick)


@pytest.fixture(scope="module")
def good(line: Line) -> Made:
    """What is measured of a unit whose cable stays."""
    record, opened = line.run()
    assert record.outcome is Outcome.PASS, record.fault
    assert opened >= FEWEST_SERVICES
    return made(record)


def made(record: Record) -> Made:
    return {
        (each.id, measured.name): measured.value
        for each in record.steps
        for measured in each.measurements
        if measured.name not in TIMED
    }


def check_lost(record: Record, good: Made) -> None:
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "ADB-LOST", record.fault
    assert {key: good[key] for key in made(record)} == made(record)
    faults = [each.fault for each in record.steps if each.fault]
    assert {found.code for found in faults} == {"ADB-LOST"}


@pytest.mark.parametrize("share", range(SHARES))
def test_unplugged_before_every_service(line: Line, good: Made, share: int) -> None:
    """Each share takes every sixth service, until a run ends before its number comes."""
    number = share + 1
    while True:
        record, opened = line.run(at=number)
        if opened < number:
            break
        check_lost(record, good)
        assert opened == number
        number += SHARES
    assert record.outcome is Outcome.PASS, record.fault
    assert number > FEWEST_SERVICES


SHELLS = (
    "boot_id",
    "ro.serialno",
    "iphonesubinfo",
    "list-scan-results",
    "media.camera",
    "find /sdcard/DCIM",
    "dumpsys battery",
)


@pytest.mark.parametrize("on", SHELLS)
def test_unplugged_in_the_middle_of_a_command(line: Line, good: Made, on: str) -> None:
    record, _ = line.run(on=on)
    check_lost(record, good)
    evidence = fault(record).evidence
    assert on in evidence["sent"]
    assert "out" in evidence


def test_what_had_arrived_of_an_answer_is_evidence(line: Line) -> None:
    """Unless the break was seen before the first byte was asked for: then nothing is taken."""
    for _ in range(TRIES):
        record, _ = line.run(on="list-scan-results")
        lost = fault(record)
        if lost.evidence["out"]:
            break
        assert "the link broke before" in lost.message
    assert lost.evidence["out"].lstrip().startswith("BSSID")
    assert lost.evidence["out_bytes"] > 100


def test_unplugged_in_the_middle_of_a_pull(line: Line, good: Made) -> None:
    record, _ = line.run(on="pull /sdcard/DCIM")
    check_lost(record, good)
    evidence = fault(record).evidence
    assert evidence["sent"] == "sync:"
    assert evidence["bytes"] > 1000
    assert not record.attachments or all(".jpg" not in kept.name for kept in record.attachments)


def test_unplugged_in_the_middle_of_a_push(line: Line, good: Made) -> None:
    record, _ = line.run(on="push /data/local/tmp")
    check_lost(record, good)
    assert fault(record).evidence["path"].startswith("/data/local/tmp")


@pytest.mark.parametrize("on", ["iphonesubinfo", "list-scan-results", "pull /sdcard"])
def test_a_cable_that_is_put_back_saves_the_handset_but_not_the_run(
    line: Line, good: Made, on: str
) -> None:
    record, _ = line.run(on=on, back_s=0)
    check_lost(record, good)
    assert [each.fault for each in record.steps if each.id == "restore"] == [None]


def test_a_handset_that_never_was_there_is_absent(server: AdbServer, quick: SimHandsets) -> None:
    address = quick.add(SimUnit("A57A000001", defects={"adb.absent": {}}))
    rig = Rig([(SPECS[each.use], each) for each in PLAN])
    bench = Bench({Handset: AdbHandset(server, address), Jig: rig.jig}).for_run()
    record = execute(replace(rig.job, bench=bench), rig.log)
    assert {each.fault.code for each in record.steps if each.fault} == {"ADB-ABSENT"}
