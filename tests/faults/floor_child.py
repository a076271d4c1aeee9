"""A station on a line of its parent that tests all slots until it is killed, and says what begins.

python -m tests.faults.floor_child STORE WIRED.json
> begun RUN SLOT           a run has begun
> at SLOT STEP             a step of it begins
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from harness.sim.line import SlotWires
from tests.faults.floor import When, Wired, floor_on
from tests.station.station_process import die_with


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(store: Path, wired: dict[int, Wired], parent: int) -> None:
    die_with(parent)

    def tell(slot: int, step: str, when: When) -> None:
        if when is When.BEFORE:
            say("at", slot, step)

    with floor_on(store, wired) as rig:
        rig.test_all(tell, begun=lambda run, slot: say("begun", run, slot))


def read(text: str) -> dict[int, Wired]:
    slots = json.loads(text).items()
    return {int(n): Wired(**{**each, "wires": SlotWires(**each["wires"])}) for n, each in slots}


if __name__ == "__main__":
    main(Path(sys.argv[1]), read(Path(sys.argv[2]).read_text()), os.getppid())
