"""`harness jig`: talk to jigs by hand, through the driver that runs use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.jig_named import FILE, JSON, Where, the_one, where
from harness.cli.jig_renewed import renewed
from harness.cli.jig_safe import safe
from harness.cli.options import records_option
from harness.clock import Cancel, Deadline, Lease, SystemClock
from harness.devices.android.decode import plain
from harness.devices.jig.asking import Asking
from harness.devices.jig.replies import Interlock, read_interlock
from harness.devices.jig.spoken import line_of, speak
from harness.devices.jig.survey import survey
from harness.devices.jig.vocabulary import ABILITIES
from harness.engine.threads import side_by_side
from harness.errors import HarnessError
from harness.model.jig_ports import JigIdentity
from harness.model.refs import JigRef
from harness.ui.jig import NOBODY, JigRow, jig_page, jig_table, row_json
from harness.ui.text import Terminal, printable, say
from harness.wiring import JigAt, jig_readiness, load_layout, open_jigs, who_answers

_LOOK_S = 15.0
_SURVEY_S = 60.0
_MOVE_S = 60.0
_HANG = 18


@click.group()
def jig() -> None:
    """List jigs, ask one anything, bring them to rest.

    NAME is a slot of the --station, a jig's serial, or a port. A station that runs holds the ports
    of its jigs: stop it first.

    Example: harness jig list --station fixtures/stations/bench.yaml
    """


jig.add_command(safe)
jig.add_command(renewed)


@jig.command("list")
@click.option("--station", type=FILE, help="Station file; else the serial ports of this PC.")
@click.option("--file", type=FILE, help="Jig file: how ports are asked without a station.")
@records_option("The record store, which says whether a jig is open to production.")
@JSON
def list_(station: Path | None, file: Path | None, store: Path, as_json: bool) -> None:
    """List the jigs of a station, or who answers on the serial ports of this PC.

    Ports are asked for an identity alone. Ends with 3 when a jig of the station does not answer.

    Example: harness jig list --station fixtures/stations/bench.yaml
    """
    if station and file:
        raise click.UsageError("a --station names its jig files itself")
    rows = _of_station(station, store) if station else _of_ports(Where(file=file))
    if as_json:
        for row in rows:
            click.echo(orjson.dumps(row_json(row)))
    elif rows:
        _print(jig_table(rows))
    else:
        click.echo("this PC has no serial port on which a jig could be", err=True)
    sys.exit(EXIT_ERROR if station and any(row.fault for row in rows) else 0)


def _of_station(station: Path, store: Path) -> list[JigRow]:
    layout = load_layout(station, None)
    ready = jig_readiness(store, layout)

    def production(at: JigAt, said: JigIdentity) -> str:
        found = ready.of(at.config.kind, JigRef(said.serial, said.firmware), at.config.name)
        return "open" if found.open else f"{found.code}: {found.words}"

    with open_jigs(layout) as jigs:
        return side_by_side("jig", [partial(_row, at, production) for at in jigs])


def _row(at: JigAt, production: Callable[[JigAt, JigIdentity], str]) -> JigRow:
    row = partial(JigRow, at.config.name, slot=at.slot)
    try:
        asking = at.jig.asked(Lease(Deadline(_LOOK_S), Cancel()))
        said = asking.exchange.identify()
        state = _state(asking)
    except HarnessError as fault:
        return row(port=at.port, said=None, state=fault.code, fault=fault)
    return row(port=at.port, said=said, state=state, production=production(at, said))


def _state(asking: Asking) -> str:
    if not asking.dialect.can("interlock"):
        return "ready"
    interlock = asking.steady("interlock", read_interlock)
    return "ready" if interlock is Interlock.CLOSED else f"interlock {interlock}"


def _of_ports(place: Where) -> list[JigRow]:
    rows = []
    for answer in who_answers(place.kind()):
        said = answer.said if isinstance(answer.said, JigIdentity) else None
        fault = answer.said if isinstance(answer.said, HarnessError) else None
        if answer.held:  # whoever holds it is to blame for nothing
            fault = None
        state = "ready" if said else fault.code if fault else "held by another program"
        rows.append(JigRow(NOBODY, answer.port, said, state, fault=fault))
    return rows


@jig.command()
@click.argument("name", required=False)
@where
@JSON
def info(
    name: str | None, station: Path | None, port: str | None, file: Path | None, as_json: bool
) -> None:
    """Show all that a jig says of itself. It is asked only; nothing moves.

    Example: harness jig info 1 --station fixtures/stations/bench.yaml
    """
    with the_one(name, Where(station, port, file)) as at:
        asking = at.jig.asked(Lease(Deadline(_SURVEY_S), Cancel()))
        said = asking.exchange.identify()
        facts = [*survey(asking)]
        framed = asking.exchange.framed
        where_it_is = at.port
    abilities = [ability for ability in ABILITIES if at.dialect.can(ability)]
    if as_json:
        row = row_json(JigRow(at.config.name, where_it_is, said, "ready", at.slot))
        told = {fact.name: plain(fact.value) for fact in facts}
        more = {"dialect": at.dialect.name, "framed": framed, "abilities": abilities, "said": told}
        click.echo(orjson.dumps({**row, **more}))
        return
    on_slot = f" (slot {at.slot})" if at.slot else ""
    who = {
        "jig": f"{said.maker} {said.model}, serial {said.serial}, firmware {said.firmware or '-'}",
        "port": f"{where_it_is}{on_slot}",
        "speaks": f"{at.dialect.name}{', in frames with a checksum' if framed else ''}",
        "can": ", ".join(abilities),
    }
    _print(jig_page(who, facts, SystemClock().utc()))


@jig.command()
@click.argument("words", nargs=-1, required=True, metavar="[NAME] TEXT")
@where
@click.option("--force", is_flag=True, help="Send it although it may move or power something.")
def ask(
    words: tuple[str, ...],
    station: Path | None,
    port: str | None,
    file: Path | None,
    force: bool,
) -> None:
    """Send a jig one line and show its reply, word for word; `ok` for a command.

    What moves or powers something, and what is none of the jig's verbs, is refused without --force;
    with it, what waits for the interlock waits still, and the jig stays as it was told.

    Example: harness jig ask 1 'MEAS:VOLT? (@1)' --station fixtures/stations/bench.yaml
    """
    *name, text = words
    if len(name) > 1:
        raise click.UsageError(f"one line, in quotes: {' '.join(name[1:])} {text}")
    with the_one(name[0] if name else None, Where(station, port, file)) as at:
        try:
            line = line_of(at.dialect, text)
        except ValueError as error:
            raise click.UsageError(f"expected {error}; found {text!r:.60}") from None
        if line.risk and not force:
            hint = "see that no hand is in the jig, then say so with --force"
            raise click.UsageError(f"{line.text!r} {line.risk}: {hint}")
        said = speak(at.jig.asked(Lease(Deadline(_MOVE_S), Cancel())), line)
    click.echo("ok" if said is None else printable(said))
    if line.risk:
        click.echo("the jig stays as it is now; `harness jig safe` takes power off", err=True)


def _print(lines: Iterable[Text]) -> None:
    console = Terminal()
    for line in lines:
        say(console, line, _HANG)
