"""Which handsets an adb server has, over all its launches; and who answers at an address."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb.finding import Finder
from harness.devices.adb.server import AdbServer
from harness.devices.adb.watch import Link, Watch
from harness.devices.android.adb_devices import NO_SERIALS
from harness.errors import HarnessError

_LINK_S = 5.0
"""What linking to an address may take, whatever state it ends in [s]."""


@dataclass(frozen=True, slots=True)
class AdbSession:
    """One unbroken link to a handset: of which tracking of the server, and over which link."""

    tracking: int
    link: Link


@dataclass(frozen=True, slots=True)
class Tracked:
    """A handset as the server tells it; `serial` is None where it has none, `usb` its port."""

    name: str
    state: str
    usb: str | None
    session: AdbSession

    @property
    def serial(self) -> str | None:
        return None if self.name in NO_SERIALS else self.name


class Tracking:
    """Follows the handsets of a server, and follows again once that has died and come back.

    Of one thread.
    """

    def __init__(self, server: AdbServer) -> None:
        self._server = server
        self._watch: Watch | None = None
        self._number = 0

    def listed(self) -> list[Tracked] | None:
        """The handsets as they are now; None while the server does not tell."""
        try:
            if self._watch is None:
                if not self._server.alive:
                    return None
                self._watch = Watch(self._server.port)
                self._number += 1
            found = self._watch.listed()
        except (OSError, ValueError):  # it died: the next call begins anew
            self.close()
            return None
        if found is None:
            return None
        return [
            Tracked(each.serial, each.state, each.details.get("usb"), self._session(link))
            for each, link in found
        ]

    def _session(self, link: Link) -> AdbSession:
        return AdbSession(self._number, link)

    def fileno(self) -> int | None:
        """What is readable once something has changed; None while nothing is followed."""
        return self._watch.fileno() if self._watch else None

    def close(self) -> None:
        if self._watch:
            self._watch.close()
            self._watch = None


def answering(addresses: Collection[str], within_s: float) -> frozenset[str]:
    """At which addresses `host:port` somebody takes a connection; all are asked at once.

    A host that is not named by its numbers is looked up first, each time.
    """
    until = time.monotonic() + within_s
    with ExitStack() as stack:
        knocks: dict[int, tuple[str, socket.socket]] = {}
        poll = select.poll()
        for address in addresses:
            knock = stack.enter_context(socket.socket())
            knock.setblocking(False)
            host, _, port = address.rpartition(":")
            with suppress(OSError, OverflowError, ValueError):  # no such host, or port
                if knock.connect_ex((host, int(port))) in (0, errno.EINPROGRESS):
                    poll.register(knock, select.POLLOUT)
                    knocks[knock.fileno()] = address, knock
        found = set()
        while knocks and (left_s := until - time.monotonic()) > 0:
            for number, _ in poll.poll(left_s * 1000):
                poll.unregister(number)
                address, knock = knocks.pop(number)
                if not knock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    found.add(address)
        return frozenset(found)


def link_up(server: AdbServer, address: str, cancel: Cancel) -> None:
    """Have the server linked to an address; what does not come up, the tracking tells."""
    with suppress(HarnessError):
        Finder(server, address).look(Lease(Deadline(_LINK_S), cancel))
