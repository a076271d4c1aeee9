"""`harness operator`: the operator's screen, of a station that runs, or that it starts."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import click

from harness.cli import EXIT_ERROR
from harness.cli.options import RELEASES, records_option
from harness.cli.screen_options import (
    colours,
    language_option,
    palette_option,
    require_terminal,
    words_in,
)
from harness.model.plan import Variants
from harness.station.files.config import load_station
from harness.station.files.config_screen import ScreenConfig
from harness.station.screens.socket import folder_of, is_served
from harness.ui.board.palette import Palette
from harness.ui.board.words import Words
from harness.ui.operator.own import Own, ended
from harness.ui.text import printable

_TAIL = 12
"""So many lines of the station's log are told when it has ended by itself."""
_COMES_S = 15.0
"""So long a station may take to answer that was just started, by this screen or another [s]."""


@click.command()
@click.option(
    "--station",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file.",
)
@language_option(of_file=True)
@palette_option(of_file=True)
@click.option(
    "--scanner",
    metavar="PORT",
    help="The serial port of a scanner.  [default: the station file's, else a keyboard wedge]",
)
@RELEASES
@records_option()
def operator(
    file: Path,
    language: str | None,
    palette: str | None,
    scanner: str | None,
    releases: Path,
    store: Path,
) -> None:
    """Show the operator's screen of a station, which is started if it does not run.

    What the station file says of its `screen` holds where no option says otherwise.

    A station that this screen has started ends when the screen is left, which is asked first; what
    that station says stands in a log beside the records.

    Example: harness operator --station fixtures/stations/sim4.yaml
    """
    require_terminal()
    screen = load_station(file).screen
    screen = replace(screen, scanner=scanner or screen.scanner)
    words, painted = words_in(language, screen), colours(palette, screen)
    served, until_s = is_served(folder_of(store)), monotonic() + _COMES_S
    started = None if served else _start(file, releases, store, words)
    own = Own(
        starts=lambda: not served and monotonic() < until_s,
        ends=lambda: started is not None and not started.came_late,
        stopped=started.why if started else str,
    )
    why = _show(file, store, words, painted, screen, own)
    code = EXIT_ERROR if why or why is None else 0
    sys.exit(started.end(wanted=why is not None) if started else code)


@dataclass(slots=True)
class Started:
    """A station that this screen has started; no other screen starts one as long as it is held."""

    process: subprocess.Popen[bytes]
    store: Path
    held: BinaryIO
    words: Words
    began_s: float = field(default_factory=monotonic)
    came_late: bool = False
    """Whether the station of somebody else got the records first: that one is shown."""

    @property
    def log(self) -> Path:
        return _log_of(self.store)

    def why(self) -> str:
        """How it has ended, what to do, and what it said at its end.

        "" while it runs, or another has the records, or may soon.
        """
        code = self.process.poll()
        if code is None:
            return ""
        self.came_late = self.came_late or is_served(folder_of(self.store))
        if self.came_late:
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        if monotonic() - self.began_s < _COMES_S and any("STORE-LOCKED" in line for line in lines):
            return ""
        how = self.words.say(ended(code, self.log))
        return "\n".join((how, *map(printable, lines[-_TAIL:])))

    def end(self, *, wanted: bool) -> int:
        """Have it end, if somebody has wanted that; the exit code: its own, 3 where it was killed.

        A screen that has broken leaves it alone: its runs go on.
        """
        if not wanted:
            click.echo(f"The station goes on (process {self.process.pid}).", err=True)
            return EXIT_ERROR
        if self.process.poll() is None:
            click.echo("The station ends: its runs are aborted, its jigs made safe.", err=True)
        elif self.came_late:
            return 0
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait()
            except KeyboardInterrupt:  # once more: it cuts teardowns short
                continue
        code = self.process.returncode
        return EXIT_ERROR if code < 0 else code


def _log_of(store: Path) -> Path:
    return store.with_name(f"{store.name}.station.log")


def _start(file: Path, releases: Path, store: Path, words: Words) -> Started | None:
    """A station of its own session: what ends the screen does not end it.

    None where another screen starts one at this moment.
    """
    store.parent.mkdir(parents=True, exist_ok=True)
    log = _log_of(store)
    held = log.open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        return None
    command = [sys.executable, "-m", "harness", "station", str(file)]
    command += ["--records", str(store), "--releases", str(releases)]
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
    return Started(process, store, held, words)


def _show(
    file: Path,
    store: Path,
    words: Words,
    palette: Palette,
    screen: ScreenConfig,
    own: Own,
) -> str | None:
    """Show the screen until it is left; what it ends with, None when it has broken."""
    from harness.ui.link import StationLink
    from harness.ui.operator.app import OperatorApp
    from harness.ui.scanning.scanner import Scanner
    from harness.ui.scanning.scans import Once

    with ExitStack() as stack:
        link = stack.enter_context(StationLink(folder_of(store)))
        scanner = Scanner(screen.scanner, Once()) if screen.scanner else None
        if scanner:
            stack.callback(scanner.close)
        app = OperatorApp(
            link,
            words,
            palette,
            scanner=scanner,
            plans=_plans(file),
            badge=screen.badge,
            own=own,
        )
        why = app.run(mouse=False)
    if why:
        click.echo(why, err=True)
    return why


def _plans(file: Path) -> Callable[[], Variants]:
    """Reads the plans that the station runs; what it needs is imported then."""

    def read() -> Variants:
        from harness.cli.station import plans_of
        from harness.wiring import load_layout

        return plans_of(file, load_layout(file, None))

    return read
