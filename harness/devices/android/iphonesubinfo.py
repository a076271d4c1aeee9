"""IMEIs through `service call iphonesubinfo`: the command by version, and the reply.

Reply: Parcel::print of Android's libbinder: words of four bytes, little endian. They hold an
exception code, then a string in UTF-16 with its length in front (Parcel::writeString16).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from harness.devices.android.fields import whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

_PACKAGE = "com.android.shell"
_HEAD = "Result: Parcel("
_LINE = re.compile(
    r"[ \t]*(?:0x(?P<at>[0-9a-f]{8}): )?(?P<words>[0-9a-f]{8}(?: [0-9a-f]{8}){0,3}) +"
    r"'[^\n]{0,16}'(?P<end>\)?) *"
)
_IMEI = re.compile(r"[0-9]{15}")
_HEADERS = (-127, -128)
"""Parcel.EX_HAS_NOTED_APPOPS_REPLY_HEADER and EX_HAS_STRICTMODE_REPLY_HEADER of android.os."""


def command(sdk: int, slot: int, manufacturer: str, *, root: bool = False) -> str:
    """The command that asks for the IMEI of a SIM slot, counted from 0.

    Transaction of getDeviceIdForPhone, after the table of device-info.sh of
    micro5k/microg-unofficial-installer: 2 in Android 5.0 (no package), 3 in 5.1 to 10, 4 from 11
    on; one more for Huawei's Android 9. Numbers count the methods of IPhoneSubInfo.aidl (AOSP,
    telephony/java/com/android/internal/telephony) in their order: it is still the fourth in the
    file that has what Android 15 and 16 added (getSimServiceTable, getGroupIdLevel2ForSubscriber).
    A vendor may have put another before it: the answer must be checked to be an IMEI.

    The service believes the package only of its own user, the shell's: where adbd is `root`, the
    call is made as uid 2000 (`su WHO COMMAND...`, AOSP system/extras/su/su.cpp).
    """
    who = "su 2000 " if root else ""
    if sdk <= 21:
        return f"{who}service call iphonesubinfo 2 i32 {slot}"
    code = 3 if sdk <= 29 else 4
    if sdk == 28 and manufacturer.lower() == "huawei":
        code += 1
    return f"{who}service call iphonesubinfo {code} i32 {slot} s16 {_PACKAGE}"


@dataclass(frozen=True, slots=True)
class SubscriberInfo:
    """`kind` is imei, empty (null, or no character), other or exception."""

    kind: str
    imei: Reading[str]
    exception: Reading[str]


def read_iphonesubinfo(output: str) -> Reading[SubscriberInfo]:
    """What a reply says of an IMEI; its check digit is for whoever judges it."""
    reply = _reply(output)
    if isinstance(reply, Unreadable):
        return reply
    if isinstance(reply, _Exception):
        return SubscriberInfo("exception", Unknown("exception"), reply.message)
    none = Unknown("no exception")
    if not reply:
        return SubscriberInfo("empty", Unknown("null" if reply is None else "empty string"), none)
    imei = imei_of(reply)
    return SubscriberInfo("other" if isinstance(imei, Unreadable) else "imei", imei, none)


def read_reply(output: str) -> Reading[str]:
    """The string of a reply, digits and zeros as they stand; unknown when it is null or empty.

    An exception (which ends with exit code 0) is Unreadable, with its message.
    """
    reply = _reply(output)
    if isinstance(reply, _Exception):
        return Unreadable(f"exception {reply.code}: {reply.message}")
    return reply or Unknown("null" if reply is None else "empty string")


def imei_of(said: str) -> Reading[str]:
    """What a handset says as an IMEI, if it is one by its form; only zeros are none written."""
    if not _IMEI.fullmatch(said):
        return Unreadable("an IMEI has 15 digits", said)
    return said if said.strip("0") else Unknown("only zeros: not written")


@dataclass(frozen=True, slots=True)
class _Exception:
    code: int
    message: str


def _reply(output: str) -> str | _Exception | Unreadable | None:
    """The string, None for a null string, or the exception."""
    data = _bytes(output)
    if isinstance(data, Unreadable):
        return data
    (code,) = struct.unpack_from("<i", data)
    if code in _HEADERS:
        return Unreadable(f"the reply begins with a header ({code}) that is not read here")
    said = _string16(data[4:])
    if code == 0:
        return said
    message = said.why if isinstance(said, Unreadable) else said
    return _Exception(code, message or f"exception {code} without a message")


def _bytes(output: str) -> bytes | Unreadable:
    """The bytes that a reply shows, at least one word; lines around it are not its own."""
    lines, last = whole_lines(output)
    lines.append(last)
    starts = [at for at, line in enumerate(lines) if line.startswith(_HEAD)]
    if len(starts) != 1:
        return Unreadable(f"no reply of `service call`, or not one: {len(starts)}", output)
    first = lines[starts[0]].removeprefix(_HEAD)
    words: list[int] = []
    for line in [first, *lines[starts[0] + 1 :]] if first else lines[starts[0] + 1 :]:
        match = _LINE.fullmatch(line)
        if not match or int(match["at"] or "0", 16) != 4 * len(words):
            return Unreadable("a line of the reply is no hexadecimal dump", line)
        words += [int(word, 16) for word in match["words"].split()]
        if match["end"]:
            return struct.pack(f"<{len(words)}I", *words)
    return Unreadable("the reply has no end", lines[-1])


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
