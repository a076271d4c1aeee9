"""The journal of a run that is open in another process, read as it grows."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path


def wait_for_journal(store: Path, word: str) -> None:
    """Wait until the journal of an open run holds the word."""
    for _ in range(600):
        if store.exists() and word in _journal(store):
            return
        time.sleep(0.05)
    raise AssertionError(f"{word} never reached the journal")


def _journal(store: Path) -> str:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        try:
            rows = database.execute("SELECT body FROM journal").fetchall()
        except sqlite3.OperationalError:
            return ""
    return b"".join(row[0] for row in rows).decode("latin-1")
