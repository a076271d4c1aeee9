"""A jig works under a lease: once it has ended, nothing moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.devices.jig.asking import Asking
from harness.devices.jig.dialect import CORE
from harness.devices.jig.port import JigPort
from harness.devices.scpi.exchange import ANYONE, Exchange
from harness.devices.scpi.wire import Wire
from harness.devices.serial import SerialLink
from harness.errors import HarnessError, JigFault, OperatorStop, StepBug
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from tests.devices.jig.conftest import QUICK, BuildRig
from tests.short import lease

CALLS: list[Callable[[JigPort], object]] = [
    lambda jig: jig.identify(),
    lambda jig: jig.close(),
    lambda jig: jig.open(),
    lambda jig: jig.supply(5.0),
    lambda jig: jig.supply_off(),
    lambda jig: jig.connect("vbus"),
    lambda jig: jig.disconnect("vbus"),
    lambda jig: jig.voltage_v("vbus"),
    lambda jig: jig.current_a("vbus"),
    lambda jig: jig.show("chart"),
    lambda jig: jig.light(50.0),
]


@pytest.mark.parametrize("call", CALLS)
def test_under_an_ended_lease_nothing_is_sent(
    rig: BuildRig, call: Callable[[JigPort], object]
) -> None:
    bench = rig()
    bench.port().voltage_v("vbus")  # its replies show that all before was heard
    heard = list(bench.sim.heard)
    until = lease()
    until.end()
    with pytest.raises(StepBug) as caught:
        call(bench.jig.under(until))
    assert caught.value.code == "LEASE-ENDED"
    assert list(bench.sim.heard) == heard


def test_cancelling_wakes_a_call_that_waits(rig: BuildRig) -> None:
    bench = rig({"jig.stuck_fixture": {}})
    until = lease()
    waker = threading.Timer(
        0.2, lambda: until.cancel.set(OperatorStop("RUN-ABORTED", "stop pressed"))
    )
    waker.start()
    started = time.monotonic()
    with pytest.raises(OperatorStop):
        bench.jig.under(until).close()
    assert time.monotonic() - started < 3  # the motion alone has 5 s
    waker.join()


def test_the_steps_own_time_is_not_the_jigs_fault(rig: BuildRig) -> None:
    bench = rig({"jig.silent": {"on": "MEAS"}})
    bench.port().identify()
    with pytest.raises(StepBug) as caught:
        bench.port(limit_s=0.2).voltage_v("vbus")
    assert caught.value.code == "STEP-TIMEOUT"
    assert caught.value.evidence["sent"] == "MEAS:VOLT? (@1)"


def test_motion_that_outlasts_the_step(rig: BuildRig) -> None:
    bench = rig({"jig.stuck_fixture": {}})
    bench.port().identify()
    with pytest.raises(StepBug) as caught:
        bench.port(limit_s=0.3).close()
    assert caught.value.code == "STEP-TIMEOUT"


class Asked:
    """The lock of a line, which tells when somebody waits for it."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock
        self.waits = threading.Event()

    def acquire(self, *, timeout: float) -> bool:
        self.waits.set()
        return bool(self._lock.acquire(timeout=timeout))

    def release(self) -> None:
        self._lock.release()


def test_who_waited_for_the_line_looks_at_his_lease_before_he_sends(no_leaks: None) -> None:
    sim = JigBehaviour(None)
    pty = PtyJig(sim)
    wire = Wire(pty.path, lambda: SerialLink(pty.path, CORE.baud), CORE.terminator, JigFault)
    until = lease()
    codes: list[str] = []

    def late() -> None:
        try:
            JigPort(Asking(Exchange(wire, CORE.language(), until, ANYONE), CORE)).connect("vbus")
        except HarnessError as error:
            codes.append(error.code)

    with Exchange(wire, CORE.language(), lease(), ANYONE).turn():
        asked = Asked(wire.lock)
        wire.lock = asked  # type: ignore[assignment]
        thread = threading.Thread(target=late)
        thread.start()
        assert asked.waits.wait(10)
        until.end()
    thread.join()
    assert codes == ["LEASE-ENDED"]
    assert not sim.heard
    wire.close()
    pty.close()


def test_a_line_that_is_busy_for_too_long(no_leaks: None) -> None:
    def open_link() -> SerialLink:
        raise AssertionError("nothing may be opened")

    wire = Wire("busy", open_link, CORE.terminator, JigFault)
    codes: list[str] = []

    def other() -> None:
        try:
            Exchange(wire, CORE.language(), lease(0.1), ANYONE).command("SAFE")
        except HarnessError as error:
            codes.append(error.code)

    with Exchange(wire, CORE.language(), lease(), ANYONE).turn():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert codes == ["STEP-TIMEOUT"]


def test_threads_that_share_a_jig_get_their_own_answers(rig: BuildRig) -> None:
    bench = rig(dialect=QUICK)
    jig = bench.port()
    jig.supply(5.0)
    jig.connect("vbus")
    wrong: list[object] = []

    def reader(read: Callable[[str], float], true: float) -> None:
        for _ in range(100):
            try:
                if (value := read("vbus")) != true:
                    wrong.append(value)
            except HarnessError as error:
                wrong.append(error)

    threads = [
        threading.Thread(target=reader, args=args)
        for args in ((jig.voltage_v, 5.0), (jig.current_a, 0.9), (jig.voltage_v, 5.0))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
