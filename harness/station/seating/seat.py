"""What one look sees of a slot, whether its session was broken since, and who does not belong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from harness.devices.adb.states import is_address
from harness.devices.adb.tracking import AdbSession, Tracked
from harness.devices.usb.seen import Seen
from harness.devices.usb.socket import UsbSocket
from harness.errors import LinkFault, OperatorStop, StationFault
from harness.model.fault import Fault
from harness.model.usb import UsbMode


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the handset of a slot is looked for: an adb name (serial or address), a USB socket."""

    handset: str | None = None
    socket: UsbSocket | None = None

    @property
    def address(self) -> str | None:
        """The address at which adb reaches it, if it is one."""
        return self.handset if self.handset and is_address(self.handset) else None

    @property
    def name(self) -> str:
        """Where it is, for a person."""
        return self.socket.port if self.socket else self.handset or ""


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who is in a slot: serial and state as adb tells them, mode as USB does.

    `serial` is None where adb tells none, as at an address; `adb` where adb has no such handset;
    `mode` without a socket.
    """

    at: str
    serial: str | None = None
    adb: str | None = None
    mode: UsbMode | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot as it was seen last: nobody is in it when it has no occupant.

    `session` is another number once the adb or USB session was broken. `fault` says why what is in
    it cannot be told: then somebody may be in it, whatever `occupant` says. It is `held` while a
    session of adb or USB tells who is in it from whoever comes next.
    """

    occupant: Occupant | None = None
    session: int = 0
    fault: Fault | None = None
    held: bool = False


UsbSession = tuple[int, int]
"""Bus and address: the kernel gives each device that comes another one (USB 2.0, 9.1.2)."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One look at a slot. What could not be looked at is as it was before."""

    seat: Seat
    adb: AdbSession | None = None
    usb: UsbSession | None = None


NOBODY = Glimpse(Seat())


def glimpse(
    spot: Spot, tracked: Collection[Tracked] | None, there: Collection[str], before: Glimpse
) -> Glimpse:
    """What is in a slot now; `tracked` is None while the adb server does not tell.

    `there` are the addresses without a live link where somebody answers.
    """
    try:
        standing = spot.socket.find() if spot.socket else None
    except StationFault as error:
        return replace(before, seat=Seat(fault=Fault.of(error)))
    found = _by_adb(spot, tracked or (), standing)
    if len(found) > 1:
        fault = Fault.of(LinkFault("ADB-TWINS", f"{len(found)} handsets say {spot.handset}"))
        return Glimpse(Seat(fault=fault))
    link = found[0] if found else None
    handset = None if link and spot.address and link.state == "offline" else link
    same = link is not None and link.session == before.adb
    adb = link.session if link and (handset or same) else None
    if tracked is None and standing:
        adb = before.adb  # USB has him still
    usb = (standing.place.bus, standing.address) if standing else None
    if not (standing or handset or spot.address in there):
        return NOBODY
    occupant = Occupant(
        at=spot.name,
        serial=handset.serial if handset and not spot.address else None,
        adb=handset.state if handset else None,
        mode=standing.mode if standing else None,
    )
    return Glimpse(Seat(occupant, held=bool(adb or usb)), adb, usb)


def _by_adb(spot: Spot, tracked: Collection[Tracked], standing: Seen | None) -> list[Tracked]:
    """What adb has of a slot.

    An address that is offline has nobody, unless he answers there: adb keeps it when its link
    broke. For a moment it is offline, too, when a handset has let adb in (adb.cpp,
    handle_new_connection): then the session goes on.
    """
    if spot.address:
        return [t for t in tracked if t.name == spot.address]
    if spot.socket:
        return [t for t in tracked if standing and t.usb == standing.place.name]
    return [t for t in tracked if t.name == spot.handset]


def broke(before: Glimpse, now: Glimpse) -> bool:
    """Whether the unit of the second look may be another one than that of the first.

    A half that was there has gone or is another; whoever was there has gone; or somebody came
    where nobody was, or where something answered and was linked to nobody: it may answer for any
    handset. That the server tracks anew says nothing of a handset that has stayed on USB.
    """
    if not (before.seat.occupant or before.usb or before.adb):
        return now.seat.occupant is not None
    if before.seat.occupant and now.seat == Seat():
        return True  # also one that only answered at his address, and was never linked to
    if before.usb and now.usb != before.usb:
        return True
    if before.adb is None:
        return now.adb is not None and before.usb is None
    if now.adb == before.adb:
        return False
    anew = now.adb is not None and now.adb.tracking != before.adb.tracking
    return not (anew and before.usb)


def require_in_place(
    slot: int, unit: str, serials: Mapping[int, str], spots: Mapping[int, Spot]
) -> None:
    """That the unit announced for a slot ("" when none was) is in it, by the serials of all slots.

    Raises: OperatorStop(UNIT-WRONG) with both serials when another one is in it;
    LinkFault(ADB-TWINS) with both places when its serial is in another slot, too: one is a clone.
    """
    found = serials.get(slot)
    if found and unit and found != unit:
        words = f"{found} is in slot {slot}, and {unit} was announced for it"
        evidence = {"slot": slot, "expected": unit, "found": found}
        raise OperatorStop("UNIT-WRONG", words, evidence=evidence)
    serial = found or unit
    twins = [n for n, other in sorted(serials.items()) if serial and other == serial and n != slot]
    if twins:
        where = {str(n): spots[n].name for n in (slot, *twins)}
        told = " and ".join(f"slot {n} ({name})" for n, name in where.items())
        evidence = {"serial": serial, **where}
        raise LinkFault("ADB-TWINS", f"{serial} is in {told}", evidence=evidence)
