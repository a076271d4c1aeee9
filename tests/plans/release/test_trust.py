"""Whom production believes, and that the station cannot change that."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from harness.errors import PlanError
from harness.plans.release.keys import PrivateKey
from harness.plans.release.trust import read_trust
from tests.plans.release.releasing import ALICE, BOB, BOTH, MALLORY, release
from tests.short import code_of

HEAD = "schema: 1\npeople:\n"
NOBODY = 65534
AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can put a file where this user cannot write"
)


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], list[str]]:
    """The problems of a trust file, without its name."""

    def of(text: str) -> list[str]:
        path = tmp_path / "trust.yaml"
        path.write_text(text)
        with pytest.raises(PlanError) as caught:
            read_trust(path)
        assert caught.value.code == "RELEASE-TRUST"
        return [p.removeprefix(f"{path}:") for p in caught.value.evidence["problems"]]

    return of


@AS_ROOT
def test_a_trust_file_names_people_and_their_keys(tmp_path: Path) -> None:
    path = tmp_path / "trust.yaml"
    path.write_text(f"{HEAD}  alice: '{ALICE.public} alice@pc'\n  bob: '{BOB.public}'\n")
    found = read_trust(path)
    assert list(found.people) == ["alice", "bob"]
    assert found.people["alice"] == PrivateKey(ALICE.key).public
    assert len(found.file.sha256) == 64


def other_kind() -> str:
    key = generate_private_key(SECP256R1()).public_key()
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


WRONG = {
    "  alice: ssh-ed25519\n": "3:10: no public key",
    "  alice: 'ssh-ed25519 AAAA'\n": "3:10: no public key",
    f"  alice: '{other_kind()}'\n": "3:10: a key of another kind (ecdsa-sha2-nistp256)",
    "  alice: 7\n": "3:10: expected a public key such as 'ssh-ed25519 AAAA...'",
    f"  'al ice': '{ALICE.public}'\n": "3:3: a person's name has letters",
    f"  alice: '{ALICE.public}'\n  bob: '{ALICE.public} b'\n": "4:8: this is the key of alice too",
    f"  alice: '{ALICE.public}'\n  alice: '{BOB.public}'\n": "4:3: the key 'alice' is already",
    "  {}\n": "3:3: expected at least 1 keys",
}


@AS_ROOT
@pytest.mark.parametrize(("text", "problem"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_wrong_with_it_is_told_at_its_place(
    told: Callable[[str], list[str]], text: str, problem: str
) -> None:
    (found,) = told(HEAD + text)
    assert found.startswith(problem)


def test_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert code_of(partial(read_trust, tmp_path / "none" / "trust.yaml")) == "RELEASE-TRUST"


@AS_ROOT
@pytest.mark.parametrize(
    ("place", "mode"), [("trust.yaml", 0o666), ("trust.yaml", 0o620), (".", 0o777), ("..", 0o775)]
)
def test_root_refuses_one_that_others_could_write_or_replace(
    tmp_path: Path, place: str, mode: int
) -> None:
    folder = tmp_path / "over" / "etc"
    folder.mkdir(parents=True)
    path = folder / "trust.yaml"
    path.write_text(f"{HEAD}  alice: '{ALICE.public}'\n")
    read_trust(path)
    (folder / place).resolve().chmod(mode)
    with pytest.raises(PlanError, match="can be written by others") as caught:
        read_trust(path)
    assert caught.value.code == "RELEASE-TRUST"
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    assert code_of(partial(read_trust, link)) == "RELEASE-TRUST"


@AS_ROOT
@pytest.mark.parametrize("place", ["trust.yaml", ".", ".."])
def test_root_refuses_one_that_another_user_owns(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "over" / "etc"
    folder.mkdir(parents=True)
    path = folder / "trust.yaml"
    path.write_text(f"{HEAD}  alice: '{ALICE.public}'\n")
    read_trust(path)
    owned = (folder / place).resolve()
    for mode in (owned.stat().st_mode, 0o1555):  # sticky: its owner may still move what is in it
        owned.chmod(mode)
        os.chown(owned, NOBODY, NOBODY)
        with pytest.raises(PlanError, match=rf"another user than root \(uid {NOBODY}\)") as caught:
            read_trust(path)
        assert caught.value.code == "RELEASE-TRUST"
        os.chown(owned, 0, 0)


@AS_ROOT
def test_the_file_that_is_read_is_the_one_that_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody puts another file in its place between the look and the reading."""
    path, other = tmp_path / "trust.yaml", tmp_path / "other.yaml"
    path.write_text(f"{HEAD}  alice: '{ALICE.public}'\n")
    other.write_text(f"{HEAD}  mallory: '{MALLORY.public}'\n")
    look = os.fstat

    def look_then_swap(descriptor: int) -> os.stat_result:
        found = look(descriptor)
        if other.exists():
            other.replace(path)
        return found

    monkeypatch.setattr(os, "fstat", look_then_swap)
    assert list(read_trust(path).people) == ["alice"]
    assert not other.exists()


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "trust.yaml")
    with pytest.raises(PlanError, match="no regular file") as caught:
        read_trust(tmp_path / "trust.yaml")
    assert caught.value.code == "RELEASE-TRUST"


