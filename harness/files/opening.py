"""Opens files of which nothing is known yet but their names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class NotRegularError(ValueError):
    """A folder, a device or a pipe stands under the name of a file."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file, to be read.

    Raises: OSError; NotRegularError.
    """
    # a pipe that nobody writes to would be waited for, and a terminal taken over
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegularError("no regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)
