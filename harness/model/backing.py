"""What the engine holds behind the ports: devices that hand them out, and where a run is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from harness.clock import Cancel, Deadline, Lease
from harness.errors import HarnessError
from harness.model.identity import Claim

if TYPE_CHECKING:  # 20 ms of every start that runs no plan
    from harness.model.events import Stamped
    from harness.model.record import Record


class Device(Protocol):
    """What the engine holds of a device: it hands out ports under a lease, and makes it safe."""

    def for_run(self) -> Device:
        """The device as one run sees it from its start on."""
        ...

    def under(self, lease: Lease) -> object:
        """The device's port for as long as the lease holds."""
        ...

    def make_safe(self, deadline: Deadline) -> None:
        """Bring it to its electrical safe state; may be called from any thread, at any time.

        Raises: HarnessError when it cannot be shown to be safe.
        """
        ...


@runtime_checkable
class Derived(Protocol):
    """A device that speaks through another one of its bench, and must share that one's session.

    With a session of its own it could speak to a unit that was put in since.
    """

    @property
    def through(self) -> type:
        """The port of the device that it speaks through."""
        ...

    def over(self, carrier: Device) -> Device:
        """The same device, over this one."""
        ...


class Watch(Protocol):
    """Looks after a device while a run is on, and stops the run when it must not go on."""

    def settle(self) -> None:
        """Look a last time, now that the steps have ended: nothing found later stops the run."""
        ...

    def end(self) -> None:
        """Look no more; called by whoever stops the run, so it waits for nothing."""
        ...

    def close(self) -> None:
        """End it, and wait until it has."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A device that can stop a run: its interlock opens, or it drops power by itself."""

    def watch(self, stop: Cancel) -> Watch:
        """Look after it for a run, which `stop` stops with the reason."""
        ...


class Journal(Protocol):
    """Where a run's events go to stay (the recorder)."""

    @property
    def failure(self) -> HarnessError | None:
        """Why the store can no longer be written, or None."""
        ...

    def begin(self, started: Stamped, documents: Mapping[str, bytes]) -> None:
        """Store RunStarted and the documents it names by hash; returns once they are on disk.

        Raises: StationFault(STORE-...) and nothing may be tested.
        """
        ...

    def write(self, event: Stamped) -> None:
        """Queue an event; on disk at most 50 ms later. Does not raise: see `failure`."""
        ...

    def keep(self, content: bytes) -> str:
        """Store a file; returns its SHA-256 once it is on disk, so that an event may name it.

        Raises: StationFault(STORE-...).
        """
        ...

    def read(self, sha256: str) -> bytes:
        """A file that was kept.

        Raises: StationFault(STORE-...) when it is not there as it was kept.
        """
        ...

    def claim(self, run: str, serial: str, imeis: Sequence[str], *, own: bool) -> Claim | None:
        """The claim of another unit to one of these IMEIs; None when there is none.

        If the unit is to `own` them, none of them is another's, and the run is open, they are its
        own from now on, and on disk; in one step, whichever slots ask at the same time.

        Raises: StationFault(STORE-...).
        """
        ...

    def seal(self, record: Record) -> str:
        """Store the finished record; returns its SHA-256 in the chain once it is on disk.

        Raises: StationFault(STORE-...) and nothing may be shown as passed.
        """
        ...
