"""`lte.attach` and `lte.traffic` as their plan says, by the real engine, over real wires."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.errors import Blame
from harness.model.cell import Cell
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.ports import CallBox
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer, failure, text
from harness.sim.unit import ATTACH_S, SimUnit
from harness.ui.findings import concluded
from tests.steps.lte_slot import SPEED, LteSlot, lte_slot, neighbour
from tests.steps.phone import fault, measured

MakeSlot = Callable[..., LteSlot]
OTHER = Cell("00101", 7, 3100, -60.0)


@pytest.fixture
def slot_with(server: AdbServer, handsets: SimHandsets, tmp_path: Path) -> Iterator[MakeSlot]:
    with ExitStack() as stack:

        def make(defects: dict[str, dict[str, Any]] | None = None, **more: Any) -> LteSlot:
            unit = SimUnit("A57A000001", defects=defects or {}, **more)
            return stack.enter_context(lte_slot(server, handsets, unit, tmp_path))

        yield make


def outcome(record: Record) -> tuple[Outcome, str]:
    return record.outcome or Outcome.SKIPPED, fault(record).code


@pytest.mark.parametrize(
    ("profile", "android"),
    [("samsung", 11), ("oppo-mtk", 13), ("oppo-mtk", 15)],
)
def test_a_good_one_attaches_in_its_time(slot_with: MakeSlot, profile: str, android: int) -> None:
    slot = slot_with(profile=profile, android=android)
    record = slot.attach()
    assert record.outcome is Outcome.PASS, record.fault
    values = measured(record)
    assert ATTACH_S / SPEED <= values.pop("time") < 10
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


def test_the_cell_is_the_plans_whatever_the_box_had(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.box.cell.band, slot.box.cell.earfcn, slot.box.cell.level_dbm = 20, 6300, -30.0
    record = slot.attach()
    assert record.outcome is Outcome.PASS, record.fault
    assert (measured(record)["band"], measured(record)["earfcn"]) == (3, 1650)


@pytest.mark.parametrize(("change", "reason"), [(8.0, "LOW"), (-8.0, "HIGH")])
def test_a_level_that_is_not_what_the_path_leaves_fails(
    slot_with: MakeSlot, change: float, reason: str
) -> None:
    slot = slot_with(path_loss_db=42.0 + change)
    record = slot.attach()
    assert outcome(record) == (Outcome.FAIL, f"attach.rsrp_error:{reason}")
    assert measured(record)["rsrp_error"] == pytest.approx(-change, abs=1)


def test_the_loss_is_that_of_the_slots_own_path(slot_with: MakeSlot) -> None:
    slot = slot_with(path_loss_db=50.0)
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
    slot_with: MakeSlot, defects: dict[str, dict[str, Any]], code: str, words: str
) -> None:
    record = slot_with(defects).attach(within="2 s")
    assert outcome(record) == (Outcome.FAIL, code)
    found: Fault = fault(record)
    assert found.blame is Blame.DUT
    assert found.message == f"not registered within 2 s: {words}"
    assert record.dut_failed


@pytest.mark.parametrize("state", ["PIN_REQUIRED", "CARD_IO_ERROR"])
def test_one_that_cannot_use_its_sim_fails(slot_with: MakeSlot, state: str) -> None:
    slot = slot_with({"lte.no_attach": {}})
    slot.phone.behaviour.programs["getprop gsm.sim.state"] = lambda *_: text(f"{state},ABSENT,\n")
    record = slot.attach(within="1 s")
    assert outcome(record) == (Outcome.FAIL, "SIM-UNUSABLE")
    assert fault(record).evidence["sim"] == state


def test_a_sim_that_cannot_be_told_hides_no_unit_that_is_not_registered(
    slot_with: MakeSlot,
) -> None:
    slot = slot_with({"lte.no_attach": {}})
    slot.phone.behaviour.programs["getprop gsm.sim.state"] = lambda *_: text("\n")
    assert outcome(slot.attach(within="1 s")) == (Outcome.FAIL, "LTE-NO-ATTACH")


def test_what_is_left_over_of_a_registration_is_none(slot_with: MakeSlot) -> None:
    """A slot out of service, whose list of registrations still has the one from before."""
    slot = slot_with()
    slot.printing("mDataRegState=0(IN_SERVICE)", "mDataRegState=1(OUT_OF_SERVICE)")
    record = slot.attach(within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert fault(record).evidence["registration"] == "HOME"


def test_a_registration_left_over_in_airplane_mode_is_no_detach(slot_with: MakeSlot) -> None:
    slot = slot_with()
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
    slot_with: MakeSlot, old: str, new: str, words: str
) -> None:
    slot = slot_with()
    slot.printing(old, new, at={2})
    record = slot.attach()
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert fault(record).message == f"does not stay on its cell: {words}"


def test_one_that_loses_its_registration_again_fails(slot_with: MakeSlot) -> None:
    slot = slot_with()
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


def test_another_network_is_measured_with_its_time(slot_with: MakeSlot) -> None:
    record = slot_with({"lte.wrong_plmn": {}}).attach(within="3 s")
    assert record.outcome is Outcome.FAIL
    assert concluded(record) == {
        "attach.box_attached:MISMATCH",
        "attach.earfcn:MISMATCH",
        "attach.plmn:MISMATCH",
    }
    assert measured(record)["plmn"] == "00102"
    assert ATTACH_S / SPEED <= measured(record)["time"] < 3.5


def test_another_cell_of_the_same_network_is_found_out(slot_with: MakeSlot) -> None:
    record = slot_with({"lte.wrong_band": {}}).attach()
    assert record.outcome is Outcome.FAIL
    assert (measured(record)["plmn"], measured(record)["box_attached"]) == ("00101", False)


@pytest.mark.parametrize("technology", ["UMTS", "NR"])
def test_another_technology_is_measured(slot_with: MakeSlot, technology: str) -> None:
    """With the level that LTE has left in `mSignalStrength`."""
    slot = slot_with()
    slot.printing("accessNetworkTechnology=LTE", f"accessNetworkTechnology={technology}")
    record = slot.attach(within="3 s")
    assert outcome(record) == (Outcome.FAIL, "attach.rat:MISMATCH")
    assert measured(record)["rat"] == technology
    assert "rsrp" not in measured(record)


def test_a_second_carrier_is_still_lte(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.printing("accessNetworkTechnology=LTE ", "accessNetworkTechnology=LTE_CA ")
    assert slot.attach().outcome is Outcome.PASS


def test_a_slow_one_fails_by_its_time(slot_with: MakeSlot) -> None:
    record = slot_with({"lte.attach_slow": {"attach_s": 3}}).attach(high="2 s")
    assert outcome(record) == (Outcome.FAIL, "attach.time:HIGH")
    assert 3 <= measured(record)["time"] < 10


def test_one_without_a_data_connection_fails(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.phone.behaviour.radios.data = False
    assert outcome(slot.attach(settle="1 s")) == (Outcome.FAIL, "attach.data:MISMATCH")


def test_a_registration_from_before_does_not_count(slot_with: MakeSlot) -> None:
    record = slot_with({"lte.no_detach": {}}).attach(within="1 s", detach_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DETACH")


def test_only_the_slot_of_the_plan_counts(slot_with: MakeSlot) -> None:
    record = slot_with().attach(phone="1", within="1 s")
    assert outcome(record) == (Outcome.FAIL, "SIM-ABSENT")
    assert fault(record).evidence["sim"] == "ABSENT"


def test_a_build_that_refuses_airplane_mode_is_no_bad_unit(slot_with: MakeSlot) -> None:
    record = slot_with(android=10).attach()
    assert outcome(record) == (Outcome.ERROR, "HANDSET-REFUSED")
    assert not record.dut_failed


def test_a_switch_that_is_obeyed_in_words_only_is_no_bad_unit(slot_with: MakeSlot) -> None:
    slot = slot_with()
    words = "No shell command implementation.\n"
    slot.phone.behaviour.programs["cmd connectivity"] = lambda *_: text(words)
    assert outcome(slot.attach()) == (Outcome.ERROR, "HANDSET-REFUSED")


def test_a_call_box_that_is_silent_is_no_bad_unit(slot_with: MakeSlot) -> None:
    record = slot_with({"callbox.silent": {}}).attach()
    assert record.outcome is Outcome.ERROR
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
def test_an_answer_that_cannot_be_read_is_an_error(slot_with: MakeSlot, old: str, new: str) -> None:
    slot = slot_with()
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
    slot_with: MakeSlot, old: str, new: str, code: str
) -> None:
    slot = slot_with(rsrp_noise_db=0.0)
    slot.printing(old, new)
    assert outcome(slot.attach(within="3 s", settle="1 s")) == (Outcome.ERROR, code)


def test_no_reads_at_all_are_none_that_a_plan_may_ask_for(slot_with: MakeSlot) -> None:
    assert outcome(slot_with().attach(reads="0")) == (Outcome.ERROR, "STEP-SETTING")


@pytest.mark.parametrize(
    ("profile", "android", "interface"),
    [("samsung", 11, "rmnet1"), ("oppo-mtk", 13, "ccmni1"), ("oppo-qcom", 15, "rmnet_data0")],
)
def test_traffic_over_the_modem(
    slot_with: MakeSlot, profile: str, android: int, interface: str
) -> None:
    slot = slot_with(profile=profile, android=android, wifi_network="LINE-REF-5G")
    slot.phone.behaviour.radios.set_wifi(True, 0.0)
    record = slot.traffic()
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == {
        "interface": interface,
        "lost": 0,
        "ping": pytest.approx(32, abs=4),
        "throughput": pytest.approx(60, rel=0.03),
    }
    assert not slot.phone.behaviour.radios.wifi


def test_one_that_lets_nothing_through_fails(slot_with: MakeSlot) -> None:
    record = slot_with({"lte.no_data": {}}).traffic(pings="3")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DATA")
    assert "3 packets transmitted, 0 received" in fault(record).evidence["out"]


def test_one_without_a_way_out_fails(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.phone.behaviour.radios.data = False
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DATA")
    assert "unreachable" in fault(record).message


def test_a_slow_one_fails_by_its_throughput(slot_with: MakeSlot) -> None:
    record = slot_with({"lte.slow_data": {}}).traffic()
    assert outcome(record) == (Outcome.FAIL, "traffic.throughput:LOW")
    assert measured(record)["throughput"] == pytest.approx(2, rel=0.05)


def test_a_far_one_fails_by_its_round_trip(slot_with: MakeSlot) -> None:
    record = slot_with(ping_ms=180.0).traffic()
    assert outcome(record) == (Outcome.FAIL, "traffic.ping:HIGH")


def test_traffic_that_goes_another_way_is_no_verdict(slot_with: MakeSlot) -> None:
    slot = slot_with()
    route = "192.0.2.1 via 10.0.0.1 dev tun0 table 1060 src 10.0.0.2 uid 2000 \n    cache \n"
    slot.phone.behaviour.programs["ip route"] = lambda *_: text(route)
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "LTE-OTHER-PATH")
    assert fault(record).evidence["interface"] == "tun0"


def test_data_of_the_other_sim_are_no_verdict(slot_with: MakeSlot) -> None:
    """The tested slot is registered, and what leaves over the modem is the other SIM's."""
    slot = slot_with()
    slot.attach()
    state = "mDataConnectionState="
    for old, new in (("0", "own"), ("2", "0"), ("own", "2")):
        slot.printing(f"{state}{old}", f"{state}{new}")
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "LTE-OTHER-PATH")
    assert fault(record).evidence == {"interface": "ccmni1", "connected": [1]}
    assert measured(record) == {}


