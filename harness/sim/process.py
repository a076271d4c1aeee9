"""A part of a simulated line in a process of its own, so that its CPU is not the station's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Client, Connection
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self, TypeVar, TypeVarTuple

from harness.errors import StationFault
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.sim.serve import LISTENS, NAME, Answered

_Arguments = TypeVarTuple("_Arguments")
_Given = TypeVar("_Given")
SLOTS = 16
"""How many slots one process has at the most."""


def _asked(
    call: Callable[[SimLine, *_Arguments], _Given],
) -> Callable[[SimProcess, *_Arguments], _Given]:
    """A call of a line, asked of the line in the process."""

    def ask(process: SimProcess, *arguments: *_Arguments) -> _Given:
        given: _Given = process.answer("line", call.__name__, *arguments).value
        return given

    return ask


class SimProcess:
    """The wires of slots with these numbers; a context manager. Any thread may call it.

    It dies with the process that started it, however that one ends.

    Raises: StationFault(SIM-PROCESS) when it does not come up, and from every call once it died.
    """

    def __init__(self, scenario: Scenario, numbers: range) -> None:
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        with ExitStack() as undo:
            self._folder = Path(mkdtemp(prefix="harness-sim-"))
            undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-m", "harness.sim.serve", str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the station: it needs its jigs to the end
            )
            undo.callback(self._end)
            assert self._process.stdout
            if self._process.stdout.readline() != LISTENS:
                raise _died("did not come up")
            self.sysfs: Path = self.answer("stand", scenario, numbers).value
            self.usb = RemoteUsb(self)
            self._undo = undo.pop_all()

    @property
    def pid(self) -> int:
        return self._process.pid

    wires = _asked(SimLine.wires)
    port = _asked(SimLine.port)
    ports_of = _asked(SimLine.ports_of)
    insert = _asked(SimLine.insert)
    take_out = _asked(SimLine.take_out)

    def close(self) -> None:
        """End the process; may be called twice."""
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, name: str, *arguments: Any) -> Answered:
        """What the process says to a call.

        Raises: what the call raised there; StationFault(SIM-PROCESS).
        """
        try:
            with self._connection() as asking:
                asking.send((name, arguments))
                answered: Answered = asking.recv()
        except (EOFError, ConnectionError, FileNotFoundError) as error:
            raise _died(f"{name}: {error!r}") from error
        if answered.raised:
            kind, made_of = answered.raised
            raise kind(*made_of)
        return answered

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """One for this call alone: a device that keeps silent holds up nobody else."""
        with self._lock:
            idle = self._idle.pop() if self._idle else None
        asking = idle or Client(str(self._folder / NAME), family="AF_UNIX")
        try:
            yield asking
        except BaseException:
            asking.close()
            raise
        with self._lock:
            self._idle.append(asking)

    def _end(self) -> None:
        for asking in self._idle:
            asking.close()
        with self._process:  # closes its standard input, which ends it
            pass


class RemoteUsb:
    """The USB bus of a part of a line, as the backend of pyusb that it is there."""

    def __init__(self, process: SimProcess) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def ask(*arguments: Any) -> Any:
            answered = self._process.answer("usb", name, *arguments)
            if answered.buffer is not None:
                (buffer,) = (each for each in arguments if isinstance(each, array))
                buffer[:] = answered.buffer
            return answered.value

        return ask


def _died(how: str) -> StationFault:
    return StationFault("SIM-PROCESS", f"the process of the simulated line is gone: {how}")
