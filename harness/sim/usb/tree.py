"""The part of sysfs that tells how buses, hubs and ports hang together.

Format: Linux, Documentation/ABI/testing/sysfs-bus-usb; as the kernel lays it out for a controller
of a bus `sim` that is called `usb`.
"""

from __future__ import annotations

from pathlib import Path

CONTROLLER = "sim-usb"


def devices_folder(root: Path) -> Path:
    """What /sys/bus/usb/devices would be."""
    return root / "bus" / "usb" / "devices"


def write_root_hub(root: Path, bus: int, ports: int, *, super_speed: bool, twin: int) -> None:
    """A root hub, with ports whose twins are those of the other bus."""
    controller = root / "devices" / "usb"
    hub = controller / f"usb{bus}"
    hub.mkdir(parents=True)
    kind = root / "bus" / "sim"
    kind.mkdir(parents=True, exist_ok=True)
    if not (controller / "subsystem").is_symlink():
        (controller / "subsystem").symlink_to(kind)
    (hub / "speed").write_text("5000\n" if super_speed else "480\n")
    devices_folder(root).mkdir(parents=True, exist_ok=True)
    (devices_folder(root) / hub.name).symlink_to(hub)
    for port in range(1, ports + 1):
        folder = hub / f"{bus}-0:1.0" / f"usb{bus}-port{port}"
        folder.mkdir(parents=True)
        (folder / "peer").symlink_to(controller / f"usb{twin}/{twin}-0:1.0/usb{twin}-port{port}")


def write_hub(root: Path, bus: int, path: tuple[int, ...], ports: int, *, twin: int | None) -> None:
    """A hub that is plugged in, in one of its halves."""
    name = _name(bus, path)
    hub = devices_folder(root).parent / "hubs" / name
    (devices_folder(root) / name).symlink_to(hub)
    for port in range(1, ports + 1):
        folder = hub / f"{name}:1.0" / f"{name}-port{port}"
        folder.mkdir(parents=True)
        if twin is not None:
            other = _name(twin, path)
            peer = hub.parent / other / f"{other}:1.0" / f"{other}-port{port}"
            (folder / "peer").symlink_to(peer)


def _name(bus: int, path: tuple[int, ...]) -> str:
    return f"{bus}-{'.'.join(map(str, path))}"
