"""The adb wire: messages and the proof of a key. Pure.

Sources: protocol.txt and the auth code of adb (system/core/adb); the public key is Android's
mincrypt RSAPublicKey in base64, the signature PKCS #1 v1.5 with SHA-1 (RFC 8017 clause 8.2).
"""

from __future__ import annotations

import base64
import struct
from typing import NamedTuple

VERSION = 0x01000001
"""The first version whose messages carry no checksum."""
MAX_DATA = 1 << 20
TOKEN_BYTES = 20
AUTH_TOKEN, AUTH_SIGNATURE, AUTH_PUBLIC_KEY = 1, 2, 3
HEADER = struct.Struct("<6I")
_SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")


class Message(NamedTuple):
    """One message: a command of four letters, two arguments, a payload."""

    command: bytes
    first: int
    second: int
    data: bytes = b""

    def pack(self) -> bytes:
        number = int.from_bytes(self.command, "little")
        head = HEADER.pack(number, self.first, self.second, len(self.data), 0, number ^ 0xFFFFFFFF)
        return head + self.data


def unpack_header(header: bytes) -> tuple[bytes, int, int, int]:
    """Command, the two arguments and the length of the payload.

    Raises: ValueError when it is no header.
    """
    number, first, second, size, _, magic = HEADER.unpack(header)
    if magic != number ^ 0xFFFFFFFF or size > MAX_DATA:
        raise ValueError("not a message of adb")
    return number.to_bytes(4, "little"), first, second, size


class PublicKey(NamedTuple):
    """An RSA key: modulus and exponent."""

    modulus: int
    exponent: int

    @classmethod
    def parse(cls, text: bytes) -> PublicKey:
        """The key of an `adbkey.pub`: word count, n0inv, modulus, R^2, exponent."""
        raw = base64.b64decode(text.rstrip(b"\0").split(b" ")[0])
        (words,) = struct.unpack_from("<I", raw)
        modulus = int.from_bytes(raw[8 : 8 + words * 4], "little")
        (exponent,) = struct.unpack_from("<I", raw, 8 + words * 8)
        return cls(modulus, exponent)

    def signed(self, token: bytes, signature: bytes) -> bool:
        """Whether this signature of the token (which stands for a SHA-1 hash) is of this key."""
        size = (self.modulus.bit_length() + 7) // 8
        opened = pow(int.from_bytes(signature, "big"), self.exponent, self.modulus)
        expected = _SHA1_INFO + token
        padding = b"\xff" * (size - len(expected) - 3)
        return opened.to_bytes(size, "big") == b"\0\1" + padding + b"\0" + expected
