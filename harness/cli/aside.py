"""What a command says on stderr, so that it holds up and ends nothing."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from typing import TextIO

from harness.cli.writer import PATIENCE_S, Writer
from harness.errors import StationFault
from harness.ui.text import fault_lines

MOST_WAITING = 1_000
"""How many messages may wait for a reader; more are left out."""


class Aside(io.TextIOBase):
    """Takes text for the stream `beneath`, which may be broken, full, or read by nobody.

    No write waits or raises. What was left out while nobody read is told, with its number, as
    soon as somebody does. Any thread may write.
    """

    def __init__(
        self, beneath: TextIO, *, most: int = MOST_WAITING, patience_s: float = PATIENCE_S
    ) -> None:
        beneath.flush()
        self._beneath = beneath
        self._lock = threading.Lock()
        self._left_out = 0
        self._writer = Writer[str](beneath.fileno(), self._bytes_of, most, patience_s)

    @property
    def encoding(self) -> str:  # type: ignore[override] # of which TextIOBase has no value
        return self._beneath.encoding

    def isatty(self) -> bool:
        return self._beneath.isatty()

    def fileno(self) -> int:
        return self._beneath.fileno()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # click asks so whether this is a stream of bytes
            raise TypeError(f"text is written here, not {type(text).__name__}")
        if text:
            with self._lock:
                if self._left_out and self._writer.put(_lost(self._left_out)):
                    self._left_out = 0
                if self._left_out or not self._writer.put(text):
                    self._left_out += 1
        return len(text)

    def finish(self) -> None:
        """Let what waits be written, as long as somebody reads, or until Ctrl-C."""
        left_out = [_lost(self._left_out)] if self._left_out else []
        with suppress(KeyboardInterrupt):
            self._writer.close(*left_out)

    def _bytes_of(self, text: str) -> bytes:
        return text.encode(self.encoding, "backslashreplace")


@contextmanager
def aside() -> Iterator[None]:
    """Meanwhile what is said on stderr holds up nobody, and a stderr that breaks ends nothing."""
    if sys.stderr is None:  # closed: click and rich say nothing then
        yield
        return
    said = Aside(sys.stderr)
    with redirect_stderr(said):
        try:
            yield
        finally:
            said.finish()


def _lost(number: int) -> str:
    words = f"{number} messages were left out here: nobody read stderr meanwhile"
    remedy = "Have stderr read; `harness records list` has every run."
    return "\n".join((*fault_lines(StationFault("OUTPUT-LOST", words, remedy=remedy)), ""))
