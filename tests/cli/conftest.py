"""Runs the installed command line as a person does: in a process of its own, in a fresh folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import warm

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "testplans" / "skeleton.yaml"
_LONGEST_S = 170
"""A demo of eight units [s]; each test has its own limit."""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Cli:
    """The command line in a working folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "reports" / "records.db"

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "harness", *map(str, arguments)]

    def __call__(self, *arguments: str | Path) -> Ran:
        ran = warm.run([str(each) for each in arguments], self.folder, _LONGEST_S)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def scenario(self, text: str) -> Path:
        path = self.folder / "scenario.yaml"
        path.write_text(f"schema: 1\n{text}")
        return path


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


RunScenario = Callable[[str], tuple[Ran, dict[str, Any]]]


@pytest.fixture
def run_scenario(cli: Cli) -> RunScenario:
    """Runs the skeleton plan with a scenario; gives the process and its one record."""

    def run(text: str) -> tuple[Ran, dict[str, Any]]:
        ran = cli("run", PLAN, "--scenario", cli.scenario(text), "--json")
        assert len(ran.records()) == 1, ran.err
        return ran, ran.records()[0]

    return run
