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
setup: [{id: close, use: jig.close, timeout: 10 s}]
steps:
  - id: off
    use: jig.voltage
    timeout: 10 s
    with: {channel: vbus}
    limits: {voltage: {high: 1 V}}
teardown: [{id: open, use: jig.open, timeout: 10 s}]
"""
STEPS = 500
LIMITS = {
    "current_jig": "{low: 450 mA, high: 1100 mA, guard: 10 mA}",
    "voltage_jig": "{low: 4.75 V, high: 5.25 V, guard: 10 mV}",
    "current_handset": "record only",
    "current_difference": "record only, may be unknown",
    "gauge_change": "record only, may be unknown",
    "efficiency": "record only, may be unknown",
    "voltage": "{low: 3.6 V, high: 4.4 V}",
    "temperature": "{low: 15 degC, high: 40 degC}",
    "level": "{low: 10 %, high: 100 %}",
}


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="harness-bench-") as folder:
        plan = Path(folder, "jig.yaml")
        plan.write_text(WITHOUT_HANDSET)
        inline, shared = _large_plans(Path(folder))
        store = Path(folder, "records.db")
        kinds: dict[str, tuple[float, Callable[[], float]]] = {
            "harness_help": (0.25, lambda: _whole("--help")),
            "harness_plan_check": (0.25, lambda: _whole("plan", "check", str(PLAN))),
            "plan_check_500_steps": (0.6, lambda: _whole("plan", "check", str(inline))),
            "plan_check_500_steps_limit_set": (0.6, lambda: _whole("plan", "check", str(shared))),
            "start_to_first_step": (0.3, lambda: _to_first_step(plan, store)),
        }
        for _, measure in kinds.values():
            measure()
        rounds = [[measure() for _, measure in kinds.values()] for _ in range(ROUNDS)]
    for (name, (at_most, _)), samples in zip(kinds.items(), zip(*rounds, strict=True), strict=True):
        yield Figure(name, median(samples), "s", at_most, ROUNDS)


def _large_plans(folder: Path) -> tuple[Path, Path]:
    """A plan of 500 steps with its limits under the steps, and one with them in a limit set."""
    ids = [f"charge{number}" for number in range(STEPS)]
    head = WITHOUT_HANDSET.partition("setup:")[0]
    step = (
        "  - id: {}\n    use: battery.charge\n    timeout: 20 s\n    with: {{vbus: 5.0 V}}\n"
        "    needs: [supply]\n"
    )
    under = "    limits:\n" + "".join(f"      {name}: {limit}\n" for name, limit in LIMITS.items())
    inline, shared, limits = (Path(folder, f"{name}.yaml") for name in ("inline", "shared", "set"))
    inline.write_text(f"{head}steps:\n" + "".join(step.format(id_) + under for id_ in ids))
    shared.write_text(f"{head}limits: set.yaml\nsteps:\n" + "".join(map(step.format, ids)))
    values = [f"  {id_}.{name}: {limit}\n" for id_ in ids for name, limit in LIMITS.items()]
    limits.write_text("schema: 1\nlimits: bench\nrevision: 1\nvalues:\n" + "".join(values))
    return inline, shared


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
