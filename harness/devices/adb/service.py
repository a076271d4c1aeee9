"""A service of a handset, opened on its transport; every way to fail has its own fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.clock import Lease
from harness.devices.adb.connection import Connection, Ended, Garbled, Refused, TimedOut
from harness.devices.adb.finding import Finder
from harness.devices.adb.watch import Link
from harness.errors import HarnessError, LinkFault, StepBug

_LONGEST = 0x7FFF


def _nothing() -> Mapping[str, Any]:
    return {}


@dataclass(slots=True)
class Call:
    """One call of a service over the link to a handset. `partial` tells what has arrived so far."""

    finder: Finder
    link: Link
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
        of the state when the handset is no longer ready; StationFault(ADB-SERVER);
        StepBug(STEP-TIMEOUT) when no time is left to begin; the reason of a lease that was
        cancelled or ended.
        """
        self._check()
        connection = Connection(self.finder.server.port, self.lease)
        try:
            with connection:
                self._join(connection)
                connection.request(self.service)
                self._check_link()
                yield connection
        except TimedOut:
            raise self._silent(dripping=connection.dripping) from None
        except Ended as error:
            raise self._lost(str(error)) from error
        except Refused as error:
            raise self._refused(str(error)) from error
        except Garbled as error:
            raise self._fault("ADB-GARBLED", f"sent what is no answer: {error}") from error

    def _check(self) -> None:
        if len(self.service.encode()) > _LONGEST or "\0" in self.service:
            raise StepBug("STEP-BUG", f"adb cannot carry {self.service!r:.60} ...")

    def _join(self, connection: Connection) -> None:
        """Be joined to the handset: the server does that alone, its silence is its own."""
        try:
            connection.request(f"host:transport-id:{self.link.transport_id}")
        except TimedOut as error:
            raise self.finder.server.fault(f"before {self.service!r:.200}: {error}") from error

    def _check_link(self) -> None:
        """The server links an address again by itself: what answers now may be another one."""
        if self.finder.server.link(self.link.transport_id) != self.link:
            raise Ended("the link broke before")

    def _silent(self, *, dripping: bool) -> LinkFault:
        if dripping:
            return self._fault("ADB-DRIP", "was still sending at the end of its time")
        return self._fault("ADB-HANG", "fell silent and did not finish in its time")

    def _lost(self, why: str) -> HarnessError:
        """The server ended the connection: because it ended itself, or because the link broke."""
        self.finder.server.devices_after(self.lease)
        return self._fault("ADB-LOST", f"was lost before the end of the answer: {why}")

    def _refused(self, reason: str) -> LinkFault:
        """A handset that is not ready refuses everything; its state says more than the reason."""
        if self.finder.look_after(self.lease) != self.link:
            return self._fault("ADB-LOST", f"was lost, and is back by another link: {reason}")
        return self._fault("ADB-REFUSED", f"refused: {reason}", reason=reason)

    def _fault(self, code: str, what: str, **more: Any) -> LinkFault:
        after_s = round(self._budget_s - self.lease.deadline.left_s(), 3)
        evidence = {
            "serial": self.finder.serial,
            "sent": self.service,
            "after_s": after_s,
            "limit_s": round(self._budget_s, 3),
            **self.partial(),
            **more,
        }
        message = f"handset {self.finder.serial} {what} ({after_s:g} s after {self.service!r:.200})"
        return LinkFault(code, message, evidence=evidence)
