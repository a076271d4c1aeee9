"""What `cmd phone get-imei N` says (Android 14 on).

Format: TelephonyShellCommand.handleGetImei of AOSP (packages/services/Telephony). Only root, and
only on a build that is not `user`, is told; all others get the same beginning of a line, on
stderr.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android.fields import whole_lines
from harness.devices.android.iphonesubinfo import imei_of
from harness.model.reading import Reading, Unknown, Unreadable

_ANSWER = re.compile(r"Device IMEI: ?(?P<said>.*)")
_DENIED = "Permission denied."


@dataclass(frozen=True, slots=True)
class PhoneImei:
    """`kind` is imei, denied or empty; `stream` and `exit_code` are those that go with it."""

    kind: str
    imei: Reading[str]
    stream: str
    exit_code: int


def command(slot: int) -> str:
    """The command that asks for the IMEI of a SIM slot, counted from 0 (its help says `-s`)."""
    return f"cmd phone get-imei {slot}"


def read_phone_imei(output: str) -> Reading[PhoneImei]:
    """The answer to `cmd phone get-imei`, of either stream."""
    lines, last = whole_lines(output)
    answers = {match["said"].strip() for line in lines if (match := _ANSWER.fullmatch(line))}
    if match := _ANSWER.fullmatch(last):
        said = match["said"].strip()  # may be cut: only what is whole by itself counts
        if not (said == _DENIED or isinstance(imei_of(said), str)):
            return Unreadable("the answer ends in the middle of a line", last)
        answers.add(said)
    if len(answers) != 1:
        return Unreadable(f"{len(answers)} answers to get-imei, expected one", output)
    said = answers.pop()
    if said == _DENIED:
        return PhoneImei("denied", Unknown("permission denied"), "stderr", 255)
    if said in ("", "null"):
        return PhoneImei("empty", Unknown(f"IMEI: {said!r}"), "stdout", 0)
    imei = imei_of(said)
    if isinstance(imei, Unreadable):
        return imei
    return PhoneImei("imei", imei, "stdout", 0)
