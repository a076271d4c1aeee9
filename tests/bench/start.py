"""What a person waits for: whole processes of the command line, started in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure

ROUNDS = 11
ROOT = Path(__file__).parents[2]
PLAN = ROOT / "testplans" / "skeleton.yaml"
WITHOUT_HANDSET = """\
schema: 1
plan: bench
revision: 1
title: The jig alone
process: bench
product: {model: B, part: B}
steps: [{id: close, use: jig.close, timeout: 10 s}]
teardown: [{id: open, use: jig.open, timeout: 10 s}]
"""


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="harness-bench-") as folder:
        plan = Path(folder, "jig.yaml")
        plan.write_text(WITHOUT_HANDSET)
        store = Path(folder, "records.db")
        kinds: dict[str, tuple[float, Callable[[], float]]] = {
            "harness_help": (0.25, lambda: _whole("--help")),
            "harness_plan_check": (0.25, lambda: _whole("plan", "check", str(PLAN))),
            "start_to_first_step": (0.3, lambda: _to_first_step(plan, store)),
        }
        for _, measure in kinds.values():
            measure()
        rounds = [[measure() for _, measure in kinds.values()] for _ in range(ROUNDS)]
    for (name, (at_most, _)), samples in zip(kinds.items(), zip(*rounds, strict=True), strict=True):
        yield Figure(name, median(samples), "s", at_most, ROUNDS)


def _harness(*arguments: str) -> str:
    command = [sys.executable, "-m", "harness", *arguments]
    # a PC keeps the byte code of what it runs; the first, uncounted round writes it
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=env)
    return ran.stdout


def _whole(*arguments: str) -> float:
    begun = time.monotonic()
    _harness(*arguments)
    return time.monotonic() - begun


def _to_first_step(plan: Path, store: Path) -> float:
    """From the start of the process to the start of the first step, as its record says."""
    begun = time.time()
    record = json.loads(_harness("run", str(plan), "--records", str(store), "--json"))
    return datetime.fromisoformat(record["steps"][0]["started"]).timestamp() - begun
