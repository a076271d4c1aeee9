"""What the commands with the operator's screen ask alike: its language and its colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from harness.model.screen import ENGLISH, IN_TERMINALS, MONO
from harness.station.files.config_screen import ScreenConfig
from harness.ui.board.palette import DEFAULT, PALETTES, Palette
from harness.ui.board.words import Words

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FILES = "the station file's, else "


def language_option(*, of_file: bool) -> Callable[[_Command], _Command]:
    """The option `--language`; `of_file` says that a station file may name it, too."""
    return click.option(
        "--language",
        type=click.Choice(IN_TERMINALS),
        help=f"Of its sentences.  [default: {_FILES if of_file else ''}{ENGLISH}]",
    )


def palette_option(*, of_file: bool) -> Callable[[_Command], _Command]:
    """The option `--palette`; `of_file` says that a station file may name it, too."""
    default = f"{DEFAULT}, or {MONO} with NO_COLOR"
    return click.option(
        "--palette",
        type=click.Choice(list(PALETTES)),
        help=f"Colours of the faces.  [default: {_FILES if of_file else ''}{default}]",
    )


def require_terminal() -> None:
    """Raises: click.UsageError where there is nobody who could see or press anything."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("the screen needs a terminal: run it in one, not in a pipe")


def words_in(language: str | None, screen: ScreenConfig | None = None) -> Words:
    """The language that was asked for, else that of the station."""
    return Words(language or (screen or ScreenConfig()).language)


def colours(palette: str | None, screen: ScreenConfig | None = None) -> Palette:
    """The colours that were asked for, else those of the station, else those of this terminal."""
    written = palette or (screen.palette if screen else None)
    return PALETTES[written or (MONO if os.environ.get("NO_COLOR") else DEFAULT)]
