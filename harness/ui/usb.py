"""What is plugged into USB, as a table: a line for each socket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from harness.model.usb import UsbDevice
from harness.station.seating.sockets import ids, speed_words, words
from harness.ui.rows import aligned

_TITLES = ("slot", "socket", "ids", "speed", "serial", "product", "mode")


def table(
    devices: Sequence[UsbDevice], numbers: Mapping[str, int], empty: Mapping[str, int]
) -> Iterator[Text]:
    """A line of titles, a line for each device, and one for each slot with an empty socket.

    `numbers` and `empty` are the slots of sockets.
    """
    rows = [_row(device, numbers) for device in devices]
    rows += [(str(slot), port, *[""] * 4, "nothing") for port, slot in empty.items()]
    if not rows:
        yield Text("nothing is plugged in that this PC's USB shows")
        return
    yield from aligned(_TITLES, rows)


def _row(device: UsbDevice, numbers: Mapping[str, int]) -> tuple[str, ...]:
    return (
        str(numbers.get(device.port, "-")),
        device.port,
        ids(device),
        speed_words(device.speed),
        words(device.serial),
        words(device.product),
        device.mode.value,
    )
