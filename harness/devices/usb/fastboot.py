"""What a bootloader says of itself over USB, without the fastboot tool.

Format: AOSP, system/core/fastboot/README.md: a command in one packet; answers of four letters and
a text: INFO for a line, then OKAY, or FAIL with the reason.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.clock import POLL_S, Lease
from harness.devices.android.fastboot import VARIABLES
from harness.devices.usb.faults import handset_fault, is_timeout
from harness.devices.usb.modes import FASTBOOT
from harness.devices.usb.seen import Seen
from harness.devices.usb.socket import UsbSocket
from harness.errors import HarnessError, LinkFault
from harness.model.usb import UsbMode

_LINE = "(bootloader) {}\n"
_MOST_LINES = 4096
_SILENT_S = 1.0
"""Whoever has been silent for so long when the time is over is silent, not slow [s]."""
_DRAIN_S = 0.02
"""How long nothing may come before what comes next is an answer to what is asked next [s]."""
_COMMAND_S = 1.0
"""How long a bootloader may take to accept a command [s]."""


def read_identity(socket: UsbSocket, lease: Lease) -> str:
    """What `fastboot getvar all` prints, for devices/android/fastboot.py to read.

    A bootloader that refuses to list its variables is asked for those that tell who it is; what
    it does not know is left out.

    Raises: LinkFault(USB-ABSENT | USB-WRONG-MODE) when no handset is in fastboot, USB-HANG when it
    falls silent, USB-DRIP when it does not come to an end, USB-GARBLED, USB-LOST;
    StationFault(USB-NO-PERMISSION | USB-BUSY), and those of UsbSocket.find.
    """
    lease.check()
    seen = socket.find()
    if seen is None:
        raise socket.absent("nothing is plugged in")
    if FASTBOOT not in seen.interfaces:
        raise LinkFault(
            "USB-WRONG-MODE",
            f"in {seen.port} is {seen.mode.value}, expected {UsbMode.FASTBOOT.value}",
            evidence={"port": seen.port, "mode": seen.mode.name},
        )
    with socket.bus.opened(seen) as device:
        try:
            pipe = _open(device, seen, lease)
        except OSError as error:
            raise handset_fault(error, "opening", {"port": seen.port}) from error
        pipe.drain()
        listed, _ = pipe.ask("getvar:all")
        return "".join(_LINE.format(line) for line in listed or _one_by_one(pipe))


def _one_by_one(pipe: _Pipe) -> Iterator[str]:
    for name in VARIABLES:
        _, value = pipe.ask(f"getvar:{name}")
        if value is not None:
            yield f"{name}:{value}"


@dataclass(slots=True)
class _Pipe:
    """The two bulk pipes of a bootloader, under a lease.

    `size` is that of a packet [byte]: reading more would join an answer that fills one to the next.
    """

    device: Any
    port: str
    read_from: int
    write_to: int
    size: int
    lease: Lease
    received: list[str] = field(default_factory=list)

    def drain(self) -> None:
        """Take away what an earlier conversation left, so that it answers no question of ours."""
        for _ in range(_MOST_LINES):
            if self._packet(_DRAIN_S) is None:
                return
            self._check(silent_s=0, doing="draining")
        raise self._fault("USB-DRIP", "sends without being asked")

    def ask(self, command: str) -> tuple[list[str], str | None]:
        """The lines of an answer, and what it ends with; None when that is a refusal."""
        self._check(silent_s=0, doing=command)
        self._write(command)
        self.received = []
        heard, full = time.monotonic(), False
        while len(self.received) < _MOST_LINES:
            packet = self._packet(POLL_S)
            if packet is None:
                self._check(silent_s=time.monotonic() - heard, doing=command)
                continue
            heard = time.monotonic()
            if full and not packet:  # it only ends the transfer (USB 2.0, 5.8.3)
                full = False
                continue
            full = len(packet) == self.size
            kind, said = self._read(packet, command)
            if kind != "INFO":
                if full:
                    self._require_end(packet, command)
                return self.received, said if kind == "OKAY" else None
            self.received.append(said)
            self._check(silent_s=0, doing=command)
        raise self._fault("USB-DRIP", f"{command}: no end after {_MOST_LINES} lines")

    def _require_end(self, packet: bytes, command: str) -> None:
        """That an answer which fills a packet does not go on in the next one: it would be cut."""
        if self._packet(_DRAIN_S):
            words = f"{command}: an answer longer than a packet: {packet[:64]!r}"
            raise self._fault("USB-GARBLED", words)

    def _write(self, command: str) -> None:
        limit = self.lease.deadline.sooner(_COMMAND_S)
        while True:
            try:
                self.device.write(self.write_to, command.encode(), _ms(POLL_S))
                return
            except OSError as error:
                if not is_timeout(error):
                    raise handset_fault(error, command, self._told()) from error
            self.lease.check()
            if limit.expired():
                raise self._fault("USB-HANG", f"{command}: not taken within {limit.limit_s:g} s")

    def _packet(self, wait_s: float) -> bytes | None:
        """What comes next; None when nothing does in the time."""
        try:
            return bytes(self.device.read(self.read_from, self.size, _ms(wait_s)))
        except OSError as error:
            if is_timeout(error):
                return None
            raise handset_fault(error, "an answer", self._told()) from error

    def _read(self, packet: bytes, command: str) -> tuple[str, str]:
        kind, said = packet[:4], packet[4:].rstrip(b"\0\r\n")
        if kind not in (b"INFO", b"OKAY", b"FAIL") or not _is_text(said):
            raise self._fault("USB-GARBLED", f"{command}: no answer of fastboot: {packet[:64]!r}")
        return kind.decode(), said.decode()

    def _check(self, *, silent_s: float, doing: str) -> None:
        self.lease.check()
        if not self.lease.deadline.expired():
            return
        within = f"within {self.lease.deadline.limit_s:g} s"
        if self.received and silent_s < _SILENT_S:
            raise self._fault("USB-DRIP", f"{doing}: still sending, no end {within}")
        raise self._fault("USB-HANG", f"{doing}: no end of the answer {within}")

    def _fault(self, code: str, what: str) -> HarnessError:
        return LinkFault(code, f"bootloader in {self.port}: {what}", evidence=self._told())

    def _told(self) -> dict[str, Any]:
        return {"port": self.port, "lines": len(self.received), "last": self.received[-8:]}


def _open(device: Any, seen: Seen, lease: Lease) -> _Pipe:
    """Claim the interface of fastboot, which has one bulk pipe each way."""
    from usb.util import (
        ENDPOINT_IN,
        ENDPOINT_TYPE_BULK,
        claim_interface,
        endpoint_direction,
        endpoint_type,
    )

    interface = device[0][(seen.interfaces.index(FASTBOOT), 0)]
    claim_interface(device, interface)
    bulk = [each for each in interface if endpoint_type(each.bmAttributes) == ENDPOINT_TYPE_BULK]
    ways: dict[bool, Any] = {
        endpoint_direction(each.bEndpointAddress) == ENDPOINT_IN: each for each in bulk
    }
    if len(ways) != 2:
        message = f"the bootloader in {seen.port} has not one bulk pipe each way"
        raise LinkFault("USB-GARBLED", message, evidence={"port": seen.port, "pipes": len(bulk)})
    size = ways[True].wMaxPacketSize
    return _Pipe(
        device, seen.port, ways[True].bEndpointAddress, ways[False].bEndpointAddress, size, lease
    )


def _is_text(said: bytes) -> bool:
    return said.isascii() and not any(byte < 0x20 and byte != 0x09 for byte in said)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
