"""The handset of a slot, as the engine and the steps see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.clock import Deadline, Lease
from harness.devices.adb import shell, sync
from harness.devices.adb.server import AdbServer
from harness.model.ports import ShellResult


@dataclass(frozen=True, slots=True)
class LeasedHandset:
    """A handset for as long as a lease holds (port Handset), over one launch of the server.

    A handset that was out of sight while the server was started again may be another one, or
    have been anything meanwhile: StationFault(ADB-SERVER).
    """

    server: AdbServer
    serial: str
    lease: Lease
    launch: int

    def shell(self, command: str, *, timeout_s: float | None = None) -> ShellResult:
        with self._same_server():
            return shell.run(self.server, self.serial, command, self.lease.within(timeout_s))

    def pull(self, path: str, *, timeout_s: float | None = None) -> bytes:
        with self._same_server():
            return sync.pull(self.server, self.serial, path, self.lease.within(timeout_s))

    def push(self, content: bytes, path: str, *, timeout_s: float | None = None) -> None:
        with self._same_server():
            sync.push(self.server, self.serial, content, path, self.lease.within(timeout_s))

    @contextmanager
    def _same_server(self) -> Iterator[None]:
        self._check()
        yield
        self._check()

    def _check(self) -> None:
        if self.server.launches != self.launch:
            raise self.server.fault("the adb server was started again in the middle of the run")


class AdbHandset:
    """A handset by its adb serial; an address `host:port` is connected to when it is absent."""

    def __init__(self, server: AdbServer, serial: str) -> None:
        self._server = server
        self._serial = serial
        self._launch = server.launches

    def for_run(self) -> AdbHandset:
        return AdbHandset(self._server, self._serial)

    def under(self, lease: Lease) -> LeasedHandset:
        return LeasedHandset(self._server, self._serial, lease, self._launch)

    def make_safe(self, deadline: Deadline) -> None:
        """Nothing on a handset is electrical; the jig takes its power away."""
