"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.records import DEFAULT_STORE

_Command = TypeVar("_Command", bound=Callable[..., Any])

RELEASES = click.option(
    "--releases",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports/releases"),
    show_default=True,
    help="The folder of installed releases.",
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