@pytest.mark.skipif(os.geteuid() == 0, reason="about an ordinary user")
@pytest.mark.parametrize("mode", [0o644, 0o444])
def test_an_ordinary_user_is_refused_his_own_file_whatever_its_mode(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "trust.yaml"
    path.write_text(f"{HEAD}  alice: '{ALICE.public}'\n")
    path.chmod(mode)
    with pytest.raises(PlanError, match="belongs to the user") as caught:
        read_trust(path)
    assert caught.value.code == "RELEASE-TRUST"


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder of root that everybody may enter, wherever this run has its own."""
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def as_nobody(path: Path) -> str:
    """The code of the fault when an ordinary user reads it; empty when he believes it."""
    os.seteuid(NOBODY)
    try:
        read_trust(path)
    except PlanError as error:
        return error.code
    finally:
        os.seteuid(0)
    return ""


@AS_ROOT
def test_an_ordinary_user_believes_what_only_root_can_write(shared: Path) -> None:
    folder = shared / "etc"
    folder.mkdir()
    path = folder / "trust.yaml"
    path.write_text(f"{HEAD}  alice: '{ALICE.public}'\n")
    assert as_nobody(path) == ""
    for place, mode in ((path, 0o666), (folder, 0o777)):
        before = place.stat().st_mode
        place.chmod(mode)
        assert as_nobody(path) == "RELEASE-TRUST"
        place.chmod(before)
    for place in (path, folder):
        place.chmod(0o555)
        os.chown(place, NOBODY, NOBODY)
        assert as_nobody(path) == "RELEASE-TRUST"
        os.chown(place, 0, 0)
    assert as_nobody(path) == ""


KEYS = {
    "openssh": (ALICE.private(), ""),
    "openssh with a passphrase": (ALICE.private(passphrase="secret"), "secret"),
    "pem": (ALICE.private(PrivateFormat.PKCS8), ""),
    "pem with a passphrase": (ALICE.private(PrivateFormat.PKCS8, "secret"), "secret"),
}


@pytest.mark.parametrize(("content", "passphrase"), KEYS.values(), ids=KEYS)
def test_keys_are_read_in_their_standard_forms(
    tmp_path: Path, content: bytes, passphrase: str
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    asked: list[str] = []

    def ask() -> str:
        asked.append("asked")
        return passphrase

    key = PrivateKey.read(path, ask)
    assert len(asked) == bool(passphrase)
    assert key.public == PrivateKey(ALICE.key).public
    assert key.signature_on(ALICE.sign(release()))


def test_a_key_of_ssh_keygen_signs(tmp_path: Path) -> None:
    path = tmp_path / "id"
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-C", "alice", "-f", str(path)]
    try:
        subprocess.run(made, check=True, timeout=30)
    except FileNotFoundError:
        pytest.skip("this PC has no ssh-keygen")
    assert len(PrivateKey.read(path, lambda: "secret").public) == 32


BAD_KEYS = {
    "another passphrase": ALICE.private(passphrase="other"),
    "empty": b"",
    "no key": b"junk\n" * 50_000,
    "cut": ALICE.private()[:150],
    "public": ALICE.public.encode(),
    "another kind": generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ),
}


@pytest.mark.parametrize("content", BAD_KEYS.values(), ids=BAD_KEYS)
def test_what_is_no_key_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(PlanError, match=str(path)) as caught:
        PrivateKey.read(path, lambda: "secret")
    assert caught.value.code == "RELEASE-KEY"
    assert code_of(lambda: PrivateKey.read(tmp_path / "none", str)) == "RELEASE-KEY"


PEM_PUBLIC = ALICE.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("content", [ALICE.public.encode(), PEM_PUBLIC], ids=["openssh", "pem"])
def test_the_public_half_of_a_key_is_told_from_junk(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "id.pub"
    path.write_bytes(content)
    with pytest.raises(PlanError, match=r"id\.pub is the public half: name the private key"):
        PrivateKey.read(path, str)


def test_who_may_sign_is_known_by_name_and_key() -> None:
    alice, mallory = PrivateKey(ALICE.key).public, PrivateKey(MALLORY.key).public
    BOTH.check_name("bob")
    BOTH.check_key("alice", alice)
    for refused in (
        lambda: BOTH.check_name("mallory"),
        lambda: BOTH.check_key("mallory", mallory),
        lambda: BOTH.check_key("bob", alice),
        lambda: BOTH.check_key("bob", mallory),
    ):
        assert code_of(refused) == "RELEASE-STRANGER"
