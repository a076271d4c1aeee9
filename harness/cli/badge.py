"""`harness badge`: make badges, sign in with them, and do what takes a role."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from harness.cli.entering import carry_out
from harness.cli.options import badge_id, records_option, told
from harness.errors import StationFault
from harness.model.entry import Role
from harness.model.station import (
    BeginEngineering,
    Command,
    EndEngineering,
    SignIn,
    SignOut,
    Unlock,
)
from harness.model.units import UNITS, Quantity
from harness.plans.release.manifest import PERSON_WORDS, is_person
from harness.station.files.config import StationConfig, load_station
from harness.station.people.badges import LONGEST, SHORTEST, hash_of
from harness.station.station import require_among
from harness.ui.entries import entry_words
from harness.wiring import load_layout, places

_STATION = click.option(
    "--station",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file, which names the badges.",
)
_WHY = click.option("--why", required=True, callback=told, help="On what grounds.")


def _time(_: click.Context, __: click.Parameter, written: str | None) -> timedelta | None:
    """Raises: click.BadParameter when it is no time."""
    if written is None:
        return None
    try:
        return timedelta(seconds=float(Quantity.parse(written).to(UNITS["s"]).amount))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{error}; a time such as '2 h'") from None


@click.group()
def badge() -> None:
    """Make badges, sign in with them, unlock slots, begin engineering mode.

    While `harness station` runs, it is asked to do this, as by its screen.

    Example: harness badge in B-0042 --station fixtures/stations/bench.yaml
    """


@badge.command()
@click.argument("id_", metavar="ID")
@click.option("--name", required=True, help="Whose it is, as records will call him.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which it counts.",
)
def new(id_: str, name: str, role: str, until: datetime) -> None:
    """Print the line of a new badge for the file of badges; asks for its password.

    ID is what a scanner reads off it. Without a terminal the password is a line of stdin.

    Example: harness badge new B-0042 --name mei --role operator --until 2027-06-30
    """
    if not is_person(name):
        raise click.BadParameter(f"{name!r:.80}: {PERSON_WORDS}")
    badge_id(id_)
    secret = _secret(confirmed=True)
    if not SHORTEST <= len(secret) <= LONGEST:
        raise click.UsageError(f"a password has {SHORTEST} to {LONGEST} characters")
    click.echo(_line(id_, name, Role(role), until.date(), hash_of(secret)))


@badge.command("in")
@click.argument("id_", metavar="ID")
@_STATION
@records_option()
def in_(id_: str, station: Path, store: Path) -> None:
    """Sign in at a station; asks for the password. Whoever was signed in leaves.

    Without a terminal the password is a line of stdin.

    Example: harness badge in B-0042 --station fixtures/stations/bench.yaml
    """
    config = _config(station)
    _do(config, store, SignIn(id_, _secret()))


@badge.command()
@_STATION
@records_option()
def out(station: Path, store: Path) -> None:
    """Sign out whoever is signed in.

    Example: harness badge out --station fixtures/stations/bench.yaml
    """
    _do(_config(station), store, SignOut())


@badge.command()
@_STATION
@click.option("--slot", type=int, help="Only this one, not the whole station.")
@_WHY
@records_option()
def unlock(station: Path, slot: int | None, why: str, store: Path) -> None:
    """Let a slot, or the whole station, take units again. Takes an engineer.

    Example: harness badge unlock --slot 3 --why "probe mended" --station my-station.yaml
    """
    config = _config(station)
    if slot is not None:
        try:
            require_among([place.number for place in places(load_layout(station, None))], slot)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--slot") from None
    _do(config, store, Unlock(why, slot))


@badge.command()
@_STATION
@click.option("--for", "length", metavar="TIME", callback=_time, help="For how long: '2 h'.")
@click.option("--why", help="On what grounds.")
@click.option("--end", is_flag=True, help="End it: runs count again.")
@records_option()
def engineering(
    station: Path, length: timedelta | None, why: str | None, end: bool, store: Path
) -> None:
    """Begin engineering mode, in which runs do not count, or end it. Takes an engineer.

    Example: harness badge engineering --for '2 h' --why "new fixture" --station my-station.yaml
    """
    if end:
        _do(_config(station), store, EndEngineering())
        return
    if length is None or why is None:
        raise click.UsageError("say --for how long and --why, or --end")
    _do(_config(station), store, BeginEngineering(why, length / timedelta(seconds=1)))


def _config(station: Path) -> StationConfig:
    """Raises: StationFault(STATION-FILE | BADGE-FILE)."""
    config = load_station(station)
    if config.badges is None:
        words = f"{station} has no key `badges`: nobody can sign in"
        raise StationFault("BADGE-FILE", words)
    return config


def _do(config: StationConfig, store: Path, command: Command) -> None:
    """Have it done at the desk of a station, and say what came of it.

    Raises: as carry_out.
    """
    entry = carry_out(store, command, config.name, config.location, config)
    click.echo(entry_words(entry))


def _secret(*, confirmed: bool = False) -> str:
    """What somebody keys in; it is not shown."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    said: str = click.prompt("Password", hide_input=True, confirmation_prompt=confirmed, err=True)
    return said


def _line(id_: str, name: str, role: Role, until: date, hash_: str) -> str:
    """An entry of the file; JSON strings are YAML too."""
    said = {"badge": id_, "name": name}
    texts = ", ".join(f"{key}: {json.dumps(value)}" for key, value in said.items())
    return f"  - {{{texts}, role: {role}, until: {until}, hash: '{hash_}'}}"