def test_a_way_without_a_connection_is_none(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.attach()
    slot.printing("mDataConnectionState=2", "mDataConnectionState=3")
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DATA")
    assert "suspended" in fault(record).message


def test_pings_that_the_interface_did_not_carry_do_not_count(slot_with: MakeSlot) -> None:
    slot = slot_with()
    frozen = slot.phone.behaviour.run("cat /proc/net/dev", 0.0).out.decode()
    slot.phone.behaviour.programs["cat /proc/net/dev"] = lambda *_: text(frozen)
    assert outcome(slot.traffic()) == (Outcome.ERROR, "LTE-OTHER-PATH")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failure("nc: connect: Connection refused", 1), "TRAFFIC-SERVER"),
        (text("it was all"), "TRAFFIC-SERVER"),
        (failure("timeout: exec nc: No such file or directory", 127), "HANDSET-REFUSED"),
        (failure("nc: connect: Network is unreachable", 1), "LTE-NO-DATA"),
    ],
    ids=["refused", "ended", "no-nc", "unreachable"],
)
def test_who_is_to_blame_for_a_stream_that_does_not_come(
    slot_with: MakeSlot, answer: Answer, code: str
) -> None:
    slot = slot_with()
    slot.phone.behaviour.programs["nc"] = lambda *_: answer._replace(takes_s=0.1)
    assert outcome(slot.traffic())[1] == code


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1;reboot"])
def test_a_host_that_is_no_address_is_refused(slot_with: MakeSlot, host: str) -> None:
    assert outcome(slot_with().traffic(host=f"'{host}'")) == (Outcome.ERROR, "STEP-SETTING")


