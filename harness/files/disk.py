"""Where a file will stand, and what must outlive a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that has been made: of the same disk, for now."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def sync(path: Path) -> None:
    """Have on disk what a file holds, or the names that stand in a folder.

    A new file needs both: its own fsync does not bring its name to the disk (fsync(2)).

    Raises: OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
