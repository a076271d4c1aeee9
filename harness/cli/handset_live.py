"""Looking at a handset that is there: which one, is it ready, and all that it says."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
import orjson
from rich.text import Text

from harness.cli.handset import lines
from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb.states import DeviceInfo, is_address, state_fault
from harness.devices.android.decode import Json, decode, plain
from harness.devices.android.getprop import Properties, flat
from harness.devices.usb.fastboot import read_identity
from harness.devices.usb.socket import UsbSocket
from harness.errors import LinkFault, StationFault
from harness.steps.asking.overview import LIMIT_S, Overview, read
from harness.ui.handset import show_handset
from harness.ui.text import Terminal, printable, say
from harness.wiring import Handsets, Layout, load_layout, open_handsets

_ALL_S = 180.0
_APPEARS_S = 3.0
"""What a server that has just started may need to find the handsets on USB [s]."""
_LOOK_S = 0.1
_ON_THE_WAY = ("offline", "connecting", "authorizing")
_NOT_ON_ADB = ("ADB-ABSENT", "USB-WRONG-MODE")
_FIELD = 18


def look(name: str | None, station: Path | None, scenario: Path | None, *, as_json: bool) -> None:
    """Print the page of a handset.

    One that is in fastboot shows what its bootloader says.

    Raises: UsageError when it is not said which of several; LinkFault with its state.
    """
    if station and scenario:
        raise click.UsageError("a handset is of a station or of a scenario, not of both")
    layout = load_layout(station, scenario) if station or scenario else None
    with open_handsets(layout) as handsets:
        lease = Lease(Deadline(_ALL_S), Cancel())
        try:
            name = name or _the_only(handsets, layout, lease)
            if scenario is None and not is_address(name):
                _settled(handsets, None if "/" in name else name, lease)
            seen = read(handsets.of(name).for_run().under(lease))
        except LinkFault as fault:
            socket = in_fastboot(handsets, name, fault)
            return _show_bootloader(socket.port, read_bootloader(socket, lease), as_json=as_json)
    if as_json:
        click.echo(orjson.dumps(as_object(name, seen)))
    else:
        show_handset(Terminal(), seen)
    return None


def in_fastboot(handsets: Handsets, name: str | None, fault: LinkFault) -> UsbSocket:
    """The socket of a handset that is not on adb, because it is in fastboot.

    Raises: the fault, when that is not why, or nothing tells which of several it is.
    """
    found = list[UsbSocket]()
    if fault.code in _NOT_ON_ADB:
        with suppress(StationFault):  # that USB cannot be asked says nothing of the handset
            found = handsets.in_fastboot(name)
    if len(found) != 1:
        raise fault
    return found[0]


def read_bootloader(socket: UsbSocket, lease: Lease) -> Json:
    """What a handset in fastboot says of itself, by the reader `fastboot`; not its partitions.

    Raises: as read_identity.
    """
    said = decode("fastboot", read_identity(socket, lease.within(LIMIT_S)))
    return {name: value for name, value in said.items() if name != "partitions"}


def _show_bootloader(port: str, said: Json, *, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps({"handset": port, "readings": {"fastboot": said}}))
        return
    console = Terminal()
    for field, words in (("mode", "fastboot"), ("socket", port), *lines(said, "fastboot")):
        say(console, Text(f"{field:{_FIELD}}  {words}"), _FIELD + 2)


def as_object(name: str, seen: Overview) -> dict[str, object]:
    """The page as JSON values; `readings` are by kind, null where nobody knows."""
    readings = {kind: plain(each) for kind, each in seen.readings.items()}
    if isinstance(who := seen.readings["getprop"], Properties):
        readings["getprop"] = plain(flat(who))
    return {
        "handset": name,
        "readings": readings,
        "contradictions": list(seen.contradictions),
    }


def _the_only(handsets: Handsets, layout: Layout | None, lease: Lease) -> str:
    """The name of the only handset.

    Raises: UsageError when there are several; LinkFault(ADB-ABSENT) when there is none.
    """
    there = {} if layout else {each.serial: each for each in _settled(handsets, None, lease)}
    names = list(handsets.named) if layout else list(there)
    if len(names) == 1:
        return names[0]
    if names:
        lines = [f"  {printable(each)}  {_state(there.get(each))}".rstrip() for each in names]
        raise click.UsageError("\n".join(["there are several handsets; say which:", *lines]))
    where = "the station names no handset" if layout else "no handset on this PC's USB"
    raise LinkFault("ADB-ABSENT", where)


def _state(device: DeviceInfo | None) -> str:
    if device is None:
        return ""
    if device.state == "device":
        return "ready"
    fault = state_fault(device)
    return f"{device.state}: {fault.code} -> {fault.remedy}"


def _settled(handsets: Handsets, serial: str | None, lease: Lease) -> list[DeviceInfo]:
    """All handsets, once this one (or any) is there and none is on its way; or after 3 s."""
    until = Deadline(_APPEARS_S)
    while True:
        devices = handsets.server.devices(lease)
        looked_for = [each for each in devices if serial in (None, each.serial)]
        on_the_way = any(each.state in _ON_THE_WAY for each in looked_for)
        if until.expired() or (looked_for and not on_the_way):
            return devices
        lease.cancel.wait(_LOOK_S)
