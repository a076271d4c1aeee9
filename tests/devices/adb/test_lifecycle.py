"""Restarts on purpose: never ready before it was away, never another handset or the old boot."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.handset import LeasedHandset
from harness.devices.adb.status import BOOT_ID_COMMAND, COMMAND, read_status
from harness.errors import LinkFault, OperatorStop
from harness.model.reading import Unknown, Unreadable
from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.handset.daemon.adbd import BOOT_S, OFF_S
from harness.sim.handset.state.answer import Answer, text
from harness.sim.unit import SimUnit
from tests.devices.adb.rig import state_of, unit, unplugged
from tests.engine.rig import until
from tests.short import lease

SPEED = 50
OWN_S = (OFF_S + BOOT_S) / SPEED
REFUSED_S = 6
"""What a restart has that comes to nothing: a slow machine must get as far as that in it [s]."""


@pytest.fixture(scope="module")
def quick() -> Iterator[SimHandsets]:
    with SimHandsets(speed=SPEED) as handsets:
        yield handsets


def plugged(
    server: AdbServer, handsets: SimHandsets, planted: SimUnit | None = None
) -> LeasedHandset:
    return AdbHandset(server, handsets.add(planted or unit())).for_run().under(lease(50))


def boot_of(dut: LeasedHandset) -> str:
    return dut.shell(BOOT_ID_COMMAND).out.strip()


def test_a_reboot_ends_when_the_new_boot_is_complete(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick)
    before = boot_of(dut)
    took_s = dut.reboot(within_s=40)
    assert took_s >= OWN_S
    assert dut.shell("getprop sys.boot_completed").out == "1\n"
    assert boot_of(dut) != before


def test_a_run_goes_on_after_its_reboot_and_is_pinned_anew(
    server: AdbServer, quick: SimHandsets
) -> None:
    dut = plugged(server, quick)
    dut.reboot(within_s=40)
    opened = quick.opened(dut.serial)
    assert dut.shell("echo 1").out == "1\n"
    assert quick.opened(dut.serial) == opened + 1
    unplugged(server, quick, dut.serial)
    quick.swap(dut.serial, unit())
    with pytest.raises(LinkFault) as caught:
        dut.shell("echo 2")
    assert caught.value.code == "ADB-RESTARTED"


def ignoring(behaviour: HandsetBehaviour) -> None:
    """It leaves the bus and comes back, without a restart: a loose contact."""
    kept = behaviour.system.boot_id
    behaviour.programs["cat"] = lambda *_: text(f"{kept}\n")


def test_a_link_that_broke_is_no_reboot(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick)
    dut.shell("true")
    ignoring(quick.behaviour(dut.serial))
    with pytest.raises(LinkFault, match="same boot") as caught:
        dut.reboot(within_s=REFUSED_S)
    assert caught.value.code == "ADB-NO-REBOOT"


def test_a_handset_that_never_goes_away(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick)
    dut.shell("true")
    quick.behaviour(dut.serial).system.ignores_reboot = True
    with pytest.raises(LinkFault, match="did not go away") as caught:
        dut.reboot(within_s=REFUSED_S)
    assert caught.value.code == "ADB-NO-REBOOT"
    assert dut.shell("echo still here").out == "still here\n"


def test_a_handset_that_does_not_finish_its_boot(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick)
    dut.shell("true")
    getprop = quick.behaviour(dut.serial).programs["getprop"]

    def never(words: list[str], now_s: float) -> Answer:
        return text("\n") if words == ["sys.boot_completed"] else getprop(words, now_s)

    quick.behaviour(dut.serial).programs["getprop"] = never
    with pytest.raises(LinkFault, match="does not finish its boot") as caught:
        dut.reboot(within_s=REFUSED_S)
    assert caught.value.code == "ADB-NO-BOOT"
    assert "booted=False" in caught.value.evidence["seen"]


@pytest.mark.parametrize("mode", ["recovery", "bootloader"])
def test_a_handset_that_comes_back_as_something_else(
    server: AdbServer, quick: SimHandsets, mode: str
) -> None:
    dut = plugged(server, quick)
    dut.shell("true")
    quick.behaviour(dut.serial).system.boots_into = mode
    with pytest.raises(LinkFault) as caught:
        dut.reboot(within_s=REFUSED_S)
    assert caught.value.code == "ADB-NO-BOOT"
    assert mode in caught.value.evidence["seen"]


def test_another_handset_that_comes_back(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick)
    behaviour = quick.behaviour(dut.serial)
    dut.shell("true")
    first_boot = behaviour.system.boot_id

    def exchange() -> None:
        until(lambda: behaviour.system.boot_id != first_boot)
        quick.swap(dut.serial, SimUnit("A57A000002"))

    exchanging = threading.Thread(target=exchange)
    exchanging.start()
    with pytest.raises(OperatorStop) as caught:
        dut.reboot(within_s=20)
    exchanging.join()
    assert caught.value.code == "UNIT-WRONG"
    assert caught.value.evidence["found"] == "A57A000002"


def test_a_reboot_wakes_when_it_is_cancelled(server: AdbServer) -> None:
    until_ = lease(50)
    with SimHandsets(speed=0.1) as slow:
        dut = AdbHandset(server, slow.add(unit())).for_run().under(until_)

        dut.shell("true")  # so that it is there

        def stop_once_away() -> None:
            until(lambda: state_of(server, dut.serial) != "device")
            until_.cancel.set(OperatorStop("RUN-ABORTED", "stop"))

        stopping = threading.Thread(target=stop_once_away)
        stopping.start()
        started = time.monotonic()
        with pytest.raises(OperatorStop, match="stop"):
            dut.reboot(within_s=45)
        stopping.join()
        assert time.monotonic() - started < 20 < OFF_S / 0.1


def test_a_handset_that_tells_no_boot_is_not_restarted(
    server: AdbServer, quick: SimHandsets
) -> None:
    dut = plugged(server, quick)
    quick.behaviour(dut.serial).programs["cat"] = lambda *_: Answer(code=1)
    boot = quick.behaviour(dut.serial).system.boot_id
    with pytest.raises(LinkFault) as caught:
        dut.reboot(within_s=5)
    assert caught.value.code == "ADB-NO-REBOOT"
    assert quick.behaviour(dut.serial).system.boot_id == boot


def test_a_handset_that_hides_its_serial_is_not_restarted(
    server: AdbServer, quick: SimHandsets
) -> None:
    dut = plugged(server, quick)
    behaviour = quick.behaviour(dut.serial)
    getprop, boot = behaviour.programs["getprop"], behaviour.system.boot_id

    def hiding(words: list[str], now_s: float) -> Answer:
        return text("\n") if words == ["ro.serialno"] else getprop(words, now_s)

    behaviour.programs["getprop"] = hiding
    with pytest.raises(LinkFault, match="does not tell its serial") as caught:
        dut.reboot(within_s=20)
    assert caught.value.code == "ADB-NO-REBOOT"
    assert behaviour.system.boot_id == boot


def test_a_shell_that_is_half_up_after_a_restart_of_adb_is_waited_for(
    server: AdbServer, quick: SimHandsets
) -> None:
    dut = plugged(server, quick, SimUnit("A57A000001", build="userdebug"))
    dut.shell("true")
    behaviour = quick.behaviour(dut.serial)
    cat, missing = behaviour.programs["cat"], iter(range(3))

    def half_up(words: list[str], now_s: float) -> Answer:
        return cat(words, now_s) if next(missing, None) is None else Answer(code=127)

    behaviour.programs["cat"] = half_up
    dut.restart_adb(root=True, within_s=30)
    assert next(missing, None) is None
    assert dut.shell("id -u").out == "0\n"


def test_a_shell_that_stays_half_up_tells_nobody_who_it_is(
    server: AdbServer, quick: SimHandsets
) -> None:
    dut = plugged(server, quick, SimUnit("A57A000001", build="userdebug"))
    dut.shell("true")
    quick.behaviour(dut.serial).programs["cat"] = lambda *_: Answer(code=127)
    with pytest.raises(LinkFault, match="who it is") as caught:
        dut.restart_adb(root=True, within_s=REFUSED_S)
    assert caught.value.code == "ADB-LOST"


def test_adb_as_root_and_back(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick, SimUnit("A57A000001", build="userdebug"))
    before = boot_of(dut)
    for root in (True, True, False, False):
        dut.restart_adb(root=root, within_s=20)
        assert dut.shell("id -u").out == ("0\n" if root else "2000\n")
    assert boot_of(dut) == before


def test_a_user_build_has_no_root(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick)
    with pytest.raises(LinkFault) as caught:
        dut.restart_adb(root=True, within_s=20)
    assert caught.value.code == "ADB-NO-ROOT"
    assert "production builds" in caught.value.evidence["seen"]
    dut.restart_adb(root=False, within_s=20)
    assert dut.shell("id -u").out == "2000\n"


def test_a_daemon_that_only_says_that_it_is_root(server: AdbServer, quick: SimHandsets) -> None:
    dut = plugged(server, quick, SimUnit("A57A000001", build="userdebug"))
    dut.shell("true")
    quick.behaviour(dut.serial).programs["id"] = lambda *_: text("2000\n")
    with pytest.raises(LinkFault) as caught:
        dut.restart_adb(root=True, within_s=REFUSED_S)
    assert caught.value.code == "ADB-NO-ROOT"


def test_another_handset_that_comes_back_as_root(server: AdbServer, quick: SimHandsets) -> None:
    planted = SimUnit("A57A000001", build="userdebug")
    dut = plugged(server, quick, planted)
    behaviour = quick.behaviour(dut.serial)
    dut.shell("true")

    def exchange() -> None:
        until(lambda: behaviour.system.root)
        quick.swap(dut.serial, planted)

    exchanging = threading.Thread(target=exchange)
    exchanging.start()
    with pytest.raises(LinkFault) as caught:
        dut.restart_adb(root=True, within_s=20)
    exchanging.join()
    assert caught.value.code == "ADB-RESTARTED"


BOOT = "5fa005cc-e71e-4b78-9119-228f598b98c2"


@pytest.mark.parametrize(
    ("animation", "completed", "booted"),
    [("stopped", "1", True), ("", "1", True), ("running", "1", False), ("stopped", "", False)],
)
def test_reads_how_far_the_boot_has_come(animation: str, completed: str, booted: bool) -> None:
    status = read_status(f"{BOOT}\nA57A000001\n{completed}\n{animation}\n2000\n")
    assert (status.boot, status.serial, status.root) == (BOOT, "A57A000001", False)
    assert status.booted == booted


@given(st.text())
def test_nothing_is_booted_or_root_that_does_not_say_so(output: str) -> None:
    status = read_status(output)
    lines = [line.strip() for line in output.splitlines()]
    assert not status.booted or (len(lines) == 5 and lines[2] == "1")
    assert status.root is not True or (len(lines) == 5 and lines[4] == "0")
    assert isinstance(status.root, bool | Unreadable)
    assert isinstance(status.boot, Unreadable) or status.boot == lines[0]


@pytest.mark.parametrize(("user", "root"), [("0", True), ("2000", False)])
def test_reads_whose_the_daemon_is(user: str, root: bool) -> None:
    assert read_status(f"{BOOT}\nA57A000001\n1\nstopped\n{user}\n").root is root


@pytest.mark.parametrize("user", ["", "shell", "uid=0(root)", "-1", "id: not found"])
def test_a_user_that_cannot_be_read_is_not_taken_for_the_shell(user: str) -> None:
    status = read_status(f"{BOOT}\n\n1\nstopped\n{user}\n")
    assert isinstance(status.root, Unreadable)
    assert isinstance(status.serial, Unknown)


def test_the_status_is_one_command_with_a_line_each() -> None:
    said = HandsetBehaviour(SimUnit("A57A000001")).run(COMMAND, 0.0)
    status = read_status(said.out.decode())
    assert status.booted
    assert status.serial == "A57A000001"
