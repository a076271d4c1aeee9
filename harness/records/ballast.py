"""A file of real blocks beside the store, given up on a full disk so that open runs can end."""

from __future__ import annotations

import os
from pathlib import Path

BALLAST_BYTES = 1 << 20


class Ballast:
    """Space that is kept for the records of the runs that are open."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".ballast")
        self.held = False

    def keep(self) -> None:
        """Take the space, if it is not held.

        Raises: OSError when the disk has not got it.
        """
        if self.held:
            return
        try:
            self._allocate()
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        self.held = True

    def give_up(self) -> bool:
        """Give the space to the store; False when there is none to give."""
        given = self.held
        self.held = False
        self._path.unlink(missing_ok=True)
        return given

    def _allocate(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.posix_fallocate(descriptor, 0, BALLAST_BYTES)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
