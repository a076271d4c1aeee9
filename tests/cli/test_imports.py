"""What a command loads: costly libraries stay out of those that do not need them (ADR 2)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click import Context

from harness.cli import COMMANDS, cli

COSTLY = ("adbutils", "serial", "usb", "numpy", "textual", "requests", "PIL", "segno")
PLAN = Path(__file__).parents[2] / "testplans" / "skeleton.yaml"


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "check", str(PLAN)], ["steps"]])
def test_quick_commands_load_no_costly_library(arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "harness", *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "click" in loaded
    assert not loaded.intersection(COSTLY)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    command = cli.get_command(Context(cli), name)
    assert command
    assert command.get_short_help_str(limit=200).rstrip(".") == COMMANDS[name].rstrip(".")
    assert command.help
    assert "Example: harness " in command.help
