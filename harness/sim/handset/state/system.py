"""How Android runs on a simulated handset: what a reboot or a restart of adbd changes."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.sim.handset.state.answer import Answer, Programs, failure, text

BOOT_ID = "/proc/sys/kernel/random/boot_id"


def _new_boot() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True)
class System:
    """Which boot it is, whether adbd is root, and from when on `sys.boot_completed` is 1 [s].

    A test may have it ignore the order to restart, or boot into another mode than Android.
    """

    root: bool = False
    booted_s: float = -math.inf
    boot_id: str = field(default_factory=_new_boot)
    ignores_reboot: bool = False
    boots_into: str = "device"

    def booted(self, now_s: float) -> bool:
        return now_s >= self.booted_s

    def boot(self, booted_s: float) -> None:
        """Begin another boot, which is complete at a time [s]."""
        self.root = False
        self.booted_s = booted_s
        self.boot_id = _new_boot()

    def files(self) -> Mapping[str, Callable[[], str]]:
        return {BOOT_ID: lambda: f"{self.boot_id}\n"}

    def programs(self) -> Programs:
        return {"id": self._id}

    def _id(self, words: list[str], _now_s: float) -> Answer:
        if words != ["-u"]:
            return failure(f"id: Unknown option {' '.join(words)}", 1)
        return text("0\n" if self.root else "2000\n")
