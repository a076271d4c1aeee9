"""The simulated handset, seen by the real adb: server and command line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import Deadline
from harness.devices.adb import AdbServer
from harness.devices.adb.process import find_adb
from harness.sim.handset import SimHandsets
from harness.sim.handset.daemon.wire import HEADER, Message, PublicKey, unpack_header
from harness.sim.handset.state.system import BOOT_ID
from harness.sim.unit import SimUnit


class Adb:
    """The command line of adb."""

    def __init__(self, server: AdbServer) -> None:
        self._base = [str(find_adb()), "-P", str(server.port)]

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._base, *words], capture_output=True, text=True, timeout=30, check=False
        )


def link(adb: Adb, address: str) -> None:
    """Connect and wait until the key is accepted: `connect` returns before that."""
    adb("connect", address)
    adb("-s", address, "wait-for-device")


@pytest.fixture
def adb(server: AdbServer) -> Adb:
    return Adb(server)


@pytest.fixture
def address(adb: Adb, handsets: SimHandsets) -> str:
    address = handsets.add(SimUnit("A57A000001"))
    link(adb, address)
    return address


def test_a_key_is_taken_once_and_then_proven(adb: Adb, address: str) -> None:
    adb("disconnect", address)
    assert adb("connect", address).stdout == f"connected to {address}\n"  # by its signature


def test_an_unauthorized_handset_never_lets_in(adb: Adb, handsets: SimHandsets) -> None:
    address = handsets.add(SimUnit("A57A000001", defects={"adb.unauthorized": {}}))
    assert "failed to authenticate" in adb("connect", address).stdout
    assert "device unauthorized" in adb("-s", address, "shell", "true").stderr


def test_commands(adb: Adb, address: str) -> None:
    ended = adb("-s", address, "shell", "getprop ro.serialno; nope")
    assert (ended.returncode, ended.stdout) == (127, "A57A000001\n")
    assert ended.stderr == "/system/bin/sh: nope: inaccessible or not found\n"
    assert adb("-s", address, "exec-out", "echo raw").stdout == "raw\n"
    assert adb("-s", address, "shell", "-x", "echo old").stdout == "old\n"


def test_files(adb: Adb, address: str, handsets: SimHandsets, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9_000
    local = tmp_path / "a"
    local.write_bytes(content)
    assert adb("-s", address, "push", str(local), "/sdcard/deep/a").returncode == 0
    assert handsets.behaviour(address).files == {"/sdcard/deep/a": content}
    assert adb("-s", address, "pull", "/sdcard/deep/a", str(tmp_path / "b")).returncode == 0
    assert (tmp_path / "b").read_bytes() == content
    assert adb("-s", address, "ls", "/sdcard/deep").stdout.split() == [
        "000081a4",
        f"{len(content):08x}",
        "00000000",
        "a",
    ]
    assert adb("-s", address, "pull", "/sdcard/deep", str(tmp_path / "tree")).returncode == 0
    assert (tmp_path / "tree" / "a").read_bytes() == content
    assert "Read-only" in adb("-s", address, "push", str(local), "/system/a").stderr


def test_an_unknown_service_is_refused(adb: Adb, address: str) -> None:
    assert "closed" in adb("-s", address, "usb").stderr


def test_unplugged_and_plugged_in_again(adb: Adb, address: str, handsets: SimHandsets) -> None:
    handsets.unplug(address)
    assert adb("-s", address, "shell", "true").returncode != 0
    handsets.unplug(address)
    adb("disconnect", address)
    handsets.replug(address)
    handsets.replug(address)
    assert adb("connect", address).stdout == f"connected to {address}\n"


def test_stopping_twice_and_with_open_links(server: AdbServer) -> None:
    with SimHandsets() as handsets:
        addresses = [handsets.add(SimUnit(f"A57A00000{n}")) for n in range(3)]
        handsets.unplug(addresses[2])
        adb = Adb(server)
        adb("connect", addresses[0])
        handsets.stop()
    assert "refused" in Adb(server)("connect", addresses[1]).stdout


def test_a_handset_planted_absent_comes_when_plugged_in(adb: Adb, handsets: SimHandsets) -> None:
    address = handsets.add(SimUnit("A57A000001", defects={"adb.absent": {}}))
    assert "refused" in adb("connect", address).stdout
    handsets.replug(address)
    adb("connect", address)
    assert adb("-s", address, "wait-for-device").returncode == 0


def test_a_reboot_goes_away_and_comes_back_in_another_boot(adb: Adb, server: AdbServer) -> None:
    with SimHandsets(speed=20) as quick:
        address = quick.add(SimUnit("A57A000001"))
        link(adb, address)
        before = adb("-s", address, "shell", f"cat {BOOT_ID}").stdout
        adb("-s", address, "reboot")
        adb("-s", address, "wait-for-disconnect")
        assert "refused" in adb("connect", address).stdout
        adb("-s", address, "wait-for-device")  # the server links it again by itself
        assert adb("-s", address, "shell", f"cat {BOOT_ID}").stdout not in ("", before)
        completed = Deadline(20)
        while adb("-s", address, "shell", "getprop sys.boot_completed").stdout != "1\n":
            assert not completed.expired()


def test_a_reboot_into_recovery_stays_there(adb: Adb) -> None:
    with SimHandsets(speed=20) as quick:
        address = quick.add(SimUnit("A57A000001"))
        link(adb, address)
        adb("-s", address, "reboot", "recovery")
        assert adb("-s", address, "wait-for-recovery").returncode == 0
        assert adb("-s", address, "get-state").stdout == "recovery\n"


def test_adbd_becomes_root_on_a_userdebug_build_only(adb: Adb) -> None:
    with SimHandsets(speed=20) as quick:
        answers = {}
        for build in ("user", "userdebug"):
            address = quick.add(SimUnit("A57A000001", build=build))
            link(adb, address)
            answers[build] = adb("-s", address, "root").stdout
            adb("-s", address, "wait-for-device")
        assert answers["user"] == "adbd cannot run as root in production builds\n"
        assert answers["userdebug"] == "restarting adbd as root\n"
        assert adb("-s", address, "shell", "id -u").stdout == "0\n"
        assert adb("-s", address, "root").stdout == "adbd is already running as root\n"
        assert adb("-s", address, "unroot").stdout == "restarting adbd as non root\n"
        adb("-s", address, "wait-for-device")
        assert adb("-s", address, "shell", "id -u").stdout == "2000\n"


def unplugging(adb: Adb, handsets: SimHandsets, **settings: float | str) -> str:
    address = handsets.add(SimUnit("A57A000001", defects={"usb.unplug": settings}))
    link(adb, address)
    return address


def test_a_cable_that_is_pulled_before_a_service(adb: Adb, handsets: SimHandsets) -> None:
    address = unplugging(adb, handsets, at=2)
    assert adb("-s", address, "shell", "echo 1").stdout == "1\n"
    assert adb("-s", address, "shell", "echo 2").stdout == ""
    assert handsets.opened(address) == 2
    adb("disconnect", address)
    assert "refused" in adb("connect", address).stdout


def test_a_cable_that_is_pulled_in_the_middle_of_an_answer(adb: Adb, handsets: SimHandsets) -> None:
    address = unplugging(adb, handsets, on="0123")
    assert adb("-s", address, "shell", "echo 45").stdout == "45\n"
    assert adb("-s", address, "shell", "echo 0123456789").stdout == "01234"
    adb("disconnect", address)
    assert "refused" in adb("connect", address).stdout


def test_a_cable_that_is_put_back(adb: Adb, handsets: SimHandsets) -> None:
    address = unplugging(adb, handsets, back_s=0.1)
    boot_id = handsets.behaviour(address).system.boot_id
    assert adb("-s", address, "shell", "echo 1").stdout != "1\n"
    adb("-s", address, "wait-for-device")
    assert adb("-s", address, "shell", f"cat {BOOT_ID}").stdout.strip() == boot_id


def test_another_handset_on_the_same_cable(adb: Adb, address: str, handsets: SimHandsets) -> None:
    first = adb("-s", address, "shell", f"cat {BOOT_ID}").stdout
    handsets.swap(address, SimUnit("A57A000002"))
    adb("disconnect", address)
    link(adb, address)
    assert adb("-s", address, "shell", "getprop ro.serialno").stdout == "A57A000002\n"
    assert adb("-s", address, "shell", f"cat {BOOT_ID}").stdout not in ("", first)


@given(
    st.sampled_from([b"CNXN", b"OKAY", b"WRTE"]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=50),
)
def test_a_message_reads_back(command: bytes, first: int, second: int, data: bytes) -> None:
    packed = Message(command, first, second, data).pack()
    header = unpack_header(packed[: HEADER.size])
    assert (*header, packed[HEADER.size :]) == (command, first, second, len(data), data)


@given(st.binary(min_size=HEADER.size, max_size=HEADER.size))
def test_random_bytes_are_no_message(header: bytes) -> None:
    with pytest.raises(ValueError, match="not a message"):
        unpack_header(header)


def test_a_signature_of_another_token_is_no_proof() -> None:
    # A textbook key of 512 bits is enough for the arithmetic: n = p q, e d = 1 (mod phi).
    p = 2**255 + 95
    q = 2**256 - 189
    modulus, exponent = p * q, 65537
    token = bytes(range(20))
    head = bytes.fromhex("3021300906052b0e03021a05000414") + token
    size = (modulus.bit_length() + 7) // 8
    padded = b"\0\1" + b"\xff" * (size - len(head) - 3) + b"\0" + head
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    signature = pow(int.from_bytes(padded, "big"), secret, modulus).to_bytes(size, "big")
    key = PublicKey(modulus, exponent)
    assert key.signed(token, signature)
    assert not key.signed(token[::-1], signature)
    assert not key.signed(token, bytes(size))
