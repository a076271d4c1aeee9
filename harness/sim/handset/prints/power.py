"""Whether a simulated handset is awake: `dumpsys power` (PowerManagerService of AOSP)."""

from __future__ import annotations

from harness.sim.handset.state.answer import Programs, text
from harness.sim.handset.state.screen import Screen


def programs(screen: Screen) -> Programs:
    """The command that says it."""
    return {
        "dumpsys power": lambda *_: text(
            "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n"
            "  mDirty=0x0\n"
            f"  mWakefulness={'Awake' if screen.awake else 'Asleep'}\n"
            "  mWakefulnessChanging=false\n"
        )
    }
