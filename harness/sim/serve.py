"""Part of a simulated line in a process of its own: `python -m harness.sim.serve FOLDER`.

It serves what `harness.sim.process` asks at a socket in the folder, which must be its owner's
alone, a thread a connection. It says when it listens, and ends with its standard input: that is a
pipe from the process that started it, however that one ends.
"""

from __future__ import annotations

import os
import sys
import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.sim.usb.backend import Attached

NAME = "line"
LISTENS = b"listens\n"


@dataclass(frozen=True, slots=True)
class Handle:
    """Stands for what pyusb holds of a device, in the process that asks."""

    path: tuple[int, ...]
    bus: int
    address: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call gave, or what it raised; and its buffer, into which a device may have written.

    `raised` is a class and what it is made of: an error of USB is not pickled as what it was.
    """

    value: Any = None
    raised: tuple[type[Exception], tuple[Any, ...]] | None = None
    buffer: array[int] | None = None


@dataclass(slots=True)
class Served:
    """A line, from when it is asked to stand. Its public methods are what may be asked of it."""

    _line: SimLine | None = None
    _handles: dict[Handle, Attached] = field(default_factory=dict)

    def stand(self, scenario: Scenario, numbers: range) -> Path:
        """Set up slots of these numbers; what is sysfs to their USB bus."""
        self._line = SimLine(scenario, len(numbers), first=numbers.start)
        return self._line.bus.sysfs

    def line(self, name: str, *arguments: Any) -> Any:
        """Ask the line what a SimLine is asked."""
        return getattr(self._standing, name)(*arguments)

    def close(self) -> None:
        """Take the line down, if it stands."""
        if self._line:
            self._line.close()

    def usb(self, name: str, *arguments: Any) -> Any:
        """Ask the USB bus what pyusb asks of a backend."""
        known = [self._handles[a] if isinstance(a, Handle) else a for a in arguments]
        found = getattr(self._standing.bus, name)(*known)
        if name == "enumerate_devices":
            return [self._handle(attached) for attached in found]
        return arguments[0] if isinstance(found, Attached) else found

    @property
    def _standing(self) -> SimLine:
        assert self._line, "the line stands before anything is asked of it"
        return self._line

    def _handle(self, attached: Attached) -> Handle:
        handle = Handle(attached.path, attached.bus, attached.address)
        self._handles[handle] = attached
        return handle


def serve(folder: Path) -> None:
    """Serve until standard input ends; then the process is gone with all of its wires."""
    served = Served()
    listener = Listener(str(folder / NAME), family="AF_UNIX", backlog=64)
    threading.Thread(target=_accept, args=[listener, served], daemon=True).start()
    sys.stdout.buffer.write(LISTENS)
    sys.stdout.buffer.flush()
    sys.stdin.buffer.read()
    served.close()
    os._exit(0)


def _accept(listener: Listener, served: Served) -> None:
    while True:
        asking = listener.accept()
        threading.Thread(target=_answer, args=[asking, served], daemon=True).start()


def _answer(asking: Connection, served: Served) -> None:
    try:
        while True:
            name, arguments = asking.recv()
            asking.send(_answered(served, name, arguments))
    except (EOFError, ConnectionError):
        asking.close()


def _answered(served: Served, name: str, arguments: Sequence[Any]) -> Answered:
    buffers = [each for each in arguments if isinstance(each, array)]
    try:
        value = getattr(served, name)(*arguments)
    except Exception as error:  # noqa: BLE001 who asked is to hear of it
        return Answered(raised=(type(error), _made_of(error)))
    return Answered(value, buffer=buffers[0] if buffers else None)


def _made_of(error: Exception) -> tuple[Any, ...]:
    from usb.core import USBError

    if isinstance(error, USBError):
        return error.strerror, error.backend_error_code, error.errno
    return error.args


if __name__ == "__main__":
    # by its real name, so that what is sent is of the classes that the other side knows
    from harness.sim.serve import serve as serving

    serving(Path(sys.argv[1]))
