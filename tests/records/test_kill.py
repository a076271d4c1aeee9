"""kill -9 at any moment loses nothing that was promised."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

from harness.model.outcome import Outcome
from harness.records.chain import verify
from harness.records.codec import sha256
from harness.records.query import Reader
from harness.records.recorder import Recorder

ROUNDS = 6


def live_and_kill(path: Path, seed: int, *, in_a_run: bool) -> list[list[str]]:
    """What a station promised, each line in words, before it was killed at a random moment.

    Or at once when it has said that a run has begun, and not yet that one is sealed.
    """
    chance = random.Random(seed)
    command = [sys.executable, "-m", "tests.records.station_child", str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        if in_a_run:
            lines = [child.stdout.readline()]
        else:
            lines = [child.stdout.readline() for _ in range(chance.randrange(1, 60))]
            time.sleep(chance.random() * 0.02)
        child.kill()
        lines += child.stdout.readlines()
    return [line.split() for line in lines if line.endswith("\n")]


def test_what_was_promised_is_there_after_every_kill(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    begun: set[str] = set()
    sealed: dict[str, str] = {}
    entered: set[str] = set()
    kept: set[str] = set()
    for seed in count():
        promised = live_and_kill(path, seed, in_a_run=seed >= ROUNDS)
        begun |= {words[1] for words in promised if words[0] == "begun"}
        sealed |= {words[1]: words[2] for words in promised if words[0] == "sealed"}
        entered |= {words[1] for words in promised if words[0] == "entered"}
        with Recorder(path) as recorder:
            cut_off = {record.run for record in recorder.recovered}
        assert not sealed.keys() & cut_off
        kept |= begun & cut_off
        assert verify(path) == []
        if seed >= ROUNDS and kept:
            break
    with Reader(path) as reader:
        heads = reader.runs(10**6)
        assert entered
        assert entered <= {entry.id for entry in reader.entries(10**6)}
        by_run = {head.run: head for head in heads}
        assert len(by_run) == len(heads)
        assert begun <= by_run.keys()
        for run, sha in sealed.items():
            assert sha256(reader.json(run)) == sha
    for run in kept:
        assert (by_run[run].outcome, by_run[run].fault) == (Outcome.ABORTED, "RUN-INTERRUPTED")
