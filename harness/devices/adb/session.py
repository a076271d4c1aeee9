"""One handset as one run sees it: pinned by its boot, so that no other can take its place."""

from __future__ import annotations

import threading

from harness.clock import Lease
from harness.devices.adb import shell
from harness.devices.adb.finding import Finder
from harness.devices.adb.status import WHO_COMMAND, Who, read_who
from harness.devices.adb.watch import Link
from harness.errors import LinkFault, OperatorStop
from harness.model.reading import Unknown

_NOT_SEEN = Unknown("the handset was not seen yet")


class Session:
    """The handset of a run; all leases of the run share it, from any thread.

    Its boot id and serial are read at first use, and compared when the link is another one: a
    handset of the same serial that took its place has another boot, and so has one that
    restarted by itself.
    """

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.who = Who(_NOT_SEEN, _NOT_SEEN)
        self._link: Link | None = None
        self._lock = threading.Lock()

    def link(self, lease: Lease) -> Link:
        """The link to this handset, proven to be the one that the run began with.

        Raises: as Finder.find, and as `check`.
        """
        link = self.finder.find(lease)
        if link != self._link:
            with lease.holding(self._lock, f"handset {self.finder.serial}"):
                if link != self._link:  # another thread may have proven it meanwhile
                    self._prove(link, lease)
        return link

    def pin(self, link: Link, who: Who) -> None:
        """From now on this is the handset: its link, or its boot, was changed on purpose."""
        with self._lock:
            self.who = who
            self._link = link

    def check(self, found: Who) -> None:
        """That it is still the handset of the run, in the same boot.

        Raises: OperatorStop(UNIT-WRONG) when it tells another serial; LinkFault: ADB-RESTARTED
        when the boot is another one, ADB-LOST when it cannot be told.
        """
        self.check_serial(found)
        evidence = {"serial": self.finder.serial, "expected": str(self.who), "found": str(found)}
        if not isinstance(found.boot, str) or not isinstance(self.who.boot, str):
            words = "the link broke, and whether this is still the same handset cannot be told"
            raise LinkFault("ADB-LOST", words, evidence=evidence)
        if found.boot != self.who.boot:
            words = (
                f"{self.finder.serial} is not in the boot that the run began with: it restarted by"
                " itself, or another handset of the same serial took its place"
            )
            raise LinkFault("ADB-RESTARTED", words, evidence=evidence)

    def check_serial(self, found: Who) -> None:
        """Raises: OperatorStop(UNIT-WRONG) when it tells another serial than that of the run."""
        expected, told = self.who.serial, found.serial
        if isinstance(expected, str) and isinstance(told, str) and told != expected:
            words = f"{told} came back in the place of {expected}"
            evidence = {"expected": expected, "found": told}
            raise OperatorStop("UNIT-WRONG", words, evidence=evidence)

    def _prove(self, link: Link, lease: Lease) -> None:
        found = read_who(shell.run(self.finder, link, WHO_COMMAND, lease).out)
        if self._link is None:
            self.who = found
        else:
            self.check(found)
        self._link = link
