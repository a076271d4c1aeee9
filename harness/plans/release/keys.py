"""Ed25519 keys in the forms that ssh-keygen and openssl write (RFC 8032, RFC 8410, PROTOCOL.key).

`cryptography` is imported here and nowhere else; it costs 35 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import PlanError
from harness.plans.release.manifest import Manifest, Release, Signature, to_ms

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LARGEST_KEY = 1 << 16
_SSH_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_PUBLIC_BEGINS = (b"ssh-", b"-----BEGIN PUBLIC KEY-----")


def public_key(line: str) -> bytes:
    """The 32 bytes of a key written as `ssh-ed25519 AAAA... comment`.

    Raises: ValueError saying what is wrong with it.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    try:
        key = load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"no public key such as 'ssh-ed25519 AAAA...': {error}") from None
    if not isinstance(key, Ed25519PublicKey):
        kind = line.split(maxsplit=1)[0]
        raise ValueError(f"a key of another kind ({kind}): ssh-keygen -t ed25519")
    return key.public_bytes_raw()


def verifies(key: bytes, signature: str, statement: bytes) -> bool:
    """Whether whoever holds this public key signed this statement."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw = bytes.fromhex(signature)
        Ed25519PublicKey.from_public_bytes(key).verify(raw, statement)
    except (InvalidSignature, ValueError):
        return False
    return raw.hex() == signature  # spelt in one way only


class PrivateKey:
    """A person's private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    @classmethod
    def read(cls, path: Path, ask: Callable[[], str]) -> PrivateKey:
        """The key of a file; `ask` gives its passphrase when it has one.

        Raises: PlanError(RELEASE-KEY).
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST_KEY)
        except OSError as error:
            raise _bad_key(path, f"cannot be read: {error.strerror}") from None
        if content.startswith(_PUBLIC_BEGINS):
            raise _bad_key(path, "is the public half: name the private key")
        try:
            key = _load(content, ask)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _bad_key(
                path, f"is no private key, or not for this passphrase: {error}"
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise _bad_key(path, "is a key of another kind than Ed25519")
        return cls(key)

    def sign(self, manifest: Manifest, by: str, at: datetime) -> Signature:
        at = to_ms(at)
        return Signature(by, at, self._key.sign(manifest.statement(by, at)).hex())

    def signature_on(self, release: Release) -> Signature | None:
        """The signature that this key has made on the release already."""
        for each in release.signatures:
            if verifies(self.public, each.sig, release.manifest.statement(each.by, each.at)):
                return each
        return None


def _load(content: bytes, ask: Callable[[], str]) -> object:
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_ssh_private_key,
    )

    load = load_ssh_private_key if content.startswith(_SSH_BEGIN) else load_pem_private_key
    try:
        return load(content, None)
    except TypeError:  # it has a passphrase, as both loaders say
        return load(content, ask().encode())


def _bad_key(path: Path, why: str) -> PlanError:
    return PlanError("RELEASE-KEY", f"{path} {why}", evidence={"path": str(path)})
