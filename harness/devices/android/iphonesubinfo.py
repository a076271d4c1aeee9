"""IMEIs through `service call iphonesubinfo`: the command by version, and the reply.

Reply: Parcel::print of Android's libbinder: words of four bytes, little endian. They hold an
exception code, then a string in UTF-16 with its length in front (Parcel::writeString16).
"""

from __future__ import annotations

import re
import struct

from harness.model.reading import Reading, Unknown, Unreadable

_PACKAGE = "com.android.shell"
_HEAD, _TAIL = "Result: Parcel(", ")"
_LINE = re.compile(
    r" *(?:0x(?P<at>[0-9a-f]{8}): )?(?P<words>[0-9a-f]{8}(?: [0-9a-f]{8}){0,3}) +'[^\n]{0,16}'"
)


def command(sdk: int, slot: int, manufacturer: str) -> str:
    """The command that asks for the IMEI of a SIM slot, counted from 0.

    Transaction of getDeviceIdForPhone, after the table of device-info.sh of
    micro5k/microg-unofficial-installer: 2 in Android 5.0 (no package), 3 in 5.1 to 10, 4 from 11
    on; one more for Huawei's Android 9. From Android 15 (SDK 35) on it is **unverified** that 4
    still holds: the answer must be checked to be an IMEI, which it is by whoever builds one.
    """
    if sdk <= 21:
        return f"service call iphonesubinfo 2 i32 {slot}"
    code = 3 if sdk <= 29 else 4
    if sdk == 28 and manufacturer.lower() == "huawei":
        code += 1
    return f"service call iphonesubinfo {code} i32 {slot} s16 {_PACKAGE}"


def read_reply(output: str) -> Reading[str]:
    """The string of a reply, digits and zeros as they stand; unknown when it is null or empty.

    An exception (which ends with exit code 0) is Unreadable, with its message.
    """
    data = _bytes(output.replace("\r\n", "\n").strip())
    if isinstance(data, Unreadable):
        return data
    (exception,) = struct.unpack_from("<i", data)
    said = _string16(data[4:])
    if exception != 0:
        message = said.why if isinstance(said, Unreadable) else said
        return Unreadable(f"exception {exception}: {message}")
    return said or Unknown("null" if said is None else "empty string")


def _bytes(reply: str) -> bytes | Unreadable:
    """The bytes that a reply shows, at least one word."""
    if not (reply.startswith(_HEAD) and reply.endswith(_TAIL)):
        return Unreadable("no reply of `service call`", reply)
    words: list[int] = []
    for line in reply.removeprefix(_HEAD).removesuffix(_TAIL).lstrip("\n").split("\n"):
        match = _LINE.fullmatch(line)
        if not match or int(match["at"] or "0", 16) != 4 * len(words):
            return Unreadable("a line of the reply is no hexadecimal dump", line)
        words += [int(word, 16) for word in match["words"].split()]
    return struct.pack(f"<{len(words)}I", *words)


def _string16(data: bytes) -> str | Unreadable | None:
    """The string at the start, None for a null string."""
    if len(data) < 4:
        return Unreadable("the reply ends before its string", data.hex())
    (length,) = struct.unpack_from("<i", data)
    if length == -1:
        return None
    end = 4 + 2 * length
    if length < 0 or data[end : end + 2] != b"\0\0":
        return Unreadable(f"a string of {length} units does not fit the reply", data.hex())
    try:
        return data[4:end].decode("utf-16-le")
    except UnicodeDecodeError as error:
        return Unreadable(f"not UTF-16: {error.reason}", data.hex())
