"""What a production run must show before anything is touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

import harness
from harness.clock import SystemClock
from harness.errors import OperatorStop, PlanError
from harness.model.events import Purpose
from harness.model.plan import Plan
from harness.model.refs import ReleaseRef
from harness.plans.release.check import ToRun, admit
from harness.plans.release.folder import NEWEST, judged_releases
from harness.plans.release.trust import DEFAULT_TRUST, Trust, read_trust
from harness.records.query import Reader
from harness.station.files.selftest_files import read_again
from harness.station.station import Order
from harness.station.stopping import operator
from harness.wiring import Layout, config_of, input_hashes

TRUST_VARIABLE = "HARNESS_TRUST"


@dataclass(frozen=True, slots=True)
class Admitted:
    """The release that a run is made by, and the SHA-256 of the file of those who signed it."""

    release: ReleaseRef
    trust_sha256: str


def trusted() -> Trust:
    """The people whom this station believes.

    Raises: PlanError(RELEASE-TRUST).
    """
    return read_trust(Path(os.environ.get(TRUST_VARIABLE) or DEFAULT_TRUST))


def newest_run(store: Path, known: Iterable[str]) -> dict[str, ReleaseRef]:
    """The newest release of each process that has run on this station, if one has."""
    if not store.exists():
        return {}
    with Reader(store) as reader:
        newest_of = {process: reader.newest_release(process) for process in known}
    return {process: ran for process, ran in newest_of.items() if ran}


def refuse_options(given: Mapping[str, object]) -> None:
    """Production has no options that make a run another than the one that was signed."""
    asked = " and ".join(option for option, value in given.items() if value is not None)
    if asked:
        words = f"{operator()} asked for {asked}: production runs the active release as it was"
        message = f"{words} signed; leave that out, or run with --purpose engineering"
        raise click.UsageError(message)


def admission(plan: Plan, layout: Layout, store: Path, releases: Path, today: date) -> Admitted:
    """What allows a production run of the plan on this station, with the files as they are.

    Raises: OperatorStop(UNIT-GOLDEN); PlanError(PLAN-EXPIRED | RELEASE-...);
    StationFault(STORE-DAMAGED).
    """
    if not plan.ships:
        words = f"units of the variant {plan.variant} of {plan.id} never ship"
        raise OperatorStop("UNIT-GOLDEN", words, evidence={"variant": plan.variant})
    if why := plan.expired(today):
        raise PlanError("PLAN-EXPIRED", f"{plan.id} revision {plan.revision}: {why}")
    trust = trusted()
    ran = newest_run(store, [plan.process]).get(plan.process)
    since = ran.number if ran else NEWEST
    installed = judged_releases(releases, plan.process, trust, since=since)
    files = {**plan.files, **layout.files, **read_again(layout.files)}
    decides = config_of(layout).decides
    release = admit(ToRun(plan, files, decides, harness.__version__, ran), installed)
    return Admitted(release.ref, trust.file.sha256)


def production_order(plan: Plan, layout: Layout, store: Path, releases: Path, person: str) -> Order:
    """The production run of a plan on a station as it is now, by the active release.

    Raises: as `admission`.
    """
    admitted = admission(plan, layout, store, releases, SystemClock().utc().date())
    inputs = {**input_hashes(plan, layout), "trust": admitted.trust_sha256}
    return Order(plan, Purpose.PRODUCTION, person, inputs, admitted.release)
