"""`harness page`: the line leader's page, several stations in a browser."""

from __future__ import annotations

import ipaddress
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.clock import POLL_S
from harness.records import DEFAULT_STORE
from harness.station.files.config import load_station
from harness.station.screens.socket import folder_of
from harness.station.stopping import stopping
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.words import LANGUAGES
from harness.ui.text import printable

if TYPE_CHECKING:
    from harness.ui.page.server import PageServer


def _address(_: click.Context, __: click.Parameter, written: str) -> str:
    """Raises: click.BadParameter when it is no address of a network card."""
    try:
        return str(ipaddress.ip_address(written))
    except ValueError:
        words = f"{written!r:.80} is no IP address; 0.0.0.0 is every one of this PC"
        raise click.BadParameter(words) from None


@click.command()
@click.option(
    "--station",
    "files",
    required=True,
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file; once for each station.",
)
@click.option(
    "--records",
    "stores",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Record store of each station, in the same order.  [default: {DEFAULT_STORE}]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="The TCP port to serve at; 0 takes a free one, and says which.",
)
@click.option(
    "--listen",
    default="127.0.0.1",
    show_default=True,
    callback=_address,
    metavar="ADDRESS",
    help="The IP address to serve at: 127.0.0.1 for this PC alone, 0.0.0.0 for whoever reaches the "
    "port; there is no password.",
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    help="Of who asks for no other (?language=zh).  [default: the first station file's]",
)
@click.option(
    "--palette",
    type=click.Choice(list(PALETTES)),
    help="Of who asks for no other (?palette=mono).  [default: the first station file's, else "
    f"{DEFAULT}]",
)
def page(
    files: tuple[Path, ...],
    stores: tuple[Path, ...],
    port: int,
    listen: str,
    language: str | None,
    palette: str | None,
) -> None:
    """Show stations on a page for browsers, to look at only.

    It reads what each station says at the socket beside its records; it takes no command. A station
    may come and go meanwhile. SIGTERM ends it.

    Example: harness page --station fixtures/stations/bench.yaml --port 8080
    """
    from harness.ui.link import StationLink
    from harness.ui.page.server import PageServer
    from harness.ui.page.watch import Watch, Watched

    folders = [folder_of(store) for store in _paired(files, stores)]
    stations = list(map(load_station, files))
    screen = stations[0].screen
    language, palette = language or screen.language, palette or screen.palette or DEFAULT
    with ExitStack() as stack:
        links = [stack.enter_context(StationLink(folder)) for folder in folders]
        watched = [Watched(each.name, link) for each, link in zip(stations, links, strict=True)]
        watch = Watch(watched, time.monotonic)
        stack.enter_context(watch)
        try:
            server = PageServer(listen, port, watch, language, palette)
        except OSError as error:
            words = f"--listen {listen} --port {port}: {error.strerror}; choose another port"
            raise click.UsageError(words) from None
        with server:
            _serve(server)


def _paired(files: tuple[Path, ...], stores: tuple[Path, ...]) -> tuple[Path, ...]:
    """The store of each station.

    Raises: click.UsageError when it is not clear which is whose.
    """
    if not stores and len(files) == 1:
        return (DEFAULT_STORE,)
    if len(stores) != len(files):
        words = f"{len(files)} stations and {len(stores)} stores: say --records once for each"
        raise click.UsageError(words)
    if len({store.resolve() for store in stores}) != len(stores):
        raise click.UsageError("two stations with one store: give each --records of its own")
    return stores


def _serve(server: PageServer) -> None:
    """Serve until somebody stops it."""
    over = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
    with stopping(lambda _by, _why: over.set()) as poll:
        thread.start()
        click.echo(f"The page is at {printable(server.url)}", err=True)
        while not over.wait(POLL_S):
            poll()
            if server.watch.failure:
                raise server.watch.failure
    server.shutdown()
