"""What SQLite and the operating system say, as coded faults."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from harness.errors import StationFault

_CODES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((apsw.FullError,), "STORE-FULL"),
    ((apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError), "STORE-READONLY"),
    ((apsw.CorruptError, apsw.NotADBError, apsw.FormatError, UnicodeDecodeError), "STORE-DAMAGED"),
    ((apsw.SQLError,), "STORE-DAMAGED"),  # our statements are right, so the tables are not ours
    ((apsw.BusyError, apsw.LockedError), "STORE-LOCKED"),
)
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ACCESS = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENOENT,
)
_PROBE_BYTES = 64 * 1024
"""More than SQLite needs to open a store: its -shm file takes 32 KiB at first."""

StoreError = apsw.Error | OSError | UnicodeDecodeError
"""What reading and writing a store raises; the last one is a text in it that is none."""

ERRORS: tuple[type[StoreError], ...] = (apsw.Error, OSError, UnicodeDecodeError)


def store_fault(path: Path, doing: str, error: StoreError, system_errno: int = 0) -> StationFault:
    """The coded fault of a failed call on the store.

    `system_errno` is what the operating system told SQLite last: SQLite itself calls a passed
    quota or file size limit, and a -shm file that cannot grow, an I/O error. Without it, as when
    the connection is closed by now, the disk is asked for room.
    """
    if isinstance(error, apsw.IOError) and not system_errno:
        system_errno = _room_errno(path.parent)
    words = f"{type(error).__name__}: {error}"
    evidence = {"path": str(path), "said": words, "errno": system_errno}
    if isinstance(error, OSError):
        evidence["errno"] = error.errno
        code = _code_of_errno(error.errno)
    elif isinstance(error, apsw.IOError) and system_errno in _NO_SPACE:
        code = "STORE-FULL"
    else:
        code = next((name for kinds, name in _CODES if isinstance(error, kinds)), "STORE-FAILED")
    return StationFault(code, f"{doing} {path}: {words}", evidence=evidence)


@contextmanager
def coded(path: Path, doing: str) -> Iterator[None]:
    """Turn what SQLite and the operating system raise in the block into coded faults."""
    try:
        yield
    except ERRORS as error:
        raise store_fault(path, doing, error) from error


def damaged(path: Path, message: str, **evidence: object) -> StationFault:
    """A store that is not as this harness leaves it."""
    return StationFault("STORE-DAMAGED", f"{path}: {message}", evidence={**evidence})


def bug(message: str, **evidence: object) -> StationFault:
    """The caller of the recorder broke its contract."""
    return StationFault("ENGINE-BUG", message, evidence={**evidence})


def _room_errno(folder: Path) -> int:
    """What the system says to a file without a name in the folder; 0 when there is room."""
    from tempfile import TemporaryFile

    try:
        with TemporaryFile(dir=folder) as probe:
            os.posix_fallocate(probe.fileno(), 0, _PROBE_BYTES)
    except OSError as refused:
        return refused.errno or 0
    return 0


def _code_of_errno(number: int | None) -> str:
    if number in _NO_SPACE:
        return "STORE-FULL"
    return "STORE-READONLY" if number in _NO_ACCESS else "STORE-FAILED"
