"""The devices of a real slot, as the station file has them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial

from harness.clock import SystemClock
from harness.devices.adb.finding import Where
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.agent import AgentOverAdb
from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.finding import JigFinder
from harness.devices.jig.jig import JigHealthOf
from harness.devices.scpi.exchange import Expected
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.model.backing import Device
from harness.model.jig_ports import Jig, JigHealth
from harness.model.ports import Agent, CallBox, Handset, Usb
from harness.station.files.config import InstrumentConfig, SlotConfig, StationConfig
from harness.station.files.path_loss import losses_of
from harness.station.seating.sockets import explained
from harness.station.station import Slot
from harness.wiring.jigs import jig_of
from harness.wiring.layout import instruments_of, unit_of


@dataclass(frozen=True, slots=True)
class Wires:
    """What all slots of a real station share. The bus loads libusb when it is first asked."""

    server: AdbServer
    bus: UsbBus
    station: StationConfig
    call_box: SharedCallBox | None
    jigs: JigFinder
    stack: ExitStack


def slot_of(config: SlotConfig, wires: Wires) -> Slot:
    """A slot with all that stands on it; nothing is spoken to yet."""
    socket = socket_of(config, wires.bus)
    handset = handset_of(config, wires.server, socket)
    devices: dict[type, Device] = {Handset: handset, Agent: AgentOverAdb(handset)}
    if socket:
        devices[Usb] = socket
    if config.jig:
        jig = jig_of(config.jig, wires.jigs)
        devices |= {Jig: jig, JigHealth: JigHealthOf(jig)}
        wires.stack.callback(jig.shut)
    own = call_box_of(config.call_box, wires.stack) if config.call_box else None
    if box := own or wires.call_box:
        losses = losses_of(wires.station.path_loss, config.number, config.rf_cable, today)
        devices[CallBox] = CallBoxDevice(box, losses)
    name = config.jig.name if config.jig else None
    instruments = instruments_of(config, wires.station)
    kind = config.jig.kind if config.jig else None
    return Slot(config.number, Bench(devices), unit_of(config), name, instruments, kind)


def call_box_of(config: InstrumentConfig, stack: ExitStack) -> SharedCallBox:
    """The call box of an entry of the station file; the stack shuts its line."""
    kind = config.kind
    expected = Expected(config.serial, kind.maker, kind.model)
    box = SharedCallBox(config.port, kind.dialect, expected=expected)
    stack.callback(box.shut)
    return box


def socket_of(config: SlotConfig, bus: UsbBus) -> UsbSocket | None:
    """The USB socket of a slot that names one."""
    return UsbSocket(bus, config.usb) if config.usb else None


def handset_of(config: SlotConfig, server: AdbServer, socket: UsbSocket | None) -> AdbHandset:
    """The handset of a slot: by its serial, by its socket, or by both."""
    serial = config.handset or ""  # whatever handset stands in the socket
    if socket is None:
        return AdbHandset(server, serial)
    return AdbHandset(server, serial, Where(socket.sysfs_name, partial(explained, socket)))


def today() -> date:
    """The day in UTC, by which a path loss is in date or not."""
    return SystemClock().utc().date()
