"""`lte.attach` as its plan says, by the real engine, over real wires."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import Blame
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.sim.handset.state.answer import Answer, text
from harness.sim.unit import ATTACH_S
from harness.ui.findings import concluded
from tests.steps.lte_slot import SPEED, MakeLte
from tests.steps.phone import fault, measured, outcome


@pytest.mark.parametrize(
    ("profile", "android"),
    [("samsung", 11), ("oppo-mtk", 13), ("oppo-mtk", 15)],
)
def test_a_good_one_attaches_in_its_time(lte_with: MakeLte, profile: str, android: int) -> None:
    slot = lte_with(profile=profile, android=android)
    record = slot.attach()
    assert record.outcome is Outcome.PASS, record.fault
    values = measured(record)
    assert values.pop("time") >= ATTACH_S / SPEED
    rsrp = values.pop("rsrp")
    assert values.pop("rsrp_error") == pytest.approx(rsrp + 53 + 42)
    assert -96 <= rsrp <= -94
    assert values == {
        "box": "Simulated CallBox SIMBOX01 1.0",
        "box_attached": True,
        "plmn": "00101",
        "rat": "LTE",
        "registration": "HOME",
        "data": "connected",
        "sim": "LOADED",
        "band": 3,
        "earfcn": 1650,
        "rsrq": pytest.approx(-10),
        "snr": pytest.approx(15),
    }
    assert not slot.phone.behaviour.radios.airplane
    assert (slot.box.cell.on, slot.box.cell.earfcn) == (True, 1650)


def test_the_cell_is_the_plans_whatever_the_box_had(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.box.cell.band, slot.box.cell.earfcn, slot.box.cell.level_dbm = 20, 6300, -30.0
    record = slot.attach()
    assert record.outcome is Outcome.PASS, record.fault
    assert (measured(record)["band"], measured(record)["earfcn"]) == (3, 1650)


@pytest.mark.parametrize(("change", "reason"), [(8.0, "LOW"), (-8.0, "HIGH")])
def test_a_level_that_is_not_what_the_path_leaves_fails(
    lte_with: MakeLte, change: float, reason: str
) -> None:
    slot = lte_with(path_loss_db=42.0 + change)
    record = slot.attach()
    assert outcome(record) == (Outcome.FAIL, f"attach.rsrp_error:{reason}")
    assert measured(record)["rsrp_error"] == pytest.approx(-change, abs=1)


def test_the_loss_is_that_of_the_slots_own_path(lte_with: MakeLte) -> None:
    slot = lte_with(path_loss_db=50.0)
    slot.loss_db = 50.0
    record = slot.attach()
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record)["rsrp"] == pytest.approx(-103, abs=1)


@pytest.mark.parametrize(
    ("defects", "code", "words"),
    [
        (
            {"lte.sim_absent": {}},
            "SIM-ABSENT",
            "unknown (no registration of PS over WWAN), SIM ABSENT",
        ),
        (
            {"lte.sim_rejected": {}},
            "SIM-REJECTED",
            "DENIED, reject cause 3 (illegal UE), SIM LOADED",
        ),
        (
            {"lte.sim_rejected": {"cause": 8}},
            "SIM-REJECTED",
            "DENIED, reject cause 8 (EPS services and non-EPS services not allowed), SIM LOADED",
        ),
        (
            {"lte.no_attach": {"reason": "searching"}},
            "LTE-NO-ATTACH",
            "NOT_REG_OR_SEARCHING, SIM LOADED",
        ),
        (
            {"lte.no_attach": {"reason": "rejected"}},
            "LTE-NO-ATTACH",
            "DENIED, reject cause 11 (PLMN not allowed), SIM LOADED",
        ),
    ],
    ids=["absent", "illegal", "barred", "searching", "elsewhere"],
)
def test_one_that_never_attaches_fails_and_says_why(
    lte_with: MakeLte, defects: dict[str, dict[str, Any]], code: str, words: str
) -> None:
    record = lte_with(defects).attach(within="2 s")
    assert outcome(record) == (Outcome.FAIL, code)
    found: Fault = fault(record)
    assert found.blame is Blame.DUT
    assert found.message == f"not registered within 2 s: {words}"
    assert record.dut_failed


@pytest.mark.parametrize("state", ["PIN_REQUIRED", "CARD_IO_ERROR"])
def test_one_that_cannot_use_its_sim_fails(lte_with: MakeLte, state: str) -> None:
    slot = lte_with({"lte.no_attach": {}})
    slot.phone.behaviour.programs["getprop gsm.sim.state"] = lambda *_: text(f"{state},ABSENT,\n")
    record = slot.attach(within="1 s")
    assert outcome(record) == (Outcome.FAIL, "SIM-UNUSABLE")
    assert fault(record).evidence["sim"] == state


def test_a_sim_that_cannot_be_told_hides_no_unit_that_is_not_registered(
    lte_with: MakeLte,
) -> None:
    slot = lte_with({"lte.no_attach": {}})
    slot.phone.behaviour.programs["getprop gsm.sim.state"] = lambda *_: text("\n")
    assert outcome(slot.attach(within="1 s")) == (Outcome.FAIL, "LTE-NO-ATTACH")


def test_what_is_left_over_of_a_registration_is_none(lte_with: MakeLte) -> None:
    """A slot out of service, whose list of registrations still has the one from before."""
    slot = lte_with()
    slot.printing("mDataRegState=0(IN_SERVICE)", "mDataRegState=1(OUT_OF_SERVICE)")
    record = slot.attach(within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert fault(record).evidence["registration"] == "HOME"


def test_a_registration_left_over_in_airplane_mode_is_no_detach(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.printing("NOT_REG_OR_SEARCHING", "HOME")
    record = slot.attach(detach_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DETACH")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("=LTE ", "=UMTS ", "network 00101 LTE then 00101 UMTS then 00101 LTE"),
        ("mEarfcn=1650", "mEarfcn=1300", "EARFCN 1650 then 1300 then 1650"),
        ("rRplmn=00101", "rRplmn=00102", "network 00101 LTE then 00102 LTE then 00101 LTE"),
    ],
)
def test_one_that_leaves_its_cell_between_two_looks_fails(
    lte_with: MakeLte, old: str, new: str, words: str
) -> None:
    slot = lte_with()
    slot.printing(old, new, at={2})
    record = slot.attach()
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert fault(record).message == f"does not stay on its cell: {words}"


def test_one_that_loses_its_registration_again_fails(lte_with: MakeLte) -> None:
    slot = lte_with()
    real, seen = slot.phone.behaviour.programs["dumpsys telephony.registry"], []

    def registry(words: list[str], now_s: float) -> Answer:
        answer = real(words, now_s)
        if b"registrationState=HOME" in answer.out and b"mDataConnectionState=2" in answer.out:
            seen.append(now_s)
        if len(seen) > 3:
            slot.box.cell.detached_s = now_s
        return answer

    slot.phone.behaviour.radios.set_airplane(True, 0.0)
    slot.phone.behaviour.programs["dumpsys telephony.registry"] = registry
    record = slot.attach()
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert "not any more" in fault(record).message


def test_another_network_is_measured_with_its_time(lte_with: MakeLte) -> None:
    record = lte_with({"lte.wrong_plmn": {}}).attach(within="3 s")
    assert record.outcome is Outcome.FAIL
    assert concluded(record) == {
        "attach.box_attached:MISMATCH",
        "attach.earfcn:MISMATCH",
        "attach.plmn:MISMATCH",
    }
    assert measured(record)["plmn"] == "00102"
    assert measured(record)["time"] >= ATTACH_S / SPEED


def test_another_cell_of_the_same_network_is_found_out(lte_with: MakeLte) -> None:
    record = lte_with({"lte.wrong_band": {}}).attach()
    assert record.outcome is Outcome.FAIL
    assert concluded(record) == {
        "attach.band:MISMATCH",
        "attach.box_attached:MISMATCH",
        "attach.earfcn:MISMATCH",
    }
    assert (measured(record)["plmn"], measured(record)["box_attached"]) == ("00101", False)


@pytest.mark.parametrize("technology", ["UMTS", "NR"])
def test_another_technology_is_measured(lte_with: MakeLte, technology: str) -> None:
    """With the level that LTE has left in `mSignalStrength`."""
    slot = lte_with()
    slot.printing("accessNetworkTechnology=LTE", f"accessNetworkTechnology={technology}")
    record = slot.attach(within="3 s")
    assert outcome(record) == (Outcome.FAIL, "attach.rat:MISMATCH")
    assert measured(record)["rat"] == technology
    assert "rsrp" not in measured(record)


def test_a_second_carrier_is_still_lte(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.printing("accessNetworkTechnology=LTE ", "accessNetworkTechnology=LTE_CA ")
    assert slot.attach().outcome is Outcome.PASS


def test_a_slow_one_fails_by_its_time(lte_with: MakeLte) -> None:
    record = lte_with({"lte.attach_slow": {"attach_s": 3}}).attach(high="2 s")
    assert outcome(record) == (Outcome.FAIL, "attach.time:HIGH")
    assert measured(record)["time"] >= 3


def test_one_without_a_data_connection_fails(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.phone.behaviour.radios.data = False
    assert outcome(slot.attach(settle="1 s")) == (Outcome.FAIL, "attach.data:MISMATCH")


def test_a_registration_from_before_does_not_count(lte_with: MakeLte) -> None:
    record = lte_with({"lte.no_detach": {}}).attach(within="1 s", detach_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DETACH")


def test_only_the_slot_of_the_plan_counts(lte_with: MakeLte) -> None:
    record = lte_with().attach(phone="1", within="1 s")
    assert outcome(record) == (Outcome.FAIL, "SIM-ABSENT")
    assert fault(record).evidence["sim"] == "ABSENT"


def test_a_build_that_refuses_airplane_mode_is_no_bad_unit(lte_with: MakeLte) -> None:
    record = lte_with(android=10).attach()
    assert outcome(record) == (Outcome.ERROR, "HANDSET-REFUSED")
    assert not record.dut_failed


def test_a_switch_that_is_obeyed_in_words_only_is_no_bad_unit(lte_with: MakeLte) -> None:
    slot = lte_with()
    words = "No shell command implementation.\n"
    slot.phone.behaviour.programs["cmd connectivity"] = lambda *_: text(words)
    assert outcome(slot.attach()) == (Outcome.ERROR, "HANDSET-REFUSED")


def test_a_call_box_that_is_silent_is_no_bad_unit(lte_with: MakeLte) -> None:
    record = lte_with({"callbox.silent": {}}).attach()
    assert outcome(record) == (Outcome.ERROR, "INSTRUMENT-TIMEOUT")
    assert fault(record).blame is Blame.STATION
    assert not record.dut_failed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("last known state:", "Permission Denial: can't dump telephony.registry"),
        ("mServiceState={mVoice", "mServiceState=<mVoice"),
        ("Phone Id=0", "Phone Id=2"),
        ("registrationState=HOME", "registrationState=HAPPY"),
    ],
)
def test_an_answer_that_cannot_be_read_is_an_error(lte_with: MakeLte, old: str, new: str) -> None:
    slot = lte_with()
    slot.printing(old, new)
    record = slot.attach(within="1 s", detach_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "HANDSET-UNREADABLE")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("rsrp=-95", "rsrp=2147483647", "MEAS-UNKNOWN"),
        ("rsrp=-95", "rsrp=95", "MEAS-UNREADABLE"),
        ("rssnr=15", "rssnr=2147483647", "MEAS-UNKNOWN"),
        ("mBands=[3] ", "", "MEAS-UNKNOWN"),
        ("mDataConnectionState=2", "mDataConnectionState=-1", "MEAS-UNKNOWN"),
        ("rRplmn=00101", "rRplmn=****", "MEAS-UNREADABLE"),
    ],
)
def test_a_value_that_is_unknown_or_unreadable_never_passes(
    lte_with: MakeLte, old: str, new: str, code: str
) -> None:
    slot = lte_with(rsrp_noise_db=0.0)
    slot.printing(old, new)
    assert outcome(slot.attach(within="3 s", settle="1 s")) == (Outcome.ERROR, code)


def test_no_reads_at_all_are_none_that_a_plan_may_ask_for(lte_with: MakeLte) -> None:
    assert outcome(lte_with().attach(reads="0")) == (Outcome.ERROR, "STEP-SETTING")
