"""A simulated handset in a process of its own, which outlives the station that tests it.

python -m tests.station.handset_process
> 127.0.1.1:40001          its address
< state                    > everything that can be changed on it, as JSON
< watch                    counts commands from 0
< kill PID N               > armed; kills the process once N more commands have had effect
< hold N                   > armed; the Nth command has its effect, and does not end
< damage                   cuts off the end of the note of what was found
< count                    > how many commands it was given since `watch`
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.handset.state.answer import Answer
from harness.sim.unit import SimUnit
from harness.steps.undoing.undo import NOTE
from tests.steps.state import state_of

SETUP = (
    "settings put global device_provisioned 0; settings delete secure user_setup_complete; "
    "settings put global stay_on_while_plugged_in 2; svc wifi enable; "
    "pm grant com.oplus.camera android.permission.CAMERA"
)
PICTURES = {"/sdcard/DCIM/Camera/1.jpg": b"mine", "/sdcard/DCIM/Screenshots/a b.png": b"mine, too"}


class Executioner:
    """Counts the commands of a handset, and kills a process after one of them."""

    def __init__(self, behaviour: HandsetBehaviour) -> None:
        self._run = behaviour.run
        self.count = 0
        self._armed, self._victim, self._left = False, 0, 0
        behaviour.run = self._counted  # type: ignore[method-assign]

    def arm(self, after: int, victim: int = 0) -> None:
        """Let the command after which it dies never end; without a victim it does just that."""
        self._armed, self._victim, self._left = True, victim, after

    def _counted(self, command: str, now_s: float) -> Answer:
        answer = self._run(command, now_s)
        self.count += 1
        self._left -= 1
        if not self._armed or self._left > 0:
            return answer
        self._armed = False
        if self._victim:
            os.kill(self._victim, signal.SIGKILL)
        return answer._replace(takes_s=math.inf)


def prepare(behaviour: HandsetBehaviour) -> None:
    """Make it a handset with a state that is nowhere as it comes out of the box."""
    behaviour.run(SETUP, 0.0)
    behaviour.files |= PICTURES


class HandsetProcess:
    """The process, from its parent."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child
        self.address = self._line()

    def state(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._ask("state"))
        return said

    def count(self) -> int:
        return int(self._ask("count"))

    def damage(self) -> None:
        self._ask("damage")

    def watch(self) -> None:
        self._ask("watch")

    def kill(self, pid: int, after: int) -> None:
        self._ask(f"kill {pid} {after}")

    def hold(self, after: int) -> None:
        self._ask(f"hold {after}")

    def _ask(self, words: str) -> str:
        assert self._child.stdin
        self._child.stdin.write(words + "\n")
        self._child.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self._child.stdout
        return self._child.stdout.readline().strip()


@contextmanager
def handset_process() -> Iterator[HandsetProcess]:
    """A handset that lives as long as the block."""
    command = [sys.executable, "-m", "tests.station.handset_process"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        try:
            yield HandsetProcess(child)
        finally:
            assert child.stdin
            child.stdin.close()  # it ends with its input


def say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    with SimHandsets(speed=10) as handsets:
        address = handsets.add(SimUnit("A57A000001"))
        behaviour = handsets.behaviour(address)
        prepare(behaviour)
        executioner = Executioner(behaviour)
        say(address)
        for line in sys.stdin:
            match line.split():
                case ["state"]:
                    say(json.dumps(state_of(behaviour)))
                case ["count"]:
                    say(executioner.count)
                case ["damage"]:
                    behaviour.files[NOTE] = behaviour.files[NOTE][:-30]
                    say("damaged")
                case ["watch"]:
                    executioner.count = 0
                    say("watching")
                case ["kill", pid, after]:
                    executioner.arm(int(after), int(pid))
                    say("armed")
                case ["hold", after]:
                    executioner.arm(int(after))
                    say("armed")


if __name__ == "__main__":
    main()
