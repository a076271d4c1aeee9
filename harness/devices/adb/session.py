"""One handset as one run sees it: pinned by its boot, so that no other can take its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from harness.clock import POLL_S, Lease
from harness.devices.adb import shell
from harness.devices.adb.finding import Finder
from harness.devices.adb.status import BOOT_ID_COMMAND, read_boot
from harness.devices.adb.watch import Link
from harness.errors import LinkFault, OperatorStop
from harness.model.reading import Reading, Unreadable


class Session:
    """The handset of a run; all leases of the run share it, from any thread.

    Its boot id is read at first use, and compared when the link is another one: a handset of the
    same serial that took its place has another, and so has one that restarted by itself.
    """

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.boot: Reading[str] = Unreadable("the handset was not seen yet")
        self._link: Link | None = None
        self._lock = threading.Lock()

    def link(self, lease: Lease) -> Link:
        """The link to this handset, proven to be the one that the run began with.

        Raises: as Finder.find; OperatorStop(UNIT-WRONG) when the boot is another one;
        LinkFault(ADB-LOST) when it cannot be told.
        """
        link = self.finder.find(lease)
        if link != self._link:
            with self._alone(lease):
                if link != self._link:  # another thread may have proven it meanwhile
                    self._prove(link, lease)
        return link

    def pin(self, link: Link, boot: Reading[str]) -> None:
        """From now on this is the handset: its link, or its boot, was changed on purpose."""
        with self._lock:
            self.boot = boot
            self._link = link

    def check_boot(self, found: Reading[str]) -> None:
        """Raises: OperatorStop(UNIT-WRONG), LinkFault(ADB-LOST) when it is not that of the run."""
        evidence = {"serial": self.finder.serial, "boot": repr(self.boot), "found": repr(found)}
        if not isinstance(found, str) or not isinstance(self.boot, str):
            words = "the link broke, and whether this is still the same handset cannot be told"
            raise LinkFault("ADB-LOST", words, evidence=evidence)
        if found != self.boot:
            words = (
                f"{self.finder.serial} is not in the boot that the run began with:"
                " it is another handset, or it restarted by itself"
            )
            raise OperatorStop("UNIT-WRONG", words, evidence=evidence)

    def _prove(self, link: Link, lease: Lease) -> None:
        found = read_boot(shell.run(self.finder, link, BOOT_ID_COMMAND, lease).out)
        if self._link is None:
            self.boot = found
        else:
            self.check_boot(found)
        self._link = link

    @contextmanager
    def _alone(self, lease: Lease) -> Iterator[None]:
        while not self._lock.acquire(timeout=POLL_S):
            lease.check()
            lease.check_time()
        try:
            yield
        finally:
            self._lock.release()
