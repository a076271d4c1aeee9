"""A terminal of a test: what a process draws as lines of text, and keys for it.

It knows what Textual writes, and refuses all else: nothing is drawn otherwise than is thought here.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from typing import Self

from rich.cells import cell_len

from harness.ui.board.words import Said, Words
from harness.ui.operator.notice import naming
from harness.ui.operator.signing import ENTER_S

PATIENCE_S = 30.0
_AFTER_PIECES_S = 1.7
"""Whatever comes sooner after a scan in pieces is refused (docs/scanning.md) [s]."""
_STARTS_S = 1.2
"""What is scanned again within a second counts once (docs/scanning.md) [s]."""
_TRIES = 4
_FASTEST_S = 0.06
"""No key of a person comes sooner after another; faster ones are a scanner's [s]."""
_HANDS_OFF_S = 0.3
"""A scan that comes sooner after a key is refused: whose the key was, nobody knows [s]."""
_PIECE = re.compile(r"\x1b\[([0-9;?<>=]*[ -/]*[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|([^\x1b]+)")
_FRAME_BEGINS, _FRAME_ENDS = "?2026h", "?2026l"
_HAS_FRAMES = re.compile(r"\?2026\$p")
_MOVE = re.compile(r"([0-9]+);([0-9]+)H")
_UNDRAWN = re.compile(r"[0-9;]*m|\?[0-9;]+[hl]|\?[0-9]+\$p|[<>=?][0-9]*u")
"""Colours, modes, what it asks a terminal, keyboards: nothing that is seen as text."""
_SIZE = ("COLUMNS", "LINES")
"""A worker of the tests has these of its own: a screen would believe them, and not its terminal."""
_HALF = re.compile(r"\x1b(?:\[[0-9;?<>=]*[ -/]*|\][^\x07\x1b]*\x1b?)?\Z")


def sentence(key: str, **values: str) -> str:
    """What the screen says in English, whatever the words of it are."""
    return Words("en").say(Said(key, {**naming(key).values, **values}))


_STARTS = sentence("scan.starting")
_NOT_NOW = (_STARTS, sentence("scan.mixed"), sentence("scan.no_end"))


