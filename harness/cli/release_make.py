"""What a release is made of: the files of its plans and stations, which can run all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from harness.errors import PlanError
from harness.model.plan import InputFile, Plan, Variants
from harness.model.step import Catalogue
from harness.plans.release.check import released_roles, station_role
from harness.plans.release.manifest import ReleasedFile
from harness.station.files.config import load_station
from harness.station.lacks import require_devices
from harness.wiring import Place, load_layout, places


def released_files(plans: Variants, stations: Sequence[Path]) -> dict[str, ReleasedFile]:
    """The files that a run of these plans on these stations is made by, under their roles.

    Raises: click.UsageError when two that differ have one role.
    """
    files = _files_of(plans, stations)
    return {
        role: ReleasedFile(os.path.relpath(file.path), file.sha256) for role, file in files.items()
    }


def released_stations(stations: Sequence[Path]) -> dict[str, Any]:
    """What decides of each station file, by its role."""
    return {station_role(path): load_station(path).decides for path in stations}


def _files_of(plans: Variants, stations: Sequence[Path]) -> dict[str, InputFile]:
    """Every file that a run of these plans on these stations is made by, under its role."""
    named: dict[str, InputFile] = {}
    of_plans = [plan.files for plan in plans.plans.values()]
    of_stations = [load_station(path).files for path in stations]
    for role, file in (
        entry for files in (*of_plans, *map(released_roles, of_stations)) for entry in files.items()
    ):
        twin = named.setdefault(role, file)
        if twin.sha256 != file.sha256:
            words = (
                f"{twin.path} and {file.path} differ, and both are {role}: give one another name"
            )
            raise click.UsageError(words)
    return named


def station_lacks(plans: Variants, steps: Catalogue, station: Path) -> Iterator[str]:
    """For each plan that no slot of a station can run, what the slots lack."""
    slots = places(load_layout(station, None))
    for plan in plans.plans.values():
        lacks = [_lack(plan, steps, slot) for slot in slots]
        if all(lacks):
            which = f"variant {plan.variant}" if plan.variant else f"the plan {plan.id}"
            yield f"{station}: no slot can run {which}: {'; '.join(lacks)}"


def _lack(plan: Plan, steps: Catalogue, slot: Place) -> str:
    try:
        require_devices(plan, steps, slot.number, slot.devices, slot.instruments)
    except PlanError as error:
        return error.message
    return ""
