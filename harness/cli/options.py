"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.model.own_codes import BADGE_ID
from harness.records import DEFAULT_STORE
from harness.station.stopping import operator

_Command = TypeVar("_Command", bound=Callable[..., Any])

RELEASES = click.option(
    "--releases",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports/releases"),
    show_default=True,
    help="The folder of installed releases.",
)


def badge_id(written: str) -> str:
    """An id that a badge can have.

    Raises: click.BadParameter when it is none.
    """
    if not re.fullmatch(BADGE_ID, written):
        words = f"{written!r:.80} is no id of a badge: 1 to 64 ASCII characters without spaces"
        raise click.BadParameter(words)
    return written


def told(_: click.Context, __: click.Parameter, words: str) -> str:
    """Words that somebody must say, without the blanks around them.

    Raises: click.BadParameter when there are none.
    """
    if not (said := words.strip()):
        raise click.BadParameter("say it in words")
    return said


BY = click.option("--by", default=operator, callback=told, help="Who, if not the user of this PC.")


def _utc(_: click.Context, __: click.Parameter, written: str | None) -> datetime | None:
    """A time to the millisecond (ISO 8601); in UTC unless it says its offset.

    Raises: click.BadParameter when it is none.
    """
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        example = "2026-11-22 or 2026-11-22T14:20:00+05:00"
        raise click.BadParameter(f"{written!r:.80} is no time such as {example}") from None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


SINCE = click.option(
    "--from", "since", callback=_utc, metavar="TIME", help="Only runs that began then or later."
)
UNTIL = click.option(
    "--to", "until", callback=_utc, metavar="TIME", help="Only runs that began before then."
)


def records_option(
    words: str = "The record store.", *, default: Path = DEFAULT_STORE
) -> Callable[[_Command], _Command]:
    """`--records`, handed over as `store`."""
    return click.option(
        "--records",
        "store",
        type=click.Path(dir_okay=False, path_type=Path),
        default=default,
        show_default=True,
        help=words,
    )
