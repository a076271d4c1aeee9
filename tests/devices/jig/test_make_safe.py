"""The electrical safe state, from any thread and over any line."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from harness.clock import Deadline
from harness.errors import HarnessError, JigFault, OperatorStop
from tests.devices.jig.conftest import QUICK, BuildRig, Rig
from tests.short import lease


def powered(bench: Rig) -> None:
    jig = bench.port()
    jig.supply(5.0)
    jig.connect("vbus")
    assert not bench.sim.safe


def test_a_jig_is_made_safe_and_moves_nothing(rig: BuildRig) -> None:
    bench = rig()
    bench.port().close()
    powered(bench)
    moved = bench.sim.heard.count("FIXT:OPEN")
    bench.jig.make_safe(Deadline(5))
    assert bench.sim.safe
    assert bench.unit.vbus_v == 0.0
    assert bench.sim.heard.count("FIXT:OPEN") == moved


def test_a_jig_that_was_never_used_is_made_safe(rig: BuildRig) -> None:
    bench = rig()
    bench.sim.power.output = True
    bench.jig.make_safe(Deadline(5))
    assert bench.sim.safe


def test_it_is_made_safe_whoever_it_is(rig: BuildRig) -> None:
    bench = rig({"jig.wrong_identity": {}})
    bench.sim.power.relays.add(1)
    bench.jig.make_safe(Deadline(5))
    assert bench.sim.safe
    bench.fault(bench.port().close, "JIG-WRONG")


def test_while_the_owning_thread_is_inside_an_exchange(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": "MEAS:CURR"}})
    powered(bench)
    until = lease()
    ended: list[str] = []

    def owner() -> None:
        try:
            bench.jig.under(until).current_a("vbus")
        except HarnessError as error:
            ended.append(error.code)

    thread = threading.Thread(target=owner)
    thread.start()
    while "MEAS:CURR? (@1)" not in bench.sim.heard:
        time.sleep(0.001)
    until.cancel.set(OperatorStop("RUN-ABORTED", "the operator pressed stop"))
    bench.jig.make_safe(Deadline(10))
    assert bench.sim.safe
    thread.join()
    assert ended == ["RUN-ABORTED"]


def test_over_a_port_that_came_back(rig: BuildRig) -> None:
    bench = rig()
    powered(bench)
    bench.unplug()
    bench.plug_in()
    bench.jig.make_safe(Deadline(10))
    assert bench.sim.safe


def test_after_a_reply_that_never_came(rig: BuildRig) -> None:
    bench = rig({"jig.late_reply": {"on": "MEAS", "by_s": 0.7}}, dialect=QUICK)
    powered(bench)
    with pytest.raises(HarnessError) as caught:
        bench.port(limit_s=0.2).voltage_v("vbus")
    assert caught.value.code == "STEP-TIMEOUT"
    bench.jig.make_safe(Deadline(10))
    assert bench.sim.safe


def test_a_jig_that_only_hears_is_safe_and_cannot_show_it(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {}}, dialect=QUICK)
    bench.sim.power.output = True
    fault = bench.fault(lambda: bench.jig.make_safe(Deadline(10)), "JIG-UNSAFE")
    assert bench.sim.safe
    assert [each.split(":")[0] for each in fault.evidence["faults"]] == ["JIG-TIMEOUT"] * 2


def test_a_jig_that_is_gone_is_not_safe(rig: BuildRig) -> None:
    bench = rig()
    powered(bench)
    bench.unplug()
    fault = bench.fault(lambda: bench.jig.make_safe(Deadline(5)), "JIG-UNSAFE")
    assert "JIG-ABSENT" in fault.message


@pytest.mark.parametrize(("query", "names"), [("OUTP?", "supply"), ("ROUT:CLOS? (@1)", "vbus")])
def test_a_jig_that_says_that_it_is_on_is_not_safe(rig: BuildRig, query: str, names: str) -> None:
    bench = rig(script={query: ["1"] * 10})
    fault = bench.fault(lambda: bench.jig.make_safe(Deadline(5)), "JIG-UNSAFE")
    assert names in fault.message


def test_a_jig_that_refuses_to_be_safe_is_not(rig: BuildRig) -> None:
    bench = rig({"jig.refuses": {"on": "SAFE"}})
    fault = bench.fault(lambda: bench.jig.make_safe(Deadline(5)), "JIG-UNSAFE")
    assert "Settings conflict" in fault.message


def test_one_changed_digit_does_not_show_a_jig_as_safe(rig: BuildRig) -> None:
    bench = rig(script={"OUTP?": ["1", "0", "1", "0"]})
    bench.fault(lambda: bench.jig.make_safe(Deadline(5)), "JIG-UNSAFE")


@pytest.mark.parametrize("seed", range(6))
def test_over_a_noisy_line(rig: BuildRig, seed: int) -> None:
    bench = rig({"jig.noise": {"rate": 0.03}}, dialect=QUICK, seed=seed)
    bench.sim.power.output = True
    bench.sim.power.relays.add(1)
    with contextlib.suppress(JigFault):  # the jig may not be able to show it
        bench.jig.make_safe(Deadline(10))
    assert bench.sim.safe
