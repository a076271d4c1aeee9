"""kill -9 at any moment loses nothing that was promised."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from harness.model.outcome import Outcome
from harness.records.chain import verify
from harness.records.codec import sha256
from harness.records.query import Reader
from harness.records.recorder import Recorder

ROUNDS = 6
MOST_ROUNDS = 60  # a kill may by chance hit a station between two runs


def live_and_kill(path: Path, seed: int) -> list[list[str]]:
    """What a station promised, each line in words, before it was killed at a random moment."""
    chance = random.Random(seed)
    command = [sys.executable, "-m", "tests.records.station_child", str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        lines = [child.stdout.readline() for _ in range(chance.randrange(1, 60))]
        time.sleep(chance.random() * 0.02)
        child.kill()
        lines += child.stdout.readlines()
    return [line.split() for line in lines if line.endswith("\n")]


def test_what_was_promised_is_there_after_every_kill(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    begun: set[str] = set()
    sealed: dict[str, str] = {}
    for seed in range(MOST_ROUNDS):
        promised = live_and_kill(path, seed)
        begun |= {words[1] for words in promised if words[0] == "begun"}
        sealed |= {words[1]: words[2] for words in promised if words[0] == "sealed"}
        with Recorder(path) as recorder:
            assert not sealed.keys() & {record.run for record in recorder.recovered}
        assert verify(path) == []
        if seed >= ROUNDS and begun - sealed.keys():
            break
    assert begun
    with Reader(path) as reader:
        heads = reader.runs(10**6)
        by_run = {head.run: head for head in heads}
        assert len(by_run) == len(heads)
        assert begun <= by_run.keys()
        for run, sha in sealed.items():
            assert sha256(reader.json(run)) == sha
    cut_off = [by_run[run] for run in begun - sealed.keys()]
    kept = [h for h in cut_off if h.fault == "RUN-INTERRUPTED"]
    assert all(head.outcome is Outcome.ABORTED for head in kept)
    assert kept, "no kill hit an open run in all rounds: the test has shown nothing"
