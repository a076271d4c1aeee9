"""The handset of a slot, as the engine and the steps see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.clock import Deadline, Lease
from harness.devices.adb import lifecycle, shell, sync
from harness.devices.adb.finding import ANYWHERE, Finder, Where
from harness.devices.adb.server import AdbServer
from harness.devices.adb.session import Session
from harness.model.ports import ShellResult


@dataclass(frozen=True, slots=True)
class LeasedHandset:
    """A handset for as long as a lease holds (port Handset), over one launch of the server.

    A handset that was out of sight while the server was started again may be another one, or
    have been anything meanwhile: StationFault(ADB-SERVER).
    """

    session: Session
    lease: Lease
    launch: int

    @property
    def serial(self) -> str:
        return self.session.finder.serial

    def shell(self, command: str, *, timeout_s: float | None = None) -> ShellResult:
        lease = self.lease.within(timeout_s)
        with self._same_server():
            return shell.run(self.session.finder, self.session.link(lease), command, lease)

    def pull(self, path: str, *, timeout_s: float | None = None) -> bytes:
        lease = self.lease.within(timeout_s)
        with self._same_server():
            return sync.pull(self.session.finder, self.session.link(lease), path, lease)

    def push(self, content: bytes, path: str, *, timeout_s: float | None = None) -> None:
        lease = self.lease.within(timeout_s)
        with self._same_server():
            sync.push(self.session.finder, self.session.link(lease), content, path, lease)

    def reboot(self, *, within_s: float) -> float:
        with self._same_server():
            return lifecycle.reboot(self.session, self.lease, within_s)

    def restart_adb(self, *, root: bool, within_s: float) -> None:
        with self._same_server():
            lifecycle.restart_adb(self.session, self.lease, root=root, within_s=within_s)

    @contextmanager
    def _same_server(self) -> Iterator[None]:
        self._check()
        yield
        self._check()

    def _check(self) -> None:
        server = self.session.finder.server
        if server.launches != self.launch:
            raise server.fault("the adb server was started again in the middle of the run")


class AdbHandset:
    """A handset by its adb serial; an address `host:port` is connected to when it is absent.

    Without a serial it is whatever handset stands in the socket of its slot.
    """

    def __init__(self, server: AdbServer, serial: str, where: Where = ANYWHERE) -> None:
        self._server = server
        self._serial = serial
        self._where = where
        self._launch = server.launches
        self._session = Session(Finder(server, serial, where))

    def for_run(self) -> AdbHandset:
        return AdbHandset(self._server, self._serial, self._where)

    def under(self, lease: Lease) -> LeasedHandset:
        return LeasedHandset(self._session, lease, self._launch)

    def make_safe(self, deadline: Deadline) -> None:
        """Nothing on a handset is electrical; the jig takes its power away."""
