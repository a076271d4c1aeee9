"""`lte.attach` as its plan says, by the real engine, over the real adb server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.errors import Blame
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import text
from harness.sim.handset.state.cellular import ATTACH_S
from harness.sim.unit import SimUnit
from tests.steps.phone import Phone, fault, measured
from tests.steps.plans import steps_of

REGISTRY = "dumpsys telephony.registry"
SPEED = 10


@pytest.fixture
def handsets() -> Iterator[SimHandsets]:
    with SimHandsets(speed=SPEED) as handsets:
        yield handsets


@pytest.fixture
def phone_with(server: AdbServer, handsets: SimHandsets) -> Any:
    def make(defects: dict[str, dict[str, Any]] | None = None, **more: Any) -> Phone:
        return Phone(server, handsets, SimUnit("A57A000001", defects=defects or {}, **more))

    return make


def run(phone: Phone, folder: Path, /, **words: str) -> Record:
    return phone.run(*steps_of("lte-attach.yaml", folder, **words))


def printing(phone: Phone, old: str, new: str) -> None:
    """Let the phone say `new` where it said `old`."""
    real = phone.behaviour.programs[REGISTRY]
    phone.behaviour.programs[REGISTRY] = lambda words, now_s: text(
        real(words, now_s).out.decode().replace(old, new)
    )


def outcome(record: Record) -> tuple[Outcome, str]:
    return record.outcome or Outcome.SKIPPED, fault(record).code


@pytest.mark.parametrize(
    ("profile", "android"),
    [("samsung", 11), ("oppo-mtk", 12), ("oppo-mtk", 13), ("oppo-mtk", 15)],
)
def test_a_good_one_attaches_in_its_time(
    phone_with: Any, tmp_path: Path, profile: str, android: int
) -> None:
    phone = phone_with(profile=profile, android=android)
    record = run(phone, tmp_path)
    assert record.outcome is Outcome.PASS, record.fault
    values = measured(record)
    assert ATTACH_S / SPEED <= values.pop("time") < 10
    assert values == {
        "plmn": "00101",
        "rat": "LTE",
        "registration": "HOME",
        "rsrp": -95,
        "data": "connected",
    }
    assert not phone.behaviour.radios.airplane


@pytest.mark.parametrize(
    ("reason", "registration", "cause", "sim"),
    [
        ("sim_absent", "unknown (no registration of PS over WWAN)", None, "ABSENT"),
        ("searching", "NOT_REG_OR_SEARCHING", 0, "LOADED"),
        ("rejected", "DENIED", 11, "LOADED"),
    ],
)
def test_one_that_never_attaches_fails_and_says_why(
    phone_with: Any, tmp_path: Path, reason: str, registration: str, cause: int | None, sim: str
) -> None:
    phone = phone_with({"lte.no_attach": {"reason": reason}})
    record = run(phone, tmp_path, within="3 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    found: Fault = fault(record)
    assert found.blame is Blame.DUT
    assert found.evidence["registration"] == registration
    assert found.evidence["sim"] == sim
    assert cause is None or found.evidence["reject_cause"] == cause
    assert record.dut_failed


def test_another_network_is_measured_with_its_time(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with({"lte.wrong_plmn": {}}), tmp_path, within="6 s")
    assert outcome(record) == (Outcome.FAIL, "attach.plmn:MISMATCH")
    assert measured(record)["plmn"] == "00102"
    assert ATTACH_S / SPEED <= measured(record)["time"] < 6


def test_another_technology_is_measured(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    printing(phone, "accessNetworkTechnology=LTE", "accessNetworkTechnology=UMTS")
    record = run(phone, tmp_path, within="6 s")
    assert outcome(record) == (Outcome.FAIL, "attach.rat:MISMATCH")
    assert measured(record)["rat"] == "UMTS"
    assert "rsrp" not in measured(record)


def test_a_second_carrier_is_still_lte(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    printing(phone, "accessNetworkTechnology=LTE ", "accessNetworkTechnology=LTE_CA ")
    assert run(phone, tmp_path).outcome is Outcome.PASS


def test_a_weak_one_fails_by_its_level(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with({"lte.weak": {}}), tmp_path)
    assert outcome(record) == (Outcome.FAIL, "attach.rsrp:LOW")
    assert measured(record)["rsrp"] == -118


def test_a_slow_one_fails_by_its_time(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with({"lte.attach_slow": {"attach_s": 3}}), tmp_path, high="2 s")
    assert outcome(record) == (Outcome.FAIL, "attach.time:HIGH")
    assert 3 <= measured(record)["time"] < 10


def test_one_without_a_data_connection_fails(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    phone.behaviour.radios.data = False
    record = run(phone, tmp_path, settle="1 s")
    assert outcome(record) == (Outcome.FAIL, "attach.data:MISMATCH")


def test_a_registration_from_before_does_not_count(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with({"lte.no_detach": {}})
    record = run(phone, tmp_path, within="1 s, detach_within: 1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DETACH")


def test_only_the_slot_of_the_plan_counts(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with(), tmp_path, phone="1", within="3 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert fault(record).evidence["sim"] == "ABSENT"


def test_a_build_that_refuses_airplane_mode_is_no_bad_unit(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with(android=10), tmp_path)
    assert outcome(record) == (Outcome.ERROR, "HANDSET-REFUSED")
    assert not record.dut_failed


def test_a_switch_that_is_obeyed_in_words_only_is_no_bad_unit(
    phone_with: Any, tmp_path: Path
) -> None:
    phone = phone_with()
    words = "No shell command implementation.\n"
    phone.behaviour.programs["cmd connectivity"] = lambda *_: text(words)
    assert outcome(run(phone, tmp_path)) == (Outcome.ERROR, "HANDSET-REFUSED")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("last known state:", "Permission Denial: can't dump telephony.registry"),
        ("mServiceState={mVoice", "mServiceState=<mVoice"),
        ("Phone Id=0", "Phone Id=2"),
        ("registrationState=HOME", "registrationState=HAPPY"),
    ],
)
def test_an_answer_that_cannot_be_read_is_an_error(
    phone_with: Any, tmp_path: Path, old: str, new: str
) -> None:
    phone = phone_with()
    printing(phone, old, new)
    record = run(phone, tmp_path, within="3 s, detach_within: 3 s")
    assert outcome(record) == (Outcome.ERROR, "HANDSET-UNREADABLE")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("rsrp=-95", "rsrp=2147483647", "MEAS-UNKNOWN"),
        ("rsrp=-95", "rsrp=95", "MEAS-UNREADABLE"),
        ("mDataConnectionState=2", "mDataConnectionState=-1", "MEAS-UNKNOWN"),
        ("rRplmn=00101", "rRplmn=****", "MEAS-UNREADABLE"),
    ],
)
def test_a_value_that_is_unknown_or_unreadable_never_passes(
    phone_with: Any, tmp_path: Path, old: str, new: str, code: str
) -> None:
    phone = phone_with()
    printing(phone, old, new)
    record = run(phone, tmp_path, within="3 s", settle="1 s")
    assert outcome(record) == (Outcome.ERROR, code)
