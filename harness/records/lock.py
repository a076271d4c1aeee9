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
        self._store = store
        self._path = store.with_name(store.name + ".lock")
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._inode: tuple[int, int] | None = None
        try:
            self._take()
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            raise self._locked(f"is held by process {holder or 'unknown'}", pid=holder) from None
        if _inode(self._path) != _of(os.fstat(self._descriptor)):
            raise self._locked("was locked anew by another process just now")
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def watch(self) -> None:
        """Remember which file the store is, now that it is there.

        Raises: StationFault(STORE-FAILED) when it has a second name, whose lock is another.
        """
        if self._store.stat().st_nlink > 1:
            raise StationFault("STORE-FAILED", f"{self._store} has two names (hard links)")
        self._inode = _inode(self._store)

    def check(self) -> None:
        """Store and lock are still the files that were opened under their names.

        Raises: StationFault(STORE-FAILED): what was written since has no name.
        """
        there = _inode(self._store) == self._inode
        if there and _inode(self._path) == _of(os.fstat(self._descriptor)):
            return
        message = f"{self._store} or its lock was moved, replaced or removed while it was open"
        raise StationFault("STORE-FAILED", message, evidence={"path": str(self._store)})

    def release(self) -> None:
        """Let another process have the store; the lock file stays."""
        os.close(self._descriptor)

    def _locked(self, what: str, **more: str) -> StationFault:
        evidence = {"path": str(self._store), "lock": str(self._path), **more}
        return StationFault("STORE-LOCKED", f"{self._store} {what}", evidence=evidence)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        return _of(path.stat())
    except FileNotFoundError:
        return None


def _of(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
