"""Jigs for people: a line each, a page of one, and how they came to rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.text import Text

from harness.devices.jig.survey import Fact
from harness.errors import HarnessError
from harness.model.fault import Fault
from harness.model.jig_ports import JigIdentity
from harness.model.reading import Unknown, Unreadable
from harness.model.words import amount_words
from harness.ui.rows import aligned
from harness.ui.text import fault_lines, printable

_TITLES = ("slot", "port", "maker", "model", "serial", "firmware", "state")
_HANG = 18
NOBODY = "-"
"""The name of a jig that nobody has named, and that has not said its own."""


@dataclass(frozen=True, slots=True)
class JigRow:
    """A jig, or a port on which one may be: who answers there, and how it is.

    `name` is how the station file calls it; `production` whether it is open, where that is known.
    """

    name: str
    port: str
    said: JigIdentity | None
    state: str
    slot: int | None = None
    fault: HarnessError | None = None
    production: str | None = None


def called(name: str, slot: int | None) -> str:
    """What people call a jig."""
    return f"slot {slot} ({name})" if slot else name


def jig_table(rows: Sequence[JigRow]) -> Iterator[Text]:
    """A line for each, then every fault with its remedy."""
    with_production = any(row.production for row in rows)
    titles = (*_TITLES, "production") if with_production else _TITLES
    cells = [
        (*_cells(row), row.production or "-") if with_production else _cells(row) for row in rows
    ]
    yield from aligned(titles, cells)
    for row in rows:
        if row.fault:
            head, *more = fault_lines(row.fault)
            yield Text(f"{printable(_where(row))}: {head}")
            yield from map(Text, more)


def _where(row: JigRow) -> str:
    """Which jig, or which port on which nobody knows who answers."""
    return row.port if row.name == NOBODY else called(row.name, row.slot)


def _cells(row: JigRow) -> tuple[str, ...]:
    said = row.said
    who = (
        (said.maker, said.model, said.serial, said.firmware) if said else ("-", "-", row.name, "-")
    )
    return str(row.slot or "-"), row.port, *who, row.state


def row_json(row: JigRow) -> dict[str, Any]:
    said = row.said
    return {
        "slot": row.slot,
        "jig": row.name,
        "port": row.port,
        "maker": said and said.maker,
        "model": said and said.model,
        "serial": said and said.serial,
        "firmware": said and said.firmware,
        "state": row.state,
        "fault": fault_json(row.fault),
        "production": row.production,
    }


def fault_json(fault: HarnessError | Fault | None) -> dict[str, str] | None:
    if fault is None:
        return None
    return {"code": fault.code, "message": fault.message, "remedy": fault.remedy}


def jig_page(who: Mapping[str, str], facts: Sequence[Fact], now: datetime) -> Iterator[Text]:
    """What a jig is, then what it says of itself; what stands against it in bold."""
    for name, words in who.items():
        yield Text(f"{name:{_HANG - 2}}  {printable(words)}")
    for fact in facts:
        words, bad = _words(fact, now)
        yield Text(f"{fact.name:{_HANG - 2}}  ").append(printable(words), "bold red" if bad else "")


def _words(fact: Fact, now: datetime) -> tuple[str, bool]:
    match fact.value:
        case Unreadable(why=why):
            return f"unreadable: {why}", True
        case Unknown(said=said):
            return f"unknown: {said}", True
        case datetime() as at:
            off_s = (at - now).total_seconds()
            side = "ahead of" if off_s > 0 else "behind"
            return f"{at:%Y-%m-%d %H:%M:%S} UTC, {abs(off_s):.0f} s {side} this PC", False
        case date() as day if fact.name == "calibration due":
            over = day < now.date()
            return f"{day}{', which is over' if over else ''}", over
        case float() as number:
            return amount_words(number, fact.unit), False
        case other:
            return str(other), other in ("OPEN", "EMERGENCY") and fact.name == "interlock"
