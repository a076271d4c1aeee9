"""How Android runs on a simulated handset: what a reboot or a restart of adbd changes."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.sim.handset.state.answer import Answer, Program, Programs, failure, text

ROOT_UID, SHELL_UID = 0, 2000
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
    wiping: bool = False
    """Whether a factory reset was ordered, for which it goes down once it has answered."""
    ignores_reboot: bool = False
    boots_into: str = "device"
    lowered: bool = False
    """Whether what runs now was started as the shell's user by `su`."""

    @property
    def uid(self) -> int:
        """Whose the program is that runs now: root's or the shell's."""
        return ROOT_UID if self.root and not self.lowered else SHELL_UID

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
        return {"id": self._id, "cat /proc/uptime": self._uptime}

    def _uptime(self, _words: list[str], now_s: float) -> Answer:
        """How long its kernel runs, and has idled [s] (proc(5)); of its first boot, its clock."""
        up_s = max(0.0, now_s - max(0.0, self.booted_s))
        return text(f"{up_s:.2f} {up_s:.2f}\n")

    def _id(self, words: list[str], _now_s: float) -> Answer:
        if words != ["-u"]:
            return failure(f"id: Unknown option {' '.join(words)}", 1)
        return text(f"{self.uid}\n")

    def su(self, execute: Program) -> Program:
        """The program `su 2000 COMMAND...`, of builds that are not for users (AOSP su.cpp)."""

        def program(words: list[str], now_s: float) -> Answer:
            if words[:1] != [str(SHELL_UID)] or not words[1:]:
                return failure(f"su: invalid uid/gid '{' '.join(words[:1])}'", 1)
            self.lowered = True
            try:
                return execute(words[1:], now_s)
            finally:
                self.lowered = False

        return program
