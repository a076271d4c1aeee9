"""The station's own adb server, and what may be asked of it without a handset."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from harness.clock import POLL_S, Cancel, Deadline, Lease
from harness.devices.adb.connection import Connection, Ended, Garbled, Refused, TimedOut
from harness.devices.adb.process import ServerProcess
from harness.devices.adb.states import DeviceInfo, parse_devices, state_fault
from harness.devices.adb.watch import Link, Watch
from harness.errors import LinkFault, StationFault

_START_S = 20.0
_ANSWER_S = 5.0
"""What the server may take for an answer that it needs no handset for [s]."""
_AFTER_S = 0.5
"""What it may take to say why a call failed whose own time is over [s]."""
_ACCEPT_S = 1.0
"""What a handset may take to accept a key that it sees for the first time [s]."""
_GOES_S = 1.0
"""What it may take to forget a link that broke; until then it refuses another one [s]."""
_PORTS = 5


class AdbServer:
    """An adb server of this process alone: its own port, keys and log; nobody else's handsets.

    `home` is where its key pair and its log stay; without one they go with the server. With
    `usb` it also serves the handsets on this PC's USB.
    """

    def __init__(self, *, home: Path | None = None, usb: bool = False) -> None:
        self._wanted_home = home
        self._usb = usb
        self._port = 0
        self._temporary: TemporaryDirectory[str] | None = None
        self._process: ServerProcess | None = None
        self._watch: Watch | None = None
        self._links: dict[str, threading.Lock] = {}
        self.launches = 0
        """How often it was started: what a handset did over an earlier one is not known."""
        self.why_down: StationFault | None = None
        """Why it could not be started: whoever asks it something meanwhile is told this."""

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
        self.why_down = None
        try:
            self._launch(self._make_home())
            self.version()
            self._watch = self._tracking()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop and reap it; does nothing when it was not started."""
        if self._watch:
            self._watch.close()
            self._watch = None
        if self._process:
            self._process.end()
            self._process = None
        if self._temporary:
            self._temporary.cleanup()
            self._temporary = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def version(self) -> int:
        """The version of its protocol, such as 41.

        Raises: StationFault(ADB-SERVER).
        """
        answer = self._ask("host:version", Lease(Deadline(_ANSWER_S), Cancel()))
        try:
            return int(answer, 16)
        except ValueError:
            raise self.fault(f"the version of the adb server reads {answer!r:.60}") from None

    def devices(self, lease: Lease) -> list[DeviceInfo]:
        """All handsets that it knows, in whatever state.

        Raises: StationFault(ADB-SERVER).
        """
        answer = self._ask("host:devices-l", lease)
        try:
            return parse_devices(answer)
        except ValueError as error:
            raise self.fault(str(error)) from None

    def link(self, transport_id: int) -> Link:
        """The link to a handset: another one once it broke, even under the same transport.

        Raises: StationFault(ADB-SERVER).
        """
        watch = self._watch
        try:
            if watch:
                return watch.link(transport_id)
        except (OSError, ValueError) as error:
            raise self.fault(f"the tracking of handsets: {error}") from error
        raise self.fault("the adb server was not started")

    def devices_after(self, lease: Lease) -> list[DeviceInfo]:
        """All handsets, to tell why a call under `lease` failed, even if its time is over.

        Raises: StationFault(ADB-SERVER).
        """
        return self.devices(Lease(Deadline(max(lease.deadline.left_s(), _AFTER_S)), lease.cancel))

    def connect(self, address: str, lease: Lease) -> None:
        """Connect to a handset at `host:port`; returns once it is ready for commands.

        Raises: LinkFault with the code of its state, ADB-ABSENT when nobody listens there;
        StationFault(ADB-SERVER).
        """
        going = lease.deadline.sooner(_GOES_S)
        while True:
            answer = self._connect(address, lease)
            if answer.startswith("failed to authenticate"):  # so far: it may just take a new key
                self._wait_for(address, lease)
            elif answer.startswith("connected to"):
                return
            found = self._found(address, lease)
            if found and found.state == "device":
                return
            if going.left_s() <= POLL_S or not _speaks_of_an_earlier(answer, found):
                break
            lease.sleep(POLL_S)
        if found:
            raise state_fault(found)
        evidence = {"sent": f"host:connect:{address}", "received": answer}
        raise LinkFault("ADB-ABSENT", f"cannot connect to {address}: {answer}", evidence=evidence)

    @contextmanager
    def linking(self, address: str, lease: Lease) -> Iterator[None]:
        """Keep others from linking to a handset meanwhile: two at once break each other's link.

        Raises: StepBug(STEP-TIMEOUT) when the lease's deadline comes first.
        """
        with lease.holding(self._links.setdefault(address, threading.Lock()), address):
            yield

    def disconnect(self, address: str, lease: Lease) -> None:
        """Forget a handset at `host:port`; does nothing when it is not known.

        Raises: StationFault(ADB-SERVER).
        """
        service = f"host:disconnect:{address}"
        with self._answering(service), suppress(Refused):  # `no such device`
            self._answer(service, lease.within(_ANSWER_S))

    def fault(self, message: str) -> StationFault:
        """A fault of this server, with the end of its log; or why it could not be started."""
        if self.why_down and not self.alive:
            return self.why_down.again(asked=message)
        evidence: dict[str, Any] = {"port": self._port, "alive": self.alive}
        if process := self._process:  # another thread may restart it meanwhile
            evidence["log"] = process.log_tail()
        return StationFault("ADB-SERVER", message, evidence=evidence)

    def _ask(self, service: str, lease: Lease) -> str:
        """The answer to a request that needs no handset."""
        with self._answering(service):
            return self._answer(service, lease.within(_ANSWER_S))

    def _connect(self, address: str, lease: Lease) -> str:
        """The answer to `host:connect`, which tells success and failure by its text alone."""
        service = f"host:connect:{address}"
        with self._answering(service):
            try:
                return self._answer(service, lease)
            except TimedOut as error:  # the server waits for the handset, longer than we may
                return str(error)

    def _found(self, serial: str, lease: Lease) -> DeviceInfo | None:
        return next((each for each in self.devices_after(lease) if each.serial == serial), None)

    def _wait_for(self, serial: str, lease: Lease) -> None:
        """Give a handset a moment to become ready."""
        service = f"host-serial:{serial}:wait-for-any-device"
        with (
            self._answering(service),
            suppress(TimedOut, Refused),  # its state tells
            Connection(self._port, lease.within(_ACCEPT_S)) as link,
        ):
            link.request(service)
            link.okay()

    def _answer(self, service: str, lease: Lease) -> str:
        with Connection(self._port, lease) as link:
            link.request(service)
            return link.block()

    @contextmanager
    def _answering(self, service: str) -> Iterator[None]:
        """What goes wrong in the block is a fault of the server."""
        try:
            yield
        except (Ended, TimedOut, Refused, Garbled) as error:
            raise self.fault(f"{service}: {error}") from error

    def _tracking(self) -> Watch:
        try:
            return Watch(self._port)
        except (OSError, ValueError) as error:
            raise self.fault(f"the tracking of handsets: {error}") from error

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
        self.launches += 1
        for _ in range(_PORTS):
            self._port = _free_port()
            self._process = ServerProcess(self._port, home, usb=self._usb)
            import_module("adbutils")  # takes 0.25 s, which the server takes to start, too
            if self._process.wait_ready(_START_S):
                return
            if "in use" not in self._process.log_tail():
                break
            self._process.end()
        raise self.fault(f"the adb server did not come up on port {self._port}")


def _speaks_of_an_earlier(answer: str, found: DeviceInfo | None) -> bool:
    """Whether what it is `already connected` to is a link that broke and is on its way out."""
    broken = found is None or found.state == "offline"
    return broken and answer.startswith("already connected to")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
