"""What the operator's screen costs 64 busy slots, and how soon it shows what is so.

The station is a process of its own: real engine, store, bus and socket; the bodies of its steps
only wait, so that each slot says 20 events a second. The screen is `harness operator`, in a
terminal that is drained. With and without it is measured in turn and compared pair by pair: other
work on this PC meets both.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from harness.station.screens.socket import folder_of
from harness.ui.board.board import Board
from harness.ui.link import StationLink
from tests.bench.busy import SLOTS
from tests.bench.figure import Figure, percentile
from tests.ui.operator.terminal import Drawn

ROOT = Path(__file__).parents[2]
FILE = ROOT / "fixtures" / "stations" / "sim64.yaml"
PAIRS, SPAN_S, STARTS, KEYS = 9, 4.0, 7, 60
SIZE = (200, 60)
F2, ESCAPE = "\x1bOQ", "\x1b"


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="harness-bench-") as folder, _station(Path(folder)) as station:
        yield from _cost(station)
        yield from _starts(station)
        yield from _keys(station)


class _Busy:
    """The station's process, seen from here."""

    def __init__(self, child: subprocess.Popen[str], store: Path) -> None:
        self._child, self.store = child, store

    def take(self) -> dict[str, Any]:
        """What it has measured since the last time."""
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write("take\n")
        self._child.stdin.flush()
        taken: dict[str, Any] = json.loads(self._child.stdout.readline())
        return taken

    def span(self, rest: Callable[[float], None] = time.sleep) -> dict[str, Any]:
        """What it measures for a while, from now on."""
        self.take()
        rest(SPAN_S)
        return self.take()

    def screen(self) -> Drawn:
        """Start one; a PC keeps the byte code of what it runs."""
        words = ("operator", "--station", str(FILE), "--records", str(self.store))
        command = ["env", "-u", "PYTHONDONTWRITEBYTECODE", sys.executable, "-m", "harness", *words]
        return Drawn(command, ROOT, width=SIZE[0], height=SIZE[1])


@contextmanager
def _station(folder: Path) -> Iterator[_Busy]:
    store = folder / "records.db"
    command = [sys.executable, "-m", "tests.bench.busy", str(store)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdout
        child.stdout.readline()
        try:
            yield _Busy(child, store)
        finally:
            child.kill()


def _cost(station: _Busy) -> Iterator[Figure]:
    """Steps with a screen and without, which of the two is first by turns."""
    steps, cpu, rates, of_screen = list[float](), list[float](), list[float](), list[float]()
    for at in range(PAIRS):
        spans = {each: _span(station, with_screen=each) for each in (at % 2 == 0, at % 2 == 1)}
        (without, _), (with_, screen_s) = spans[False], spans[True]
        steps.append(median(with_["steps_s"]) / median(without["steps_s"]))
        cpu.append((with_["cpu_s"] - without["cpu_s"]) / SPAN_S)
        rates.append(without["events"] / SPAN_S / SLOTS)
        of_screen.append(screen_s / SPAN_S)
        print(json.dumps({"pair": at, **_told(without, with_), "load": os.getloadavg()[0]}))
    yield Figure("operator_events_a_slot", median(rates), "1/s", None, PAIRS)
    yield Figure("operator_step_time_to_none", median(steps), "1", 1.02, PAIRS)
    yield Figure("operator_station_cpu_beyond_none", median(cpu), "cores", None, PAIRS)
    yield Figure("operator_screen_cpu", median(of_screen), "cores", None, PAIRS)


def _span(station: _Busy, *, with_screen: bool) -> tuple[dict[str, Any], float]:
    """What the station measures, and the CPU time of the screen [s]."""
    if not with_screen:
        return station.span(), 0.0
    with station.screen() as screen:
        screen.until(lambda: _has_tiles(screen.text), "drew its tiles")
        before_s = _cpu_s(screen.child.pid)
        return station.span(screen.rest), _cpu_s(screen.child.pid) - before_s


def _told(without: dict[str, Any], with_: dict[str, Any]) -> dict[str, float]:
    told = {}
    for name, span in (("without", without), ("with", with_)):
        told[f"step_{name}_ms"] = round(median(span["steps_s"]) * 1000, 2)
        told[f"p99_{name}_ms"] = round(percentile(span["steps_s"], 99) * 1000, 2)
        told[f"cpu_{name}"] = round(span["cpu_s"] / SPAN_S, 3)
    return told


def _cpu_s(pid: int) -> float:
    """CPU time of a process, its threads with it [s] (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _starts(station: _Busy) -> Iterator[Figure]:
    """A screen that is killed and started again in the middle of runs."""
    first_s, right_s = list[float](), list[float]()
    with StationLink(folder_of(station.store)) as link:
        board = Board()
        for _ in range(1 + STARTS):
            with station.screen() as screen:
                screen.until(lambda: _has_tiles(screen.text), "drew its tiles")
                first_s.append(time.monotonic() - screen.begun_s)
                screen.until(lambda: _is_right(screen.text, board, link), "was right")
                right_s.append(time.monotonic() - screen.begun_s - first_s[-1])
            told = {"first_s": first_s[-1], "right_after_s": right_s[-1]}
            print(json.dumps({**told, "load": os.getloadavg()[0]}))
    first_s, right_s = first_s[1:], right_s[1:]  # the first one writes byte code
    yield Figure("operator_start_to_first_screen", median(first_s), "s", 1.2, STARTS)
    yield Figure("operator_right_after_first_screen", max(right_s), "s", 1.0, STARTS)


def _has_tiles(shown: str) -> bool:
    """Whether the tile of the last slot is drawn, with its unit."""
    return bool(re.search(rf"\b{SLOTS} +[0-9]{{6}}\b", shown))


def _is_right(shown: str, board: Board, link: StationLink) -> bool:
    """Whether each tile shows the unit that stands in its slot."""
    now_s = time.monotonic()
    board.apply(link.take(), now_s)
    heads = dict(re.findall(r"\b([0-9]{1,2}) +([0-9]{6})\b", shown))
    tiles = board.tiles(now_s)
    return bool(tiles) and all(heads.get(str(tile.slot)) == tile.digits for tile in tiles)


def _keys(station: _Busy) -> Iterator[Figure]:
    taken: list[float] = []
    with station.screen() as screen:
        screen.until(lambda: _has_tiles(screen.text), "drew its tiles")
        while len(taken) < KEYS:
            taken.append(_key(screen, F2, "Sign in"))
            taken += [_key(screen, typed[-1], f"{typed}▏") for typed in ("a", "ab", "abc", "abcd")]
            screen.type(ESCAPE)
            screen.until(lambda: _has_tiles(screen.text), "went back to its tiles")
    yield Figure("operator_key_to_screen_p50", median(taken), "ms", None, len(taken))
    yield Figure("operator_key_to_screen_p95", percentile(taken, 95), "ms", 100.0, len(taken))


def _key(screen: Drawn, key: str, text: str) -> float:
    """How long until what a key does is seen [ms]."""
    screen.rest(0.3)  # as a person does: no two keys of one scan
    begun_s = time.monotonic()
    screen.type(key)
    screen.until(lambda: text in screen.text, f"said {text}")
    return (time.monotonic() - begun_s) * 1000
