"""Trees as the kernel lays them out under /sys, to read topology from."""

from __future__ import annotations

import os
from pathlib import Path


class Sysfs:
    """Relative links throughout, as in /sys; `devices` is /sys/bus/usb/devices."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.devices = root / "bus" / "usb" / "devices"
        self.devices.mkdir(parents=True)

    def controller(self, path: str, subsystem: str) -> Path:
        """Such as `pci0000:00/0000:00:14.0`."""
        folder = self.root / "devices" / path
        kind = self.root / "bus" / subsystem
        folder.mkdir(parents=True)
        kind.mkdir(parents=True, exist_ok=True)
        link(folder / "subsystem", kind)
        return folder

    def root_hub(self, controller: Path, bus: int, speed: str, ports: int) -> Path:
        folder = controller / f"usb{bus}"
        folder.mkdir()
        (folder / "speed").write_text(f"{speed}\n")
        link(self.devices / f"usb{bus}", folder)
        for port in range(1, ports + 1):
            (folder / f"{bus}-0:1.0" / f"usb{bus}-port{port}").mkdir(parents=True)
        link(self.devices / f"{bus}-0:1.0", folder / f"{bus}-0:1.0")
        return folder

    def hub(self, parent: Path, name: str, ports: int) -> Path:
        """A hub of this name, such as `1-4`, under the folder of its parent."""
        folder = parent / name
        for port in range(1, ports + 1):
            (folder / f"{name}:1.0" / f"{name}-port{port}").mkdir(parents=True)
        link(self.devices / name, folder)
        return folder


def twins(one: Path, other: Path) -> None:
    """Link two folders of ports as peers of each other."""
    link(one / "peer", other)
    link(other / "peer", one)


def port(hub: Path, number: int) -> Path:
    """The folder of a port of a hub or root hub."""
    [found] = hub.glob(f"*:*/{hub.name}-port{number}")
    return found


def link(at: Path, to: Path) -> None:
    at.symlink_to(os.path.relpath(to, at.parent))
