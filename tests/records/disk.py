"""A small disk: a VFS of SQLite over the real one that is full, or broken, when told to be."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import apsw


class SmallDisk(apsw.VFS):
    """While in use as a context manager, every database opened is on this disk.

    `capacity` [bytes] is for all files of the folder together, the ballast too; `sync_s` is how
    long each sync takes besides [s].
    """

    def __init__(self, folder: Path) -> None:
        super().__init__("small-disk", "unix", makedefault=True)
        self.folder = folder
        self.capacity = 1 << 30
        self.broken = ""
        self.sync_s = 0.0

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self, name, flags)

    def fill_up(self, but: int = 0) -> None:
        self.capacity = self._used() + but

    def check_room(self, path: Path, end: int) -> None:
        growth = end - (path.stat().st_size if path.exists() else 0)
        if growth > 0 and self._used() + growth > self.capacity:
            raise apsw.FullError("no room on the small disk")

    def _used(self) -> int:
        return sum(f.stat().st_size for f in self.folder.iterdir() if f.suffix != ".db-shm")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unregister()


class _File(apsw.VFSFile):
    def __init__(self, disk: SmallDisk, name: Any, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        if self._disk.broken == "write":
            raise apsw.IOError("the small disk is broken")
        self._disk.check_room(self._path, offset + len(data))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._disk.broken == "sync":
            raise apsw.IOError("the small disk is broken")
        time.sleep(self._disk.sync_s)
        super().xSync(flags)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` [bytes] (RLIMIT_FSIZE, setrlimit(2))."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
