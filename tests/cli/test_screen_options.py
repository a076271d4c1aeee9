"""An option goes before what the station file says of its screen, and that before the terminal."""

from __future__ import annotations

import click
import pytest

from harness.cli.operator import operator
from harness.cli.replay import replay
from harness.cli.screen_options import colours, words_in
from harness.station.files.config_screen import ScreenConfig
from harness.ui.board.palette import DEFAULT, PALETTES
from tests.cli.conftest import Cli
from tests.cli.stations import written

WRITTEN = ScreenConfig(language="zh", palette="green-red")


def test_the_language_is_the_options_else_the_files_else_english() -> None:
    assert words_in("en", WRITTEN).language == "en"
    assert words_in(None, WRITTEN).language == "zh"
    assert words_in(None, ScreenConfig()).language == words_in(None).language == "en"


@pytest.mark.parametrize(("no_color", "else_"), [("", DEFAULT), ("1", "mono")])
def test_the_palette_is_the_options_else_the_files_else_the_terminals(
    monkeypatch: pytest.MonkeyPatch, no_color: str, else_: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    assert colours("blue-orange", WRITTEN) is PALETTES["blue-orange"]
    assert colours(None, WRITTEN) is PALETTES["green-red"]
    assert colours(None, ScreenConfig()) is colours(None) is PALETTES[else_]


@pytest.mark.parametrize(("command", "takes_a_file"), [(operator, True), (replay, False)])
def test_the_help_names_the_station_file_where_one_is_read(
    command: click.Command, takes_a_file: bool
) -> None:
    helps = {each.name: str(each.to_info_dict().get("help")) for each in command.params}
    told = ["station file's" in helps[name] for name in ("language", "palette")]
    assert told == [takes_a_file, takes_a_file]


def test_without_a_terminal_there_is_no_screen(cli: Cli) -> None:
    file = written(cli, slots=1)
    ran = cli("operator", "--station", file)
    assert ran.code == 2
    assert "needs a terminal" in ran.err
    assert not cli.store.exists(), "no station was started"
