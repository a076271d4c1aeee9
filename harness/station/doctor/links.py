"""The ways to handsets and jigs: adb, libusb, sockets, udev, serial ports."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.devices.adb.process import find_adb
from harness.devices.adb.server import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.devices.usb.topology import SYSFS as USB_IN_KERNEL
from harness.errors import HarnessError, ScannerFault, StationFault
from harness.model.usb import UsbMode
from harness.station.doctor.finding import Finding, Level
from harness.station.seating.sockets import REMEDIES, described

RULES_FOLDERS = tuple(
    map(Path, ("/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d"))
)
RULES = "51-harness.rules"
RULES_OF_OTHERS = ("51-android.rules", "70-android.rules")
_INSTALL_RULES = (
    f"sudo install -m 644 fixtures/udev/{RULES} /etc/udev/rules.d/ && sudo udevadm control "
    "--reload && sudo udevadm trigger, then plug the handsets in again."
)


def adb() -> Finding:
    """Whether a server of our own starts and answers, on a free port, without USB."""
    try:
        program = find_adb()
        with AdbServer() as server:
            version = server.version()
    except StationFault as fault:
        return Finding("adb", Level.FAIL, fault.message, "Run `make setup` again; check the disk.")
    return Finding.ok("adb", f"a server of protocol {version} starts from {program}")


def libusb(bus: UsbBus, *, needed: bool) -> Finding:
    """Whether libusb loads and can list what is plugged in."""
    try:
        seen = bus.seen()
    except HarnessError as fault:
        return Finding.missing("libusb", fault.message, fault.remedy, needed=needed)
    if not seen and not USB_IN_KERNEL.is_dir():
        words = f"libusb is there, but this kernel has no USB ({USB_IN_KERNEL} is missing)"
        remedy = "Use a PC with USB, or give the virtual machine or container its USB bus."
        return Finding.missing("libusb", words, remedy, needed=needed)
    return Finding.ok("libusb", f"libusb sees {len(seen)} devices, hubs among them")


def usb_socket(bus: UsbBus, slot: int, port: str) -> Finding:
    """What stands in the socket of a slot; an empty one is fine, and one that is gone is not."""
    name = f"slot {slot}"
    try:
        device = UsbSocket(bus, port).device()
    except HarnessError as fault:
        return Finding(name, Level.FAIL, f"{fault.code}: {fault.message}", fault.remedy)
    if device is None:
        return Finding.ok(name, f"{port}: nothing is plugged in")
    words = f"{port}: {described(device)}"
    if device.mode is UsbMode.ADB:
        return Finding.ok(name, words)
    return Finding(name, Level.WARN, words, REMEDIES[device.mode])


def udev_rules(
    *, needed: bool, folders: Sequence[Path] = RULES_FOLDERS, root: bool | None = None
) -> Finding:
    """Whether rules that let this user, who may be root, open handsets are installed."""
    for name in (RULES, *RULES_OF_OTHERS):
        for folder in folders:
            if (folder / name).is_file():
                return Finding.ok("udev", f"{folder / name} is installed")
    if os.geteuid() == 0 if root is None else root:
        return Finding.ok("udev", "no rules are installed; root may open every device without")
    words = f"no {RULES} in {', '.join(map(str, folders))}"
    return Finding.missing("udev", words, _INSTALL_RULES, needed=needed)


def serial_ports(wanted: Sequence[str] | None) -> Finding:
    """Whether this user may open the ports of the jigs; without a station, any that are there."""
    ports = _plugged_in() if wanted is None else [port for port in wanted if "://" not in port]
    if not ports:
        words = "no USB serial port is plugged in" if wanted is None else "no jig on a local port"
        return Finding.ok("serial", words)
    for port in ports:
        if problem := _port_problem(Path(port), needed=wanted is not None):
            return problem
    return Finding.ok("serial", f"{', '.join(ports)}: may be read and written")


def sought_jigs(names: Sequence[str], ports: Callable[[], Sequence[str]]) -> Finding:
    """Whether there are ports on which the jigs can be that are known by their serials alone."""
    there, sought = ports(), ", ".join(names)
    if not there:
        words = f"there is no serial port on which {sought} could be"
        remedy = "Plug the jig in and switch it on; check `jig_ports` in the station file."
        return Finding("jigs", Level.FAIL, words, remedy)
    for port in there:
        if "://" not in port and (problem := _port_problem(Path(port), needed=True)):
            return problem
    words = f"{sought} are looked for on {', '.join(there)}; `harness jig list` asks them"
    return Finding.ok("jigs", words)


def scanner_port(port: str, of_jigs: Sequence[str]) -> Finding:
    """Whether this user may open the port of the scanner, and no jig is at it or looked for there.

    A port has several names (/dev/serial/by-id/... is one): the file is held to the PC here.
    """
    if "://" in port:
        return Finding.ok("scanner", f"{port} is no local port: it is opened by the screen")
    if not Path(port).exists():
        words = f"SCANNER-ABSENT: there is no {port}"
        return Finding("scanner", Level.FAIL, words, ScannerFault.codes["SCANNER-ABSENT"].remedy)
    if not os.access(port, os.R_OK | os.W_OK):
        return no_rights(Path(port), Path(port).group(), needed=True, name="scanner")
    for other in of_jigs:
        if "://" not in other and Path(other).resolve() == Path(port).resolve():
            words = f"{port} is {other}, where the station file has jigs"
            remedy = "Name the scanner's own port, and as `jig_ports` those of the jigs alone."
            return Finding("scanner", Level.FAIL, words, remedy)
    return Finding.ok("scanner", f"{port}: may be read and written")


def _plugged_in() -> list[str]:
    from serial.tools.list_ports import comports

    return sorted(port.device for port in comports() if port.vid is not None)


def _port_problem(port: Path, *, needed: bool) -> Finding | None:
    if not port.exists():
        remedy = "Plug the jig in and switch it on; check the port in the station file."
        return Finding.missing("serial", f"there is no {port}", remedy, needed=needed)
    if os.access(port, os.R_OK | os.W_OK):
        return None
    return no_rights(port, port.group(), needed=needed)


def no_rights(port: Path, group: str, *, needed: bool, name: str = "serial") -> Finding:
    """A port that belongs to a group in which this user is not."""
    words = f"{port} belongs to group {group}, and this user may not read and write it"
    remedy = f"sudo usermod -aG {group} $USER, then log in again."
    return Finding.missing(name, words, remedy, needed=needed)
