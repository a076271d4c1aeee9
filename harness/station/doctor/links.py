"""The ways to handsets and jigs: adb, libusb, udev, serial ports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from harness.devices.adb.process import find_adb
from harness.devices.adb.server import AdbServer
from harness.errors import StationFault
from harness.station.doctor.finding import Finding, Level

USB_IN_KERNEL = Path("/sys/bus/usb/devices")
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


def libusb(*, needed: bool) -> Finding:
    """Whether the libusb of its wheel loads and can list the bus."""
    from usb.backend import libusb1
    from usb.core import USBError, find

    library = _bundled_libusb()
    if library is None:
        words = "no libusb: the wheel libusb-package for this machine is not installed"
        return Finding.missing("libusb", words, "Run `make setup` again.", needed=needed)
    backend = libusb1.get_backend(find_library=lambda _: library)
    if not USB_IN_KERNEL.is_dir() or backend is None:
        words = f"{library} is there, but this kernel has no USB ({USB_IN_KERNEL} is missing)"
        remedy = "Use a PC with USB, or give the virtual machine or container its USB bus."
        return Finding.missing("libusb", words, remedy, needed=needed)
    try:
        seen = len(list(find(find_all=True, backend=backend)))
    except USBError as error:
        words = f"{library} cannot list the bus: {error}"
        return Finding.missing("libusb", words, _INSTALL_RULES, needed=needed)
    return Finding.ok("libusb", f"{library} sees {seen} devices")


def _bundled_libusb() -> str | None:
    try:
        import libusb_package
    except ImportError:
        return None
    path = libusb_package.get_library_path()
    return None if path is None else str(path)


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


def no_rights(port: Path, group: str, *, needed: bool) -> Finding:
    """A port that belongs to a group in which this user is not."""
    words = f"{port} belongs to group {group}, and this user may not read and write it"
    remedy = f"sudo usermod -aG {group} $USER, then log in again."
    return Finding.missing("serial", words, remedy, needed=needed)
