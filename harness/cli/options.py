"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

RELEASES = click.option(
    "--releases",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports/releases"),
    show_default=True,
    help="The folder of installed releases.",
)
