"""`harness usb`: what is plugged in where, by the names that sockets have in a station file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from rich.text import Text

from harness.devices.usb.bus import UsbBus
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.usb import UsbDevice, UsbSpeed
from harness.station.config import load_station
from harness.station.sockets import ids, speed_words, words
from harness.ui.text import Terminal, printable, say

_TITLES = ("slot", "socket", "ids", "speed", "serial", "product", "mode")


@click.command()
@click.option(
    "--station",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file: says which slot a socket is, and which slots are empty.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout.")
def usb(station: Path | None, as_json: bool) -> None:
    """List what is plugged into USB: socket, mode, ids, speed, serial, product.

    A socket's name is what a slot's `usb` is in a station file. Plug one handset in, and see
    which line has come.

    Example: harness usb --station fixtures/stations/bench.yaml
    """
    slots = load_station(station).slots if station else ()
    numbers = {slot.usb: slot.number for slot in slots if slot.usb}
    devices = UsbBus().devices()
    if as_json:
        for entry in entries(devices, numbers):
            click.echo(orjson.dumps(entry))
        return
    console = Terminal()
    for line in table(devices, numbers):
        say(console, line)


def entries(devices: Sequence[UsbDevice], numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """An object for each device, then one for each slot with an empty socket."""
    for device in devices:
        speed = device.speed.value if isinstance(device.speed, UsbSpeed) else device.speed
        yield {
            "slot": numbers.get(device.port),
            "socket": device.port,
            "mode": device.mode.name.lower(),
            "vendor_id": f"{device.vendor_id:04x}",
            "product_id": f"{device.product_id:04x}",
            "speed_mbit_s": _json(speed),
            "max_power_ma": _json(device.max_power_ma),
            "serial": _json(device.serial),
            "manufacturer": _json(device.manufacturer),
            "product": _json(device.product),
        }
    for port, number in _empty(devices, numbers):
        yield {"slot": number, "socket": port, "mode": None}


def table(devices: Sequence[UsbDevice], numbers: Mapping[str, int]) -> Iterator[Text]:
    """A line of titles, a line for each device, and one for each slot with an empty socket."""
    rows = [_row(device, numbers) for device in devices]
    rows += [(str(slot), port, *[""] * 4, "nothing") for port, slot in _empty(devices, numbers)]
    if not rows:
        yield Text("nothing is plugged in that this PC's USB shows")
        return
    rows.insert(0, _TITLES)
    wide = [max(len(row[at]) for row in rows) for at in range(len(_TITLES))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, wide, strict=True))
        yield Text("  ".join(cells).rstrip(), "bold" if row is _TITLES else "")


def _row(device: UsbDevice, numbers: Mapping[str, int]) -> tuple[str, ...]:
    cells = (
        str(numbers.get(device.port, "-")),
        device.port,
        ids(device),
        speed_words(device.speed),
        words(device.serial),
        words(device.product),
        device.mode.value,
    )
    return tuple(printable(cell) for cell in cells)


def _empty(devices: Sequence[UsbDevice], numbers: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    taken = {device.port for device in devices}
    return ((port, number) for port, number in numbers.items() if port not in taken)


def _json(reading: Reading[str] | Reading[int] | Reading[float]) -> Any:
    if isinstance(reading, Unknown):
        return None
    return {"unreadable": reading.why} if isinstance(reading, Unreadable) else reading
