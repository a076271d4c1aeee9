"""The wires of a simulated line: jigs that stay, handsets that come and go."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import serial

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.finding import Finder
from harness.devices.adb.handset import LeasedHandset
from harness.devices.adb.service import Call
from harness.devices.adb.watch import Link
from harness.devices.usb.bus import UsbBus
from harness.errors import LinkFault, StationFault
from harness.model.outcome import Outcome
from harness.model.usb import UsbMode, UsbSpeed
from harness.sim.handset import SimHandsets
from harness.sim.jig import JigBehaviour, JigBuild, RsBox, SimJig, good_build
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario, load_scenario
from harness.sim.unit import SimUnit, Verdict
from harness.steps.handover import FACTORY_RESET
from tests.engine.rig import until
from tests.short import lease


@pytest.fixture
def line() -> Iterator[SimLine]:
    with SimLine(Scenario(jig=SimJig(noise=0.01)), slots=2) as line:
        yield line


def listens(address: str) -> bool:
    """Whether a handset takes a connection; it hangs up on what is no adb server."""
    host, _, port = address.partition(":")
    try:
        with socket.create_connection((host, int(port)), 10) as link:
            link.sendall(b"x" * 24)
            assert link.recv(1) == b""
    except ConnectionRefusedError:
        return False
    return True


def test_each_handset_has_a_loopback_address_of_its_own(line: SimLine) -> None:
    addresses = [line.insert(slot, SimUnit(f"A57A00000{n}")) for n, slot in enumerate((1, 2, 1))]
    hosts = {address.partition(":")[0] for address in addresses}
    assert len(hosts) == 3
    assert all(host.startswith("127.") for host in hosts)


def test_the_unit_that_stood_there_is_taken_out(line: SimLine) -> None:
    first = line.insert(1, SimUnit("A57A000001"))
    other = line.insert(2, SimUnit("A57A000002"))
    assert listens(first)
    second = line.insert(1, SimUnit("A57A000003"))
    assert not listens(first)
    assert listens(second)
    assert listens(other)


def test_a_unit_shows_on_usb_while_it_stands_in_its_slot(line: SimLine) -> None:
    line.insert(1, SimUnit("A57A000001"))
    line.insert(2, SimUnit("A57A000002", defects={"usb.full_speed": {}}))
    shown = {socket: (serial, speed) for socket, serial, speed in devices(line)}
    assert shown == {
        "sim-usb/1-1": ("A57A000001", UsbSpeed.HIGH),
        "sim-usb/1-2": ("A57A000002", UsbSpeed.FULL),
    }
    line.insert(1, SimUnit("A57A000003"))
    line.insert(2, SimUnit("A57A000004", defects={"adb.absent": {}}))
    assert [(socket, serial) for socket, serial, _ in devices(line)] == [
        ("sim-usb/1-1", "A57A000003")
    ]


def devices(line: SimLine) -> list[tuple[object, ...]]:
    bus = UsbBus(line.bus, sysfs=line.bus.sysfs)
    return [(each.port, each.serial, each.speed) for each in bus.devices()]


def test_adb_goes_and_comes_with_the_power_of_the_socket(line: SimLine) -> None:
    address = line.insert(1, SimUnit("A57A000001"))
    other = line.insert(2, SimUnit("A57A000002"))
    line.bus.short("sim-usb/1-1")
    assert not listens(address)
    assert listens(other)
    second = line.insert(1, SimUnit("A57A000003"))
    assert not listens(second)
    assert [socket for socket, *_ in devices(line)] == ["sim-usb/1-2"]


def faces(line: SimLine) -> list[UsbMode]:
    return [each.mode for each in UsbBus(line.bus, sysfs=line.bus.sysfs).devices()]


def handset_of(line: SimLine, server: AdbServer, **defects: dict[str, Any]) -> LeasedHandset:
    planted = {name.replace("_", "."): settings for name, settings in defects.items()}
    address = line.insert(1, SimUnit("A57A000001", defects=planted))
    return AdbHandset(server, address).for_run().under(lease())


def test_a_cable_that_is_pulled_and_put_back_takes_both_faces_with_it(line: SimLine) -> None:
    with AdbServer() as server:
        dut = handset_of(line, server, usb_unplug={"on": "echo 2", "back_s": 1.0})
        dut.shell("echo 1")
        assert faces(line) == [UsbMode.ADB]
        with pytest.raises(LinkFault):
            dut.shell("echo 2")
        assert faces(line) == []
        until(lambda: faces(line) == [UsbMode.ADB])
        assert dut.shell("echo 3").out == "3\n"


@pytest.mark.parametrize(("mode", "face"), [("", UsbMode.ADB), ("bootloader", UsbMode.FASTBOOT)])
def test_a_reboot_takes_both_faces_away_and_brings_them_back(mode: str, face: UsbMode) -> None:
    with SimLine(Scenario(speed=2), slots=1) as line, AdbServer() as server:
        dut = handset_of(line, server)
        link = dut.session.link(lease())
        with pytest.raises(LinkFault):
            restart(dut.session.finder, link, mode)
        assert faces(line) == []
        until(lambda: faces(line) == [face])


def test_a_unit_that_was_taken_out_never_shows_where_the_next_one_stands() -> None:
    """It was told to wipe itself and to restart, and would do either a moment later."""
    with SimLine(Scenario(speed=20), slots=1) as line, AdbServer() as server:
        dut = handset_of(line, server)
        link = dut.session.link(lease())
        dut.shell(FACTORY_RESET)
        with pytest.raises(LinkFault):
            restart(dut.session.finder, link, "")
        line.insert(1, SimUnit("A57A000002", defects={"usb.edl": {}}))
        for _ in range(40):
            assert faces(line) == [UsbMode.EDL]
            time.sleep(0.025)


def restart(finder: Finder, link: Link, mode: str) -> None:
    with Call(finder, link, f"reboot:{mode}", lease()).opened() as opened:
        while True:
            opened.receive()


def test_a_unit_in_emergency_download_has_no_adb(line: SimLine) -> None:
    address = line.insert(1, SimUnit("A57A000001", defects={"usb.edl": {}}))
    assert not listens(address)
    bus = UsbBus(line.bus, sysfs=line.bus.sysfs)
    assert [each.mode for each in bus.devices()] == [UsbMode.EDL]


def test_a_jig_powers_the_unit_that_is_in_it_and_no_other() -> None:
    first, second = SimUnit("A57A000001"), SimUnit("A57A000002")
    jig = JigBehaviour(first)
    for command in ("SOUR:VOLT 5", "OUTP ON", "ROUT:CLOS (@1)"):
        jig.answer(command, 0)
    assert (first.vbus_v, second.vbus_v) == (5.0, 0.0)
    jig.insert(second, "seed")
    assert (first.vbus_v, second.vbus_v) == (0.0, 5.0)


def test_noise_starts_again_with_each_unit() -> None:
    def readings(jig: JigBehaviour, unit: SimUnit) -> list[str]:
        jig.insert(unit, f"7 {unit.serial}")
        return [jig.answer("MEAS:CURR? (@1)", 0)[0].text for _ in range(3)]

    unit, other = SimUnit("A57A000001"), SimUnit("A57A000002")
    jigs = [JigBehaviour(None, noise=0.01) for _ in range(2)]
    for jig in jigs:
        for command in ("SOUR:VOLT 5", "OUTP ON", "ROUT:CLOS (@1)"):
            jig.answer(command, 0)
    first = readings(jigs[0], unit)
    assert len(set(first)) == 3
    assert readings(jigs[0], other) != first
    assert readings(jigs[0], unit) == first
    assert readings(jigs[1], unit) == first


def test_each_slot_has_its_own_jig_and_the_others_are_like_the_one_of_all() -> None:
    jigs = (SimJig("J-1", "shield-rs"), SimJig("J-2", defects={"jig.silent": {}}))
    with SimLine(Scenario(jig=SimJig(noise=0.01), jigs=jigs), slots=3) as line:
        assert [type(slot.behaviour) for slot in line.slots.values()] == [
            *(RsBox, JigBehaviour, JigBehaviour),
        ]
        assert [slot.behaviour.serial for slot in line.slots.values()] == ["J-1", "J-2", "SIMJIG03"]
        assert line.slots[2].behaviour.answer("*OPC?", 0) == []
        assert line.slots[3].jig == SimJig("SIMJIG03", noise=0.01)
        assert line.ports() == sorted(slot.port for slot in line.slots.values())


def test_a_twin_answers_with_the_same_serial_on_a_port_of_its_own() -> None:
    jigs = (SimJig("J-1"), SimJig("J-2", defects={"jig.twin_serial": {}}))
    with SimLine(Scenario(jigs=jigs), slots=2) as line:
        assert [len(slot.ports()) for slot in line.slots.values()] == [1, 2]
        assert len(set(line.ports())) == 3
        said = [who_answers(port) for port in line.slots[2].ports()]
        assert said == ["Example,Core,J-2,1.0"] * 2


def who_answers(port: str) -> str:
    with serial.Serial(port, timeout=10) as opened:
        opened.write(b"*IDN?\n")
        return str(opened.readline().decode().strip())


def test_a_jig_that_is_pulled_is_on_another_port(line: SimLine) -> None:
    slot = line.slots[1]
    before = slot.port
    line.insert(1, SimUnit("A57A000001", defects={"jig.unplug": {}}))
    with serial.Serial(before, timeout=10) as opened:
        opened.write(b"FIXT:CLOS\n")
        until(lambda: slot.port != before)
    assert slot.ports() == [slot.port]
    assert who_answers(slot.port) == "Example,Core,SIMJIG01,1.0"


JIGS = """\
schema: 1
seed: 3
jig: {noise: 0.01, dwell_s: 2, defects: [jig.noise]}
jigs:
  - {serial: J-1, dialect: shield-tescom}
  - {noise: 0, defects: [{jig.silent: {on: FIXT}}]}
