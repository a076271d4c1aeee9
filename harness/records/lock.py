"""One process writes a store: it holds the lock on the file beside it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from harness.errors import StationFault


class StoreLock:
    """The lock of a store, held from construction until `release` or the end of the process.

    Raises: StationFault(STORE-LOCKED) naming the process that holds it; OSError when the lock
    file cannot be opened.
    """

    def __init__(self, store: Path) -> None:
        path = store.with_name(store.name + ".lock")
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StationFault(
                "STORE-LOCKED",
                f"{store} is held by process {holder or 'unknown'}",
                evidence={"path": str(store), "lock": str(path), "pid": holder},
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process have the store; the lock file stays."""
        os.close(self._descriptor)
