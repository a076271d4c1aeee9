"""The devices of one slot, by the port that steps ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from harness.clock import Cancel, Clock, Deadline, Lease
from harness.engine.threads import in_thread
from harness.errors import HarnessError, JigFault, unexpected
from harness.model.backing import Derived, Device, Watched
from harness.model.fault import Fault
from harness.model.ports import (
    Attach,
    Measure,
    Prompt,
    RunSoFar,
    Stopwatch,
    UnitRegistry,
    Wait,
    WallClock,
)

OF_THE_RUN: frozenset[type] = frozenset(
    {Attach, Measure, Prompt, RunSoFar, Stopwatch, UnitRegistry, Wait, WallClock}
)
"""Ports that the engine itself provides."""

SAFE_LIMIT_S = 5.0
"""The whole time for bringing one device to its safe state [s]."""

SAFE_GRACE_S = 1.0
"""How much longer a driver may take to come back before it is left behind [s]."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What stands on a slot."""

    devices: Mapping[type, Device]

    def for_run(self) -> Bench:
        """The bench as one run sees it from its start on."""
        own: dict[type, Device] = {
            kind: device.for_run()
            for kind, device in self.devices.items()
            if not isinstance(device, Derived)
        }
        through = {
            kind: device.over(own[device.through])
            for kind, device in self.devices.items()
            if isinstance(device, Derived)
        }
        return Bench({**own, **through})

    def port(self, kind: type, lease: Lease) -> object:
        """The port of the device of this kind, for as long as the lease holds."""
        return self.devices[kind].under(lease)

    @contextmanager
    def watched(self, until: Cancel, stop: Cancel) -> Iterator[Callable[[], None]]:
        """Look after the devices that can stop a run, while the block runs and until cancelled.

        Gives what is called when the steps have ended: from then on nothing stops the run.
        """
        with ExitStack() as stack:
            watches = [
                device.watch(stop)
                for device in self.devices.values()
                if isinstance(device, Watched)
            ]
            for watch in watches:
                stack.callback(watch.close)
                stack.enter_context(until.waking(watch.end))

            def settle() -> None:
                for watch in watches:
                    watch.settle()

            yield settle

    def make_safe(self, clock: Clock) -> list[Fault]:
        """Bring every device to its electrical safe state; what stood in the way of it.

        All at once, each in a thread of its own: one that never comes back costs neither the
        others their safety nor the run its end.
        """
        tries = [_start(device, clock) for device in self.devices.values()]
        give_up = Deadline(SAFE_LIMIT_S + SAFE_GRACE_S, clock)
        return [fault for tried in tries for fault in _fault_of(tried, give_up)]


def _start(device: Device, clock: Clock) -> Future[None]:
    return in_thread("make-safe", lambda: device.make_safe(Deadline(SAFE_LIMIT_S, clock)))


def _fault_of(tried: Future[None], give_up: Deadline) -> Iterator[Fault]:
    try:
        error = tried.exception(max(give_up.left_s(), 0))
    except TimeoutError:
        message = f"the driver did not come back in {give_up.limit_s:g} s"
        yield Fault.of(JigFault("JIG-UNSAFE", message))
        return
    if isinstance(error, HarnessError):
        yield Fault.of(error)
    elif error:
        yield Fault.of(JigFault("JIG-UNSAFE", "the driver failed", evidence=unexpected(error)))
