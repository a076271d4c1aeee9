"""`harness release`: what production may run, made by one person and signed by others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

import harness
from harness.cli import EXIT_USAGE
from harness.cli.options import RELEASES, records_option
from harness.cli.production import newest_run, trusted
from harness.cli.release_make import released_files, released_stations, station_lacks
from harness.clock import SystemClock
from harness.errors import PlanError
from harness.files.disk import sync
from harness.files.parse import hashed
from harness.model.refs import ReleaseRef
from harness.plans.asked import require_asked
from harness.plans.release.check import differing, replaced
from harness.plans.release.folder import (
    Installed,
    active,
    highest,
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
    is_person,
    new_release,
)
from harness.plans.release.trust import Trust
from harness.plans.resolve import load_plans
from harness.station.stopping import operator
from harness.steps import catalogue
from harness.ui.release import head_line, release_lines

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _person(_: click.Context, __: click.Parameter, name: str) -> str:
    if not is_person(name):
        raise click.BadParameter(f"{name!r:.80}: {PERSON_WORDS}")
    return name


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
    plans = load_plans(plan_file, steps, warned=lambda problem: click.echo(str(problem), err=True))
    for plan in plans.plans.values():
        if why := plan.expired(now.date()):
            raise PlanError("PLAN-EXPIRED", f"{plan_file}: {why}")
        require_asked(plan_file, plan, steps)
    if lacks := [lack for path in stations for lack in station_lacks(plans, steps, path)]:
        raise PlanError("PLAN-DEVICE", lacks[0], evidence={"problems": lacks})
    before = newest(releases, plans.any.process)
    try:
        made = new_release(
            plans,
            released_files(plans, stations),
            stations=released_stations(stations),
            number=highest(releases, plans.any.process) + 1,
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
    click.echo("\n".join(release_lines(made, before)))
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
    click.echo("\n".join(release_lines(found, _before(found, releases))))
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
@records_option("The record store, which knows the releases that have run here.")
def show(file: Path | None, releases: Path, store: Path) -> None:
    """Show installed releases, or one file: who signed, and whether the files here are as released.

    Paths are those of the folder in which the release was made. Exits 2 when a file differs, or
    when a newer release has run here than the one that counts.

    Example: harness release show
    """
    if file:
        found = load_release(file)
        click.echo("\n".join(release_lines(found, _before(found, releases))))
        sys.exit(_show_files(found))
    known = processes(releases)
    people = trusted() if known else None
    have_run = newest_run(store, known)
    code = 0
    for process in known:
        assert people, "read for the first of them"
        judged = judged_releases(releases, process, people)
        counting = active(judged)
        refused = _refused(counting, have_run.get(process), judged)
        for each in judged:
            runs = each.release and each.release is counting and not refused
            mark = "active" if runs else "      "
            said = head_line(each.release) if each.release else str(each.path)
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


def _trusted_if_readable(name: str) -> Trust | None:
    """The people of the trust file; a PC on which somebody signs need not have one."""
    try:
        return trusted()
    except PlanError as error:
        words = f"whether stations believe {name} and his key was not checked"
        click.echo(f"warning: {words}: {error.message}", err=True)
        return None


def _refused(counting: Release | None, ran: ReleaseRef | None, judged: Sequence[Installed]) -> str:
    """What has run on this station that keeps production from the release that counts."""
    if not (counting and ran and replaced(counting, ran, judged)):
        return ""
    other = "" if ran.number > counting.manifest.number else "another "
    return f"{other}release {ran.number} has run here"


def _before(found: Release, releases: Path) -> Release | None:
    """The release that this one was made after, if it is installed here."""
    manifest = found.manifest
    before = numbered(releases, manifest.process, manifest.number - 1)
    return before if before and before.manifest.sha256 == manifest.after else None


def _show_files(found: Release) -> int:
    """Say which files of this folder are not as released; the exit code."""
    files = {role: hashed(Path(file.path)) for role, file in found.manifest.files.items()}
    lines = list(differing(files, found.manifest))
    for line in lines:
        click.echo(f"       {line}")
    click.echo(f"       {len(files) - len(lines)} of {len(files)} files here are as released")
    return EXIT_USAGE if lines else 0


def _passphrase(key_file: Path) -> str:
    said: str = click.prompt(f"Passphrase of {key_file}", hide_input=True, err=True)
    return said


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew: it is the old or the new one, whatever happens."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content)
        sync(new)
        new.replace(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None
