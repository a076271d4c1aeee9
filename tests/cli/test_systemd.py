"""The shipped systemd units: well formed, and made of commands that there are."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click import Context, Group

from harness.cli import cli
from tests.cli.conftest import ROOT

UNITS = ROOT / "fixtures" / "systemd"
ANALYZE = shutil.which("systemd-analyze")
KNOWN = {"[Unit]", "[Service]", "[Timer]", "[Install]"}
SERVICES = ("harness-selftest.service", "harness-station.service")
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
@pytest.mark.parametrize("service", SERVICES)
def test_the_services_call_commands_that_there_are(
    service: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = [value for name, value in settings(service) if name == key]
    program, *words = shlex.split(line)
    assert program == f"{PLACE}/.venv/bin/harness"
    monkeypatch.chdir(ROOT)
    command, context = cli.get_command(Context(cli), words.pop(0)), Context(cli)
    while isinstance(command, Group):
        command = command.get_command(context, words.pop(0))
    assert command, line
    command.make_context("harness", words)


def test_it_runs_each_day_before_the_first_shift_and_makes_up_for_what_it_missed() -> None:
    timer = dict(settings("harness-selftest.timer"))
    assert timer["OnCalendar"].startswith("*-*-* 05:")
    assert timer["Persistent"] == "yes"
    assert timer["WantedBy"] == "timers.target"


@pytest.mark.parametrize("name", SERVICES)
def test_only_its_own_folder_can_be_written_and_the_jigs_are_safe_however_it_ends(
    name: str,
) -> None:
    service = dict(settings(name))
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{PLACE}/reports"
    assert service["NoNewPrivileges"] == "yes"
    assert service["KillMode"] == "mixed"
    assert " jig safe " in service["ExecStopPost"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_not_allowed_fails_and_does_not_kill(name: str) -> None:
    assert dict(settings(name))["SystemCallErrorNumber"] == "EPERM"


@pytest.mark.skipif(not ANALYZE, reason="no systemd on this PC")
def test_the_station_may_ask_the_kernel_for_the_clock() -> None:
    """Else the first run that counts ends it: both names, because glibc has called either."""
    allowed = set[str]()
    for word in dict(settings("harness-station.service"))["SystemCallFilter"].split():
        allowed |= _calls(word) if word.startswith("@") else {word}
    assert {"adjtimex", "clock_adjtime"} <= allowed
    assert "clock_settime" not in allowed


def _calls(group: str) -> set[str]:
    command = [str(ANALYZE), "syscall-filter", group]
    told = subprocess.run(command, capture_output=True, text=True, timeout=50, check=True).stdout
    words = {line.strip() for line in told.splitlines()[1:]} - {""}
    nested = {word for word in words if word.startswith("@")}
    return (words - nested).union(*map(_calls, nested))


def test_a_station_that_could_not_go_on_is_started_again_and_one_with_a_wrong_file_is_not() -> None:
    service = dict(settings("harness-station.service"))
    assert service["Restart"] == "on-failure"
    assert service["SuccessExitStatus"].split() == ["4"]
    assert service["RestartPreventExitStatus"].split() == ["2"]
    assert service["WantedBy"] == "multi-user.target"


def test_the_self_test_has_the_jigs_to_itself_and_gives_the_station_back() -> None:
    said = settings("harness-selftest.service")
    station = "harness-station.service"
    assert ("Conflicts", station) in said
    assert ("After", station) in said, "a conflict alone is no order"
    assert {("OnSuccess", station), ("OnFailure", station)} <= set(said)
