"""Whether a handset has NFC, and whether it is on: `dumpsys nfc`.

Format: NfcService.dump of AOSP, whose first line is `mState=` with a word of stateToString.
Samsung's says `State: ` in its place. On a handset without NFC no such service is registered.
"""

from __future__ import annotations

import re

from harness.devices.android.fields import no_dump, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys nfc"
ON, OFF = "on", "off"
_STATE = re.compile(r"(?:mState=|State: )(?P<state>.*)")
_STATES = (OFF, "turning on", ON, "turning off")
_ABSENT = "Can't find service: nfc"


def read_nfc(out: str, err: str = "") -> Reading[str]:
    """`on`, `off`, `turning on` or `turning off`; Unknown where there is no such service.

    `dumpsys` ends with 0 where there is none, and complains on its error stream.
    """
    if _ABSENT in (line.strip() for text in (out, err) for line in text.split("\n")):
        return Unknown(_ABSENT)
    lines, _ = whole_lines(out)
    said = {match["state"].strip() for line in lines if (match := _STATE.fullmatch(line))}
    if len(said) != 1:
        return no_dump(f"{len(said)} lines of mState, expected one", out or err)
    state = said.pop()
    return state if state in _STATES else Unreadable("no state of NFC", state)
