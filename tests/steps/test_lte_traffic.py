"""`lte.traffic` as its plan says, by the real engine, over real wires."""

from __future__ import annotations

import pytest

from harness.model.outcome import Outcome
from harness.sim.handset.state.answer import Answer, failure, text
from harness.ui.findings import concluded
from tests.steps.lte_slot import MakeLte
from tests.steps.phone import fault, measured, outcome


@pytest.mark.parametrize(
    ("profile", "android", "interface"),
    [("samsung", 11, "rmnet1"), ("oppo-mtk", 13, "ccmni1"), ("oppo-qcom", 15, "rmnet_data0")],
)
def test_traffic_over_the_modem(
    lte_with: MakeLte, profile: str, android: int, interface: str
) -> None:
    slot = lte_with(profile=profile, android=android, wifi_network="LINE-REF-5G")
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


def test_one_that_lets_nothing_through_fails(lte_with: MakeLte) -> None:
    record = lte_with({"lte.no_data": {}}).traffic(pings="3")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DATA")
    assert "3 packets transmitted, 0 received" in fault(record).evidence["out"]


def test_one_without_a_way_out_fails(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.phone.behaviour.radios.data = False
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DATA")
    assert "unreachable" in fault(record).message


def test_a_slow_one_fails_by_its_throughput(lte_with: MakeLte) -> None:
    record = lte_with({"lte.slow_data": {}}).traffic()
    assert outcome(record) == (Outcome.FAIL, "traffic.throughput:LOW")
    assert measured(record)["throughput"] == pytest.approx(2, rel=0.05)


def test_a_far_one_fails_by_its_round_trip(lte_with: MakeLte) -> None:
    record = lte_with(ping_ms=180.0).traffic()
    assert outcome(record) == (Outcome.FAIL, "traffic.ping:HIGH")


def test_traffic_that_goes_another_way_is_no_verdict(lte_with: MakeLte) -> None:
    slot = lte_with()
    route = "192.0.2.1 via 10.0.0.1 dev tun0 table 1060 src 10.0.0.2 uid 2000 \n    cache \n"
    slot.phone.behaviour.programs["ip route"] = lambda *_: text(route)
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "LTE-OTHER-PATH")
    assert fault(record).evidence["interface"] == "tun0"


def test_data_of_the_other_sim_are_no_verdict(lte_with: MakeLte) -> None:
    """The tested slot is registered, and what leaves over the modem is the other SIM's."""
    slot = lte_with()
    slot.attach()
    state = "mDataConnectionState="
    for old, new in (("0", "own"), ("2", "0"), ("own", "2")):
        slot.printing(f"{state}{old}", f"{state}{new}")
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.ERROR, "LTE-OTHER-PATH")
    assert fault(record).evidence == {"interface": "ccmni1", "connected": [1]}
    assert measured(record) == {}


def test_a_way_without_a_connection_is_none(lte_with: MakeLte) -> None:
    slot = lte_with()
    slot.attach()
    slot.printing("mDataConnectionState=2", "mDataConnectionState=3")
    record = slot.traffic(route_within="1 s")
    assert outcome(record) == (Outcome.FAIL, "LTE-NO-DATA")
    assert "suspended" in fault(record).message


def test_pings_that_the_interface_did_not_carry_do_not_count(lte_with: MakeLte) -> None:
    slot = lte_with()
    frozen = slot.phone.behaviour.run("cat /proc/net/dev", 0.0).out.decode()
    slot.phone.behaviour.programs["cat /proc/net/dev"] = lambda *_: text(frozen)
    assert outcome(slot.traffic()) == (Outcome.ERROR, "LTE-OTHER-PATH")


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (failure("nc: connect: Connection refused", 1), (Outcome.ERROR, "TRAFFIC-SERVER")),
        (text("it was all"), (Outcome.ERROR, "TRAFFIC-SERVER")),
        (
            failure("timeout: exec nc: No such file or directory", 127),
            (Outcome.ERROR, "HANDSET-REFUSED"),
        ),
        (failure("nc: connect: Network is unreachable", 1), (Outcome.FAIL, "LTE-NO-DATA")),
    ],
    ids=["refused", "ended", "no-nc", "unreachable"],
)
def test_who_is_to_blame_for_a_stream_that_does_not_come(
    lte_with: MakeLte, answer: Answer, ended: tuple[Outcome, str]
) -> None:
    slot = lte_with()
    slot.phone.behaviour.programs["nc"] = lambda *_: answer._replace(takes_s=0.1)
    assert outcome(slot.traffic()) == ended


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1;reboot"])
def test_a_host_that_is_no_address_is_refused(lte_with: MakeLte, host: str) -> None:
    assert outcome(lte_with().traffic(host=f"'{host}'")) == (Outcome.ERROR, "STEP-SETTING")


def test_a_server_that_refuses_hides_no_unit_that_has_failed(lte_with: MakeLte) -> None:
    slot = lte_with(ping_ms=180.0)
    slot.phone.behaviour.programs["nc"] = lambda *_: failure("nc: connect: refused", 1)
    record = slot.traffic()
    assert outcome(record) == (Outcome.FAIL, "traffic.ping:HIGH")
    assert concluded(record) == {"traffic.ping:HIGH", "LTE-NO-DATA"}
