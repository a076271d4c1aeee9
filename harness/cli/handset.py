"""`harness handset`: what is understood of a handset; so far of what it printed into a file."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from typing import BinaryIO

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.devices.android.decode import DECODERS, Json, decode
from harness.ui.text import Terminal, printable, say

_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_WIDEST = 32
_KINDS = "\n".join(f"{kind:20} {decoder.doc}" for kind, decoder in sorted(DECODERS.items()))


@click.command(epilog=f"\b\nKinds:\n{_KINDS}")
@click.option(
    "--decode",
    "kind",
    metavar="KIND",
    type=click.Choice(sorted(DECODERS)),
    required=True,
    help="What printed the dump, one of the kinds below.",
)
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def handset(kind: str, file: BinaryIO, as_json: bool) -> None:
    """Say what is understood of a dump that a handset printed into FILE (`-` is stdin).

    A field that the dump does not tell is unknown (null); one that it tells otherwise than its
    format allows is unreadable. Exit codes: 0 read, 3 unreadable as a whole.

    Example: harness handset --decode battery battery.txt --json
    """
    found = decode(kind, text_of(file.read()))
    if as_json:
        click.echo(orjson.dumps(found))
    else:
        console, fields = Terminal(), list(lines(found))
        hang = min(max(len(name) for name, _ in fields), _WIDEST) + 2
        for name, words in fields:
            say(console, Text(f"{name:{hang - 2}}  {words}" if name else words), hang)
    if isinstance(found, dict) and found.keys() == {"unreadable"}:
        sys.exit(EXIT_ERROR)


def text_of(raw: bytes) -> str:
    """A saved dump: UTF-8, or UTF-16 with its mark, as Windows' PowerShell redirects it."""
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8-sig")
    return raw.decode(encoding, "replace")


def lines(found: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """The name of each field, with those that it stands in, and its value in words."""
    if isinstance(found, dict) and found.keys() == {"unreadable"}:
        yield path, f"unreadable: {printable(found['unreadable'])}"
    elif isinstance(found, dict):
        for name, value in found.items():
            yield from lines(value, f"{path}.{printable(name)}" if path else printable(name))
    elif isinstance(found, list) and any(isinstance(item, dict | list) for item in found):
        for at, item in enumerate(found):
            yield from lines(item, f"{path}[{at}]")
    elif isinstance(found, list):
        yield path, ", ".join(map(_words, found)) or "none"
    else:
        yield path, _words(found)


def _words(value: Json) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value)) or "empty"
