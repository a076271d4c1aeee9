"""Looking after a jig while a run is on: its interlock, its watchdog, its line."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from harness.clock import Cancel, Deadline, Lease
from harness.devices.jig.asking import Asking
from harness.devices.scpi.replies import read_flag
from harness.devices.scpi.wire import Wire
from harness.errors import HarnessError, JigFault, StepBug
from harness.errors.base import LineFault

LOOK_S = 0.25
"""How often the interlock is asked for, and how late a beat may be [s]."""

MOST_UNCLEAR = 3
"""Looks in a row that may bring nothing that can be read; one more is no bad luck."""

_JOIN_S = 2.0
"""In which a look that was ended comes back; its thread is left behind if it does not [s]."""


class Watch:
    """Stops a run by `stop` once its jig can no longer be relied on (model.backing.Watch).

    A thread, from the first use of the jig in the run on: it asks for the interlock, feeds the
    jig's watchdog and hears whether that has tripped, each in a turn of its own on the line. It
    never opens the port: a jig that nobody speaks to is not missed. When the interlock opens,
    `rest` switches off whatever is on, before the steps have ended.
    """

    def __init__(
        self,
        wire: Wire,
        asked: Callable[[Lease], Asking],
        rest: Callable[[Lease], None],
        stop: Cancel,
    ) -> None:
        self._wire, self._asked, self._rest = wire, asked, rest
        self._stop = stop
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._leases: list[Lease] = []
        self._thread: threading.Thread | None = None
        self._aside = 0
        self._judging = True
        """A run is stopped for what is found until its steps have ended, or it was stopped."""
        self._armed = False
        self._beat_due_s = -math.inf
        self._unclear = 0

    def begin(self, asking: Asking) -> None:
        """Have the jig looked after from now on; its watchdog is armed before anything is on.

        Raises: JigFault(JIG-LOST) when the line was lost in this run: nobody knows what the jig
        has done since.
        """
        if self._over.is_set():
            return
        if self._wire.lost and self._judging:
            raise self._wire.lost.again()
        if asking.dialect.heartbeat_s and not self._armed:
            with suppress(HarnessError):  # whoever uses it now will find the same
                self._beat(asking)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jig-watch", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Look a last time; the run is stopped by nothing that comes later."""
        if self._thread and self._judging and not self._stop.reason:
            self._beat_due_s = -math.inf
            looks = (self._look() for _ in range(MOST_UNCLEAR + 1))
            next((clear for clear in looks if clear), None)
        self._judging = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave the line to somebody who makes the jig safe, which resets its watchdog too."""
        with self._lock:
            self._aside += 1
            self._end_looks()
        try:
            yield
        finally:
            with self._lock:
                self._aside -= 1
            self._armed = False

    def end(self) -> None:
        """Look no more; waits for nothing."""
        self._over.set()
        with self._lock:
            self._end_looks()

    def close(self) -> None:
        """End it, and wait for its thread."""
        self.end()
        if self._thread:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._over.wait(LOOK_S):
            self._look()

    def _look(self) -> bool:
        """Look once; whether what was there to see was seen."""
        lease = Lease(Deadline(math.inf), Cancel())
        with self._lock:
            if self._aside or self._over.is_set():
                return True
            self._leases.append(lease)
        try:
            fault = self._found(lease)
            self._unclear = self._unclear + 1 if _unclear(fault) else 0
            if fault and self._judging and not 0 < self._unclear <= MOST_UNCLEAR:
                self._stop_for(fault, lease)
            return self._unclear == 0
        finally:
            with self._lock:
                self._leases.remove(lease)

    def _found(self, lease: Lease) -> HarnessError | None:
        """Why the jig cannot be relied on; None as long as it can."""
        if self._wire.lost:
            return self._wire.lost
        if not self._wire.identity:
            return None  # nobody speaks to it
        asking = self._asked(lease)
        try:
            if self._judging and asking.dialect.can("interlock"):
                stopped = asking.interlock_stops("in the middle of the run")
                if stopped:
                    return stopped
            if asking.dialect.heartbeat_s and (
                not self._armed or time.monotonic() >= self._beat_due_s
            ):
                self._beat(asking)
        except StepBug:
            return None  # the look was ended
        except HarnessError as fault:
            return fault
        return None

    def _beat(self, asking: Asking) -> None:
        """Feed the watchdog.

        Raises: JigFault(JIG-WATCHDOG) when it says that it has dropped power since the jig was
        made safe; others when the jig does not say it.
        """
        every_s = asking.dialect.heartbeat_s or math.inf
        tripped = asking.query("heartbeat", {}, read_flag)
        self._armed = True
        if tripped:
            words = f"{self._wire.called} has dropped power by itself: it had heard nothing"
            evidence = {"port": self._wire.name, "heartbeat_s": every_s}
            raise JigFault("JIG-WATCHDOG", words, evidence=evidence)
        self._beat_due_s = time.monotonic() + every_s

    def _stop_for(self, fault: HarnessError, lease: Lease) -> None:
        self._judging = False
        self._stop.set(fault)
        if fault.code in ("JIG-INTERLOCK", "JIG-EMERGENCY"):
            with suppress(HarnessError):  # the run makes it safe once more, and tells
                self._rest(lease)

    def _end_looks(self) -> None:
        for lease in self._leases:
            lease.end()


def _unclear(fault: HarnessError | None) -> bool:
    return isinstance(fault, LineFault) and fault.kind in ("GARBLED", "LATE")
