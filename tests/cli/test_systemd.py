"""The shipped systemd units: well formed, and made of commands that there are."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click import Context

from harness.cli import cli
from tests.cli.conftest import ROOT

UNITS = ROOT / "fixtures" / "systemd"
ANALYZE = shutil.which("systemd-analyze")
KNOWN = {"[Unit]", "[Service]", "[Timer]", "[Install]"}
PLACE = "/srv/harness"
"""Where the units say that the checkout is."""


def settings(name: str) -> list[tuple[str, str]]:
    lines = (UNITS / name).read_text().splitlines()
    return [(key, value) for key, sep, value in (li.partition("=") for li in lines) if sep]


def test_every_line_is_a_section_a_setting_or_a_comment() -> None:
    for unit in UNITS.iterdir():
        lines = [line for line in unit.read_text().splitlines() if line and line[0] != "#"]
        assert {line for line in lines if line[0] == "["} <= KNOWN
        assert all("=" in line for line in lines if line[0] != "["), unit


@pytest.mark.skipif(not ANALYZE, reason="no systemd on this PC")
def test_systemd_takes_the_units_without_a_word(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/harness").symlink_to("/bin/true")
    units = [tmp_path / path.name for path in UNITS.iterdir()]
    for unit in units:
        unit.write_text((UNITS / unit.name).read_text().replace(PLACE, str(tmp_path)))
    command = [str(ANALYZE), "verify", "--man=no", *map(str, units)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("key", ["ExecStart", "ExecStopPost"])
def test_the_service_calls_commands_that_there_are(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = [value for name, value in settings("harness-selftest.service") if name == key]
    program, *words = shlex.split(line)
    assert program == f"{PLACE}/.venv/bin/harness"
    monkeypatch.chdir(ROOT)
    command, context = cli.get_command(Context(cli), words.pop(0)), Context(cli)
    while command and words and not words[0].startswith("-"):
        command = command.get_command(context, words.pop(0))  # type: ignore[attr-defined]
    assert command, line
    command.make_context("harness", words)


def test_it_runs_each_day_before_the_first_shift_and_makes_up_for_what_it_missed() -> None:
    timer = dict(settings("harness-selftest.timer"))
    assert timer["OnCalendar"].startswith("*-*-* 05:")
    assert timer["Persistent"] == "yes"
    assert timer["WantedBy"] == "timers.target"


def test_only_its_own_folder_can_be_written_and_the_jigs_are_safe_however_it_ends() -> None:
    service = dict(settings("harness-selftest.service"))
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{PLACE}/reports"
    assert service["NoNewPrivileges"] == "yes"
    assert service["KillMode"] == "mixed"
    assert " jig safe " in service["ExecStopPost"]
