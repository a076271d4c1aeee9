"""What a simulated handset says of its storage and RAM: `df` (toybox) and `/proc/meminfo`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.unit import SimUnit

_MEMINFO = "/proc/meminfo"
_OF_STORAGE, _OF_RAM = 0.92, 0.934
"""What Android has of the sizes on the box: the system takes some, and kernel, modem and GPU."""


def data_kb(unit: SimUnit) -> int:
    """Size of `/data` [1024 bytes]. Storage is sold in GB of 10^9."""
    small = unit.defects.get("storage.small")
    sold_gb = unit.storage_gb if small is None else float(small.get("storage_gb", 64))
    return int(sold_gb * 10**9 * _OF_STORAGE / 1024)


def ram_kb(unit: SimUnit) -> int:
    """MemTotal [1024 bytes]. RAM is sold in GB of 2^30."""
    return int(unit.ram_gb * 2**20 * _OF_RAM)


def programs(unit: SimUnit) -> Programs:
    """The command that tells of file systems."""

    def df(words: list[str], _now_s: float) -> Answer:
        rows = {
            "/": ("/dev/block/dm-11", 1081200, 1079020),
            "/dev": ("tmpfs", ram_kb(unit) // 2, 1928),
            "/data": ("/dev/block/dm-72", data_kb(unit), int(data_kb(unit) * unit.storage_used)),
            "/storage/emulated": (
                "/dev/fuse",
                data_kb(unit),
                int(data_kb(unit) * unit.storage_used),
            ),
        }
        if missing := [path for path in words if path not in rows]:
            return failure(f"df: {missing[0]}: No such file or directory", 1)
        table = "".join(_row(mount, *rows[mount]) for mount in words or rows)
        return text(f"Filesystem       1K-blocks     Used Available Use% Mounted on\n{table}")

    return {"df": df}


def _row(mount: str, name: str, total_kb: int, used_kb: int) -> str:
    percent = -(-100 * used_kb // total_kb)  # toybox rounds up
    return f"{name:<16} {total_kb:9} {used_kb:8} {total_kb - used_kb:9} {percent:3}% {mount}\n"


def files(unit: SimUnit) -> Mapping[str, Callable[[], str]]:
    """The kernel's file on RAM (meminfo_proc_show of Linux)."""

    def meminfo() -> str:
        total = ram_kb(unit)
        fields = {"MemTotal": total, "MemFree": 402136, "MemAvailable": total // 2, "SwapTotal": 0}
        return "".join(f"{name + ':':<16}{value:8} kB\n" for name, value in fields.items())

    return {_MEMINFO: meminfo}
