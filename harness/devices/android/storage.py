"""How much memory a handset has: `df` and `/proc/meminfo`.

Formats: df of toybox (POSIX columns, in blocks of 1024 bytes), meminfo_proc_show of Linux.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, no_dump, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "df; cat /proc/meminfo"
_HEADER = re.compile(r"Filesystem\s{1,200}(?P<unit>\S{1,20})\s{1,20}Used\s{1,20}Avail.*")
_KB_BLOCKS = frozenset({"1K-blocks", "1024-blocks"})
_USED = "% "
_COUNT = re.compile(r"[0-9]{1,18}")
_DATA = "/data"
_MEMORY = re.compile(r"MemTotal:\s{1,40}(?P<kb>[0-9]{1,12}) kB")
_MOST_KB = 10**12
_STORAGE_GB = (16, 32, 64, 128, 256, 512, 1024, 2048)
_RAM_GB = (0.5, 1, 2, 3, 4, 6, 8, 10, 12, 16, 18, 24, 32)
_LEAST_OF_RAM = 0.8
"""Of the RAM on the box, less than 20 % is kept from Android for kernel, modem and GPU."""


@dataclass(frozen=True, slots=True)
class Storage:
    """User storage and RAM. The nominal sizes are those printed on the box.

    Storage is sold in GB of 10^9 bytes, RAM in GB of 2^30.
    """

    data_total_kb: Reading[int]
    data_avail_kb: Reading[int]
    nominal_gb: Reading[int]
    mem_total_kb: Reading[int]
    nominal_ram_gb: Reading[float]


def read_storage(output: str) -> Reading[Storage]:
    """The sizes of an answer to `df`, of `/proc/meminfo`, or of both together."""
    lines, _ = whole_lines(output)
    memory = gather(("MemTotal", m["kb"]) for line in lines if (m := _MEMORY.fullmatch(line)))
    headers = [match for line in lines if (match := _HEADER.fullmatch(line))]
    if not memory and not headers:
        return no_dump("neither a table of df nor MemTotal", output)
    data = _data(lines, [header["unit"] for header in headers])
    total = data if isinstance(data, Unknown | Unreadable) else integer(data, "total", 1, _MOST_KB)
    mem_total = integer(memory, "MemTotal", 1, _MOST_KB)
    return Storage(
        data_total_kb=total,
        data_avail_kb=_available(data, total),
        nominal_gb=_nominal_gb(total),
        mem_total_kb=mem_total,
        nominal_ram_gb=_nominal_ram_gb(mem_total),
    )


def _data(lines: Sequence[str], units: Sequence[str]) -> Fields | Unknown | Unreadable:
    """The row of /data, not of what is mounted under it."""
    if not units:
        return Unknown("no table of df")
    if not set(units) <= _KB_BLOCKS:
        return Unreadable("df counts in other blocks than of 1024 bytes", ", ".join(units))
    rows = [row for line in lines if (row := _row(line)) and row["mount"] == _DATA]
    if not rows:
        return Unknown(f"df has no {_DATA}")
    return gather(pair for row in rows for pair in row.items())


def _row(line: str) -> dict[str, str] | None:
    """Columns are counted from the right: a file system may be named with spaces."""
    columns, _, mount = line.partition(_USED)
    match columns.split():
        case [_, *_, total, used, available, percent] if _COUNT.fullmatch(
            percent
        ) and _COUNT.fullmatch(used):
            return {"total": total, "available": available, "mount": mount.strip()}
        case _:
            return None


def _available(data: Fields | Unknown | Unreadable, total: Reading[int]) -> Reading[int]:
    if isinstance(data, Unknown | Unreadable):
        return data
    return integer(data, "available", 0, total if isinstance(total, int) else _MOST_KB)


def _nominal_gb(total_kb: Reading[int]) -> Reading[int]:
    """The smallest size on sale that holds it: the system takes less than half of any."""
    if not isinstance(total_kb, int):
        return total_kb
    size = next((gb for gb in _STORAGE_GB if total_kb * 1024 <= gb * 10**9), None)
    if size is None or total_kb * 1024 * 2 <= size * 10**9:
        return Unreadable("no size of storage on sale fits", f"{total_kb} kB")
    return size


def _nominal_ram_gb(total_kb: Reading[int]) -> Reading[float]:
    if not isinstance(total_kb, int):
        return total_kb
    size = next((gb for gb in _RAM_GB if total_kb <= gb * 2**20), None)
    if size is None or total_kb < _LEAST_OF_RAM * size * 2**20:
        return Unreadable("no size of RAM on sale fits", f"{total_kb} kB")
    return size
