"""What a screen knows of the station that it, or another at the same time, has started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.ui.board.words import Said


@dataclass(frozen=True, slots=True)
class Own:
    """Asked at any time; of a station that the screen has only joined nothing of this is so."""

    starts: Callable[[], bool] = bool
    """Whether it was just started: nobody is alarmed while it does not answer yet."""
    ends: Callable[[], bool] = bool
    """Whether it ends when the screen is left, which is asked then."""
    stopped: Callable[[], str] = str
    """Why there is nothing to wait for any more; "" as long as there is."""


JOINED = Own()
"""The station is somebody else's."""


def ended(code: int, log: Path) -> Said:
    """How it has ended by itself, by its exit code (below 0: by that signal), and what to do."""
    names = {"command": "`harness operator`", "log": str(log)}
    if code < 0:
        return Said("screen.killed", {**names, "signal": str(-code)})
    return Said("screen.ended", {**names, "code": str(code)})
