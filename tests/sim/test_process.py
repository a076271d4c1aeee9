"""A part of a simulated line in a process of its own: real pyusb, real ptys, real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.clock import Cancel, Deadline, Lease
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.errors import LinkFault, StationFault
from harness.model.usb import UsbMode
from harness.sim.jig import SimJig
from harness.sim.process import SimProcess
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit

PATIENCE_S = 20.0
LINE = Scenario((), speed=10, jigs=(SimJig(serial="J-A"),))


def test_a_unit_comes_onto_usb_and_leaves_it_in_the_slot_that_was_meant() -> None:
    with SimProcess(LINE, range(17, 19)) as part:
        assert list(part.wires()) == [17, 18]
        assert part.wires()[18].socket == "sim-usb/1-18"
        bus = UsbBus(part.usb, sysfs=part.sysfs)
        address = part.insert(18, SimUnit("A57A000001"))
        assert address.startswith("127.0.")
        socket = UsbSocket(bus, part.wires()[18].socket).under(lease())
        seen = socket.look()
        assert (seen.serial, seen.mode) == ("A57A000001", UsbMode.ADB)  # asked over a control pipe
        part.take_out(18)
        bus.forget()
        with pytest.raises(LinkFault, match="USB-ABSENT"):
            socket.look()
        assert part.ports_of(17) == [part.port(17)]


def test_the_power_of_a_socket_is_switched_across_processes() -> None:
    with SimProcess(LINE, range(1, 2)) as part:
        bus = UsbBus(part.usb, sysfs=part.sysfs)
        part.insert(1, SimUnit("A57A000001"))
        socket = UsbSocket(bus, part.wires()[1].socket).under(lease())
        socket.power(on=False)
        with pytest.raises(LinkFault, match="USB-ABSENT"):
            socket.look()
        socket.power(on=True)
        assert socket.look().serial == "A57A000001"


def test_what_struck_is_told_when_the_unit_is_taken_out() -> None:
    unit = SimUnit("A57A000001", defects={"jig.silent": {}})
    with SimProcess(LINE, range(1, 2)) as part:
        part.insert(1, unit)
        with Path(part.port(1)).open("r+b", buffering=0) as jig:
            jig.write(b"*IDN?\n")
            time.sleep(0.3)  # it says nothing: there is nothing to wait for
        assert part.take_out(1) == {"jig.silent"}
        assert part.take_out(1) == set()
    assert unit.met == set()


def test_a_process_that_was_killed_is_told_by_every_call() -> None:
    with SimProcess(LINE, range(1, 2)) as part:
        os.kill(part.pid, signal.SIGKILL)
        with pytest.raises(StationFault, match="SIM-PROCESS"):
            part.insert(1, SimUnit("A57A000001"))


def test_it_dies_with_the_process_that_started_it_even_by_sigkill() -> None:
    words = (
        "import sys, time\n"
        "from harness.sim.process import SimProcess\n"
        "from harness.sim.scenario import Scenario\n"
        "part = SimProcess(Scenario(()), range(1, 2))\n"
        "print(part.pid, part.port(1), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE) as starter:
        assert starter.stdout
        pid, port = starter.stdout.readline().decode().split()
        assert Path(port).exists()
        starter.kill()
    until(lambda: not Path(f"/proc/{pid}").exists())


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def lease() -> Lease:
    return Lease(Deadline(PATIENCE_S), Cancel())
