"""A station that lives runs in some threads until it is killed, and says what was promised."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from threading import Thread

from harness.clock import SystemClock
from harness.model.entry import Reworked
from harness.model.ids import new_run_id
from harness.records.recorder import Recorder
from tests.records.runs import DOCUMENTS, lived


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def live(recorder: Recorder, seed: int) -> None:
    chance = random.Random(seed)
    while True:
        now = SystemClock().utc()
        number = chance.randrange(10**5)
        bad, together = chance.random() < 0.3, chance.random() < 0.5
        run = new_run_id(now)
        life = lived(run, started=now, seed=number, bad=bad, together=together, steps=5)
        recorder.begin(life.events[0], DOCUMENTS)
        say("begun", life.run)
        for event in life.events[1:]:
            recorder.write(event)
        say("sealed", life.run, recorder.seal(life.builder.build()))
        if bad:
            say("entered", recorder.enter(Reworked(f"A57A{number:06}", "ben", "a new board")).id)


def main(path: Path, seed: int) -> None:
    recorder = Recorder(path)
    threads = [Thread(target=live, args=(recorder, 10 * seed + n)) for n in range(3)]
    for thread in threads:
        thread.start()


main(Path(sys.argv[1]), int(sys.argv[2]))
