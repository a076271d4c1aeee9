"""`harness usb`: what is plugged in where, by the names that sockets have in a station file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from harness.devices.android.decode import plain
from harness.devices.usb.bus import UsbBus
from harness.model.usb import UsbDevice, UsbSpeed
from harness.station.files.config import load_station
from harness.ui.text import Terminal, say
from harness.ui.usb import table


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
    for line in table(devices, numbers, empty(devices, numbers)):
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
            "speed_mbit_s": plain(speed),
            "max_power_ma": plain(device.max_power_ma),
            "serial": plain(device.serial),
            "manufacturer": plain(device.manufacturer),
            "product": plain(device.product),
        }
    for port, number in empty(devices, numbers).items():
        yield {"slot": number, "socket": port, "mode": None}


def empty(devices: Sequence[UsbDevice], numbers: Mapping[str, int]) -> Mapping[str, int]:
    """The slots with nothing in their socket."""
    taken = {device.port for device in devices}
    return {port: number for port, number in numbers.items() if port not in taken}
