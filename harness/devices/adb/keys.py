"""The station's adb key: where it lies, whether it is kept safe, and what a handset shows of it.

The adb server signs with `.android/adbkey` of its home and makes that key when it is missing
(adb, client/auth.cpp: load_userkey). So the home is made such that the one wanted key lies there.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
import subprocess
from dataclasses import dataclass
from hashlib import md5, sha256
from pathlib import Path

from harness.devices.adb.connection import decode
from harness.devices.adb.process import find_adb
from harness.errors import StationFault

ON_HANDSETS = "/product/etc/security/adb_keys"
"""Where a factory image holds the public halves that it trusts (AOSP: adbd, auth.cpp)."""

_IN_HOME = Path(".android", "adbkey")
_CHECKOUTS = (".git", ".hg", ".svn")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BEGINS = (b"-----BEGIN PRIVATE KEY-----", b"-----BEGIN RSA PRIVATE KEY-----")
_PUBKEY_S = 10.0
_RESTORE = "Put the line's key back from where it is kept; do not make a new one."


@dataclass(frozen=True, slots=True)
class AdbKey:
    """A private key that is fit for use. `public` is its public half, as a line of adb_keys."""

    path: Path
    public: str

    @property
    def public_path(self) -> Path:
        """Where adb writes the public half."""
        return self.path.with_name(f"{self.path.name}.pub")

    @property
    def fingerprint(self) -> str:
        """What the handset shows when it asks whether to trust this PC.

        MD5 of the decoded public half (AOSP, AdbDebuggingManager.getFingerprints).
        """
        raw = base64.b64decode(self.public.split(" ")[0])
        return md5(raw, usedforsecurity=False).digest().hex(":").upper()


def key_path(wanted: Path | None) -> Path:
    """The key that a station uses: the one of its file, else this user's own."""
    return wanted or _state() / "adb" / _IN_HOME


def key_home(wanted: Path | None) -> Path:
    """A home for an adb server that uses this key and no other.

    Without `wanted` it is this user's own, in which the server makes a key if there is none.

    Raises: StationFault(ADB-KEY) when the key is missing, unreadable or not kept safe.
    """
    if wanted is None:
        home = _made(_state() / "adb")
        if os.path.lexists(home / _IN_HOME):
            read_key(home / _IN_HOME)
        return home
    target = read_key(wanted).path.resolve()
    home = _made(_state() / "adb-keys" / sha256(bytes(target)).hexdigest()[:16])
    _link(home / _IN_HOME, target)
    return home


def read_key(path: Path) -> AdbKey:
    """The key in a file.

    Raises: StationFault(ADB-KEY) when it is missing, others may read or replace it, it lies in a
    checkout, or it is no private key.
    """
    try:
        if wrong := _kept_unsafely(path.resolve(strict=True)):
            raise _fault(path, *wrong)
        begin = path.read_bytes()[:80]
    except (OSError, RuntimeError) as error:
        remedy = "Name a key that this user can read; `adb keygen FILE` makes one."
        raise _fault(path, f"cannot be read: {error}", remedy) from error
    if not begin.startswith(_BEGINS):
        said = "is empty" if not begin.strip() else f"begins with {begin.splitlines()[0]!r:.60}"
        raise _fault(path, f"{said}, expected {decode(_BEGINS[0])}", _RESTORE)
    return AdbKey(path, _public_half(path))


def _kept_unsafely(path: Path) -> tuple[str, str] | None:
    """What is wrong with how a file is kept, and what to do about it."""
    if not stat.S_ISREG(path.stat().st_mode):
        return "is no file", "Name the file of the private key."
    for place, rights in ((path.parent, "700"), (path, "600")):
        found = place.stat()
        if found.st_uid != os.geteuid():
            owner = f"uid {found.st_uid}"
            do = f"Give it to the user of the station, who is uid {os.geteuid()}: sudo chown."
            return f"{place} belongs to {owner}", do
        if found.st_mode & _OTHERS:
            mode = stat.S_IMODE(found.st_mode)
            return f"{place} is open to others (mode {mode:o})", f"chmod {rights} {place}"
    for folder in path.parents:
        if any((folder / mark).exists() for mark in _CHECKOUTS):
            do = "Move the key out of the checkout, and make a new one if it was ever committed."
            return f"lies in the checkout {folder}", do
    return None


def _public_half(path: Path) -> str:
    """What adb itself makes of the private key: a `.pub` beside it may be of another."""
    try:
        told = subprocess.run(  # noqa: S603 (all words are ours)
            [find_adb(), "pubkey", path],
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PUBKEY_S,
            start_new_session=True,  # it must not ask the terminal for a passphrase
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StationFault("ADB-SERVER", f"cannot run adb: {error}") from error
    public = decode(told.stdout).strip()
    try:
        whole = len(base64.b64decode(public.split(" ")[0], validate=True)) > 0
    except binascii.Error:
        whole = False
    if told.returncode or not whole:
        raise _fault(path, f"is no key for adb: {decode(told.stderr).strip():.300}", _RESTORE)
    return public


def _made(home: Path) -> Path:
    """The home, for its owner alone."""
    folder = home / _IN_HOME.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in (home, folder):
            each.chmod(0o700)
    except OSError as error:
        raise _fault(
            home, f"its folder cannot be made: {error}", "Give it to this user."
        ) from error
    return home


def _link(link: Path, target: Path) -> None:
    """Have the name lead to the key, at any moment to it or to what was there before."""
    if link.is_symlink() and link.readlink() == target:
        return
    new = link.with_name(f"{link.name}.{os.getpid()}")
    try:
        new.unlink(missing_ok=True)
        new.symlink_to(target)
        new.replace(link)
    except OSError as error:
        raise _fault(link, f"cannot be made: {error}", "Give its folder to this user.") from error


def _state() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state, "harness")


def _fault(path: Path, what: str, remedy: str) -> StationFault:
    return StationFault("ADB-KEY", f"adb key {path}: {what}", remedy=remedy)
