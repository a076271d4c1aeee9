"""The adb key of a station: kept safe or refused, and the one that the real server signs with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.devices.adb import AdbServer
from harness.devices.adb.keys import key_home, key_path, read_key
from harness.devices.adb.process import find_adb
from harness.errors import StationFault
from harness.sim.handset import SimHandsets
from tests.devices.adb.rig import unit
from tests.short import code_of, lease

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def made(folder: Path) -> Path:
    """A key as adb makes it, in a folder of its owner alone."""
    folder.mkdir(mode=0o700)
    subprocess.run([find_adb(), "keygen", folder / "line"], check=True, env={"HOME": str(folder)})
    return folder / "line"


@pytest.fixture
def line_key(tmp_path: Path) -> Path:
    return made(tmp_path / "line")


def test_the_public_half_is_the_one_that_adb_wrote(line_key: Path) -> None:
    key = read_key(line_key)
    assert key.public_path.name == "line.pub"
    assert key.public == key.public_path.read_text()


def test_the_fingerprint_is_the_one_that_a_handset_shows(line_key: Path) -> None:
    key = read_key(line_key)
    decoded = subprocess.run(
        ["base64", "-d"], input=key.public.split()[0].encode(), capture_output=True, check=True
    )
    summed = subprocess.run(["md5sum"], input=decoded.stdout, capture_output=True, check=True)
    bare = summed.stdout.split()[0].decode().upper()
    assert key.fingerprint == ":".join(bare[at : at + 2] for at in range(0, 32, 2))


def test_a_stale_public_half_beside_it_deceives_nobody(line_key: Path, tmp_path: Path) -> None:
    told = read_key(line_key).public
    other = read_key(made(tmp_path / "other"))
    line_key.with_name("line.pub").write_text(other.public)
    assert read_key(line_key).public == told != other.public


def test_the_servers_own_key_is_made_when_missing_and_stays(state: Path) -> None:
    home = key_home(None)
    assert home == state / "harness" / "adb"
    assert not key_path(None).exists()
    with AdbServer(home=home):
        assert home.stat().st_mode & 0o777 == 0o700
    first = read_key(key_path(None))
    with AdbServer(home=key_home(None)):
        assert read_key(key_path(None)) == first


def test_a_handset_that_trusts_the_lines_key_alone_takes_it_and_no_other(
    line_key: Path, tmp_path: Path, handsets: SimHandsets
) -> None:
    trusts = read_key(line_key).public.encode()
    address = handsets.add(unit(), trusts=trusts)
    own = made(tmp_path / "own")
    for key, ending in ((own, "ADB-UNAUTHORIZED"), (None, "ADB-UNAUTHORIZED"), (line_key, "")):
        with AdbServer(home=key_home(key)) as server:
            if ending:
                assert code_of(lambda: server.connect(address, lease())) == ending
                continue
            server.connect(address, lease())
            assert [device.state for device in server.devices(lease())] == ["device"]


def test_two_keys_have_two_homes_and_each_stays_where_it_is(line_key: Path, tmp_path: Path) -> None:
    other = made(tmp_path / "other")
    assert key_home(line_key) != key_home(other)
    assert key_home(line_key) == key_home(line_key)
    assert (key_home(line_key) / ".android" / "adbkey").resolve() == line_key


def test_a_home_whose_link_leads_elsewhere_is_set_right(line_key: Path, tmp_path: Path) -> None:
    link = key_home(line_key) / ".android" / "adbkey"
    link.unlink()
    link.symlink_to(made(tmp_path / "other"))
    assert (key_home(line_key) / ".android" / "adbkey").resolve() == line_key


def to_others(key: Path) -> None:
    key.chmod(0o640)


def folder_to_others(key: Path) -> None:
    key.parent.chmod(0o750)


def emptied(key: Path) -> None:
    key.write_bytes(b"")


def no_pem(key: Path) -> None:
    key.write_text("ssh-rsa AAAA me\n")


def cut(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:900])


def in_a_checkout(key: Path) -> None:
    (key.parent.parent / ".git").mkdir()


def a_folder(key: Path) -> None:
    key.unlink()
    key.mkdir(0o700)


def a_pipe(key: Path) -> None:
    key.unlink()
    os.mkfifo(key, 0o600)


def removed(key: Path) -> None:
    key.unlink()


def looping(key: Path) -> None:
    key.unlink()
    key.symlink_to(key)


BROKEN: dict[Callable[[Path], None], tuple[str, str]] = {
    to_others: (r"line/line is open to others \(mode 640\)", "chmod 600"),
    folder_to_others: (r"line is open to others \(mode 750\)", "chmod 700"),
    emptied: ("is empty", "do not make a new one"),
    no_pem: ("begins with b'ssh-rsa", "do not make a new one"),
    cut: ("is no key for adb", "do not make a new one"),
    in_a_checkout: ("lies in the checkout", "out of the checkout"),
    a_folder: ("is no file", "Name the file"),
    a_pipe: ("is no file", "Name the file"),
    removed: ("cannot be read", "keygen"),
    looping: ("cannot be read", "keygen"),
}


@pytest.mark.parametrize("harm", BROKEN, ids=lambda harm: harm.__name__)
def test_a_key_that_cannot_be_trusted_is_refused_and_never_replaced(
    line_key: Path, harm: Callable[[Path], None]
) -> None:
    harm(line_key)
    what, remedy = BROKEN[harm]
    with pytest.raises(StationFault, match=what) as refused:
        key_home(line_key)
    assert refused.value.code == "ADB-KEY"
    assert remedy in refused.value.remedy
    assert str(line_key) in refused.value.message


@pytest.mark.parametrize("harm", [to_others, emptied, cut, looping], ids=lambda h: h.__name__)
def test_this_users_own_key_is_held_to_the_same(harm: Callable[[Path], None]) -> None:
    with AdbServer(home=key_home(None)):
        pass
    harm(key_path(None))
    assert code_of(lambda: key_home(None)) == "ADB-KEY"


@as_root
@pytest.mark.parametrize("up", [0, 1])
def test_a_key_of_somebody_else_is_refused(line_key: Path, up: int) -> None:
    os.chown([line_key, line_key.parent][up], 12345, -1)
    with pytest.raises(StationFault, match="belongs to uid 12345"):
        read_key(line_key)


def test_a_link_is_judged_by_what_it_leads_to(line_key: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(line_key)
    assert read_key(link).fingerprint == read_key(line_key).fingerprint
    to_others(line_key)
    with pytest.raises(StationFault, match="open to others"):
        read_key(link)


def test_a_state_folder_that_cannot_be_made_is_told(
    line_key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    for key in (None, line_key):
        assert code_of(lambda: key_home(key)) == "ADB-KEY"  # noqa: B023