def test_slots_that_share_a_box_attach_before_either_sends(slot_with: MakeSlot) -> None:
    slot = slot_with()
    beside = neighbour(slot, SimUnit("A57A000002"))
    for record in (slot.attach(), beside.attach(level="-60 dBm"), slot.traffic()):
        assert record.outcome is Outcome.PASS, record.fault
    assert slot.box.cell.level_dbm == -53.0  # as it was asked for in its own slot
    assert beside.traffic().outcome is Outcome.PASS


@pytest.mark.parametrize(
    "take", [lambda box: box.stop(), lambda box: box.detach(), lambda box: box.serve(OTHER)]
)
def test_a_cell_that_another_slot_took_is_served_anew(
    slot_with: MakeSlot, take: Callable[[CallBox], None]
) -> None:
    slot = slot_with()
    assert slot.attach().outcome is Outcome.PASS
    take(slot.other())
    record = slot.traffic(route_within="1 s")
    assert record.outcome is Outcome.PASS, record.fault


def test_a_cell_that_stays_is_not_served_again(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.attach()
    slot.box.heard.clear()
    assert slot.traffic().outcome is Outcome.PASS
    assert not [line for line in slot.box.heard if line.startswith("CELL:STAT O")]


def test_one_that_leaves_a_cell_that_stays_fails(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.attach()
    slot.phone.behaviour.radios.set_airplane(True, 0.0)
    assert outcome(slot.traffic(port="5001, within: 1 s")) == (Outcome.FAIL, "LTE-NO-ATTACH")


@pytest.mark.parametrize(("printed", "attached"), [("1300", True), ("1650", False)])
def test_one_on_another_cell_sends_nothing_that_counts(
    slot_with: MakeSlot, printed: str, attached: bool
) -> None:
    slot = slot_with()
    slot.attach()
    slot.printing("mEarfcn=1650", f"mEarfcn={printed}")
    slot.box.insert(slot.phone.unit, lambda _: attached)
    record = slot.traffic(port="5001, within: 1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-ATTACH")
    assert (fault(record).evidence["earfcn"], measured(record)) == (int(printed), {})


@pytest.mark.parametrize("program", ["ip route", "ping", "nc"])
def test_a_cell_that_is_taken_meanwhile_is_the_stations_fault(
    slot_with: MakeSlot, program: str
) -> None:
    slot = slot_with()
    slot.attach()
    programs = slot.phone.behaviour.programs
    real = programs[program]

    def taken(words: list[str], now_s: float) -> Answer:
        slot.box.cell.on = False
        return real(words, now_s)

    programs[program] = taken
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "CELL-CHANGED")
    assert not record.dut_failed


def test_a_server_that_refuses_hides_no_unit_that_has_failed(slot_with: MakeSlot) -> None:
    slot = slot_with(ping_ms=180.0)
    slot.phone.behaviour.programs["nc"] = lambda *_: failure("nc: connect: refused", 1)
    record = slot.traffic()
    assert outcome(record) == (Outcome.FAIL, "traffic.ping:HIGH")
    assert concluded(record) == {"traffic.ping:HIGH", "LTE-NO-DATA"}
