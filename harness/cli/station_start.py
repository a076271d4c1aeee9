"""What `harness station` says as it starts: what it runs, where screens are, what slots lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

from harness.cli.production import production_order
from harness.cli.ready import Said, doubts_of
from harness.errors import HarnessError
from harness.model.events import Purpose
from harness.model.plan import Variants
from harness.model.rules.ready import Doubt
from harness.station.screens.socket import NAME, folder_of
from harness.station.station import Station
from harness.ui.text import printable
from harness.wiring import Layout, config_of, counted_at, jig_configs


def tell_start(
    file: Path, layout: Layout, plans: Variants, store: Path, releases: Path, opened: Station
) -> None:
    """Say it on stderr. Jigs that the file does not know by a serial are asked for it.

    Raises: StationFault(STORE-DAMAGED).
    """
    unknown = (number for number, jig in jig_configs(layout).items() if jig.serial is None)
    said = {number: _said(opened, number) for number in unknown}
    against = dict(doubts_of(layout, store, releases, said))
    for line in (
        _runs(layout, plans, store, releases),
        f"Screens find it at {folder_of(store) / NAME}",
        *_slots(against, file),
    ):
        click.echo(printable(line), err=True)


def _said(opened: Station, number: int) -> Said:
    """What the jig on a slot says that it is, or why a run that counts would not know."""
    try:
        jig = opened.jig_on(opened.slots[number], strict=True)
    except HarnessError as error:
        return error
    assert jig, "a slot with a jig in the station file has one"
    return jig


def _runs(layout: Layout, plans: Variants, store: Path, releases: Path) -> str:
    """Which station runs which plan, for which purpose, by which release."""
    plan, purpose = plans.any, counted_at(layout)
    name = config_of(layout).name
    words = f"Station {name} runs {plan.id} revision {plan.revision} for {purpose.value}"
    if purpose is not Purpose.PRODUCTION:
        return words
    with suppress(HarnessError):  # why there is none is told of the slots
        if release := production_order(plan, layout, store, releases, "").release:
            by = ", ".join(release.signed_by)
            return f"{words}, by release {release.number} of {release.process}, signed by {by}"
    return f"{words}, and no release of it counts"


def _slots(against: dict[int, list[Doubt]], file: Path) -> Iterator[str]:
    """Which slots take units, and a line for each thing that keeps others from it."""
    ready = [slot for slot, doubts in against.items() if not doubts]
    yield (
        f"{_named(ready)} take{'s' if len(ready) == 1 else ''} units"
        if ready
        else ("No slot takes units that count yet")
    )
    lacking: dict[tuple[str, str], list[int]] = {}
    for slot, doubts in against.items():
        for doubt in doubts:
            lacking.setdefault((doubt.code, doubt.words), []).append(slot)
    for (code, words), slots in lacking.items():
        yield f"  {_named(slots)}: {code}: {words}"
    if lacking:
        yield f"  What to do: `harness ready --station {file}`"


def _named(slots: Sequence[int]) -> str:
    """The slots, those in a row by the first and the last: `slots 1, 3-5`."""
    rows: list[list[int]] = []
    for slot in slots:
        if rows and rows[-1][-1] == slot - 1:
            rows[-1][1:] = [slot]
        else:
            rows.append([slot])
    told = ", ".join("-".join(map(str, row)) for row in rows)
    return f"slot{'' if len(slots) == 1 else 's'} {told}"
