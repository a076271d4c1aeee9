"""The adb server of a process, found in /proc by its parent."""

from __future__ import annotations

from pathlib import Path


def adb_servers(parent: int) -> set[int]:
    """The process ids of the adb servers that a process has started."""
    children = Path(f"/proc/{parent}/task").glob("*/children")
    pids = {int(pid) for file in children for pid in file.read_text().split()}
    return {pid for pid in pids if b"nodaemon" in _command(pid)}


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""
