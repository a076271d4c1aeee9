"""On a real small disk: fill it, close the open run on the ballast, free it, go on."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from harness.errors import StationFault
from harness.records.chain import verify
from harness.records.recorder import Recorder
from tests.records.runs import DOCUMENTS, Life, hand_in, leave_open, lived


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(path.parent).free < 4096


def main(path: Path) -> None:
    filler = path.with_name("filler")
    life = lived("r1", steps=50, measures=4)
    with Recorder(path) as recorder:
        leave_open(recorder, life)
        fill(filler)
        recorder.seal(life.builder.build())
        assert not path.with_name(path.name + ".ballast").exists()
        fill(path.with_name("filler2"))
        try:
            recorder.begin(Life("r2").start(), DOCUMENTS)
        except StationFault as fault:
            assert fault.code == "STORE-FULL"  # noqa: PT017 (no pytest in this process)
        else:
            raise AssertionError("a run began on a full disk")
        filler.unlink()
        hand_in(recorder, lived("r3"))
    assert verify(path) == []


main(Path(sys.argv[1]))
