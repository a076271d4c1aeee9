"""A slow disk under commands: whatever they start has its records there."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.conftest import ROOT


def on_slow_disk(folder: Path, store: Path, sync_s: float) -> tuple[str, ...]:
    """Words before a command: each sync of the store's databases takes so long besides [s].

    Python imports `sitecustomize` before anything else, also in what a command starts (the
    library's chapter on `site`); it is put into this folder.
    """
    (folder / "sitecustomize.py").write_text(
        "from pathlib import Path\n"
        "from tests.records.disk import SmallDisk\n"
        f"disk = SmallDisk(Path({str(store.parent)!r}))\n"
        f"disk.sync_s = {sync_s}\n"
    )
    paths = (str(folder), str(ROOT), os.environ.get("PYTHONPATH", ""))
    return "env", f"PYTHONPATH={os.pathsep.join(filter(None, paths))}"
