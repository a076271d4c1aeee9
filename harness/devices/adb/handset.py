"""The handset of a slot, as the engine and the steps see it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.clock import Deadline, Lease
from harness.devices.adb import shell, sync
from harness.devices.adb.server import AdbServer
from harness.model.ports import ShellResult


@dataclass(frozen=True, slots=True)
class LeasedHandset:
    """A handset for as long as a lease holds (port Handset)."""

    server: AdbServer
    serial: str
    lease: Lease

    def shell(self, command: str, *, timeout_s: float | None = None) -> ShellResult:
        return shell.run(self.server, self.serial, command, self.lease.within(timeout_s))

    def pull(self, path: str, *, timeout_s: float | None = None) -> bytes:
        return sync.pull(self.server, self.serial, path, self.lease.within(timeout_s))

    def push(self, content: bytes, path: str, *, timeout_s: float | None = None) -> None:
        sync.push(self.server, self.serial, content, path, self.lease.within(timeout_s))


class AdbHandset:
    """A handset by its adb serial; an address `host:port` is connected to when it is absent."""

    def __init__(self, server: AdbServer, serial: str) -> None:
        self._server = server
        self._serial = serial

    def under(self, lease: Lease) -> LeasedHandset:
        return LeasedHandset(self._server, self._serial, lease)

    def make_safe(self, deadline: Deadline) -> None:
        """Nothing on a handset is electrical; the jig takes its power away."""
