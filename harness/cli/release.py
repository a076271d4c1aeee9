"""`harness release`: what production may run, made by one person and signed by others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

import harness
from harness.cli import EXIT_USAGE
from harness.cli.ending import operator
from harness.cli.options import RELEASES
from harness.clock import SystemClock
from harness.errors import PlanError
from harness.files.parse import read_bytes
from harness.files.problems import Severity, errors
from harness.model.events import ReleaseRef
from harness.model.plan import InputFile, Plan, Variants
from harness.model.step import Catalogue
from harness.plans.release.check import differing, released_roles, replaced
from harness.plans.release.folder import (
    Installed,
    active,
    judged_releases,
    load_release,
    newest,
    numbered,
    processes,
)
from harness.plans.release.folder import install as put
from harness.plans.release.keys import PrivateKey
from harness.plans.release.manifest import (
    PERSON_WORDS,
    Release,
    ReleasedFile,
    decides_alike,
    is_person,
    new_release,
)
from harness.plans.release.trust import DEFAULT_TRUST, Trust, read_trust
from harness.plans.resolve import resolve
from harness.records.query import Reader
from harness.station.config import load_station
from harness.station.station import require_devices
from harness.steps import catalogue
from harness.wiring import DEFAULT_STORE, Place, load_layout, places

TRUST_VARIABLE = "HARNESS_TRUST"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _person(_: click.Context, __: click.Parameter, name: str) -> str:
    if not is_person(name):
        raise click.BadParameter(f"{name!r:.80}: {PERSON_WORDS}")
    return name


def trusted() -> Trust:
    """The people whom this station believes.

    Raises: PlanError(RELEASE-TRUST).
    """
    return read_trust(Path(os.environ.get(TRUST_VARIABLE) or DEFAULT_TRUST))


@click.group()
def release() -> None:
    """Make, sign, install and show releases: what production may run.

    Example: harness release make testplans/a57-final.yaml --station fixtures/stations/bench.yaml
    """


@release.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--station", "stations", type=_FILE, multiple=True, required=True, help="Each one.")
@click.option(
    "--by", default=operator, callback=_person, help="Who makes it, if not the user of this PC."
)
@click.option("--out", type=click.Path(path_type=Path), help="Default: PROCESS-NUMBER.json.")
@RELEASES
def make(
    plan_file: Path, stations: tuple[Path, ...], by: str, out: Path | None, releases: Path
) -> None:
    """Make the next release of a plan for these stations; it counts once people have signed it.

    Example: harness release make testplans/a57-final.yaml --station fixtures/stations/bench.yaml
    """
    now = SystemClock().utc()
    steps = catalogue()
    plans = _checked(plan_file, steps)
    for plan in plans.plans.values():
        if why := plan.expired(now.date()):
            raise PlanError("PLAN-EXPIRED", f"{plan_file}: {why}")
    if lacks := [lack for path in stations for lack in _lacks(plans, steps, path)]:
        raise PlanError("PLAN-DEVICE", lacks[0], evidence={"problems": lacks})
    before = newest(releases, plans.any.process)
    try:
        made = new_release(
            plans,
            _released(_files_of(plans, stations)),
            after=before.manifest if before else None,
            made=now,
            by=by,
            harness=harness.__version__,
        )
    except ValueError as error:
        raise PlanError("RELEASE-INVALID", f"{plan_file} makes no release: {error}") from None
    out = out or Path(f"{made.manifest.process}-{made.manifest.number}.json")
    try:
        with out.open("xb") as file:
            file.write(made.to_bytes())
    except OSError as error:
        raise click.UsageError(f"cannot write {out}: {error.strerror}") from None
    click.echo("\n".join(_told(made, before)))
    click.echo(f"written to {out}")


@release.command()
@click.argument("file", type=_FILE)
@click.option("--key", "key_file", type=_FILE, required=True, help="Your private Ed25519 key.")
@click.option("--as", "name", required=True, callback=_person, help="Your name in the trust file.")
@RELEASES
def sign(file: Path, key_file: Path, name: str, releases: Path) -> None:
    """Sign a release after showing what it changes; asks for the passphrase of the key.

    Example: harness release sign final-test-3.json --key ~/.ssh/id_ed25519 --as alice
    """
    found = load_release(file)
    people = _trusted_if_readable(name)
    if people:
        people.check_name(name)  # before somebody reads the changes and types a passphrase
    click.echo("\n".join(_told(found, _before(found, releases))))
    key = PrivateKey.read(key_file, lambda: _passphrase(key_file))
    if name in found.signed_by:
        raise PlanError("RELEASE-SIGNED", f"{name} has signed {found.manifest.name} already")
    if twin := key.signature_on(found):
        words = f"the key {key_file} has signed {found.manifest.name} already, as {twin.by}"
        raise PlanError("RELEASE-SIGNED", words)
    if people:
        people.check_key(name, key.public)
    signature = key.sign(found.manifest, name, SystemClock().utc())
    _replace(file, found.with_signature(signature).to_bytes())
    click.echo(f"signed by {' and '.join((*found.signed_by, name))}")


@release.command()
@click.argument("file", type=_FILE)
@RELEASES
def install(file: Path, releases: Path) -> None:
    """Put a signed release where production looks for it, after checking all of it.

    Example: harness release install final-test-3.json
    """
    found = load_release(file)
    path = put(releases, found, trusted())
    click.echo(f"{found.manifest.name} is installed and active: {path}")


@release.command()
@click.argument("file", type=_FILE, required=False)
@RELEASES
@click.option(
    "--records",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_STORE,
    show_default=True,
    help="The record store, which knows the releases that have run here.",
)
def show(file: Path | None, releases: Path, records: Path) -> None:
    """Show installed releases, or one file: who signed, and whether the files here are as released.

    Paths are those of the folder in which the release was made. Exits 2 when a file differs, or
    when a newer release has run here than the one that counts.

    Example: harness release show
    """
    if file:
        found = load_release(file)
        click.echo("\n".join(_told(found, _before(found, releases))))
        sys.exit(_show_files(found))
    known = processes(releases)
    people = trusted() if known else None
    have_run = newest_run(records, known)
    code = 0
    for process in known:
        assert people, "read for the first of them"
        judged = judged_releases(releases, process, people)
        counting = active(judged)
        refused = _refused(counting, have_run.get(process), judged)
        for each in judged:
            runs = each.release and each.release is counting and not refused
            mark = "active" if runs else "      "
            said = _head(each.release) if each.release else str(each.path)
            click.echo(f"{mark} {said}")
            if each.fault:
                click.echo(f"       does not count: {each.fault}")
        if refused:
            click.echo(f"       {refused}: production refuses this one")
            code = EXIT_USAGE
        if counting:
            code = max(code, _show_files(counting))
    if not known:
        click.echo(f"no release is installed in {releases}")
    sys.exit(code)


def _checked(path: Path, steps: Catalogue) -> Variants:
    """The plans of a file; whoever makes a release of them reads what they are warned of.

    Raises: PlanError(PLAN-INVALID).
    """
    plans, problems = resolve(path, steps)
    for problem in problems:
        if problem.severity is Severity.WARNING:
            click.echo(str(problem), err=True)
    if plans is None:
        words = [str(problem) for problem in errors(problems)]
        raise PlanError("PLAN-INVALID", words[0], evidence={"problems": words})
    return plans


def _lacks(plans: Variants, steps: Catalogue, station: Path) -> Iterator[str]:
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


def _trusted_if_readable(name: str) -> Trust | None:
    """The people of the trust file; a PC on which somebody signs need not have one."""
    try:
        return trusted()
    except PlanError as error:
        words = f"whether stations believe {name} and his key was not checked"
        click.echo(f"warning: {words}: {error.message}", err=True)
        return None


def newest_run(records: Path, known: Iterable[str]) -> dict[str, ReleaseRef]:
    """The newest release of each process that has run on this station, if one has."""
    if not records.exists():
        return {}
    with Reader(records) as reader:
        newest_of = {process: reader.newest_release(process) for process in known}
    return {process: ran for process, ran in newest_of.items() if ran}


def _refused(counting: Release | None, ran: ReleaseRef | None, judged: Sequence[Installed]) -> str:
    """What has run on this station that keeps production from the release that counts."""
    if not (counting and ran and replaced(counting, ran, judged)):
        return ""
    other = "" if ran.number > counting.manifest.number else "another "
    return f"{other}release {ran.number} has run here"


def _files_of(plans: Variants, stations: Iterable[Path]) -> dict[str, InputFile]:
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


def _released(files: Mapping[str, InputFile]) -> dict[str, ReleasedFile]:
    return {
        role: ReleasedFile(os.path.relpath(file.path), file.sha256) for role, file in files.items()
    }


def _before(found: Release, releases: Path) -> Release | None:
    """The release that this one was made after, if it is installed here."""
    manifest = found.manifest
    before = numbered(releases, manifest.process, manifest.number - 1)
    return before if before and before.manifest.sha256 == manifest.after else None


def _told(found: Release, before: Release | None) -> Iterator[str]:
    """What a release is, and what it changes."""
    from harness.plans.diff.compare import compare

    manifest = found.manifest
    yield _head(found)
    yield f"  plan {manifest.plan} revision {manifest.revision}, harness {manifest.harness}"
    if before is None:
        yield "  the release before it is not here: everything is new, two people must sign"
        for role, file in sorted(manifest.files.items()):
            yield f"  file {role}: {file.path}"
        return
    yield f"  compared with {_head(before)}:"
    if manifest.harness != before.manifest.harness:
        yield f"  harness {before.manifest.harness} -> {manifest.harness}"
    for change in compare(before.plans, found.plans):
        yield f"  {change.variant}: {change.words}" if change.variant else f"  {change.words}"
    for role in sorted(manifest.files.keys() | before.manifest.files.keys()):
        was, now = before.manifest.files.get(role), manifest.files.get(role)
        if was is None or now is None or was.sha256 != now.sha256:
            how = "is new" if was is None else "is left out" if now is None else "has changed"
            yield f"  file {role} {how}: {(now or was).path}"  # type: ignore[union-attr]
    if decides_alike(manifest, before.manifest):
        yield "  what decides between good and bad is the same"
    else:
        yield "  WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED: two people sign"


def _head(found: Release) -> str:
    manifest = found.manifest
    people = ", ".join(f"{s.by} {s.at:%Y-%m-%d %H:%M} UTC" for s in found.signatures)
    made = f"made by {manifest.by} {manifest.made:%Y-%m-%d %H:%M} UTC"
    return f"{manifest.name}, {made}, signed by {people or 'nobody'}"


def _show_files(found: Release) -> int:
    """Say which files of this folder are not as released; the exit code."""
    files = {role: _read(Path(file.path)) for role, file in found.manifest.files.items()}
    lines = list(differing(files, found.manifest))
    for line in lines:
        click.echo(f"       {line}")
    click.echo(f"       {len(files) - len(lines)} of {len(files)} files here are as released")
    return EXIT_USAGE if lines else 0


def _read(path: Path) -> InputFile:
    """The file as it is here; one that cannot be read has no SHA-256."""
    from hashlib import sha256

    content, problem = read_bytes(path)
    return InputFile(path, "" if problem else sha256(content).hexdigest())


def _passphrase(key_file: Path) -> str:
    said: str = click.prompt(f"Passphrase of {key_file}", hide_input=True, err=True)
    return said


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew: it is the old or the new one, whatever happens."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None
