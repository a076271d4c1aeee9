"""`harness page` end to end: a real station, a real server, and a real browser."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from click import Context

from harness.cli import cli as group
from tests.cli.conftest import ROOT, Cli
from tests.cli.stations import serving, written
from tests.cli.test_systemd import UNITS, settings
from tests.ui.page.browser import browsing

pytestmark = pytest.mark.timeout(120)
UNIT = "harness-page.service"


@contextmanager
def page(cli: Cli, *words: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process, and where its page is; killed if it is still there."""
    child = cli.start("page", *words)
    try:
        assert child.stderr
        said = child.stderr.readline()
        assert said.startswith("The page is at "), said + child.stderr.read()
        yield child, said.split()[-1]
    finally:
        child.kill()
        child.communicate()


def test_units_of_a_real_station_are_seen_to_pass_and_fail_and_it_may_die_and_come_back(
    cli: Cli, tmp_path: Path
) -> None:
    station = written(cli, slots=2)
    with (
        page(cli, "--station", station, "--port", "0") as (child, url),
        browsing(tmp_path / "profile") as browser,
    ):
        browser.open(url)
        browser.until("document.body.innerText.includes('The station does not answer')")
        with serving(cli, station):
            browser.until("document.querySelectorAll('[data-face=\"EMPTY\"]').length == 2")
        browser.until("document.querySelector('.station.gone') !== null")
        with serving(cli, station, "--units", "2"):
            browser.until("document.querySelector('[data-face=\"PASS\"]') !== null")
            browser.until("document.querySelector('[data-face=\"FAIL\"]') !== null")
            assert "charge.current_jig:LOW" in browser.text()
        assert browser.said == []
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), ("zh", "mono")),
        (("--language", "ur", "--palette", "green-red"), ("ur", "green-red")),
    ],
)
def test_the_first_station_says_its_language_and_palette_where_no_option_does(
    cli: Cli, options: tuple[str, ...], shown: tuple[str, str]
) -> None:
    station = written(cli, slots=1, more="screen: {language: zh, palette: mono}\n")
    with page(cli, "--station", station, "--port", "0", *options) as (_, url):
        with urlopen(url, timeout=20) as answer:
            head = answer.read().decode().partition("<body")[0]
        language, palette = shown
        assert f'lang="{language}"' in head
        assert f'data-palette="{palette}"' in head


def test_it_says_what_is_wrong_with_how_it_was_called(cli: Cli) -> None:
    station = written(cli, slots=1)
    two = ("page", "--station", station, "--station", station)
    assert "say --records once for each" in cli(*two).err
    assert "one store" in cli(*two, "--records", "a.db", "--records", "./a.db").err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = cli("page", "--station", station, "--port", port)
    assert (ran.code, f"--port {port}: Address already in use" in ran.err) == (2, True), ran.err
    ran = cli("page", "--station", station, "--listen", "line.plant")
    assert (ran.code, "is no IP address" in ran.err) == (2, True)


def test_the_unit_calls_it_and_lets_it_touch_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    service = dict(settings(UNIT))
    _, name, *words = shlex.split(service["ExecStart"])
    assert name == "page"
    monkeypatch.chdir(ROOT)
    command = group.get_command(Context(group), name)
    assert command
    command.make_context("harness", words)
    assert "ReadWritePaths" not in (UNITS / UNIT).read_text()
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