units: [{serial: A57A000001}]
"""


def test_a_scenario_says_what_each_jig_is(tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(JIGS)
    scenario = load_scenario(path)
    assert (scenario.slots, len(scenario.units)) == (2, 1)
    first, second, third = (scenario.jig_of(n) for n in (1, 2, 3))
    assert (first.serial, first.dialect, first.noise) == ("J-1", "shield-tescom", 0.01)
    assert first.build == replace(good_build("J-1", 3), dwell_s=2.0)
    assert (second.serial, second.dialect, second.noise) == ("SIMJIG02", "core", 0.0)
    assert second.defects == {"jig.noise": {}, "jig.silent": {"on": "FIXT"}}
    assert third == SimJig(
        "SIMJIG03", noise=0.01, defects={"jig.noise": {}}, build=JigBuild(dwell_s=2.0)
    )
    assert scenario.jig_defects == ["jig.noise", "jig.silent"]


@pytest.mark.parametrize(
    ("jigs", "told"),
    [
        ("[]", "at least 1 in the list"),
        ("[{serial: 'A,B'}]", "a serial of a jig"),
        ("[{serial: J}, {serial: J}]", "4:30: jig 'J' is written twice"),
        ("[{}, {serial: SIMJIG01}]", "4:21: jig 'SIMJIG01' is that of slot 1"),
        ("[{serial: SIMJIG07}]", "jig 'SIMJIG07' is that of slot 7"),
        ("[{dialect: cor}]", "did you mean 'core'?"),
        ("[{dialect: shield-rs, defects: [jig.rail_low]}]", "shield-rs has no jig.rail_low"),
        ("[{defects: [jig.watchdog]}]", "core has no jig.watchdog"),
        ("[{dialect: shield-rs, defects: [{jig.silent: {on: FIXT}}]}]", "no command has 'FIXT'"),
        ("[{dialect: shield-rs, defects: [{jig.unplug: {on: STATE}}]}]", "no command has 'STATE'"),
        ("[{defects: [lte.weak]}]", "lte.weak is a defect of a unit"),
        ("[{defects: [jig.rail_lo]}]", "did you mean 'jig.rail_low'?"),
        ("[{dwell_s: 0}]", "expected more than 0"),
    ],
)
def test_a_jig_that_cannot_be_is_refused_at_its_place(tmp_path: Path, jigs: str, told: str) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(f"schema: 1\nseed: 1\nspeed: 1\njigs: {jigs}\n")
    with pytest.raises(StationFault) as refused:
        load_scenario(path)
    assert "line.yaml:4:" in refused.value.message
    assert told in refused.value.message


def test_a_unit_brings_no_twin_of_its_jig(tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text("schema: 1\nunits:\n  - {serial: A57A000001, defects: [jig.twin_serial]}\n")
    with pytest.raises(StationFault, match=r"line\.yaml:3:.*no unit brings jig\.twin_serial"):
        load_scenario(path)


def test_a_scenario_says_what_a_test_must_find(tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(
        "schema: 1\n"
        "units:\n"
        "  - {serial: A57A000001}\n"
        "  - {serial: A57A000002, expect: {outcome: FAIL, code: 'rear.mean_luma:LOW'}}\n"
        "  - {serial: A57A000003, expect: {outcome: ABORTED}}\n"
    )
    assert [unit.expect for unit in load_scenario(path).units] == [
        Verdict(),
        Verdict(Outcome.FAIL, "rear.mean_luma:LOW"),
        Verdict(Outcome.ABORTED),
    ]


def test_a_scenario_says_what_a_label_says_of_the_variant(tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(
        "schema: 1\n"
        "units:\n"
        "  - {serial: A57A000001}\n"
        "  - {serial: A57A000002, sku: A57-AE, defects: [identity.label_mismatch]}\n"
    )
    assert [unit.label.sku for unit in load_scenario(path).units] == ["A57-PK", "A57-AE"]


@pytest.mark.parametrize("expect", ["{outcome: SKIPPED}", "{code: X}", "PASS", "{outcome: fail}"])
def test_an_expectation_that_no_test_can_meet_is_refused(tmp_path: Path, expect: str) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(f"schema: 1\nunits: [{{serial: A57A000001, expect: {expect}}}]\n")
    with pytest.raises(StationFault, match=r"line\.yaml:2:"):
        load_scenario(path)


def test_an_unplugged_handset_keeps_its_port_whatever_child_is_being_started() -> None:
    with SimHandsets() as handsets:
        address = handsets.add(SimUnit("A57A000001"))
        host, _, port = address.partition(":")
        children = [subprocess.Popen(["/bin/true"]) for _ in range(5)]
        for _ in range(50):
            children.append(subprocess.Popen(["/bin/true"]))
            handsets.unplug(address)
            assert not listens(address)
            with socket.socket() as other, pytest.raises(OSError, match="in use"):
                other.bind((host, int(port)))
            handsets.replug(address)
            assert listens(address)
        for child in children:
            child.wait()
