"""The factory reset of a simulated handset, and the apps that the line has put on it.

Prints after ActivityManagerShellCommand and PackageManagerShellCommand of AOSP.
"""

from __future__ import annotations

from itertools import pairwise

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.system import System
from harness.sim.unit import SimUnit

FACTORY_RESET = "android.intent.action.FACTORY_RESET"


def programs(unit: SimUnit, system: System) -> Programs:
    """The commands that wipe it and remove apps; those of the system's image stay."""

    def broadcast(words: list[str], _now_s: float) -> Answer:
        action = dict(pairwise(words)).get("-a", "")
        if action == FACTORY_RESET and "handover.no_wipe" not in unit.defects:
            system.wiping = True
        named = f"Intent {{ act={action} flg=0x10400000 pkg=android }}"
        return text(f"Broadcasting: {named}\nBroadcast completed: result=0\n")

    def uninstall(words: list[str], _now_s: float) -> Answer:
        if words[-1:] != [unit.test_app] or "handover.test_app" in unit.defects:
            return failure("Failure [DELETE_FAILED_INTERNAL_ERROR]", 1)
        unit.test_app = ""
        return text("Success\n")

    return {"am broadcast": broadcast, "pm uninstall": uninstall}
