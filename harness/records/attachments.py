"""Files beside the store, named by their SHA-256: `records.db.files/ab/ab12...`.

A file appears under its name whole and synced, or not at all; it is never changed after that.
"""

from __future__ import annotations

import os
import re
import threading
from itertools import count
from pathlib import Path

from harness.files.disk import sync
from harness.records.codec import sha256
from harness.records.faults import damaged

_NAME = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".new"


class AttachmentFiles:
    """The attachments of the store at `store`. Any thread may call it.

    `keep`, `check_room` and `clear_unfinished` are for the process that holds the store's lock.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._root = store.with_name(store.name + ".files")
        self._numbers = count()
        self._lock = threading.Lock()
        self._wanted_bytes = 0

    def path(self, name: str) -> Path:
        """Where the file with this SHA-256 stands.

        Raises: ValueError when it is no SHA-256.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r:.80} is no SHA-256")
        return self._root / name[:2] / name

    def keep(self, content: bytes) -> str:
        """Store a file; its SHA-256, once its bytes and its name are on disk.

        Raises: OSError, and nothing stands under its name.
        """
        name = sha256(content)
        path = self.path(name)
        if self.problem(name, len(content)) is None:
            sync(path)  # it may be of a process that was killed before it had synced
        else:
            self._write(path, content)
        sync(path.parent)
        return name

    def check_room(self) -> None:
        """After a file found no room: that there is as much room now.

        Raises: OSError when there is not.
        """
        if not self._wanted_bytes:
            return
        self._root.mkdir(exist_ok=True)
        probe = self._unfinished()
        try:
            with probe.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, self._wanted_bytes)
        finally:
            probe.unlink(missing_ok=True)
        self._wanted_bytes = 0

    def clear_unfinished(self) -> None:
        """Take away what a killed process had not finished writing."""
        for left in self._root.glob(f"*{_UNFINISHED}"):
            left.unlink()

    def read(self, name: str) -> bytes:
        """The file with this SHA-256.

        Raises: StationFault(STORE-DAMAGED) when it is missing or changed; OSError.
        """
        if problem := self.problem(name):
            raise damaged(self._store, f"attachment {name} {problem}", sha256=name)
        return self.path(name).read_bytes()

    def problem(self, name: str, size: int | None = None) -> str | None:
        """What is wrong with a file, in words that follow its name; None when it is as kept."""
        try:
            content = self.path(name).read_bytes()
        except ValueError:
            return "has a name that is no SHA-256"
        except OSError as error:
            return "is missing" if isinstance(error, FileNotFoundError) else f"unreadable: {error}"
        if sha256(content) != name:
            return "has been changed"
        if size not in (None, len(content)):
            return f"is {len(content)} bytes long, the record says {size}"
        return None

    def _write(self, path: Path, content: bytes) -> None:
        new = self._unfinished()
        try:
            self._make_folder(path.parent)
            with new.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            self._wanted_bytes = max(self._wanted_bytes, len(content))
            new.unlink(missing_ok=True)
            raise

    def _unfinished(self) -> Path:
        with self._lock:
            return self._root / f"{next(self._numbers)}{_UNFINISHED}"

    def _make_folder(self, folder: Path) -> None:
        """Make a folder and have its name on disk."""
        for each in (self._root, folder):
            each.mkdir(exist_ok=True)
            sync(each.parent)
