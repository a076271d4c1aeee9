"""A scanner at a serial port: its lines as scans, from a thread of its own."""

from __future__ import annotations

import contextlib
import math
import queue
import threading
from dataclasses import dataclass

from harness.clock import Clock, SystemClock
from harness.devices.link import ByteLink
from harness.devices.serial import SerialLink
from harness.errors import ScannerFault
from harness.errors.base import LineFault
from harness.model.pattern import LONGEST_TEXT
from harness.ui.scanning.scans import CUT_S, ENDS, LATE_S, Bent, Once, Scan, refusal

AGAIN_S = 0.5
"""How often a scanner that is not there is looked for [s]."""
BAUD = 9600
"""What scanners come with; those at USB take any."""
_ENDS = "".join(ENDS).encode()


@dataclass(frozen=True, slots=True)
class Found:
    """The scanner is there, at this port."""

    port: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The scanner is not there; why, and what to do, says the fault."""

    fault: LineFault


Told = Scan | Bent | Found | Lost


class Lines:
    """The codes that come of a serial line, however its bytes are cut. Pure."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._began_s = self._last_s = 0.0
        self._whole_s = -math.inf  # what begins before it may be the rest of a code

    def feed(self, data: bytes, at_s: float) -> list[Scan | Bent]:
        """What is complete with these bytes; b"" says that none had come by then."""
        told: list[Scan | Bent] = []
        if self._held and not data and at_s - self._last_s >= LATE_S:
            told.append(refusal("no_end"))
            self._held.clear()
            self._whole_s = at_s + CUT_S
        for byte in data:
            if byte in _ENDS:
                told += self._line(at_s)
            elif len(self._held) <= LONGEST_TEXT:  # one more than a code has: it is too long
                self._began_s = self._began_s if self._held else at_s
                self._held.append(byte)
        self._last_s = at_s if data else self._last_s
        return told

    def _line(self, at_s: float) -> list[Scan | Bent]:
        line = bytes(self._held)
        self._held.clear()
        if not line:  # the second mark of CR LF
            return []
        if self._began_s < self._whole_s:
            self._whole_s = -math.inf
            return [refusal("mixed")]
        if len(line) > LONGEST_TEXT:
            return [refusal("long", most=str(LONGEST_TEXT))]
        return [Scan(line.decode("ascii"), at_s) if line.isascii() else refusal("noise")]


class Scanner:
    """Reads the scanner at a port until it is closed, and again when it has gone and come back."""

    def __init__(self, port: str, once: Once, baud: int = BAUD, clock: Clock | None = None) -> None:
        self.port = port
        self.once, self._baud, self._clock = once, baud, clock or SystemClock()
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, name=f"scanner {port}", daemon=True)
        self._thread.start()

    def take(self) -> list[Told]:
        """What has come since it was asked last, but for codes that were read twice at once.

        It never waits.
        """
        told: list[Told] = []
        with contextlib.suppress(queue.Empty):
            while True:
                each = self._told.get_nowait()
                if not (isinstance(each, Scan) and self.once.again(each)):
                    told.append(each)
        return told

    def close(self) -> None:
        """Give the port back."""
        self._closed.set()
        self._thread.join()

    def _read(self) -> None:
        why = ""
        while not self._closed.is_set():
            try:
                link = SerialLink(self.port, self._baud, ScannerFault)
            except LineFault as fault:
                if fault.message != why:  # told once, however often it is looked for
                    self._told.put(Lost(fault))
                why = fault.message
            else:
                why = ""
                self._told.put(Found(self.port))
                with contextlib.closing(link):
                    self._listen(link)
            self._closed.wait(AGAIN_S)

    def _listen(self, link: ByteLink) -> None:
        """Tell the lines of an open port until it goes away, or this is closed."""
        lines = Lines()
        while not self._closed.is_set():
            try:
                data = link.read(1.0)
            except LineFault as fault:
                self._told.put(Lost(fault))
                return
            for each in lines.feed(data, self._clock.monotonic()):
                self._told.put(each)
