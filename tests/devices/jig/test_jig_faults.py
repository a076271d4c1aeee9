"""Every way in which a jig may fail, each with its own code, over a real pty."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.jig import SerialJig
from harness.devices.jig.port import JigPort
from harness.devices.scpi.exchange import Expected
from harness.errors import JigFault, StepBug
from tests.devices.jig.conftest import QUERY_S, QUICK, BuildRig, Rig
from tests.short import lease

CURRENT = "MEAS:CURR? (@1)"


def with_limit(limit_s: float) -> Dialect:
    """The core with this limit on the current."""
    verb = replace(CORE.verbs["current"], limit_s=limit_s)
    return replace(CORE, verbs={**CORE.verbs, "current": verb})


def powered(bench: Rig) -> JigPort:
    jig = bench.port()
    jig.supply(5.0)
    jig.connect("vbus")
    return jig


def test_absent(rig: BuildRig) -> None:
    bench = rig()
    absent = SerialJig("/dev/no-such-port")
    fault = bench.fault(absent.under(lease()).identify, "JIG-ABSENT")
    assert "no such port" in fault.message
    assert fault.evidence["port"] == "/dev/no-such-port"


def test_a_port_of_no_known_kind_is_absent(rig: BuildRig) -> None:
    bench = rig()
    bench.fault(SerialJig("carrier-pigeon://loft").under(lease()).identify, "JIG-ABSENT")


def test_unplugged_between_two_commands(rig: BuildRig) -> None:
    bench = rig()
    jig = powered(bench)
    bench.unplug()
    fault = bench.fault(lambda: jig.current_a("vbus"), "JIG-LOST")
    assert fault.evidence["os_error"]
    bench.fault(lambda: jig.current_a("vbus"), "JIG-ABSENT")


def test_unplugged_while_a_reply_is_awaited_and_plugged_in_again(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": CURRENT}})
    jig = powered(bench)

    def pull() -> None:
        until = time.monotonic() + 10
        while CURRENT not in bench.sim.heard and time.monotonic() < until:
            time.sleep(0.001)
        bench.unplug()

    puller = threading.Thread(target=pull)
    puller.start()
    bench.fault(lambda: jig.current_a("vbus"), "JIG-LOST")
    puller.join()
    bench.plug_in()
    assert jig.voltage_v("vbus") == 5.0


def test_silent(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {}}, dialect=QUICK)
    fault = bench.fault(bench.port().identify, "JIG-TIMEOUT")
    assert fault.evidence["sent"] == "*IDN?"
    assert fault.evidence["after_s"] >= QUERY_S


def test_silent_on_one_query_is_told_apart_from_dead(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": CURRENT}}, dialect=QUICK)
    jig = powered(bench)
    fault = bench.fault(lambda: jig.current_a("vbus"), "JIG-TIMEOUT")
    assert fault.evidence["alive"] is True
    assert jig.voltage_v("vbus") == 5.0


def test_a_query_is_not_asked_again_when_the_step_has_no_time_for_it(rig: BuildRig) -> None:
    """It would be the step's fault then, and the jig's is known."""
    bench = rig({"jig.silent": {"on": CURRENT}}, dialect=with_limit(2.0))
    powered(bench)
    fault = bench.fault(lambda: bench.port(limit_s=4.5).current_a("vbus"), "JIG-TIMEOUT")
    assert fault.evidence["alive"] is True
    assert bench.sim.heard.count(CURRENT) == 1


def test_a_query_whose_reply_was_lost_is_asked_again(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: [""]}, dialect=QUICK)
    assert powered(bench).current_a("vbus") == 0.9


def test_silent_from_now_on_is_dead(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": "?"}}, dialect=QUICK)
    fault = bench.fault(lambda: bench.port().voltage_v("vbus"), "JIG-TIMEOUT")
    assert fault.evidence["received"] == ""


def test_late_and_the_late_reply_answers_nothing(rig: BuildRig) -> None:
    bench = rig({"jig.late_reply": {"on": CURRENT, "by_s": 1.4 * QUERY_S}}, dialect=QUICK)
    jig = powered(bench)
    fault = bench.fault(lambda: jig.current_a("vbus"), "JIG-LATE")
    assert fault.evidence["received"] == "0.900000"
    assert fault.evidence["after_s"] >= 1.4 * QUERY_S
    assert jig.voltage_v("vbus") == 5.0


def test_later_than_anyone_waits_and_still_it_answers_nothing(rig: BuildRig) -> None:
    bench = rig({"jig.late_reply": {"on": CURRENT, "by_s": 2.5 * QUERY_S}}, dialect=QUICK)
    jig = powered(bench)
    bench.fault(lambda: jig.current_a("vbus"), "JIG-TIMEOUT")
    assert jig.voltage_v("vbus") == 5.0
    assert jig.voltage_v("vbus") == 5.0


def cut_off(bench: Rig, call: Callable[[JigPort], object]) -> None:
    with pytest.raises(StepBug):
        call(bench.port(limit_s=0.15))


def test_the_reply_to_a_step_that_gave_up_answers_nothing(rig: BuildRig) -> None:
    bench = rig({"jig.late_reply": {"on": CURRENT, "by_s": 0.5}})
    jig = powered(bench)
    cut_off(bench, lambda jig: jig.current_a("vbus"))
    assert jig.voltage_v("vbus") == 5.0
    assert bench.sim.heard.count("MEAS:VOLT? (@1)") == 2  # both readings agreed at once


def test_identities_that_come_late_answer_nothing(rig: BuildRig) -> None:
    bench = rig({"jig.late_reply": {"on": "*IDN?", "by_s": 0.5}})
    for _ in range(2):
        cut_off(bench, lambda jig: jig.identify())
    assert bench.port().voltage_v("vbus") == 0.0
    assert bench.sim.heard.count("MEAS:VOLT? (@1)") == 2
    assert bench.sim.heard.count("*IDN?") == 3


def test_the_default_late_reply_is_late_for_the_core_dialect(rig: BuildRig) -> None:
    bench = rig({"jig.late_reply": {"on": CURRENT}}, dialect=CORE)
    jig = powered(bench)
    bench.fault(lambda: jig.current_a("vbus"), "JIG-LATE")


@pytest.mark.parametrize(
    "said",
    ["0.9\x0012", "0.9\xe9", "CLOSED", "nan", "inf", "0,9", "x" * 5000, "A,B,C,D"],
)
def test_garbled_twice(rig: BuildRig, said: str) -> None:
    bench = rig(script={CURRENT: [said, said]}, dialect=QUICK)
    jig = powered(bench)
    fault = bench.fault(lambda: jig.current_a("vbus"), "JIG-GARBLED")
    assert fault.evidence["sent"] == CURRENT
    assert fault.evidence["received_hex"].startswith(said[:1].encode("latin-1").hex())
    assert jig.current_a("vbus") == 0.9


def test_a_blank_line_is_no_reply(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: ["", ""]}, dialect=QUICK)
    jig = powered(bench)
    bench.fault(lambda: jig.current_a("vbus"), "JIG-TIMEOUT")


def test_garbled_once_is_asked_again(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: ["0.9\0"]})
    assert powered(bench).current_a("vbus") == 0.9
    assert bench.sim.heard.count(CURRENT) == 3


def test_an_unasked_line_answers_nothing(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: ["0.900000\n4.000000", "0.900000\n4.000000"]})
    jig = powered(bench)
    assert jig.current_a("vbus") == 0.9
    assert jig.voltage_v("vbus") == 5.0


def test_a_changed_digit_is_read_again(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: ["0.900000", "8.900000"]})
    assert powered(bench).current_a("vbus") == 0.9
    assert bench.sim.heard.count(CURRENT) == 3


def test_a_changed_digit_near_a_limit_does_not_move_the_reading(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: ["0.455000", "0.451000", "0.455000"]})
    assert powered(bench).current_a("vbus") == 0.455


def test_unstable(rig: BuildRig) -> None:
    bench = rig(script={CURRENT: [f"0.{digit}00000009" for digit in "192837"]})
    jig = powered(bench)
    fault = bench.fault(lambda: jig.current_a("vbus"), "JIG-UNSTABLE")
    said = [0.100000009, 0.900000009, 0.200000009, 0.800000009, 0.300000009, 0.700000009]
    assert fault.evidence["readings"] == said
    assert "no two readings agree: 0.1, 0.9, 0.2, 0.8, 0.3, 0.7 A" in str(fault)


@pytest.mark.parametrize("said", ["9.9E37", "-9.9E+37", "9.91E37", "1e999"])
def test_a_reading_over_range_is_no_number(rig: BuildRig, said: str) -> None:
    bench = rig(script={CURRENT: [said]})
    jig = powered(bench)
    assert "over the range" in bench.fault(lambda: jig.current_a("vbus"), "JIG-REFUSED").message


def test_refused_command_in_the_jigs_own_words(rig: BuildRig) -> None:
    bench = rig()
    fault = bench.fault(lambda: bench.port().supply(25.0), "JIG-REFUSED")
    assert fault.evidence["received"] == ['-222,"Data out of range;0 to 20 V"']
    assert "OUTP ON" not in bench.sim.heard
    bench.port().supply(5.0)


def test_refused_query_is_told_apart_from_silence(rig: BuildRig) -> None:
    bench = rig({"jig.refuses": {"on": "MEAS:CURR"}}, dialect=QUICK)
    jig = powered(bench)
    fault = bench.fault(lambda: jig.current_a("vbus"), "JIG-REFUSED")
    assert fault.evidence["received"] == ['-221,"Settings conflict"']
    assert jig.voltage_v("vbus") == 5.0


def test_stuck_fixture(rig: BuildRig) -> None:
    bench = rig({"jig.stuck_fixture": {}}, dialect=QUICK)
    fault = bench.fault(bench.port().close, "JIG-STUCK")
    assert fault.evidence["state"] == "MOVING"
    assert bench.sim.heard.count("FIXT:CLOS") == 1


def test_stuck_relay(rig: BuildRig) -> None:
    bench = rig(script={"ROUT:CLOS? (@1)": ["0"] * 1000}, dialect=QUICK)
    bench.fault(lambda: bench.port().connect("vbus"), "JIG-STUCK")
    assert bench.sim.heard.count("ROUT:CLOS (@1)") == 1


def test_a_supply_that_understood_another_voltage_stays_off(rig: BuildRig) -> None:
    bench = rig(script={"SOUR:VOLT?": ["9.0000"] * 1000}, dialect=QUICK)
    bench.fault(lambda: bench.port().supply(5.0), "JIG-STUCK")
    assert "OUTP ON" not in bench.sim.heard


def test_wrong_jig_is_told_nothing(rig: BuildRig) -> None:
    bench = rig({"jig.wrong_identity": {}})
    fault = bench.fault(bench.port().close, "JIG-WRONG")
    assert fault.evidence == {
        "port": str(bench.link),
        "expected": {"serial": "SIMJIG01"},
        "received": {"serial": "WRONGJIG"},
    }
    bench.fault(lambda: bench.port().supply(5.0), "JIG-WRONG")
    assert set(bench.sim.heard) == {"*IDN?"}


@pytest.mark.parametrize(
    ("expected", "wanted", "said"),
    [
        (Expected(maker="Acme"), {"maker": "Acme"}, {"maker": "Example"}),
        (Expected("SIMJIG01", "Example", "Box"), {"model": "Box"}, {"model": "Core"}),
        (
            Expected("J1", "simulated", "Core"),
            {"serial": "J1", "maker": "simulated"},
            {"serial": "SIMJIG01", "maker": "Example"},
        ),
    ],
)
def test_a_jig_of_another_maker_or_model_is_told_nothing(
    rig: BuildRig, expected: Expected, wanted: dict[str, str], said: dict[str, str]
) -> None:
    bench = rig(expected=expected)
    fault = bench.fault(bench.port().close, "JIG-WRONG")
    assert fault.evidence == {"port": str(bench.link), "expected": wanted, "received": said}
    assert set(bench.sim.heard) == {"*IDN?"}


def test_a_jig_that_is_who_it_must_be_moves(rig: BuildRig) -> None:
    bench = rig(expected=Expected("SIMJIG01", "Example", "Core"))
    bench.port().close()
    assert "FIXT:CLOS" in bench.sim.heard


def test_a_letter_that_noise_changed_makes_no_other_jig(rig: BuildRig) -> None:
    bench = rig(script={"*IDN?": ["Example,Core,SIMJIG09,1.0"]}, expected=Expected("SIMJIG01"))
    bench.port().close()
    assert "FIXT:CLOS" in bench.sim.heard


def test_a_jig_whose_identity_changes_is_garbled_and_told_nothing(rig: BuildRig) -> None:
    said = ["Example,Core,SIMJIG09,1.0", "Example,Core,RIMJIG01,1.0"]
    bench = rig(script={"*IDN?": said}, expected=Expected("SIMJIG01"))
    fault = bench.fault(bench.port().close, "JIG-GARBLED")
    said = ["Example,Core,SIMJIG09", "Example,Core,RIMJIG01"]
    assert fault.evidence == {"port": str(bench.link), "received": said}
    assert set(bench.sim.heard) == {"*IDN?"}


def test_another_jig_at_the_same_port_is_noticed_after_it_was_lost(rig: BuildRig) -> None:
    bench, other = rig(), rig({"jig.wrong_identity": {}})
    jig = powered(bench)
    bench.unplug()
    bench.fault(lambda: jig.current_a("vbus"), "JIG-LOST")
    bench.sim = other.sim
    bench.plug_in()
    bench.fault(lambda: jig.current_a("vbus"), "JIG-WRONG")


def test_interlock_open_before_motion_and_power(rig: BuildRig) -> None:
    bench = rig({"jig.interlock_open": {}})
    for call in (bench.port().close, bench.port().open, lambda: bench.port().supply(5.0)):
        bench.fault(call, "JIG-INTERLOCK")
    assert not {"FIXT:CLOS", "FIXT:OPEN", "OUTP ON"} & set(bench.sim.heard)


def test_interlock_opens_during_motion(rig: BuildRig) -> None:
    bench = rig(
        {"jig.interlock_open": {"on": "FIXT:STAT?"}, "jig.stuck_fixture": {}}, dialect=QUICK
    )
    bench.fault(bench.port().close, "JIG-INTERLOCK")


COMMANDS: list[tuple[str, Callable[[JigPort], object]]] = [
    ("FIXT:CLOS", lambda jig: jig.close()),
    ("OUTP ON", lambda jig: jig.supply(5.0)),
    ("ROUT:CLOS (@1)", lambda jig: jig.connect("vbus")),
    ("LIGH:FIEL CHAR", lambda jig: jig.show("chart")),
    ("LIGH:LEV 50.0", lambda jig: jig.light(50.0)),
]


@pytest.mark.parametrize(("command", "call"), COMMANDS)
def test_with_a_garbled_acknowledgement_the_state_decides_and_nothing_is_sent_twice(
    rig: BuildRig, command: str, call: Callable[[JigPort], object]
) -> None:
    bench = rig()
    jig = bench.port()
    jig.identify()
    acknowledgements = ["0,\0o error"] if command != "OUTP ON" else ['0,"No error"', "0,\0"]
    bench.script["SYST:ERR?"] = acknowledgements
    call(jig)
    assert not acknowledgements
    assert bench.sim.heard.count(command) == 1


@pytest.mark.parametrize(("command", "call"), COMMANDS)
def test_a_command_that_was_not_taken_is_not_sent_twice(
    rig: BuildRig, command: str, call: Callable[[JigPort], object]
) -> None:
    bench = rig({"jig.refuses": {"on": command}}, dialect=QUICK)
    jig = bench.port()
    jig.identify()
    acknowledgements = ["0,\0o error"] if command != "OUTP ON" else ['0,"No error"', "0,\0"]
    bench.script["SYST:ERR?"] = acknowledgements
    fault = bench.fault(lambda: call(jig), "JIG-GARBLED")
    assert fault.evidence["command"] == command
    assert bench.sim.heard.count(command) == 1


def test_a_garbled_greeting_is_asked_again(rig: BuildRig) -> None:
    bench = rig(script={"*IDN?": ["Example,Core"]}, dialect=QUICK)
    assert bench.port().identify().serial == "SIMJIG01"


def test_garbage_for_a_greeting(rig: BuildRig) -> None:
    bench = rig(script={"*IDN?": ["?", "?"]}, dialect=QUICK)
    bench.fault(bench.port().identify, "JIG-GARBLED")


@pytest.mark.parametrize("seed", range(8))
def test_noise_never_changes_a_value(rig: BuildRig, seed: int) -> None:
    bench = rig({"jig.noise": {"on": "MEAS", "rate": 0.03}}, dialect=QUICK, seed=seed)
    jig = powered(bench)
    right = 0
    for _ in range(6):
        for read, true in ((jig.voltage_v, 5.0), (jig.current_a, 0.9)):
            with contextlib.suppress(JigFault):
                assert read("vbus") == pytest.approx(true, rel=0.01, abs=0.003)
                right += 1
    assert right
