"""`harness jig renewed`: the contacts of a jig were renewed, outside the station."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.entering import enter
from harness.cli.options import BY, records_option
from harness.model.station import RenewContacts
from harness.ui.entries import entry_words


@click.command()
@click.argument("serial", metavar="JIG")
@BY
@records_option()
def renewed(serial: str, by: str, store: Path) -> None:
    """Enter that the contacts of a jig were renewed: its closings are counted anew.

    While the station runs, it enters this. Where people sign in, it takes an engineer who is.

    Example: harness jig renewed J-0117
    """
    click.echo(entry_words(enter(store, RenewContacts(serial, by))))
