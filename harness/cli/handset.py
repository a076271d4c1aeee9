"""`harness handset`: what is understood of a handset, or of what it printed into a file."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.clock import Cancel, Deadline, Lease
from harness.devices.android.decode import DECODERS, Json, decode
from harness.devices.android.meaning import field_of, in_words, unit_of
from harness.ui.text import Terminal, printable, say

_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_WIDEST = 32
_AT_S = 60.0
_KINDS = "\n".join(f"{kind:20} {decoder.doc}" for kind, decoder in sorted(DECODERS.items()))
_EXAMPLES = """\
harness handset                                        the only one on this PC
harness handset A57A000001 --json                      for a program
harness handset 192.0.2.7:5555                         over the network
harness handset A57A000002 --scenario FILE             a simulated one
harness handset --at /dev/ttyACM0                      a modem by itself
harness handset --decode battery battery.txt --json    a saved dump"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog=f"\b\nMore examples:\n{_EXAMPLES}\n\n\b\nKinds:\n{_KINDS}")
@click.argument("what", metavar="[SERIAL | FILE]", required=False)
@click.option("--station", type=_FILE, help="Station file: its handsets, network ones too.")
@click.option("--scenario", type=_FILE, help="Scenario file: its simulated handsets.")
@click.option(
    "--decode",
    "kind",
    metavar="KIND",
    type=click.Choice(sorted(DECODERS)),
    help="Read the saved dump FILE (`-` is stdin), printed by one of the kinds below.",
)
@click.option("--at", metavar="PORT", help="Ask a modem at its AT port, such as /dev/ttyACM0.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def handset(
    what: str | None,
    station: Path | None,
    scenario: Path | None,
    kind: str | None,
    at: str | None,
    as_json: bool,
) -> None:
    """Show everything that is understood of a handset, on one page.

    SERIAL is as `adb devices` has it, or an address `host:port`; without it, the only handset
    that is there. What a handset does not tell is unknown (null); what it tells otherwise than
    its format allows is unreadable. It asks only; it changes nothing.

    Exit codes: 0 read, 2 wrong usage or several handsets, 3 not ready, or unreadable as a whole.

    Example: harness handset A57A000001
    """
    if at is None and kind is None:
        from harness.cli.handset_live import look

        look(what, station, scenario, as_json=as_json)
    elif station or scenario or (at and (kind or what)):
        raise click.UsageError("--decode takes a FILE and nothing else, --at a PORT")
    elif at:
        _show_decoded("at", decode("at", _session(at)), as_json=as_json)
    elif kind:
        _show_decoded(kind, decode(kind, text_of(_content(what))), as_json=as_json)


def _content(name: str | None) -> bytes:
    if name is None:
        raise click.UsageError("--decode takes a FILE")
    with click.File("rb").convert(name, None, click.get_current_context()) as file:
        return bytes(file.read())


def _session(port: str) -> str:
    """What a modem answers.

    Raises: LinkFault(AT-...).
    """
    from harness.devices.at import IDENTITY, STATUS, read_session

    return read_session(port, (*IDENTITY, *STATUS), Lease(Deadline(_AT_S), Cancel()))


def _show_decoded(kind: str, found: Json, *, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(found))
    else:
        console, fields = Terminal(), list(lines(found, kind))
        hang = min(max(len(name) for name, _ in fields), _WIDEST) + 2
        for name, words in fields:
            say(console, Text(f"{name:{hang - 2}}  {words}" if name else words), hang)
    if isinstance(found, dict) and found.keys() == {"unreadable"}:
        sys.exit(EXIT_ERROR)


def text_of(raw: bytes) -> str:
    """A saved dump: UTF-8, or UTF-16 with its mark, as Windows' PowerShell redirects it."""
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8-sig")
    return raw.decode(encoding, "replace")


def lines(found: Json, kind: str, path: str = "") -> Iterator[tuple[str, str]]:
    """The name of each field, with those that it stands in, and its value in words, with its unit.

    JSON has codes and bare numbers instead: it is for programs.
    """
    if isinstance(found, dict) and found.keys() == {"unreadable"}:
        yield path, f"unreadable: {printable(found['unreadable'])}"
    elif isinstance(found, dict):
        for name, value in found.items():
            yield from lines(value, kind, f"{path}.{printable(name)}" if path else printable(name))
    elif isinstance(found, list) and any(isinstance(item, dict | list) for item in found):
        for at, item in enumerate(found):
            yield from lines(item, kind, f"{path}[{at}]")
    elif isinstance(found, list):
        yield path, ", ".join(map(_words, found)) or "none"
    else:
        yield path, _words(in_words(kind, field_of(path), found), unit_of(kind, path))


def _words(value: Json, unit: str = "") -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value} {unit}".rstrip()
    return printable(str(value)) or "empty"
