from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.files.disk import sync


def test_files_and_folders_are_synced_and_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_bytes(b"record")
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 (names, not paths)
    sync(file)
    sync(tmp_path)
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_what_is_not_there_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "lost")
