"""Which jigs a person means by the options of `harness jig`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.station.files.config import JigConfig
from harness.station.files.jig_file import JigFile, load_jig_file
from harness.wiring import JigAt, jig_configs, load_layout, open_jig, open_jigs, slots_named

_Command = TypeVar("_Command", bound=Callable[..., Any])

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout.")


@dataclass(frozen=True, slots=True)
class Where:
    """Where jigs are: in a station, on a bare port, or on whichever port of this PC."""

    station: Path | None = None
    port: str | None = None
    file: Path | None = None

    def kind(self) -> JigFile | None:
        """What the jig file says of a jig that no station file names.

        Raises: StationFault(STATION-FILE).
        """
        return load_jig_file(self.file) if self.file else None


def where(command: _Command) -> _Command:
    """The options that say where a jig is, handed over as `station`, `port` and `file`."""
    for option in (
        click.option("--file", type=FILE, help="Jig file of a jig that no station file names."),
        click.option("--port", metavar="URL", help="Its port: a device or a pyserial URL."),
        click.option("--station", type=FILE, help="Station file that names its jigs."),
    ):
        command = option(command)
    return command


@contextmanager
def named(name: str | None, place: Where) -> Iterator[list[JigAt]]:
    """The jigs that are meant: one by its name, or all of a station; nothing is spoken to yet.

    Raises: UsageError when nobody can tell.
    """
    if place.station is None:
        with open_jig(_bare(name, place)) as jig:
            yield [jig]
        return
    if place.port or place.file:
        raise click.UsageError("a jig is one of a --station, or on a --port with a --file")
    layout = load_layout(place.station, None)
    try:
        meant = slots_named([name] if name else [], jig_configs(layout))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with open_jigs(layout) as jigs:
        yield [at for at in jigs if at.slot in meant]


@contextmanager
def the_one(name: str | None, place: Where) -> Iterator[JigAt]:
    """The jig that is meant.

    Raises: UsageError when there are several.
    """
    with named(name, place) as jigs:
        if len(jigs) > 1:
            there = ", ".join(f"{at.slot} ({at.config.name})" for at in jigs)
            raise click.UsageError(f"which one? The station has {there}")
        yield jigs[0]


def _bare(name: str | None, place: Where) -> JigConfig:
    if place.port and name:
        raise click.UsageError(f"a jig is named by --port or by {name!r:.60}, not by both")
    port = place.port or name
    if not port:
        raise click.UsageError("which jig? Name its --station, its --port, its serial")
    if place.port or "/" in port:
        return JigConfig(port=port, kind=place.kind())
    if port.isdigit():
        raise click.UsageError(f"slot {port} of which station? Name it with --station")
    return JigConfig(serial=port, kind=place.kind())
