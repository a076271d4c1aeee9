"""What a simulated handset says of NFC: `dumpsys nfc`; and its switch.

Layout: NfcService.dump of AOSP. One without NFC registers no such service.
"""

from __future__ import annotations

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.radios import SWITCH
from harness.sim.unit import SimUnit


def programs(unit: SimUnit) -> Programs:
    """The commands that switch NFC and tell of it; none where there is no NFC."""
    if not unit.nfc:
        return {"svc nfc": lambda *_: failure("java.lang.UnsupportedOperationException", 1)}

    def switch(words: list[str], _now_s: float) -> Answer:
        if len(words) != 1 or words[0] not in SWITCH:
            return failure("Control NFC functions", 1)
        unit.nfc_on = SWITCH[words[0]]
        return Answer()

    def dump(_words: list[str], _now_s: float) -> Answer:
        return text(
            f"mState={'on' if unit.nfc_on else 'off'}\nmAlwaysOnState=off\n"
            "mIsZeroClickRequested=false\nmScreenState=ON_UNLOCKED\nmIsSecureNfcEnabled=false\n"
            "mTechMask: 0\nmEnableReaderMode: false\nmIsReaderOptionEnabled=true\n"
        )

    return {"svc nfc": switch, "dumpsys nfc": dump}
