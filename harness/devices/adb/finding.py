"""Finding the handset of a slot among all that the adb server has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.adb.server import AdbServer
from harness.devices.adb.states import DeviceInfo, is_address, pick, pick_at
from harness.devices.adb.watch import Link
from harness.errors import LinkFault
from harness.errors.link import NOT_THERE

_ABSENT, _OFFLINE, _READY = "absent", "offline", "device"
_PATIENCE_S = {"ADB-CONNECTING": 5.0, "ADB-UNAUTHORIZED": 10.0}
"""How long a run waits, in all, for what ends by itself or by a person's tap on Allow [s]."""
_CONNECT_S = 5.0
"""What an address may take to be linked [s]; the server itself would try for ten."""
_TO_TELL_S = 0.25
"""What is left of a call's time for its fault: waiting any longer would hide the state [s]."""


@dataclass(frozen=True, slots=True)
class Where:
    """What is known of the place of a handset beside its serial: the USB socket of its slot.

    `port` gives the port as adb calls it (`1-4.2`), None while nothing is plugged in: the handset
    is taken from there alone. `explain` may replace the fault of an absence by what USB knows of
    it, such as a unit in a chip's own mode.
    """

    port: Callable[[], str | None] | None = None
    explain: Callable[[LinkFault], LinkFault] | None = None


ANYWHERE = Where()
"""Wherever the adb server has it."""


class Finder:
    """Finds one run's handset: by its serial, and on the USB port of its slot where known.

    One with an address (`host:port`) has no port. Without a serial it is whatever stands on the
    port first.
    """

    def __init__(self, server: AdbServer, serial: str, where: Where = ANYWHERE) -> None:
        self.server = server
        self.serial = serial
        self._address = is_address(serial)
        self._port = None if self._address else where.port
        self._explain = where.explain
        self._patience: dict[str, Deadline] = {}
        self._seen = False

    def find(self, lease: Lease) -> Link:
        """The link to the handset, ready for commands; waits where its state may end by itself.

        Raises: as `look`; what is missing once the handset was seen is LinkFault(ADB-LOST).
        """
        while True:
            try:
                found = self.look(lease)
            except LinkFault as fault:
                if not self._may_end(fault, lease):
                    raise self.told(fault) from None
            else:
                self._seen = True
                return found
            lease.sleep(POLL_S)

    def look(self, lease: Lease) -> Link:
        """The link to the handset as it is now; one with an address may be connected to first.

        Raises: LinkFault with the code of its state; OperatorStop(UNIT-WRONG);
        StationFault(ADB-SERVER).
        """
        devices = self.server.devices(lease)
        if self._address and self._state(devices) != _READY:
            with self.server.linking(self.serial, lease):
                devices = self._linked(lease)
        return self._pick(devices)

    def look_after(self, lease: Lease) -> Link:
        """The link, to tell why a call under `lease` failed, even if its time is over.

        Raises: as `find`.
        """
        try:
            return self._pick(self.server.devices_after(lease))
        except LinkFault as fault:
            raise self.told(fault) from None

    def told(self, fault: LinkFault) -> LinkFault:
        """The fault of a state, as one who knows what was before and what USB says tells it."""
        if fault.code == "ADB-ABSENT" and self._explain:
            fault = self._explain(fault)
        if not self._seen or fault.code not in NOT_THERE:
            return fault
        evidence = {**fault.evidence, "found": fault.code}
        message = f"the handset was there before: {fault.message}"
        return LinkFault("ADB-LOST", message, evidence=evidence)

    def _pick(self, devices: Sequence[DeviceInfo]) -> Link:
        if self._port:
            found = pick_at(devices, self.serial, self._port())
            self.serial = found.serial  # one that was left out is that of the first found
        else:
            found = pick(devices, self.serial)
        return self.server.link(found.transport_id)

    def _may_end(self, fault: LinkFault, lease: Lease) -> bool:
        limit_s = _PATIENCE_S.get(fault.code)
        if limit_s is None or lease.deadline.left_s() <= _TO_TELL_S + POLL_S:
            return False
        return not self._patience.setdefault(fault.code, Deadline(limit_s)).expired()

    def _linked(self, lease: Lease) -> list[DeviceInfo]:
        """All handsets, once it was tried to link this one; another thread may have done so."""
        devices = self.server.devices(lease)
        state = self._state(devices)
        if state not in (_ABSENT, _OFFLINE):
            return devices
        if state == _OFFLINE:  # the server tries again by itself, but later
            self.server.disconnect(self.serial, lease)
        self.server.connect(self.serial, lease.within(_CONNECT_S))
        return self.server.devices(lease)

    def _state(self, devices: Sequence[DeviceInfo]) -> str:
        return next((d.state for d in devices if d.serial == self.serial), _ABSENT)