class Grid:
    """The characters of a terminal; `lines` are those of the last whole frame.

    As long as whoever draws has not heard that there are frames, all that stands there is one.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._cells = [[" "] * width for _ in range(height)]
        self._row = self._column = 0
        self._text, self._decode = "", getincrementaldecoder("utf-8")().decode
        self.lines: tuple[str, ...] = ()
        self.asked_for_frames = self._has_frames = False

    def feed(self, data: bytes) -> bool:
        """Draw this; whether a frame has become whole."""
        text = self._text + self._decode(data)
        half = _HALF.search(text)
        text, self._text = (text[: half.start()], half[0]) if half else (text, "")
        at, whole = 0, False
        while at < len(text):
            piece = _PIECE.match(text, at)
            assert piece, f"no terminal knows {text[at : at + 20]!r}"
            whole |= self._control(piece[1]) if piece[1] else self._write(piece[2] or "")
            at = piece.end()
        if not self._has_frames:
            self.take()
        return whole or not self._has_frames

    def take(self) -> None:
        """What stands there is the last frame: nothing more comes."""
        self.lines = tuple("".join(row) for row in self._cells)

    def _control(self, word: str) -> bool:
        if moved := _MOVE.fullmatch(word):
            self._row, self._column = int(moved[1]) - 1, int(moved[2]) - 1
        elif _HAS_FRAMES.fullmatch(word):
            self.asked_for_frames = True
        elif word == _FRAME_BEGINS:
            self._has_frames = True
        elif word == _FRAME_ENDS:
            self.take()
            return True
        else:
            assert _UNDRAWN.fullmatch(word), f"no terminal knows the control {word!r}"
        return False

    def _write(self, text: str) -> bool:
        for char in text:
            if char == "\n":
                self._down()
            elif char == "\r":
                self._column = 0
            elif char != "\x07":
                self._put(char, cell_len(char))
        return False

    def _put(self, char: str, wide: int) -> None:
        if self._column + wide > self._width:
            self._down()
            self._column = 0
        self._cells[self._row][self._column : self._column + wide] = [char, *[""] * (wide - 1)]
        self._column += wide

    def _down(self) -> None:
        if self._row + 1 == len(self._cells):
            self._cells = [*self._cells[1:], [" "] * self._width]
        else:
            self._row += 1


class Drawn:
    """A process in a terminal of its own. What it draws is read whenever somebody waits."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        width: int = 120,
        height: int = 40,
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._grid, self._answered = Grid(width, height), False
        self.begun_s = time.monotonic()
        kept = {name: text for name, text in env.items() if name not in _SIZE}
        self.child = subprocess.Popen(
            command,
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**kept, "TERM": "xterm-256color"},
        )
        os.close(slave)
        self.watch: list[Callable[[Sequence[str]], None]] = []
        """Each is shown every frame."""
        self.frames = 0
        self._next_scan_s = 0.0

    @property
    def pid(self) -> int:
        """The process that draws."""
        return self.child.pid

    @property
    def lines(self) -> tuple[str, ...]:
        """The last whole frame, line by line."""
        return self._grid.lines

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        """What stands on the screen, wherever its lines break."""
        return " ".join(self.text.split())

    def until(self, seen: Callable[[], bool], what: str) -> None:
        """Read until that is so; it is asked after every frame, and now and then."""
        end = time.monotonic() + PATIENCE_S
        while not seen():
            assert time.monotonic() < end, f"never {what}:\n{self.text}"
            self.read(0.05)

    def see(self, *texts: str) -> None:
        """Wait until all these stand on the screen, wherever its lines break."""
        self.until(lambda: all(text in self.words for text in texts), f"{texts}")

    def rest(self, for_s: float) -> None:
        """A person, or a scanner, does nothing for so long; what is drawn is read."""
        end = time.monotonic() + for_s
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def type(self, keys: str) -> None:
        """Press keys, as fast as they go."""
        os.write(self._master, keys.encode())

    def key(self, *keys: str) -> None:
        """A person presses keys, each when what the last one did is seen; Enter after a pause."""
        for key in keys:
            self.rest(1.2 * ENTER_S if key == "\r" else 0.0)
            self._press(key)

    def _press(self, key: str) -> None:
        seen = self.frames
        self.type(key)
        self.rest(_FASTEST_S)
        self.until(
            lambda: self.frames > seen or self.child.poll() is not None, f"drew anything at {key!r}"
        )
        self._scan_not_before(_HANDS_OFF_S)

    def scan(
        self,
        keys: str,
        used: Callable[[], bool],
        for_s: float = 0.0,
        again: Callable[[], object] = str,
    ) -> list[str]:
        """At the tiles a scanner types, which takes so long; why that was not used before it was.

        A busy PC cuts scans, and a screen that starts knows no labels: then it is scanned again,
        once nothing on the screen says so any more, after what is to be done `again` first.
        """
        refused = list[str]()
        while True:
            self.rest(self._next_scan_s - time.monotonic())
            self.type(keys)
            self._scan_not_before(for_s)
            self.until(lambda: used() or bool(self._not_now()), f"used {keys!r}")
            is_used, why = used(), self._not_now()
            if why:
                self._scan_not_before(_STARTS_S if why == _STARTS else _AFTER_PIECES_S)
                self.key("\x1b")
                self.until(lambda: not self._not_now(), "forgot it")
            if is_used:
                return refused
            refused.append(why)
            assert len(refused) < _TRIES, f"{keys!r} was not used: {refused}"
            again()

    def _scan_not_before(self, in_s: float) -> None:
        self._next_scan_s = max(self._next_scan_s, time.monotonic() + in_s)

    def _not_now(self) -> str:
        """Why the screen asks for the same scan once more, if it does."""
        return next((why for why in _NOT_NOW if why in self.words), "")

    def read(self, for_s: float) -> None:
        """Draw what comes within so long."""
        if not select([self._master], [], [], for_s)[0]:
            return
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # its other end is closed: it ends
            self._grid.take()
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(for_s)
            return
        if self._draw(data):
            self.frames += 1
            for watch in self.watch:
                watch(self.lines)

    def _draw(self, data: bytes) -> bool:
        """Whether this made a frame whole."""
        whole = self._grid.feed(data)
        if self._grid.asked_for_frames and not self._answered:
            self._answered = True
            self.type("\x1b[?2026;2$y")
        return whole

    def end(self) -> int:
        """How it ended."""
        self.until(lambda: self.child.poll() is not None, "it ended")
        return self.child.returncode

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self._master)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """When what is done in it breaks off, nothing that was started in this folder goes on.

    A station outlives the screen that has started it.
    """
    try:
        yield
    except BaseException:
        for pid in working_in(folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        raise


def working_in(folder: Path) -> list[int]:
    """The processes that were started in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is not ours
            if (each / "cwd").readlink() == folder:
                found.append(int(each.name))
    return found


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    started = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in started for child in path.read_text().split()]
