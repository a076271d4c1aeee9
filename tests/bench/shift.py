"""A shift at 16 slots through the operator's screen in a terminal: `shift --units 200 [--tmux]`.

It says how long it took, what had to be scanned twice, and how soon a screen that was killed is
right again; figures of 0 are what may never happen.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.records.chain import verify
from tests.bench.figure import Figure
from tests.cli.conftest import Cli
from tests.ui.operator.shift import shift, work
from tests.ui.operator.terminal import Drawn
from tests.ui.operator.tmux import InTmux


def figures(words: Sequence[str] = ()) -> Iterator[Figure]:
    parser = ArgumentParser(prog="shift")
    parser.add_argument("--units", type=int, default=200, help="good units; bad ones come besides")
    parser.add_argument("--tmux", action="store_true", help="the screen stands in tmux")
    chosen = parser.parse_args(words)
    units: int = chosen.units
    with TemporaryDirectory(prefix="harness-bench-") as folder:
        cli, begun = Cli(Path(folder)), time.monotonic()

        def mark(words: str) -> None:
            print(json.dumps({"at_s": round(time.monotonic() - begun, 1), "shift": words}))

        with shift(cli, InTmux if chosen.tmux else Drawn) as at:
            work(at, units, mark)
            took_s = time.monotonic() - begun
        recorded, problems = at.recorded(), verify(cli.store)
    print(json.dumps({"made_again": at.again}))
    serials = {*recorded, *at.expected}
    differ = sum(recorded.get(serial) != at.expected.get(serial) for serial in serials)
    runs = sum(map(len, recorded.values()))
    yield Figure("shift_time", took_s, "s", None, runs)
    yield Figure("shift_units_not_recorded_as_they_must", differ, "1", 0, len(serials))
    yield Figure("shift_pass_without_record", len(at.held.without_record), "1", 0, at.held.passes)
    yield Figure("shift_records_that_do_not_verify", len(problems), "1", 0, runs)
    yield Figure("shift_good_scans_made_again", len(at.again), "1", None, runs)
    yield Figure("shift_killed_screen_first_tile", at.first_screen_s, "s", None, 1)
    yield Figure("shift_killed_screen_right", at.right_s, "s", 1.0, 1)
