"""The station's own adb server, and what may be asked of it without a handset."""

from __future__ import annotations

import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb.connection import (
    Connection,
    Ended,
    Garbled,
    Refused,
    TimedOut,
    adb_connection,
)
from harness.devices.adb.process import ServerProcess
from harness.devices.adb.states import DeviceInfo, parse_devices, state_fault
from harness.errors import LinkFault, StationFault

_START_S = 20.0
_ANSWER_S = 5.0
"""What the server may take for an answer that it needs no handset for [s]."""
_ACCEPT_S = 1.0
"""What a handset may take to accept a key that it sees for the first time [s]."""
_PORTS = 5


class AdbServer:
    """An adb server of this process alone: its own port, keys and log; nobody else's handsets.

    `home` is where its key pair and its log stay; without one they go with the server. With
    `usb` it also serves the handsets on this PC's USB.
    """

    def __init__(
        self, *, port: int | None = None, home: Path | None = None, usb: bool = False
    ) -> None:
        self._wanted_port = port
        self._wanted_home = home
        self._usb = usb
        self._port = port or 0
        self._temporary: TemporaryDirectory[str] | None = None
        self._process: ServerProcess | None = None

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; 0 as long as none was chosen."""
        return self._port

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.alive

    def start(self) -> Self:
        """Start it and wait until it answers; does nothing while it is alive.

        Raises: StationFault(ADB-SERVER) with the end of its log.
        """
        if self.alive:
            return self
        self.stop()
        try:
            self._launch(self._make_home())
            self.version()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop and reap it; does nothing when it was not started."""
        if self._process:
            self._process.end()
            self._process = None
        if self._temporary:
            self._temporary.cleanup()
            self._temporary = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def version(self) -> int:
        """The version of its protocol, such as 41.

        Raises: StationFault(ADB-SERVER).
        """
        answer = self._ask("host:version", _lease(_ANSWER_S), _ANSWER_S)
        try:
            return int(answer, 16)
        except ValueError:
            raise self.fault(f"the version of the adb server reads {answer!r:.60}") from None

    def devices(self, lease: Lease | None = None, limit_s: float = _ANSWER_S) -> list[DeviceInfo]:
        """All handsets that it knows, in whatever state, asked for `limit_s` at the most.

        Raises: StationFault(ADB-SERVER).
        """
        answer = self._ask("host:devices-l", lease or _lease(_ANSWER_S), limit_s)
        try:
            return parse_devices(answer)
        except ValueError as error:
            raise self.fault(str(error)) from None

    def connect(self, address: str, deadline: Deadline, cancel: Cancel | None = None) -> None:
        """Connect to a handset at `host:port`; returns once it is ready for commands.

        Raises: LinkFault with the code of its state, ADB-ABSENT when nobody listens there;
        StationFault(ADB-SERVER).
        """
        lease = Lease(deadline, cancel or Cancel())
        answer = self._connect(address, lease)
        if answer.startswith("failed to authenticate"):  # so far: it may just take a new key
            self._wait_for(address, lease)
        elif answer.startswith(("connected to", "already connected to")):
            return
        for device in self.devices(_lease(_ANSWER_S, cancel)):
            if device.serial == address:
                if device.state == "device":
                    return
                raise state_fault(device)
        evidence = {"sent": f"host:connect:{address}", "received": answer}
        raise LinkFault("ADB-ABSENT", f"cannot connect to {address}: {answer}", evidence=evidence)

    def disconnect(self, address: str) -> None:
        """Forget a handset at `host:port`; does nothing when it is not known.

        Raises: StationFault(ADB-SERVER).
        """
        lease = _lease(_ANSWER_S)
        try:
            with Connection(self._port, lease, lease.deadline) as link:
                link.request(f"host:disconnect:{address}")
                link.block()
        except Refused:
            return  # `no such device`
        except (Ended, TimedOut, Garbled) as error:
            raise self.fault(f"host:disconnect:{address}: {error or 'no answer'}") from error

    def fault(self, message: str) -> StationFault:
        """A fault of this server, with the end of its log."""
        evidence: dict[str, Any] = {"port": self._port, "alive": self.alive}
        if self._process:
            evidence["log"] = self._process.log_tail()
        return StationFault("ADB-SERVER", message, evidence=evidence)

    def _ask(self, service: str, lease: Lease, limit_s: float) -> str:
        """The answer to a request that needs no handset."""
        deadline = lease.sooner(min(limit_s, _ANSWER_S))
        try:
            with Connection(self._port, lease, deadline) as link:
                link.request(service)
                return link.block()
        except TimedOut:
            raise self.fault(f"no answer to {service} in {deadline.limit_s:g} s") from None
        except (Ended, Refused, Garbled) as error:
            raise self.fault(f"{service}: {error}") from error

    def _connect(self, address: str, lease: Lease) -> str:
        """The answer to `host:connect`, which tells success and failure by its text alone."""
        service = f"host:connect:{address}"
        try:
            with Connection(self._port, lease, lease.deadline) as link:
                link.request(service)
                return link.block()
        except TimedOut:
            return f"no answer in {lease.deadline.limit_s:g} s"
        except (Ended, Refused, Garbled) as error:
            raise self.fault(f"{service}: {error}") from error

    def _wait_for(self, serial: str, lease: Lease) -> None:
        """Give a handset a moment to become ready."""
        service = f"host-serial:{serial}:wait-for-any-device"
        try:
            with Connection(self._port, lease, lease.sooner(_ACCEPT_S)) as link:
                link.request(service)
                link.okay()
        except (TimedOut, Refused):
            return  # its state tells
        except Ended as error:
            raise self.fault(f"{service}: {error}") from error

    def _make_home(self) -> Path:
        if self._wanted_home is None:
            self._temporary = TemporaryDirectory(prefix="harness-adb-")
            return Path(self._temporary.name)
        try:
            self._wanted_home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self.fault(f"cannot make the folder of the adb server: {error}") from error
        return self._wanted_home

    def _launch(self, home: Path) -> None:
        """Start the process. Another program may take a free port before it does: try again."""
        for _ in range(_PORTS):
            self._port = self._wanted_port or _free_port()
            self._process = ServerProcess(self._port, home, usb=self._usb)
            adb_connection()  # its import passes while the server starts
            if self._process.wait_ready(_START_S):
                return
            if self._wanted_port or "in use" not in self._process.log_tail():
                break
            self._process.end()
        raise self.fault(f"the adb server did not come up on port {self._port}")


def _lease(limit_s: float, cancel: Cancel | None = None) -> Lease:
    return Lease(Deadline(limit_s), cancel or Cancel())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
