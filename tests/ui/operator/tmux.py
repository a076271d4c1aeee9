"""A process in tmux, which is attached to a terminal of its own: keys go through both."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.ui.operator.terminal import PATIENCE_S, Drawn, children

_OPTIONS = ("set -g status off",)
"""All lines are its own."""


class InTmux(Drawn):
    """What it draws is what tmux says that its pane holds, each time tmux has drawn something.

    `options` are lines of the server's configuration, of which it has no other. A shell writes down
    how the process has ended: tmux 3.3a does not always know.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        width: int = 120,
        height: int = 40,
        options: Sequence[str] = (),
    ) -> None:
        self._lines: tuple[str, ...] = ()
        self._width = width
        self._tmux = ("tmux", "-S", str(folder / "tmux"))
        config = folder / "tmux.conf"
        config.write_text("\n".join((*_OPTIONS, *options, "")))
        self._ended = folder / "tmux.ended"
        self._ended.unlink(missing_ok=True)
        shell = ("sh", "-c", '"$@"; echo $? >"$0"', str(self._ended))
        new = ("-u", "-f", str(config), "new-session", *shell, *command)
        env = {name: value for name, value in os.environ.items() if name != "TMUX"}
        super().__init__((*self._tmux, *new), folder, width=width, height=height, env=env)

    @property
    def pid(self) -> int:
        shell = int(self._asked("display", "-p", "#{pane_pid}"))
        (child,) = children(shell)
        return child

    @property
    def lines(self) -> tuple[str, ...]:
        return self._lines

    def end(self) -> int:
        self.until(lambda: bool(self._ended.exists() and self._ended.read_text()), "it ended")
        return int(self._ended.read_text())

    def close(self) -> None:
        self._asked("kill-server")
        super().close()

    def _draw(self, data: bytes) -> bool:
        """Half a frame is no frame: it is one when it is the same once more."""
        shown, before = self._shown(), None
        while shown != before:
            shown, before = self._shown(), shown
        is_new, self._lines = shown != self._lines, shown
        return is_new

    def _shown(self) -> tuple[str, ...]:
        lines = self._asked("capture-pane", "-p").split("\n")
        return tuple(line.ljust(self._width) for line in lines)

    def _asked(self, *words: str) -> str:
        """What tmux answers; "" as long as there is none, and when there is none any more."""
        ran = subprocess.run(
            (*self._tmux, *words), capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        return ran.stdout.rstrip("\n")
