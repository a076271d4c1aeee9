"""A service of a handset, opened on its transport; every way to fail has its own fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.clock import Lease
from harness.devices.adb.connection import Connection, Ended, Garbled, Refused, TimedOut
from harness.devices.adb.server import AdbServer
from harness.devices.adb.states import DeviceInfo, pick
from harness.errors import HarnessError, LinkFault, StepBug

_LONGEST = 0x7FFF
_ADDRESS = re.compile(r"\S+:[0-9]{1,5}")
_ABSENT, _OFFLINE, _READY = "absent", "offline", "device"


def _nothing() -> Mapping[str, Any]:
    return {}


@dataclass(slots=True)
class Call:
    """One call of a service. `partial` tells what has arrived so far."""

    server: AdbServer
    serial: str
    service: str
    lease: Lease
    partial: Callable[[], Mapping[str, Any]] = _nothing
    _budget_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._budget_s = self.lease.deadline.left_s()

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """The open service.

        Raises: LinkFault: ADB-LOST, ADB-HANG, ADB-DRIP, ADB-REFUSED, ADB-GARBLED, and the code
        of the state when the handset is not ready; StationFault(ADB-SERVER);
        StepBug(STEP-TIMEOUT) when no time is left to begin; the reason of a lease that was
        cancelled or ended.
        """
        self._check()
        device = self._device()
        link = Connection(self.server.port, self.lease)
        try:
            with link:
                link.request(f"host:transport-id:{device.transport_id}")
                link.request(self.service)
                yield link
        except TimedOut:
            raise self._silent(dripping=link.dripping) from None
        except Ended as error:
            raise self._lost(str(error)) from error
        except Refused as error:
            raise self._refused(str(error)) from error
        except Garbled as error:
            raise self._fault("ADB-GARBLED", f"sent what is no answer: {error}") from error

    def _check(self) -> None:
        if len(self.service.encode()) > _LONGEST or "\0" in self.service:
            raise StepBug("STEP-BUG", f"adb cannot carry {self.service!r:.60} ...")

    def _device(self) -> DeviceInfo:
        """The handset; one with an address is connected to first when there is no link to it."""
        devices = self.server.devices(self.lease)
        if self._state(devices) != _READY and _ADDRESS.fullmatch(self.serial):
            with self.server.linking(self.serial, self.lease):
                devices = self._linked()
        return pick(devices, self.serial)

    def _linked(self) -> list[DeviceInfo]:
        """All handsets, once it was tried to link this one; another thread may have done so."""
        devices = self.server.devices(self.lease)
        state = self._state(devices)
        if state not in (_ABSENT, _OFFLINE):
            return devices
        if state == _OFFLINE:  # the server tries again by itself, but seconds later
            self.server.disconnect(self.serial, self.lease)
        self.server.connect(self.serial, self.lease)
        return self.server.devices(self.lease)

    def _state(self, devices: Sequence[DeviceInfo]) -> str:
        return next((d.state for d in devices if d.serial == self.serial), _ABSENT)

    def _silent(self, *, dripping: bool) -> LinkFault:
        if dripping:
            return self._fault("ADB-DRIP", "was still sending at the end of its time")
        return self._fault("ADB-HANG", "fell silent and did not finish in its time")

    def _lost(self, why: str) -> HarnessError:
        """The server ended the connection: because it ended itself, or because the link broke."""
        self.server.devices_after(self.lease)
        return self._fault("ADB-LOST", f"was lost before the end of the answer: {why}")

    def _refused(self, reason: str) -> HarnessError:
        """A handset that is not ready refuses everything; its state says more than the reason."""
        pick(self.server.devices_after(self.lease), self.serial)
        return self._fault("ADB-REFUSED", f"refused: {reason}", reason=reason)

    def _fault(self, code: str, what: str, **more: Any) -> LinkFault:
        after_s = round(self._budget_s - self.lease.deadline.left_s(), 3)
        evidence = {
            "serial": self.serial,
            "sent": self.service,
            "after_s": after_s,
            "limit_s": round(self._budget_s, 3),
            **self.partial(),
            **more,
        }
        message = f"handset {self.serial} {what} ({after_s:g} s after {self.service!r:.200})"
        return LinkFault(code, message, evidence=evidence)
